"""Gates: what hone.yaml demands of the results, against the last release or by itself, ends a run with status 1 where it does not hold."""

import json
import random

from .harness import SMALL_YAML, ProjectTest, hone, hone_json, small_csv


def rows(wrong=0, count=600, text=""):
    """Rows of two classes of which the word tells all but `wrong` rightly; every row is test."""
    lines = ["id,text,label,split,product"]
    for row in range(count):
        truth = ("card", "fraud")[row % 2]
        said = truth if row >= wrong else ("fraud", "card")[row % 2]
        lines.append(f"r{row},{'my card' if said == 'card' else 'a scam'} {text}number {row},{truth},test,{'loan' if row % 3 else 'bond'}")
    return "\n".join(lines) + "\n"


YAML = """\
data: {files: rows.csv, id: id, text: text, split: {field: split}}
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: card, vote: card, any: [card]}
  - {lf: scam, vote: fraud, any: [scam]}
slices: [{slice: bonds, where: {field: product, equals: bond}}]
label_model: majority
model: none
"""
GATES = "evaluate: {gates: [{metric: accuracy, not_worse_by: 2}, {metric: accuracy, slice: bonds, not_worse_by: 5}, {metric: macro-f1, at_least: 0.5}]}\n"


class GatedProject(ProjectTest):
    def project(self, yaml=YAML + GATES, **options):
        return self.small_project(yaml, rows(**options), name="gated")

    def run_json(self, project, status=0):
        return json.loads(hone("run", "--project", project, "--json", status=status).stdout)["gates"]

    def verdicts(self, gates):
        return [gate["verdict"] for gate in gates["gates"]]


