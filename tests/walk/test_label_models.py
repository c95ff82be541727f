"""`hone label-models`, and what the report says of the label model."""

import json
import random

from .harness import ProjectTest, hone, hone_json, run_stages

NAMES = ["good", "fair", "poor"]


def votes_csv(rows=400, gold="gold", seed=5):
    """Three sources of 90, 75 and 60 %, each on most rows, and what is true."""
    draw = random.Random(seed)
    lines = ["id,good,fair,poor,split" + (f",{gold}" if gold else "")]
    for row in range(rows):
        truth = draw.choice(["a", "b"])
        other = "b" if truth == "a" else "a"
        cells = [("" if draw.random() < 0.2 else truth if draw.random() < right else other) for right in (0.9, 0.75, 0.6)]
        lines.append(",".join([str(row), *cells, "test" if row % 4 == 0 else "valid"] + ([truth] if gold else [])))
    return "\n".join(lines) + "\n"


COPIED_YAML = """\
    data: {files: rows.csv, id: id, text: text}
    task: {classes: [card, loan]}
    gold: {field: label, use: [train, valid, test]}
    sources:
      - {lf: card_word, vote: card, any: [card]}
      - {lf: loan_word, vote: loan, any: [loan]}
      - {lf: both, vote: card, any: [pay]}
    label_model: hone
    model: none
"""


def rows_csv():
    """A hundred and twenty rows: of `pay` every third is about a loan."""
    lines = ["id,text,label"]
    for row in range(120):
        word = ("card", "loan", "neither")[row % 3]
        label = "loan" if row % 3 == 1 else "card"
        lines.append(f"r{row},{word} {'pay' if row % 2 else 'other'} {row},{label}")
    return "\n".join(lines) + "\n"


class LabelModelsTest(ProjectTest):
    def check_square(self, agreement, models):
        self.assertEqual(agreement["models"], models)
        for a, row in enumerate(agreement["shares"]):
            self.assertEqual(row[a], 1.0)
            for b, share in enumerate(row):
                self.assertEqual(share, agreement["shares"][b][a])

    def test_a_table_of_votes_with_gold(self):
        votes = self.write("votes.csv", votes_csv())
        result = hone_json("label-models", "--votes", votes)
        self.assertEqual((result["rows"], result["gold"], result["sources"]), (400, 300, 3), "a quarter of the gold is of test rows")
        self.assertIn("gold of 100 test rows was not read", result["notes"])
        names = [model["name"] for model in result["models"]]
        self.assertIn("majority", names)
        self.check_square(result["agreement"], names)
        for model in result["models"]:
            if model["failed"]:
                continue
            for measured in ("accuracy", "log_loss", "ece"):
                self.assertLessEqual(model[measured]["low"], model[measured]["value"], f"{measured} of {model['name']}")
                self.assertEqual(model["accuracy"]["n"], 300)
            self.assertEqual(model["against_majority"] is None, model["name"] == "majority")
        self.assertEqual(result["choice"]["by"], "gold")
        self.assertGreater(result["gold_needed"]["rows"], result["gold_needed"]["differing_rows"])
        said = hone("label-models", "--votes", votes).stdout
        for part in ("names the same class as", "choose ", "how much gold would tell: "):
            self.assertIn(part, said)

    def test_any_number_of_threads_gives_the_same(self):
        votes = self.write("votes.csv", votes_csv())
        self.assertEqual(hone_json("label-models", "--votes", votes, "--threads", 1), hone_json("label-models", "--votes", votes, "--threads", 4))

    def test_without_gold_it_says_that_votes_cannot_choose(self):
        votes = self.write("votes.csv", votes_csv(gold=""))
        result = hone_json("label-models", "--votes", votes)
        self.assertEqual((result["gold"], result["choice"]["by"]), (0, "default"))
        self.assertIn("votes alone cannot say", result["choice"]["text"])
        self.assertIn("gold rows drawn at random", result["gold_needed"]["text"])
        self.assertTrue(all(model["accuracy"] is None for model in result["models"] if not model["failed"]))

    def test_gold_in_a_table_of_its_own(self):
        votes = self.write("votes.csv", votes_csv(gold=""))
        truth = self.write("truth.csv", "item,truth\n" + "".join(f"{row},a\n" for row in range(1, 8)))
        result = hone_json("label-models", "--votes", votes, "--gold", truth)
        self.assertEqual(result["gold"], 6, "one of the seven is a test row")
        self.assertIn("too little gold", result["choice"]["text"])

    def test_class_shares_that_are_declared(self):
        votes = self.write("votes.csv", votes_csv(gold=""))
        told = hone_json("label-models", "--votes", votes, "--class-balance", "a=0.9")
        self.assertNotEqual(told["agreement"], hone_json("label-models", "--votes", votes)["agreement"], "a tie goes to the larger share")
        self.assertEqual(told, hone_json("label-models", "--votes", votes, "--class-balance", "a=0.9", "--class-balance", "b=0.1"))
        self.refused("label-models", "--votes", votes, "--class-balance", "a", status=2, say=["CLASS=SHARE", "'a'"])
        self.refused("label-models", "--votes", votes, "--class-balance", "c=0.5", say=["no class named 'c'"])
        self.refused("label-models", "--votes", votes, "--class-balance", "a=1.5", say=["'a'", "between 0 and 1"])
        self.refused("label-models", "--class-balance", "a=0.5", status=2, say=["--class-balance belongs to a table of votes", "task.class_balance"])

    def test_what_cannot_be_compared_is_refused(self):
        self.refused("label-models", "--votes", self.folder / "nowhere.csv", say=["nowhere.csv"])
        self.refused("label-models", "--gold", "truth.csv", status=2, say=["--gold belongs to a table of votes"])
        self.refused("label-models", "--votes", "votes.csv", "--project", self.folder, status=2, say=["not both"])
        self.refused("label-models", cwd=self.folder, say=["hone.yaml"])

    def test_a_project_with_test_gold_alone_learns_nothing_of_it(self):
        project = self.small_project(COPIED_YAML.replace("use: [train, valid, test]", "use: [test]"), rows_csv())
        result = hone_json("label-models", "--project", project)
        self.assertEqual((result["gold"], result["choice"]["by"]), (0, "default"))

    def test_a_project(self):
        project = self.small_project(COPIED_YAML, rows_csv())
        result = hone_json("label-models", "--project", project)
        self.assertEqual(result["rows"], 120)
        self.assertGreater(result["gold"], 60)
        self.assertIn(result["choice"]["name"], [model["name"] for model in result["models"]])


