"""What runs again and why: only what a change reaches, and the reason in words."""

import json

from .harness import (SMALL_TRAINED_YAML, STAGES, ProjectTest, current_records, hone, hone_json, objects, outputs, run_stages, small_csv, states)


def tree(project):
    """Every file of the project with its time of change: what must not move when nothing is written."""
    return {path: path.stat().st_mtime_ns for path in project.rglob("*") if path.is_file()}


def asked(project):
    return current_records(project)["vote"]["counts"]["asked"]


def splits(project):
    lines = hone("export", "--project", project).stdout.splitlines()
    return {row["id"]: row["split"] for row in map(json.loads, lines)}


class StalenessTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.project = self.small_project()
        self.yaml = self.project / "hone.yaml"
        self.first = run_stages(self.project)

    def expect(self, stages, fresh, ran):
        self.assertEqual(states(stages), {**dict.fromkeys(fresh, "fresh"), **dict.fromkeys(ran, "ran")})

    def test_nothing_changed_nothing_runs(self):
        before = tree(self.project)
        stages = run_stages(self.project)
        self.expect(stages, fresh=["import", "vote", "label", "evaluate", "report"], ran=[])
        self.assertEqual({stage["why"] for stage in stages.values()}, {"nothing it depends on changed"})
        after = tree(self.project)
        for state in (before, after):
            state.pop(self.project / ".hone" / "lock")  # Holds the number of the process while one writes.
        self.assertEqual(after, before)

    def test_a_file_written_anew_with_the_same_bytes_changes_nothing(self):
        rows = self.project / "rows.csv"
        rows.write_bytes(rows.read_bytes())
        self.expect(run_stages(self.project), fresh=["import", "vote", "label", "evaluate", "report"], ran=[])

    def test_of_several_lfs_only_the_changed_one_is_asked(self):
        self.assertEqual(asked(self.project), 3)
        self.edit(self.yaml, "any: [stolen, stole,", "any: [stolen,")
        stages = run_stages(self.project)
        self.expect(stages, fresh=["import"], ran=["vote", "label", "evaluate", "report"])
        self.assertEqual(stages["vote"]["why"], "LF stolen changed")
        self.assertIn("the votes changed", stages["label"]["why"])
        self.assertEqual(asked(self.project), 1)

    def test_added_and_removed_lfs_are_named(self):
        self.edit(self.yaml, "  - {lf: lost,", "  - {lf: purse, vote: fraud, any: [purse]}\n  - {lf: lost,")
        self.assertEqual(run_stages(self.project)["vote"]["why"], "LF purse added")
        self.assertEqual(asked(self.project), 1)
        self.edit(self.yaml, "  - {lf: lost, vote: card, match: '(?i)\\blost\\b'}\n", "")
        self.assertEqual(run_stages(self.project)["vote"]["why"], "LF lost removed")
        self.assertEqual(asked(self.project), 0)

    def test_a_change_that_leaves_the_votes_as_they_were_stops_there(self):
        self.edit(self.yaml, "any: [stolen, stole,", "any: [stolen, stole, zzz,")
        stages = run_stages(self.project)
        self.assertEqual(stages["vote"]["why"], "LF stolen changed")
        self.assertEqual(stages["label"]["state"], "fresh")
        self.assertEqual(stages["evaluate"]["state"], "fresh")
        self.assertEqual(stages["report"]["state"], "ran", "the report shows the definition")
        self.assertEqual(stages["report"]["why"], "definition of stolen changed")

    def test_a_reverted_change_is_fresh_at_once(self):
        before = self.yaml.read_text(), current_records(self.project)
        self.edit(self.yaml, "none: [stolen]", "none: [stolen, new]")
        self.assertEqual(run_stages(self.project)["vote"]["state"], "ran")
        self.yaml.write_text(before[0])
        self.expect(run_stages(self.project), fresh=["import", "vote", "label", "evaluate", "report"], ran=[])
        self.assertEqual(current_records(self.project), before[1])

    def test_an_added_slice_asks_no_lf_and_makes_no_labels(self):
        self.edit(self.yaml, "slices:\n", "slices:\n  - {slice: purses, any: [purse]}\n")
        stages = run_stages(self.project)
        self.assertEqual(stages["vote"]["why"], "slice purses added")
        self.expect(stages, fresh=["import", "label"], ran=["vote", "evaluate", "report"])
        self.assertEqual(asked(self.project), 0)
        self.assertEqual([part["slice"] for part in hone_json("report", "--project", self.project)["slices"]], ["purses", "short"])

    def test_rows_added_to_the_file_move_no_other_row(self):
        before = splits(self.project)
        self.write("small/rows.csv", small_csv(copies=25))
        stages = run_stages(self.project)
        self.expect(stages, fresh=[], ran=["import", "vote", "label", "evaluate", "report"])
        self.assertEqual(stages["import"]["why"], "file rows.csv changed")
        after = splits(self.project)
        self.assertEqual(len(after), 200)
        self.assertEqual({id: after[id] for id in before}, before)
        self.assertEqual(set(after.values()), {"train", "valid", "test"})

    def test_splits_go_by_group(self):
        rows = "id,text,label,who\n" + "".join(f"{n},my card {n},card,{n % 20}\n" for n in range(200))
        project = self.small_project(yaml=self.yaml.read_text().replace("id: id,", "id: id, group: who,"), rows=rows, name="grouped")
        run_stages(project)
        of_group = {}
        for id, split in splits(project).items():
            of_group.setdefault(int(id) % 20, set()).add(split)
        self.assertEqual({len(found) for found in of_group.values()}, {1})
        self.assertGreater(len(set(map(frozenset, of_group.values()))), 1)

    def test_dry_run_and_status_say_why_and_write_nothing(self):
        self.edit(self.yaml, "match: '(?i)", "match: '(?i)un|")
        before = tree(self.project), objects(self.project)
        for stages in (run_stages(self.project, "--dry-run"),
                       {stage["name"]: stage for stage in hone_json("status", "--project", self.project)["stages"]}):
            self.assertEqual(states(stages), {"import": "fresh", **dict.fromkeys(["vote", "label", "evaluate", "report"], "would-run")})
            self.assertEqual(stages["vote"]["why"], "LF lost changed")
        self.assertRegex(hone("run", "--dry-run", "--project", self.project).stdout, r"(?m)^vote +would-run +LF lost changed$")
        self.assertRegex(hone("status", "--project", self.project).stdout, r"(?m)^vote +stale +LF lost changed$")
        self.assertEqual((tree(self.project), objects(self.project)), before)

    def test_until_stops_after_the_named_stage(self):
        project = self.small_project(name="fresh")
        self.assertEqual(list(run_stages(project, "--until", "vote")), ["import", "vote"])
        self.assertFalse((project / ".hone" / "report.html").exists())
        rest = run_stages(project)
        self.expect(rest, fresh=["import", "vote"], ran=["label", "evaluate", "report"])
        said = self.refused("run", "--project", project, "--until", "lable", say=["no stage named 'lable'", "label"], status=2)
        self.assertNotIn("Run with", said)

    def test_options_reach_the_stages_that_read_them(self):
        self.yaml.write_text(SMALL_TRAINED_YAML)
        stages = run_stages(self.project)
        self.assertEqual(states(stages), {"import": "fresh", "vote": "fresh", "label": "fresh", "train": "ran", "evaluate": "ran", "report": "ran"})
        self.edit(self.yaml, "epochs: 5", "epochs: 6")
        stages = run_stages(self.project)
        self.assertEqual(stages["train"]["why"], "model changed")
        self.expect(stages, fresh=["import", "vote", "label"], ran=["train", "evaluate", "report"])
        self.yaml.write_text(self.yaml.read_text() + "label_model: majority\n")
        stages = run_stages(self.project)
        self.assertEqual(stages["label"]["why"], "label_model changed")
        self.expect(stages, fresh=["import", "vote"], ran=STAGES[2:])
        self.yaml.write_text(self.yaml.read_text() + "seed: 7\n")
        stages = run_stages(self.project)
        self.expect(stages, fresh=["import", "vote", "label"], ran=["train", "evaluate", "report"])
        self.assertIn("seed", stages["train"]["why"])

    def test_a_missing_object_is_named_and_made_again(self):
        dataset = outputs(current_records(self.project)["label"])["labels.patterns"]
        (self.project / ".hone" / "objects" / dataset[:2] / dataset[2:]).unlink()
        stages = run_stages(self.project)
        self.expect(stages, fresh=["import", "vote", "evaluate", "report"], ran=["label"])
        self.assertEqual(stages["label"]["why"], f"its object {dataset[:12]} (labels.patterns) is missing")
