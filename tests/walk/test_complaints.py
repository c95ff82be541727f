"""The example examples/complaints on the real file: rows without a narrative, two taxonomies, copies of letters, texts of many lines."""

import collections
import csv

from .harness import ProjectTest, current_records, data_folder, hone, hone_json, object_file, outputs, read_parquet, run_stages, states

csv.field_size_limit(1 << 24)
TEXT = "Consumer complaint narrative"


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class ComplaintsTest(ProjectTest):
    def test_ugly_data_end_to_end(self):
        folder = data_folder("cfpb_complaints")
        project = self.copy_example("complaints")
        (project / "data").unlink(missing_ok=True)
        (project / "data").symlink_to(folder)
        self.assertEqual(set(states(run_stages(project)).values()), {"ran"})
        self.told = {row["Complaint ID"]: row for row in rows_of(folder / "complaints_sample.csv") if row[TEXT].strip()}
        report = hone_json("report", "--project", project)
        self.check_rows(report)
        self.check_gold(report)
        self.check_sources_and_accuracy(report)
        self.check_near_duplicates(project, report)
        self.check_texts(project)
        self.assertTrue((project / ".hone" / "report.html").exists())

    def check_rows(self, report):
        self.assertEqual((report["data"]["rows"], report["data"]["skipped_rows"], report["data"]["bad_rows"]), (len(self.told), 6623 - len(self.told), 0))
        self.assertEqual((len(self.told), report["data"]["empty_texts"]), (1532, 0))

    def check_gold(self, report):
        """Old and new names of a product are one class; what names two of them is unknown and said to be."""
        gold = report["data"]["gold"]
        self.assertEqual(gold["train"], 0, "gold of train is not read")
        known = sum(row["valid"] + row["test"] for row in report["data"]["class_counts"])
        self.assertEqual(gold["valid"] + gold["test"], known)
        self.assertLess(report["data"]["splits"]["valid"] + report["data"]["splits"]["test"] - known, 4)

    def check_sources_and_accuracy(self, report):
        self.assertLessEqual(len(report["sources"]), 60)
        self.assertEqual({name for source in report["sources"] for name in source["polarity"]}, {row["class"] for row in report["data"]["class_counts"]})
        accuracy = report["evaluation"]["model"]["test"]["accuracy"]
        self.assertGreater(accuracy["n"], 250)
        # Measured: 0.723. Always the most frequent class would be right on half of the rows.
        self.assertGreaterEqual(accuracy["value"], 0.66)

    def check_near_duplicates(self, project, report):
        """Letters with the same words lie in one split: none that is equal but for case, blanks and signs lies in two."""
        found = report["near_duplicates"]
        self.assertGreaterEqual(found["groups"], 20)
        self.assertEqual(found["straddling_after"]["groups"], 0)
        splits, rows = collections.defaultdict(set), self.dataset(project)
        groups = collections.defaultdict(set)
        for entry in read_parquet(object_file(project, outputs(current_records(project)["near-duplicates"])["groups"])):
            groups[entry["group"]].add(rows[entry["row"]]["hone_split"])
        self.assertEqual(len(groups), found["groups"])
        self.assertEqual({len(where) for where in groups.values()}, {1})
        for row in rows:
            splits["".join(filter(str.isalnum, row[TEXT].casefold()))].add(row["hone_split"])
        self.assertLess(len(splits), len(self.told), "there are copies")
        self.assertEqual([text[:60] for text, where in splits.items() if len(where) > 1], [])

    def dataset(self, project):
        parts = outputs(current_records(project)["near-duplicates"])
        return [row for name, hash in parts.items() if name.startswith("part/") for row in read_parquet(object_file(project, hash))]

    def check_texts(self, project):
        """What is exported is what was read, with its line ends and its 21,928 characters."""
        out = self.folder / "labels.csv"
        hone("export", "--project", project, "--out", out, "--columns", TEXT)
        exported = {row["id"]: row[TEXT] for row in rows_of(out)}
        self.assertEqual(exported, {id: row[TEXT] for id, row in self.told.items()})
        self.assertGreater(max(map(len, exported.values())), 20000)
        self.assertGreater(sum("\n" in text for text in exported.values()), 100)
