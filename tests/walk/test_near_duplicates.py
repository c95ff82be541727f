"""The stage near-duplicates through the program: groups in one split, copies left out, splits that are given, what it refuses and what it says."""

import collections
import csv
import json
import random

from .contract import Contract
from .harness import (ProjectTest, current_records, data_folder, hone, hone_json, object_file, objects, outputs, read_parquet, run_stages, states)

csv.field_size_limit(1 << 24)

SOURCES = """\
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: stolen, vote: fraud, any: [stolen]}
  - {lf: card_word, vote: card, any: [card]}
model: none
"""
STAGES = ["import", "near-duplicates", "vote", "label", "evaluate", "report"]


def letter(dice):
    return " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 9))) for _ in range(40))


def rows_of(split_of=None):
    """200 different letters, 40 of them twice and 10 of those a third time with a changed word; `split_of` gives the column split."""
    dice = random.Random(1)
    letters = [letter(dice) for _ in range(200)]
    texts = letters + [text.upper() + "!" for text in letters[:40]] + [text + " so" for text in letters[:10]]
    lines = ["id,text,label,split,customer"]
    for row, text in enumerate(texts):
        base = row if row < 200 else row - 200 if row < 240 else row - 240
        label = "fraud" if base % 2 else "card"
        word = "" if base % 3 else " stolen" if base % 2 else " card"
        lines.append(f'r{row},"{text}{word}",{label},{split_of(row) if split_of else ""},c{row // 2}')
    return "\n".join(lines) + "\n"


def found_in(project):
    return hone_json("report", "--project", project)["near_duplicates"]


def dataset_rows(project, stage="near-duplicates"):
    record = current_records(project)[stage]
    parts = [output["ref"]["hash"] for output in record["outputs"] if output["name"].startswith("part/")]
    return [row for part in parts for row in read_parquet(object_file(project, part))]


def groups_in(project):
    """{group: [rows]} of the dataset that is voted on."""
    groups = collections.defaultdict(list)
    rows = dataset_rows(project)
    for entry in read_parquet(object_file(project, outputs(current_records(project)["near-duplicates"])["groups"])):
        groups[entry["group"]].append(rows[entry["row"]])
    return groups


