"""Gates: what hone.yaml demands of the results, against the last release or by itself, ends a run with status 1 where it does not hold."""

import json

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


class GatesTest(ProjectTest):
    def project(self, yaml=YAML + GATES, **options):
        return self.small_project(yaml, rows(**options), name="gated")

    def run_json(self, project, status=0):
        return json.loads(hone("run", "--project", project, "--json", status=status).stdout)["gates"]

    def verdicts(self, gates):
        return [gate["verdict"] for gate in gates["gates"]]

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
