"""Gold from a review queue that prefers hard rows is weighted back to all rows."""

import random

from .harness import ProjectTest, hone, hone_json

YAML = """\
data: {files: rows.csv, id: id, text: text, split: {field: split}}
task: {classes: [card, fraud]}
gold: {field: label, drawn: chance}
sources: [{lf: card, vote: card, any: [card]}, {lf: scam, vote: fraud, any: [scam]}]
label_model: majority
model: none
"""


def rows(count=6000):
    """The sources are right on 90 % of the rows. A tenth of the rows look hard, where they are right on half; these are drawn 20 times as often."""
    chance = random.Random(11)
    lines = ["id,text,label,split,chance"]
    right = 0
    for row in range(count):
        hard = chance.random() < 0.1
        truth = chance.choice(("card", "fraud"))
        said = truth if chance.random() < (0.5 if hard else 0.945) else ("fraud" if truth == "card" else "card")
        right += said == truth
        drawn = 0.8 if hard else 0.04
        label = truth if chance.random() < drawn else ""
        lines.append(f"r{row},{'card' if said == 'card' else 'scam'} {row},{label},test,{drawn}")
    return "\n".join(lines) + "\n", right / count


class DrawnGoldTest(ProjectTest):
    def evaluation(self, text, yaml=YAML):
        project = self.small_project(yaml, text, name="queue")
        hone("run", "--project", project)
        return hone_json("report", "--project", project)["evaluation"]

    def test_accuracy_is_that_of_all_rows(self):
        text, truth = rows()
        evaluation = self.evaluation(text)
        [rate] = evaluation["drawn"]["rates"]
        self.assertLess(rate["raw"], truth - 0.1)
        self.assertAlmostEqual(rate["accuracy"]["value"], truth, delta=0.04)
        self.assertLessEqual(rate["accuracy"]["low"], truth)
        self.assertGreaterEqual(rate["accuracy"]["high"], truth)
        self.assertLess(rate["kish"], rate["accuracy"]["n"])
        self.assertTrue(any("weighted back" in note for note in evaluation["notes"]))

    def test_rows_without_a_chance_are_counted(self):
        text, _ = rows()
        lines = text.splitlines()
        known = [place for place, line in enumerate(lines) if line.split(",")[2] in ("card", "fraud")][:3]
        for place, wrong in zip(known, ("", "2", "nan")):
            lines[place] = lines[place].rpartition(",")[0] + "," + wrong
        self.assertEqual(self.evaluation("\n".join(lines) + "\n")["drawn"]["without_chance"], 3)

    def test_too_few_say_so(self):
        text, _ = rows(300)
        [rate] = self.evaluation(text)["drawn"]["rates"]
        self.assertIsNone(rate["accuracy"]["low"])
        self.assertIn("too few", rate["note"])

    def test_a_column_that_is_not_there(self):
        project = self.small_project(YAML.replace("drawn: chance", "drawn: chanse"), rows(100)[0], name="queue")
        self.refused("run", "--project", project, say=["no column 'chanse'", "'chance'"])

    def test_without_the_key_nothing_is_weighted(self):
        self.assertIsNone(self.evaluation(rows(300)[0], YAML.replace(", drawn: chance", ""))["drawn"])


SEVERAL_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {field: split}}
task: {kind: multi-label, classes: [card, fraud]}
gold: {field: label, separator: ';', none: none, drawn: chance}
sources: [{column: said, separator: ';', others: against}]
label_model: majority
"""


def several_rows(count=6000):
    """The same of rows that hold any of two classes: a source is right on the whole row, or names one class more or less."""
    chance = random.Random(12)
    lines = ["id,text,label,said,split,chance"]
    right = 0
    for row in range(count):
        hard = chance.random() < 0.1
        truth = {name for name in ("card", "fraud") if chance.random() < 0.5}
        said = truth if chance.random() < (0.5 if hard else 0.945) else truth ^ {"card"}
        right += said == truth
        drawn = 0.8 if hard else 0.04
        label = (";".join(sorted(truth)) or "none") if chance.random() < drawn else ""
        lines.append(f"r{row},row {row},{label},{';'.join(sorted(said)) or '[]'},test,{drawn}")
    return "\n".join(lines) + "\n", right / count


class DrawnGoldOfSeveralClassesTest(ProjectTest):
    def test_accuracy_of_whole_rows_is_that_of_all_rows(self):
        text, truth = several_rows()
        project = self.small_project(SEVERAL_YAML, text, name="queue")
        hone("run", "--project", project)
        evaluation = hone_json("report", "--project", project)["evaluation"]
        [rate] = evaluation["drawn"]["rates"]
        self.assertEqual(rate["system"], "label_model")
        self.assertEqual(rate["raw"], evaluation["label_model"]["test"]["accuracy"]["value"])
        self.assertLess(rate["raw"], truth - 0.1)
        self.assertAlmostEqual(rate["accuracy"]["value"], truth, delta=0.04)
        self.assertLessEqual(rate["accuracy"]["low"], truth)
        self.assertGreaterEqual(rate["accuracy"]["high"], truth)
        self.assertTrue(any("weighted back" in note for note in evaluation["notes"]))