class NearDuplicatesTest(ProjectTest):
    def project(self, near_duplicates, data="", split_of=None, name="p"):
        yaml = f"data: {{files: rows.csv, id: id, text: text, near_duplicates: {near_duplicates}{data}}}\n{SOURCES}"
        return self.small_project(yaml, rows_of(split_of), name)

    def test_groups_of_a_project_go_to_one_split(self):
        project = self.project("{}")
        ran = run_stages(project)
        self.assertEqual(list(ran), STAGES)
        found = found_in(project)
        self.assertEqual((found["groups"], found["rows"]), (40, 90))
        self.assertGreater(found["straddling_before"]["groups"], 5)
        self.assertGreater(found["moved_rows"], 5)
        self.assertEqual(found["straddling_after"], {"groups": 0, "pairs": {"train_valid": 0, "train_test": 0, "valid_test": 0}})
        groups = groups_in(project)
        self.assertEqual(len(groups), 40)
        first = {row["hone_id"]: row["hone_split"] for row in dataset_rows(project, "import")}
        for rows in groups.values():
            self.assertEqual({row["hone_split"] for row in rows}, {first[rows[0]["hone_id"]]}, "the split of the first row")
        alone = {row["hone_id"] for row in dataset_rows(project)} - {row["hone_id"] for rows in groups.values() for row in rows}
        for row in dataset_rows(project):
            if row["hone_id"] in alone:
                self.assertEqual(row["hone_split"], first[row["hone_id"]], "who has no duplicate stays")

    def test_it_is_fresh_until_something_changes(self):
        project = self.project("{similarity: 0.9}")
        run_stages(project)
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})
        self.edit(project / "hone.yaml", "similarity: 0.9", "similarity: 1")
        ran = run_stages(project)
        self.assertEqual(ran["near-duplicates"]["why"], "data.near_duplicates changed")
        self.assertEqual(ran["import"]["state"], "fresh")
        self.assertEqual(found_in(project)["exact"], {"groups": 40, "rows": 80})

    def test_copies_are_dropped(self):
        project = self.project("{copies: drop}")
        run_stages(project)
        found = found_in(project)
        self.assertEqual(sum(found["dropped"].values()), 50)
        report = hone_json("report", "--project", project)
        self.assertEqual((report["data"]["rows"], sum(report["data"]["splits"].values())), (200, 200))
        self.assertIn("50 rows were left out as near-duplicates of others", report["data"]["notes"])
        self.assertEqual([row["hone_id"] for row in dataset_rows(project)], [f"r{row}" for row in range(200)])
        self.assertEqual(len(hone("export", "--project", project).stdout.splitlines()), 200)

    def test_rows_of_one_customer_go_with_their_duplicates(self):
        project = self.project("{}", ", group: customer")
        run_stages(project)
        rows = dataset_rows(project)
        by_customer = collections.defaultdict(set)
        for row in rows:
            by_customer[row["hone_group"]].add(row["hone_split"])
        self.assertTrue(all(len(splits) == 1 for splits in by_customer.values()))
        self.assertTrue(all(len({row["hone_split"] for row in group}) == 1 for group in groups_in(project).values()))

    def test_a_split_that_is_given_is_reported_and_left_as_it_is(self):
        project = self.project("{copies: drop}", ", split: {field: split}", lambda row: "train" if row < 200 else "test")
        ran = hone("run", "--project", project)
        found = found_in(project)
        self.assertEqual(found["straddling_before"]["groups"], 40)
        self.assertEqual(found["straddling_after"]["pairs"], {"train_valid": 0, "train_test": 50, "valid_test": 0})
        self.assertEqual((found["moved_rows"], found["dropped"]), (0, {"train": 0, "valid": 0, "test": 0}))
        self.assertEqual(current_records(project)["near-duplicates"]["outputs"][0], current_records(project)["import"]["outputs"][0], "the dataset is the same object")
        warnings = hone_json("report", "--project", project)["summary"]["warnings"]
        self.assertTrue(any("40 groups of near-duplicates lie in more than one split" in each and "straddling: drop" in each for each in warnings), warnings)
        self.assertIn("Near-duplicates at similarity 0.9: 40 groups of 90 rows", ran.stdout)
        self.assertIn("40 groups lay in more than one split (50 pairs of train and test rows), now 40 (50); 0 rows moved", ran.stdout)

    def test_train_copies_of_a_test_set_are_dropped_where_asked(self):
        project = self.project("{straddling: drop}", ", split: {field: split}", lambda row: "train" if row < 200 else "test")
        run_stages(project)
        found = found_in(project)
        self.assertEqual(found["dropped"], {"train": 40, "valid": 0, "test": 0})
        self.assertEqual(found["straddling_after"]["groups"], 0)
        report = hone_json("report", "--project", project)
        self.assertEqual(report["data"]["splits"], {"train": 160, "valid": 0, "test": 50})

    def test_rows_of_one_group_are_one_cluster(self):
        """The same numbers, wider intervals: 10 copies of each row say no more than one."""
        rows = ["id,text,label,split"]
        dice = random.Random(2)
        for row in range(60):
            text = letter(dice) + (" stolen" if row % 4 else " card")
            rows += [f'{row}-{copy},"{text}{"!" * copy}",{"fraud" if row % 2 else "card"},test' for copy in range(10)]
            rows.append(f'{row}-t,"{letter(dice)} card",card,train')
        widths = {}
        for name, key in (("apart", ""), ("together", ", near_duplicates: {}")):
            yaml = f"data: {{files: rows.csv, id: id, text: text, split: {{field: split}}{key}}}\n{SOURCES}"
            project = self.small_project(yaml, "\n".join(rows) + "\n", name)
            run_stages(project)
            accuracy = hone_json("report", "--project", project)["evaluation"]["label_model"]["test"]["accuracy"]
            widths[name] = accuracy["high"] - accuracy["low"]
            self.assertEqual(accuracy["n"], 600)
        self.assertGreater(widths["together"], 2.5 * widths["apart"], "sqrt(10) times as wide")

    def test_the_same_bytes_whatever_the_threads(self):
        one, two = self.project("{copies: drop}", name="one"), self.project("{copies: drop}", name="two")
        run_stages(one, "--threads", "1")
        run_stages(two, "--threads", "2")
        self.assertEqual(objects(one), objects(two))

    def test_json_is_as_the_page_reads_it(self):
        project = self.project("{}")
        told = hone_json("run", "--project", project)
        report = hone_json("report", "--project", project)
        Contract(self).check(report, "Report")
        self.assertEqual(told["near_duplicates"], report["near_duplicates"])
        largest = told["near_duplicates"]["largest"]
        self.assertEqual((len(largest), largest[0]["rows"], largest[0]["texts"]), (10, 3, 2))
        self.assertEqual([example["id"] for example in largest[0]["examples"]], ["r0", "r200", "r240"])
        self.assertEqual((largest[0]["examples"][1]["file"], largest[0]["examples"][1]["line"]), ("rows.csv", 202))
        for group in largest:
            self.assertEqual(group["text"] is None, group["splits"]["train"] + group["splits"]["valid"] == 0)
        until = hone_json("run", "--project", project, "--until", "import")
        self.assertIsNone(until["near_duplicates"])

    def test_what_is_refused(self):
        given = ", split: {field: split}"
        for rules, data, say in (
            ("{similarty: 0.9}", "", "unknown key 'similarty'; did you mean 'similarity'?"),
            ("{similarity: 0.4}", "", "expected a similarity between 0.5 and 1, found '0.4'"),
            ("{similarity: 1.5}", "", "expected a similarity between 0.5 and 1, found '1.5'"),
            ("{similarity: high}", "", "'high'"),
            ("{copies: remove}", "", "expected keep or drop, found 'remove'"),
            ("{straddling: keep}", given, "expected report or drop, found 'keep'"),
            ("{straddling: drop}", "", "straddling is for splits that are given by field or files"),
            ("yes", "", "hone.yaml:1:"),
        ):
            with self.subTest(rules):
                said = self.refused("run", "--project", self.project(rules, data), say=[say])
                self.assertIn("hone: hone.yaml:1:", said)
        self.refused("run", "--project", self.small_project(), "--until", "near-duplicates", say=["no stage named 'near-duplicates'"], status=2)

    def test_a_test_set_where_every_train_row_has_a_copy(self):
        """Nothing is left to learn from, and no row is lost without a word."""
        project = self.project("{straddling: drop}", ", split: {field: split}", lambda row: "train" if row in (0, 1) else "test")
        said = hone("run", "--project", project).stdout
        self.assertIn("left out: 2 rows of train, 0 of valid, 0 of test", said)
        self.assertIn("no row fell into the train split", said)