class GatesTest(GatedProject):
    def test_without_a_release_there_is_nothing_to_compare_with(self):
        project = self.project(wrong=30)
        gates = self.run_json(project)
        self.assertEqual(self.verdicts(gates), ["undecided", "undecided", "passes"])
        self.assertIsNone(gates["baseline"])
        self.assertIn("hone release NAME", gates["gates"][0]["text"])

    def test_a_run_that_is_worse_than_the_release_ends_with_status_1_and_the_reason(self):
        project = self.project(wrong=30)
        hone("run", "--project", project)
        hone("release", "first", "--project", project)
        self.assertEqual(self.verdicts(self.run_json(project)), ["passes", "passes", "passes"])
        self.write("gated/rows.csv", rows(wrong=30))
        self.edit(project / "hone.yaml", "{lf: scam, vote: fraud, any: [scam]}", "{lf: scam, vote: card, any: [scam]}")
        done = hone("run", "--project", project, status=1)
        self.assertIn("gate failed: accuracy of the label model not worse than the baseline by 2 points", done.stderr)
        self.assertIn("on 600 rows", done.stderr)
        self.assertIn("Against the release 'first'", done.stdout)
        gates = hone_json("report", "--project", project)["gates"]
        self.assertEqual(gates["failed"], 3)
        self.assertLess(gates["gates"][0]["high"], -0.02)
        self.assertEqual(gates["baseline"]["name"], "first")
        self.assertIn("gate failed", (hone("run", "--project", project, status=1)).stderr)  # Nothing ran; it still does not hold.
        self.assertIn("fails", (project / ".hone" / "report.html").read_text())

    def test_each_look_has_a_share_of_the_alpha(self):
        project = self.project(wrong=30)
        hone("run", "--project", project)
        hone("release", "first", "--project", project)
        looks, alphas = [], []
        for wrong in (30, 31, 31, 32):  # The release's own evaluation is none, and the same one again is no further look.
            self.write("gated/rows.csv", rows(wrong=wrong))
            gates = self.run_json(project)
            looks.append(gates["look"])
            alphas.append(gates["alpha"])
        self.assertEqual(looks, [1, 1, 1, 2])
        for look, alpha in zip(looks, alphas):
            self.assertAlmostEqual(alpha, 0.05 / (look * (look + 1) * 3))

    def test_rows_that_changed_are_no_rows_to_compare_on(self):
        project = self.project(wrong=30)
        hone("run", "--project", project)
        hone("release", "first", "--project", project)
        lines = rows(wrong=30, count=620).splitlines()
        lines[5] = lines[5].replace("number", "numero")
        lines[6] = lines[6].replace(",card,", ",fraud,") if ",card," in lines[6] else lines[6].replace(",fraud,", ",card,")
        self.write("gated/rows.csv", "\n".join(lines) + "\n")
        self.assertEqual(self.run_json(project)["matched"], {"rows": 598, "new": 20, "changed": 1, "other_gold": 1})
        self.write("gated/rows.csv", rows(wrong=30, text="wholly new "))
        gates = self.run_json(project)
        self.assertEqual(self.verdicts(gates)[:2], ["undecided", "undecided"])
        self.assertIn("none of these rows with the same text and gold", gates["gates"][0]["text"])

    def test_a_named_baseline(self):
        project = self.project(wrong=30)
        hone("run", "--project", project)
        hone("release", "first", "--project", project)
        self.edit(project / "hone.yaml", "evaluate: {gates", "evaluate: {baseline: frist, gates")
        self.refused("run", "--project", project, say=["'frist'", "'first'"])
        self.edit(project / "hone.yaml", "frist", "first")
        self.assertEqual(self.run_json(project)["baseline"]["name"], "first")

    def test_too_few_rows_are_undecided(self):
        project = self.project(wrong=3, count=18)
        hone("run", "--project", project)
        hone("release", "first", "--project", project)
        self.assertEqual([gate["text"] for gate in self.run_json(project)["gates"]],
                         ["too few rows: 18 of 30 needed", "too few rows: 6 of 30 needed", "too few rows: 18 of 30 needed"])

    def test_results_that_are_all_alike_give_no_interval_and_say_so(self):
        self.assertEqual(self.run_json(self.project())["gates"][2]["text"], "no interval: all rows are alike")

    def test_gates_that_make_no_sense(self):
        for gate, said in [("{metric: accuracy}", "one of two"), ("{not_worse_by: 2, at_least: 0.8}", "one of two"), ("{not_worse_by: -2}", "above 0"),
                           ("{not_worse_by: 200}", "below 100"), ("{at_least: 80}", "between 0 and 1"), ("{metric: acuracy, at_least: 0.8}", "'accuracy'"),
                           ("{slice: bnds, at_least: 0.8}", "'bonds'"), ("{of: model, at_least: 0.8}", "trains no model"),
                           ("{of: people, at_least: 0.8}", "'model' or 'labels'"), ("{not_worse_by: .nan}", "expected a number"), ("{no_worse_by: 2}", "not_worse_by")]:
            with self.subTest(gate):
                project = self.project(YAML + f"evaluate: {{gates: [{gate}]}}\n")
                self.refused("run", "--project", project, say=["hone.yaml:10", said])

    def test_a_project_without_gold(self):
        project = self.small_project(SMALL_YAML + "evaluate: {gates: [{at_least: 0.8}]}\n", small_csv(), name="blind")
        yaml = (project / "hone.yaml").read_text()
        if "gold:" in yaml:
            (project / "hone.yaml").write_text("\n".join(line for line in yaml.splitlines() if not line.startswith("gold:")) + "\n")
        gates = self.run_json(project)
        self.assertEqual(gates["gates"][0]["text"], "there is no gold that evaluation may read")