class ReportOfTheLabelModelTest(ProjectTest):
    def report(self, yaml):
        project = self.small_project(yaml, rows_csv())
        run_stages(project)
        return project, hone_json("report", "--project", project)

    def test_says_what_each_source_is_worth(self):
        project, report = self.report(COPIED_YAML)
        model = report["label_model"]
        self.assertEqual(model["worth_rows"], 120)
        by_name = {source["name"]: source for source in report["sources"]}
        # Rows of card_word without `pay` have no other vote: every third row, and of these every second.
        self.assertEqual(by_name["card_word"]["worth"]["vanishes"], 20)
        self.assertEqual(by_name["card_word"]["worth"]["votes"], 40)
        gain = by_name["loan_word"]["worth"]["gain"]
        self.assertGreater(gain["value"], 0.1)
        self.assertLessEqual(gain["low"], gain["value"])
        self.assertEqual(by_name["card_word"]["believed"]["accuracy"], by_name["card_word"]["believed_accuracy"])

    def test_compares_with_majority_vote_and_shows_contested_rows_never_of_test(self):
        project, report = self.report(COPIED_YAML)
        beside = report["label_model"]["against_majority"]
        self.assertEqual(beside["decided_on"], "train and valid")
        self.assertEqual(beside["comparison"]["b"], "majority vote")
        self.assertIn(beside["recommend"], ("keep", "either", "majority"))
        splits = {row["id"]: row["split"] for row in map(json.loads, hone("export", "--project", project).stdout.splitlines())}
        self.assertTrue(report["label_model"]["contested"])
        for row in report["label_model"]["contested"]:
            self.assertNotEqual(splits[row["id"]], "test")
            self.assertGreater(len(set(row["votes"].values())), 1)
        self.assertIn("majority vote", [comparison["b"] for comparison in report["evaluation"]["comparisons"]])

    def test_asks_for_the_class_balance_first_where_it_was_assumed(self):
        _, report = self.report(COPIED_YAML.replace("    gold: {field: label, use: [train, valid, test]}\n", ""))
        self.assertEqual(report["label_model"]["class_shares"], "assumed")
        self.assertIn("task.class_balance", report["summary"]["next_steps"][0]["title"])
        self.assertEqual(report["label_model"]["against_majority"]["recommend"], "unknown")
        _, report = self.report(COPIED_YAML.replace("classes: [card, loan]", "classes: [card, loan], class_balance: {loan: 0.3}"))
        self.assertEqual(report["label_model"]["class_shares"], "declared")

    def test_has_nothing_to_compare_where_the_label_model_is_majority_vote(self):
        _, report = self.report(COPIED_YAML.replace("label_model: hone", "label_model: majority"))
        self.assertEqual(report["label_model"]["against_majority"]["recommend"], "same")


