"""What the report leads to: objects and records that are there, rows that may be read, numbers that add up."""

import json

from .harness import ProjectTest, current_records, hone, hone_json, object_file, outputs, run_stages


class ReportTest(ProjectTest):
    def example(self):
        """The example's project and report."""
        project = self.copy_example()
        run_stages(project)
        return project, hone_json("report", "--project", project)

    def check_stages(self, project, report):
        records = current_records(project)
        self.assertEqual([stage["name"] for stage in report["stages"]], ["import", "vote", "label", "train", "evaluate", "report"])
        made = {}
        for stage in report["stages"]:
            record = records[stage["name"]]
            self.assertEqual((stage["key"], stage["code"]), (record["key"], record["code"]["version"]))
            self.assertEqual(stage["why"], "has not run before")
            self.assertNotEqual(stage["what"], stage["why"])
            for read in stage["inputs"]:
                self.assertEqual(made[read["hash"]], read["name"], f"{stage['name']} reads what no stage before it made")
            for output in stage["outputs"]:
                self.assertEqual(outputs(record)[output["name"]], output["hash"])
                self.assertEqual(object_file(project, output["hash"]).stat().st_size, output["bytes"])
                made[output["hash"]] = output["name"]

    def check_sources(self, project, report):
        splits = self.splits(project)
        for source in report["sources"]:
            self.assertTrue(object_file(project, source["object"]).is_file(), source["name"])
            self.assertEqual(source["votes"], sum(source["polarity"].values()))
            self.assertLessEqual(source["coverage"]["low"], source["coverage"]["value"])
            self.assertEqual(sum(source["gold_votes"].values()), source["precision"]["n"] if source["precision"] else 0)
            right = sum(source["gold_right"].values())
            if source["precision"]:
                self.assertAlmostEqual(right / source["precision"]["n"], source["precision"]["value"])
            for row in source["wrong"]:
                self.assertNotEqual(row["gold"], row["voted"])
                self.assertNotEqual(splits[row["id"]], "test", "a test row is shown")
            self.assertEqual(len(source["wrong"]), min(2, sum(source["gold_votes"].values()) - right))

    def splits(self, project):
        lines = hone("export", "--project", project).stdout.splitlines()
        return {row["id"]: row["split"] for row in map(json.loads, lines)}

    def check_errors(self, report):
        evaluation = report["evaluation"]
        self.assertEqual(evaluation["errors_split"], "valid")
        confusion = evaluation["errors_confusion"]
        cells = {(gold, predicted): confusion["counts"][row][column] for row, gold in enumerate(confusion["classes"])
                 for column, predicted in enumerate([*confusion["classes"], None]) if gold != predicted}
        wrong = sum(cells.values())
        self.assertEqual(len(evaluation["errors"]), min(300, wrong))
        for (gold, predicted), count in cells.items():
            listed = [row for row in evaluation["errors"] if (row["gold"], row["predicted"]) == (gold, predicted)]
            self.assertGreaterEqual(len(listed), min(3, count), (gold, predicted))
        sure = [row["confidence"] for row in evaluation["errors"]]
        self.assertEqual(sure, sorted(sure, reverse=True))
        names = {source["name"] for source in report["sources"]}
        for row in evaluation["errors"]:
            self.assertLessEqual(row["votes"].keys(), names)
            self.assertEqual(row["said"] == "nothing", row["label"] is None)
            self.assertEqual(row["said"].startswith("right"), row["label"] == row["gold"])

    def check_clarity(self, report):
        clarity = report["evaluation"]["clarity"]
        self.assertEqual(sum(sum(row["rows"]) for row in clarity["by_class"]), report["data"]["gold"]["valid"])
        confusion = report["evaluation"]["errors_confusion"]
        for number, row in enumerate(clarity["by_class"]):
            self.assertEqual(sum(row["right"]), confusion["counts"][number][number], row["class"])

    def check_pairs(self, project, report):
        pairs = report["votes"]["pairs"]
        self.assertEqual(report["votes"]["pairs_left_out"], 0)
        self.assertTrue(pairs)
        first = pairs[0]
        against = {other["source"]: other for other in hone_json("lf", first["a"], "--project", project)["against"]}
        self.assertEqual((first["both"], first["differ"]), (against[first["b"]]["both"], against[first["b"]]["differ"]))

    def test_of_the_example_leads_to_what_its_numbers_are_made_from(self):
        project, report = self.example()
        self.check_stages(project, report)
        self.check_sources(project, report)
        self.check_errors(report)
        self.check_clarity(report)
        self.check_pairs(project, report)

    def test_says_why_each_stage_ran_and_not_what_it_does(self):
        project, _ = self.example()
        self.edit(project / "hone.yaml", "any: [chip, stripe, cracked,", "any: [chip, cracked,")
        run_stages(project)
        why = {stage["name"]: stage["why"] for stage in hone_json("report", "--project", project)["stages"]}
        self.assertEqual(why["import"], "has not run before")
        self.assertEqual(why["vote"], "LF chip_or_plastic_damaged changed")
        self.assertIn("changed", why["report"])
