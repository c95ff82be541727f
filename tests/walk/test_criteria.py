"""Criteria: an evaluator's grades by slice, beside people's and corrected by them."""

import random

from .harness import ProjectTest, hone, hone_json, run_stages, states

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

    def graded_by(self, evaluator, name="graded", **options):
        """The project, whose people's grades are those of the column `expert`, and its criterion."""
        yaml = YAML + f"evaluate: {{criteria: [{{criterion: helpful, evaluator: {evaluator}, people: expert, yes: good}}]}}\n"
        project = self.small_project(yaml, rows(**options), name=name)
        hone("run", "--project", project)
        return project, self.criterion(project)

    def criterion(self, project):
        [criterion] = hone_json("report", "--project", project)["criteria"]
        return criterion

    def test_the_same_grades_by_a_column_a_mapped_one_conditions_and_a_dictionary(self):
        _, plain = self.graded_by("judge", name="plain")
        self.assertEqual((plain["evaluator"], plain["kind"], plain["otherwise"], plain["failures"]), ("judge", "column", None, None))
        self.write("by-terms/good.csv", "term,class\ngood,yes\nbad,no\n")
        for name, evaluator, kind in (("mapped", "{column: judge, name: mapped, classes: {good: yes, bad: no}}", "column"),
                                      ("rule", "{lf: says_good, vote: yes, any: [good], field: judge}, otherwise: no", "lf"),
                                      ("by-terms", "{dictionary: good.csv, name: terms, field: judge}", "dictionary")):
            with self.subTest(name):
                _, criterion = self.graded_by(evaluator, name=name)
                self.assertEqual(criterion["cells"], plain["cells"])
                self.assertEqual((criterion["kind"], criterion["failures"]), (kind, {"count": 0, "first": []}))

    def test_an_abstention_is_no_grade_unless_the_criterion_says_so(self):
        _, criterion = self.graded_by("{lf: says_good, vote: yes, any: [good], field: judge}")
        self.assertEqual(criterion["cells"][0]["raw"]["value"], 1.0)
        _, criterion = self.graded_by("{lf: says_good, vote: yes, any: [good], field: judge, splits: [test]}, otherwise: no")
        self.assertLess(criterion["cells"][0]["raw"]["n"], 300)
        self.assertLess(criterion["cells"][0]["raw"]["value"], 0.8)
        _, criterion = self.graded_by("{lf: says_so, vote: yes, any: [wonderful]}")
        self.assertEqual((criterion["cells"][0]["raw"], criterion["cells"][0]["note"]), (None, "the evaluator graded none of these rows"))

    def test_a_changed_evaluator_is_asked_again_and_moves_no_label(self):
        project, _ = self.graded_by("{lf: says_good, vote: yes, any: [good], field: judge}, otherwise: no")
        fresh = {"import": "fresh", "vote": "fresh", "label": "fresh", "grade": "fresh", "evaluate": "fresh", "report": "fresh"}
        self.assertEqual(states(run_stages(project)), fresh)
        labels = hone("export", "--project", project).stdout
        self.edit(project / "hone.yaml", "any: [good]", "any: [bad]")
        changed = run_stages(project)
        self.assertEqual(states(changed), fresh | {"grade": "ran", "evaluate": "ran", "report": "ran"})
        self.assertEqual(changed["grade"]["why"], "evaluator says_good changed")
        self.assertEqual(hone("export", "--project", project).stdout, labels)
        self.edit(project / "hone.yaml", "any: [bad]", "none: [good]")
        self.assertEqual(states(run_stages(project)), fresh | {"grade": "ran"}, "the same grades, said in another way")
        self.edit(project / "hone.yaml", "otherwise: no", "otherwise: yes")
        self.assertEqual(states(run_stages(project)), fresh | {"evaluate": "ran", "report": "ran"})

    def test_rows_on_which_an_evaluator_fails_are_not_graded(self):
        lines = rows(count=200).splitlines()
        lines = [lines[0] + ",words"] + [f"{line},{'n/a' if row % 4 == 0 else row % 50}" for row, line in enumerate(lines[1:])]
        yaml = YAML + "evaluate: {criteria: [{criterion: short, evaluator: {lf: short, vote: yes, where: {field: words, below: 25}}, otherwise: no}]}\n"
        project = self.small_project(yaml, "\n".join(lines) + "\n", name="fails")
        hone("run", "--project", project)
        criterion = self.criterion(project)
        self.assertEqual(criterion["cells"][0]["raw"]["n"], 150)
        self.assertEqual(criterion["failures"]["count"], 50)
        self.assertEqual(criterion["failures"]["first"][0]["what"], "field 'words': 'n/a' is not a number")

    def test_a_program_that_dies_grades_nothing_and_is_asked_again(self):
        project, criterion = self.graded_by("{process: [sh, -c, 'echo no key >&2; exit 3'], name: judge_model}, otherwise: no", count=60)
        self.assertEqual(criterion["cells"][0]["raw"], None)
        self.assertEqual(criterion["kind"], "process")
        self.assertEqual(criterion["failures"]["count"], 60)
        self.assertIn("no key", criterion["failures"]["first"][0]["what"])
        stages = run_stages(project)
        self.assertEqual((stages["grade"]["state"], stages["vote"]["state"]), ("ran", "fresh"))
        self.assertEqual(stages["grade"]["why"], "a program that grades (judge_model) failed the last time")

    def test_an_evaluator_whose_column_is_not_there(self):
        yaml = YAML + "evaluate: {criteria: [{criterion: a, evaluator: {lf: a, vote: yes, any: [x], field: jugde}}]}\n"
        project = self.small_project(yaml, rows(), name="graded")
        self.refused("run", "--project", project, say=["LF 'a' in hone.yaml:7", "no column 'jugde'", "'judge'"])

    def test_a_changed_criterion_is_measured_anew(self):
        cells = self.cells(YAML + CRITERIA % "evenly")
        self.edit(self.folder / "graded" / "hone.yaml", "yes: ['good']", "yes: ['bad']")
        hone("run", "--project", self.folder / "graded")
        [criterion] = hone_json("report", "--project", self.folder / "graded")["criteria"]
        self.assertAlmostEqual(criterion["cells"][0]["raw"]["value"], 1 - cells[None]["raw"]["value"])