class CfpbTest(ProjectTest):
    def test_no_group_of_complaints_straddles(self):
        path = data_folder("cfpb_complaints") / "complaints_sample.csv"
        with open(path, encoding="utf-8-sig", newline="") as file:
            products = [name for name, _ in collections.Counter(row["Product"] for row in csv.DictReader(file)).most_common()]
        for copies, rows in (("keep", 6623), ("drop", 6623 - 59)):
            project = self.folder / copies
            self.write(f"{copies}/hone.yaml", f"""\
                data:
                  files: {path}
                  id: Complaint ID
                  text: Consumer complaint narrative
                  near_duplicates: {{copies: {copies}}}
                task: {{classes: {json.dumps(products)}}}
                gold: {{field: Product}}
                sources:
                  - {{lf: mortgage, vote: Mortgage, any: [mortgage, escrow, foreclosure]}}
                model: none
                """)
            run_stages(project)
            found = found_in(project)
            # 29 rows repeat another's bytes and 38 another's text after normalization: letters that differ in redactions, case and blanks.
            self.assertEqual((found["groups"], found["rows"], found["silent_rows"]), (30, 89, 5091))
            self.assertEqual(found["straddling_after"]["groups"], 0)
            self.assertEqual(hone_json("report", "--project", project)["data"]["rows"], rows)
            for group in groups_in(project).values():
                self.assertEqual(len({row["hone_split"] for row in group}), 1)
        self.assertEqual(groups_in(project), {})