class BaselineTest(GatedProject):
    """An earlier run, by its name or its number, is what later ones are compared with."""

    def worse(self, project):
        self.edit(project / "hone.yaml", "{lf: scam, vote: fraud, any: [scam]}", "{lf: scam, vote: card, any: [scam]}")

    def against(self, project, baseline):
        self.edit(project / "hone.yaml", "evaluate: {gates", f"evaluate: {{baseline: {baseline}, gates")

    def evaluations(self, project):
        return [event["seq"] for event in hone_json("log", "--source", "evaluate", "--project", project)["events"]]

    def test_a_named_run(self):
        project = self.project(wrong=30)
        named = json.loads(hone("run", "--name", "before", "--project", project, "--json").stdout)["named"]
        self.assertEqual((named["name"], named["run"]), ("before", self.evaluations(project)[-1]))
        self.assertIn(f"before: the run of event {named['run']}", hone("log", "--kind", "run.name", "--project", project).stdout)
        self.worse(project)
        self.assertEqual(self.run_json(project, status=1)["failed"], 1)  # There is no release, so nothing is worse than one.
        self.against(project, "before")
        done = hone("run", "--project", project, status=1)
        self.assertIn("Against the run 'before', look 1 since then", done.stdout)
        gates = hone_json("report", "--project", project)["gates"]
        self.assertEqual({key: gates["baseline"][key] for key in ("kind", "name", "version", "event")},
                         {"kind": "run", "name": "before", "version": None, "event": named["event"]})
        self.assertEqual(gates["matched"]["rows"], 600)
        hone("gc", "--project", project)
        self.assertEqual(self.run_json(project, status=1)["failed"], 3)
        self.assertNotIn("FAILED", hone("verify", "--project", project, status=None).stdout)

    def test_a_run_without_a_name_is_kept_while_hone_yaml_names_it(self):
        project = self.project(wrong=30)
        hone("run", "--project", project)
        [first] = self.evaluations(project)
        self.worse(project)
        self.against(project, first)
        self.assertIn(f"Against the run of event {first}", hone("run", "--project", project, status=1).stdout)
        hone("gc", "--project", project)
        self.assertEqual(self.run_json(project, status=1)["baseline"]["event"], first)
        self.edit(project / "hone.yaml", f"baseline: {first}, ", "")
        hone("gc", "--project", project)
        self.against(project, first)
        self.refused("run", "--project", project, say=[f"the run of event {first}", "`hone gc`", "`hone run --name NAME`"])

    def test_what_is_no_baseline(self):
        project = self.project(wrong=30)
        self.against(project, "nothing")
        self.refused("run", "--project", project, say=["no release and no run is named 'nothing'", "`hone run --name NAME`"])
        hone("run", "--name", "first", "--project", project, status=1)
        [vote] = [event["seq"] for event in hone_json("log", "--source", "vote", "--project", project)["events"]]
        for baseline, said in (("frist", "did you mean 'first'?"), (vote, "is a run of the stage vote"), (0, "is no run but of kind log.open")):
            self.edit(project / "hone.yaml", "baseline: nothing", f"baseline: {baseline}")
            self.refused("run", "--project", project, say=[said])
            self.edit(project / "hone.yaml", f"baseline: {baseline}", "baseline: nothing")

    def test_a_run_that_gets_no_name(self):
        project = self.project(wrong=30)
        self.refused("run", "--name", "a b", "--project", project, status=2, say=["'a b' is no name for a run"])
        self.refused("run", "--name", "first", "--dry-run", "--project", project, status=2, say=["does not take place"])
        self.refused("run", "--name", "first", "--until", "label", "--project", project, status=2, say=["leave out --until label"])
        hone("run", "--name", "first", "--until", "evaluate", "--project", project)
        self.refused("run", "--name", "first", "--project", project, status=2, say=["there is a run named 'first'"])
        hone("run", "--project", project)
        self.refused("release", "first", "--project", project, say=["there is a run named 'first'"])
        (project / "rows.csv").write_text("id,text,label,split,product\n")
        self.refused("run", "--name", "second", "--project", project, say=["this run was not named 'second': it did not get to evaluate"])

    def test_gold_that_changed_since(self):
        project = self.project(wrong=30)
        hone("run", "--name", "first", "--project", project)
        self.against(project, "first")
        self.write("gated/rows.csv", rows(wrong=30).replace(",card,test", ",fraud,test"))
        gates = self.run_json(project, status=1)
        self.assertEqual(gates["matched"], {"rows": 300, "new": 0, "changed": 0, "other_gold": 300})


SEVERAL_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {field: split}}
task: {kind: multi-label, classes: [card, fee, refund]}
gold: {field: labels, separator: ';', none: none}
sources:
  - {column: said, separator: ';', others: against}
