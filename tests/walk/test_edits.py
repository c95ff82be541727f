"""After any edit of hone.yaml, a run ends with what a run from scratch ends with, and no command mixes old results with new words."""

import shutil

from .harness import ProjectTest, SMALL_YAML, hone, hone_json, small_csv

EDITS = {
    "a class renamed": ("classes: [card, fraud]", "classes: [card, fraud, other]"),
    "classes in another order": ("classes: [card, fraud]", "classes: [fraud, card]"),
    "a source removed": ("  - {lf: lost, vote: card, match: '(?i)\\blost\\b'}\n", ""),
    "a word added": ('any: [stolen, stole, "not me"]', 'any: [stolen, stole, "not me", purse]'),
    "another slice": ("below: 5", "below: 6"),
    "a slice of the same rows": ("{slice: short, where: {words_of: text, below: 5}}", "{slice: short, where: {words_of: text, at_most: 4}}"),
    "another split": ("{train: 0.6, valid: 0.2, test: 0.2}", "{train: 0.6000001, valid: 0.1999999, test: 0.2}"),
    "gold of another split": ("gold: {field: label}", "gold: {field: label, use: [test]}"),
    "other classes for gold's values": ("gold: {field: label}", "gold: {field: label, classes: {card: fraud, fraud: card}}"),
    "a label model": ("model: none", "model: none\nlabel_model: dawid-skene"),
    "a class balance": ("classes: [card, fraud]}", "classes: [card, fraud], class_balance: {fraud: 0.3}}"),
}


class EditTest(ProjectTest):
    def project(self, name, yaml):
        self.write(f"{name}/rows.csv", small_csv())
        path = self.write(f"{name}/hone.yaml", "")
        path.write_text(yaml)
        return path.parent

    def numbers(self, project):
        report = hone_json("report", "--project", project)
        report.pop("stages")
        report.pop("project")
        for known in ("lineage", "gates", "history"):
            report.pop(known)  # What happened, not what came out.
        return report

    def test_a_run_after_an_edit_ends_as_one_from_scratch(self):
        for edit, (old, new) in EDITS.items():
            with self.subTest(edit):
                self.assertIn(old, SMALL_YAML)
                edited = self.project("edited", SMALL_YAML)
                hone("run", "--project", edited)
                (edited / "hone.yaml").write_text(SMALL_YAML.replace(old, new))
                hone("run", "--project", edited)
                scratch = self.project("scratch", SMALL_YAML.replace(old, new))
                hone("run", "--project", scratch)
                self.assertEqual(self.numbers(edited), self.numbers(scratch))
                shutil.rmtree(edited)
                shutil.rmtree(scratch)

    def test_results_of_other_words_are_not_shown(self):
        for edit in ("a class renamed", "classes in another order", "a source removed"):
            with self.subTest(edit):
                old, new = EDITS[edit]
                project = self.project("edited", SMALL_YAML)
                hone("run", "--project", project)
                (project / "hone.yaml").write_text(SMALL_YAML.replace(old, new))
                for command in (["export"], ["why", "0-1"]):
                    said = hone(*command, "--project", project, status=1).stderr
                    self.assertIn("`hone run` first", said)
                hone("run", "--project", project)
                self.assertIn("0-1", hone("export", "--project", project).stdout)
                shutil.rmtree(project)

    def test_two_columns_and_one_with_a_comma_are_not_the_same_text(self):
        project = self.project("commas", SMALL_YAML.replace("text: text", 'text: [a, b]'))
        (project / "rows.csv").write_text('id,a,b,"a, b",label\n' + "".join(f"{row},card,x,stolen,card\n" for row in range(40)))
        yaml = (project / "hone.yaml").read_text().replace("words_of: text", "words_of: a")
        (project / "hone.yaml").write_text(yaml)
        hone("run", "--project", project)
        (project / "hone.yaml").write_text(yaml.replace("text: [a, b]", 'text: "a, b"'))
        stages = {stage["name"]: stage["state"] for stage in hone_json("run", "--project", project)["stages"]}
        self.assertEqual(stages["import"], "ran")
        self.assertEqual(stages["vote"], "ran")

    def test_garbage_is_not_collected_while_it_is_not_known_what_counts(self):
        project = self.project("gc", SMALL_YAML)
        hone("run", "--project", project)
        (project / ".hone" / "current.json").unlink()
        self.assertIn("`hone run` finds it out", hone("gc", "--project", project, status=1).stderr)
        hone("run", "--project", project)
        self.assertEqual(hone_json("gc", "--project", project)["objects_removed"], 0)

    def test_small_files_of_other_shapes_are_as_good_as_none(self):
        project = self.project("shapes", SMALL_YAML)
        hone("run", "--project", project)
        (project / ".hone" / "current.json").write_text('{"import": 3, "vote": []}')
        (project / ".hone" / "files.json").write_text('{"%s": 5}' % (project / "rows.csv"))
        states = {stage["state"] for stage in hone_json("run", "--project", project)["stages"]}
        self.assertEqual(states, {"fresh"})

    def test_all_objects_broken_at_once_are_made_again_by_one_run(self):
        project = self.project("broken", SMALL_YAML)
        hone("run", "--project", project)
        before = sorted(path.name for path in (project / ".hone" / "objects").glob("??/*"))
        for path in (project / ".hone" / "objects").glob("??/*"):
            path.chmod(0o640)
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        hone("run", "--project", project)
        self.assertLessEqual(set(before), {path.name for path in (project / ".hone" / "objects").glob("??/*")})
        self.assertEqual({stage["state"] for stage in hone_json("run", "--project", project)["stages"]}, {"fresh"})

    def test_a_source_that_reads_gold_votes_on_train_rows_alone(self):
        for source in ("{column: label}", "{lf: peeks, vote: card, where: {field: label, equals: card}}"):
            with self.subTest(source):
                project = self.project("gold", SMALL_YAML.replace("sources:\n", f"sources:\n  - {source}\n"))
                hone("run", "--project", project)
                report = self.numbers(project)
                self.assertIsNone(report["sources"][0]["precision"])
                self.assertIn("reads the gold column", report["evaluation"]["notes"][0])
                self.assertNotEqual((report["evaluation"]["best_source"] or {}).get("name"), report["sources"][0]["name"])
                shutil.rmtree(project)

    def test_the_text_may_not_hold_gold(self):
        project = self.project("gold", SMALL_YAML.replace("text: text", "text: [text, label]"))
        self.assertIn("cannot be text", hone("run", "--project", project, status=1).stderr)