class AnalysisTest(ProjectTest):
    def setUp(self):
        super().setUp()
        yaml = COPIED_YAML + "    slices:\n      - {slice: paying, any: [pay]}\n"
        self.project = self.small_project(yaml, rows_csv())

    def test_of_a_slice(self):
        whole, part = hone_json("lf", "--project", self.project), hone_json("lf", "--slice", "paying", "--project", self.project)
        self.assertEqual((whole["examples"], whole["slice"]), (120, None))
        self.assertEqual((part["examples"], part["slice"]), (60, "paying"))
        self.assertEqual([source["votes"] for source in part["sources"]], [20, 20, 60])
        self.assertIn("60 rows of the slice paying", hone("lf", "--slice", "paying", "--project", self.project).stdout)
        self.refused("lf", "--slice", "payng", "--project", self.project, say=["no slice named 'payng'; did you mean 'paying'?"])
        self.refused("lf", "both", "--pairs", "--project", self.project, status=2, say=["leave the name out"])
        whole, part = hone_json("lf", "both", "--project", self.project), hone_json("lf", "both", "--slice", "paying", "--project", self.project)
        self.assertEqual([(tried["slice"], tried["rows"]) for tried in (whole, part)], [(None, 120), ("paying", 60)])
        self.assertLessEqual(part["votes"], whole["votes"])
        self.assertLessEqual(part["labels"]["rows"], 60)
        self.assertIn("of 60 rows of the slice paying", hone("lf", "both", "--slice", "paying", "--project", self.project).stdout)

    def test_of_pairs(self):
        self.assertNotIn("pairs", hone_json("lf", "--project", self.project))
        pairs = hone_json("lf", "--pairs", "--project", self.project)["pairs"]
        self.assertEqual(pairs["rows"], 120)
        first = pairs["list"][0]
        self.assertEqual((first["a"], first["b"], first["both"], first["differ"]), ("loan_word", "both", 20, 20))
        self.assertEqual(pairs["list"][1]["agreement"]["value"], 1.0)
        self.assertIn("pair that differs most", hone("lf", "--pairs", "--project", self.project).stdout)

    def test_of_a_draft_says_what_it_would_do_to_the_labels(self):
        trial = hone_json("lf", "-", "--project", self.project, stdin="{vote: loan, any: [neither]}")
        self.assertEqual(trial["labels"]["rows"], 120)
        self.assertEqual(trial["labels"]["new"], 20, "rows that no source voted on")
        self.edit(self.project / "hone.yaml", "label_model: hone", "label_model: majority")
        wrong, right = (hone_json("lf", "-", "--project", self.project, stdin=f"{{vote: {vote}, any: [neither]}}")["labels"] for vote in ("loan", "card"))
        self.assertEqual((wrong["new"], wrong["fixed"], wrong["broken"]), (20, 0, 0), "without a label they were wrong before")
        self.assertEqual((right["new"], right["broken"]), (20, 0))
        self.assertGreater(right["fixed"], 10)
        said = hone("lf", "-", "--project", self.project, stdin="{vote: loan, any: [neither]}").stdout
        self.assertIn("a first one to 20 of 120 rows", said)
        self.assertIsNone(next(other for other in trial["against"] if other["source"] == "card_word")["agreement"])

    def test_of_the_only_source(self):
        yaml = COPIED_YAML.replace("      - {lf: loan_word, vote: loan, any: [loan]}\n", "").replace("      - {lf: both, vote: card, any: [pay]}\n", "")
        project = self.small_project(yaml, rows_csv(), name="only")
        trial = hone_json("lf", "card_word", "--project", project)
        self.assertEqual((trial["labels"]["flips"], trial["labels"]["new"]), (0, 40))