label_model: majority
slices: [{slice: bonds, where: {field: product, equals: bond}}]
evaluate:
  gates:
    - {metric: accuracy, not_worse_by: 2}
    - {metric: micro-f1, slice: bonds, not_worse_by: 3}
    - {metric: macro-f1, not_worse_by: 3}
    - {metric: micro-f1, at_least: 0.8}
"""


def several_rows(missed, count=600):
    """Rows that hold any of three classes, all of which are said but that of `missed` rows."""
    draw = random.Random(5)
    lines = ["id,text,labels,said,split,product"]
    for row in range(count):
        held = [name for name in ("card", "fee", "refund") if draw.random() < 0.5]
        said = held[1:] if row < missed else held
        lines.append(f"r{row},row {row},{';'.join(held) or 'none'},{';'.join(said) or '[]'},test,{'loan' if row % 3 else 'bond'}")
    return "\n".join(lines) + "\n"


class SeveralClassesTest(GatedProject):
    """Gates of a task whose rows hold several classes."""

    def test_whole_rows_and_f1_are_compared_row_by_row(self):
        project = self.small_project(SEVERAL_YAML, several_rows(30), name="gated")
        hone("run", "--name", "before", "--project", project)
        self.against_before(project)
        gates = self.run_json(project)
        self.assertEqual(self.verdicts(gates)[0], "passes")
        self.assertEqual([gate["value"] for gate in gates["gates"][:3]], [0, 0, 0])
        self.assertEqual([gate["n"] for gate in gates["gates"]], [600, 200, 600, 600])
        self.write("gated/rows.csv", several_rows(160))
        gates = self.run_json(project, status=1)
        self.assertEqual(gates["matched"]["rows"], 600)
        self.assertEqual(self.verdicts(gates), ["fails", "fails", "fails", "passes"])
        measured = hone_json("report", "--project", project)["evaluation"]["label_model"]["test"]
        self.assertAlmostEqual(gates["gates"][3]["value"], measured["micro_f1"]["value"], places=12)
        self.assertAlmostEqual(gates["gates"][0]["value"], measured["accuracy"]["value"] - self.right(30) / 600, places=12)

    def against_before(self, project):
        self.edit(project / "hone.yaml", "evaluate:\n", "evaluate:\n  baseline: before\n")

    def right(self, missed):
        """Rows whose classes are all said: those that hold one lose it where it is missed."""
        return sum(line.split(",")[2].replace("none", "[]") == line.split(",")[3] for line in several_rows(missed).splitlines()[1:])

    def test_other_gold_and_another_kind_of_task_are_not_compared(self):
        project = self.small_project(SEVERAL_YAML, several_rows(30), name="gated")
        hone("run", "--name", "before", "--project", project)
        self.against_before(project)
        changed = several_rows(30).replace(",card;fee;refund,", ",card;fee,").replace(",none,", ",,")
        self.write("gated/rows.csv", changed)
        matched = self.run_json(project)["matched"]
        whole, nothing = (sum(line.split(",")[2] == held for line in several_rows(30).splitlines()) for held in ("card;fee;refund", "none"))
        self.assertEqual(matched, {"rows": 600 - whole - nothing, "new": 0, "changed": 0, "other_gold": whole})
        one_class = YAML.replace("slices:", "evaluate: {baseline: before, gates: [{not_worse_by: 2}]}\nslices:")
        self.write("gated/hone.yaml", one_class)
        self.write("gated/rows.csv", rows(wrong=30))
        self.refused("run", "--project", project, status=0)
        self.assertIn("its data have no column 'label'", self.run_json(project)["gates"][0]["text"])

    def test_micro_f1_is_for_several_classes(self):
        project = self.project(YAML + "evaluate: {gates: [{metric: micro-f1, at_least: 0.5}]}\n")
        self.refused("run", "--project", project, say=["hone.yaml:10", "a gate on micro-f1 is for a task of kind multi-label"])
        project = self.small_project(SEVERAL_YAML.replace("macro-f1", "makro-f1"), several_rows(30), name="gated")
        self.refused("run", "--project", project, say=["no gate on a metric 'makro-f1'", "'macro-f1'"])
