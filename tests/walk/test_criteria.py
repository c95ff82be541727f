"""Criteria: an evaluator's grades by slice, beside people's and corrected by them."""

import random

from .harness import ProjectTest, hone, hone_json

YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.6, valid: 0.2, test: 0.2}}
task: {classes: [card, fraud]}
sources: [{lf: card, vote: card, any: [card]}, {lf: scam, vote: fraud, any: [scam]}]
slices: [{slice: bonds, where: {field: product, equals: bond}}, {slice: nothing, where: {field: product, equals: none}}]
label_model: majority
model: none
"""
CRITERIA = "evaluate: {criteria: [{criterion: helpful, evaluator: judge, people: expert, yes: ['good'], people_drawn: %s}]}\n"


def rows(count=1000, people=0.4):
    """Half of the outputs are good. The judge says so of 90 % of these, and of 20 % of the others; people grade some rows, and are right."""
    chance = random.Random(5)
    lines = ["id,text,product,judge,expert"]
    for row in range(count):
        good = chance.random() < 0.5
        judge = "good" if chance.random() < (0.9 if good else 0.2) else "bad"
        expert = ("good" if good else "bad") if chance.random() < people else ""
        lines.append(f"r{row},{'card' if row % 2 else 'scam'} {row},{'bond' if row % 4 == 0 else 'loan'},{judge},{expert}")
    return "\n".join(lines) + "\n"


class CriteriaTest(ProjectTest):
    def cells(self, yaml, **options):
        project = self.small_project(yaml, rows(**options), name="graded")
        hone("run", "--project", project)
        [criterion] = hone_json("report", "--project", project)["criteria"]
        return {cell["slice"]: cell for cell in criterion["cells"]}

    def test_a_judge_that_says_good_too_often_is_corrected(self):
        for drawn, method in (("evenly", "ppi"), ("otherwise", "rogan_gladen")):
            with self.subTest(drawn):
                cells = self.cells(YAML + CRITERIA % drawn)
                whole = cells[None]
                self.assertEqual(whole["method"], method)
                self.assertGreater(whole["raw"]["low"], 0.5)
                self.assertLess(whole["corrected"]["low"], 0.5)
                self.assertGreater(whole["corrected"]["high"], 0.5)
                self.assertAlmostEqual(whole["agreement"]["observed"]["value"], 0.85, delta=0.05)
                self.assertAlmostEqual(whole["agreement"]["kappa"]["value"], 0.7, delta=0.1)
                self.assertEqual(cells["bonds"]["raw"]["n"], 250)
                self.assertIsNone(cells["nothing"]["raw"])
                self.assertIn("none of these rows", cells["nothing"]["note"])

    def test_too_few_grades_by_people(self):
        cells = self.cells(YAML + CRITERIA % "otherwise", people=0.01)
        self.assertIsNone(cells[None]["corrected"])
        self.assertIn("10 of each needed", cells[None]["note"])

    def test_nobody_but_the_judge(self):
        cells = self.cells(YAML + "evaluate: {criteria: [{criterion: helpful, evaluator: judge, yes: good}]}\n")
        self.assertIsNone(cells[None]["agreement"])
        self.assertIsNone(cells[None]["corrected"])

    def test_criteria_that_make_no_sense(self):
        for criteria, said in [("[{criterion: helpful}]", "evaluator"), ("[{criterion: a, evaluator: judge}, {criterion: a, evaluator: expert}]", "twice"),
                               ("[{criterion: a, evaluator: judge, people: judge}]", "own column"), ("[{criterion: a, evaluator: judge, yes: []}]", "values"),
                               ("[{criterion: a, evaluator: judge, people_drawn: badly}]", "'evenly' or 'otherwise'")]:
            with self.subTest(criteria):
                project = self.small_project(YAML + f"evaluate: {{criteria: {criteria}}}\n", rows(), name="graded")
                self.refused("run", "--project", project, say=["hone.yaml:7", said])
        project = self.small_project(YAML + "evaluate: {criteria: [{criterion: a, evaluator: jugde}]}\n", rows(), name="graded")
        self.refused("run", "--project", project, say=["no column 'jugde'", "'judge'"])

    def test_a_changed_criterion_is_measured_anew(self):
        cells = self.cells(YAML + CRITERIA % "evenly")
        self.edit(self.folder / "graded" / "hone.yaml", "yes: ['good']", "yes: ['bad']")
        hone("run", "--project", self.folder / "graded")
        [criterion] = hone_json("report", "--project", self.folder / "graded")["criteria"]
        self.assertAlmostEqual(criterion["cells"][0]["raw"]["value"], 1 - cells[None]["raw"]["value"])
