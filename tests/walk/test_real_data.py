"""Real files from end to end: their row counts, and on Banking77 the accuracy that the model owes."""

import collections
import csv
import json

from .harness import ProjectTest, data_folder, hone, hone_json, run_stages, states

csv.field_size_limit(1 << 24)


def cells_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class RealDataTest(ProjectTest):
    def test_banking77_learned_from_its_own_labels(self):
        folder = data_folder("banking77")
        classes = sorted({row["category"] for row in cells_of(folder / "train.csv")})
        self.assertEqual(len(classes), 77)
        self.write("banking77/hone.yaml", f"""\
            data:
              text: text
              split: {{files: {{train: {folder / "train.csv"}, test: {folder / "test.csv"}}}, valid: 0.1}}
            task: {{classes: {json.dumps(classes)}}}
            gold: {{field: category}}
            sources:
              - {{column: category, splits: [train]}}
            label_model: majority
            model: text-linear
            """)
        project = self.folder / "banking77"
        self.assertEqual(set(states(run_stages(project)).values()), {"ran"})
        report = hone_json("report", "--project", project)
        self.assertEqual(report["data"]["splits"]["train"] + report["data"]["splits"]["valid"], 10003)
        self.assertAlmostEqual(report["data"]["splits"]["valid"], 1000, delta=100)
        self.assertEqual((report["data"]["rows"], report["data"]["splits"]["test"], report["data"]["bad_rows"]), (13083, 3080, 0))
        accuracy = report["evaluation"]["model"]["test"]["accuracy"]
        # TF-IDF with logistic regression: 0.900.
        self.assertGreaterEqual(accuracy["value"], 0.90)
        self.assertEqual(accuracy["n"], 3080)
        self.assertEqual(report["training"]["rows"], report["data"]["splits"]["train"], "test and valid rows are not learned from")
        self.check_predictions(project, folder, accuracy["value"])

    def check_predictions(self, project, folder, accuracy):
        """The model read back gives new rows what it gave the same texts in the run."""
        hone("predict", folder / "test.csv", "--project", project, "--out", self.folder / "predicted.csv")
        predicted, gold = cells_of(self.folder / "predicted.csv"), cells_of(folder / "test.csv")
        right = sum(row["label"] == known["category"] for row, known in zip(predicted, gold, strict=True))
        self.assertAlmostEqual(right / len(gold), accuracy, places=9)

    def test_youtube_spam(self):
        path = data_folder("youtube_spam") / "comments.csv"
        rows = cells_of(path)
        made = hone_json("init", self.folder / "youtube", "--from", path)
        self.assertEqual((made["chosen"]["text"], made["chosen"]["label"]), ("content", "class"))
        self.write("spam/hone.yaml", f"""\
            data: {{files: {path}, text: content, group: video, split: {{train: 0.6, valid: 0.2, test: 0.2}}}}
            task: {{classes: ['0', '1']}}
            gold: {{field: class}}
            sources:
              - {{lf: check_out, vote: '1', match: '(?i)check (\\w+ )*out'}}
              - {{lf: subscribe, vote: '1', any: [subscribe, channel]}}
              - {{lf: link, vote: '1', match: 'https?://|www\\.'}}
              - {{lf: short, vote: '0', where: {{words_of: content, below: 6}}}}
              - {{lf: song, vote: '0', any: [song, love, views]}}
            model: none
            """)
        run_stages(self.folder / "spam")
        report = hone_json("report", "--project", self.folder / "spam")
        self.assertEqual((report["data"]["rows"], report["data"]["bad_rows"]), (len(rows), 0))
        self.assertEqual(len(rows), 1956)
        self.assertEqual(report["data"]["groups"], len({row["video"] for row in rows}))
        says = {source["name"]: source for source in report["sources"]}
        self.assertEqual(says["link"]["polarity"]["1"], sum("http://" in row["content"] or "https://" in row["content"] or "www." in row["content"]
                                                            for row in rows))

    def test_cfpb_complaints(self):
        path = data_folder("cfpb_complaints") / "complaints_sample.csv"
        rows = cells_of(path)
        products = [name for name, _ in collections.Counter(row["Product"] for row in rows).most_common()]
        self.write("cfpb/hone.yaml", f"""\
            data:
              files: {path}
              id: Complaint ID
              text: Consumer complaint narrative
              split: {{train: 0.6, valid: 0.2, test: 0.2}}
            task: {{classes: {json.dumps(products)}}}
            gold: {{field: Product}}
            sources:
              - {{lf: mortgage, vote: Mortgage, any: [mortgage, escrow, foreclosure]}}
              - {{lf: debt, vote: Debt collection, any: [debt, collector, "collection agency"], none: [mortgage]}}
              - {{lf: student, vote: Student loan, any: ["student loan", "student loans", navient]}}
            model: none
            slices:
              - {{slice: early, where: {{field: Date received, below: 2019-01-01}}}}
              - {{slice: told, where: {{field: Consumer complaint narrative, present: true}}}}
            """)
        run_stages(self.folder / "cfpb")
        report = hone_json("report", "--project", self.folder / "cfpb")
        told = sum(row["Consumer complaint narrative"] != "" for row in rows)
        self.assertEqual((report["data"]["rows"], report["data"]["bad_rows"], len(rows), told), (6623, 0, 6623, 1532))
        self.assertEqual(report["data"]["empty_texts"], 6623 - told)
        slices = {part["slice"]: sum(part["rows"].values()) for part in report["slices"]}
        self.assertEqual(slices["told"], told)
        self.assertEqual(slices["early"], sum(int(row["Date received"].split("/")[0]) < 2019 for row in rows))
        longest = max(rows, key=lambda row: len(row["Consumer complaint narrative"]))
        why = hone_json("why", longest["Complaint ID"], "--project", self.folder / "cfpb")
        self.assertEqual(why["fields"]["Consumer complaint narrative"], longest["Consumer complaint narrative"])
