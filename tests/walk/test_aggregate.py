"""hone aggregate on recorded votes of crowds and of labeling functions, against what is known of them and against plain counting."""

import collections
import csv
import json

from .harness import ProjectTest, data_folder, hone, hone_json, read_parquet, write_parquet

# Percent of right rows as published with the data; majority up to how ties fall.
CROWDS = {
    "bluebird": (75.9, 89.8), "dog": (81.9, 84.3), "rte": (89.9, 92.8), "web": (72.8, 82.2), "SP_amt": (94.2, 94.4),
    "ZenCrowd_all": (82.9, 79.2), "fact_eval": (90.1, 85.1),
}
RULES = {"agnews": 9, "semeval": 164, "tennis": 6, "trec": 68, "youtube": 10}


def rows_of(path, delimiter=","):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


class Counted:
    """Majority vote by plain counting: right rows where the winner is alone, and how many ties hold the right class."""

    def __init__(self, votes, truth):
        last = {(item, worker): label for item, worker, label in votes}
        self.classes = sorted({label for label in last.values()} | set(truth.values()))
        counts = collections.defaultdict(collections.Counter)
        for (item, _), label in last.items():
            counts[item][label] += 1
        self.rows, self.gold = len(counts), sum(item in truth for item in counts)
        self.sure = self.tied = self.first = 0
        for item, votes in counts.items():
            winners = [label for label in self.classes if votes[label] == max(votes.values())]
            self.sure += winners == [truth.get(item)]
            self.tied += len(winners) > 1 and truth.get(item) in winners
            self.first += winners[0] == truth.get(item)


class AggregateTest(ProjectTest):
    def check_shape(self, told, gold):
        for key, kind in {"model": str, "rows": int, "covered": int, "votes": int, "classes": list, "iterations": int, "converged": bool,
                          "seconds": float, "warnings": list, "sources": list}.items():
            self.assertIsInstance(told[key], kind, key)
        for source in told["sources"]:
            self.assertLessEqual({"name", "coverage", "accuracy"}, source.keys())
            self.assertTrue(0 <= source["coverage"] <= 1)
        for key in ("accuracy", "log_loss", "ece", "accuracy_of_all"):
            if gold:
                self.assertEqual({"value", "low", "high", "n"}, told[key].keys(), key)
            else:
                self.assertIsNone(told[key])

    def test_majority_of_crowds_is_plain_counting(self):
        crowds = data_folder("votes") / "crowd"
        for name, (published, _) in CROWDS.items():
            with self.subTest(name):
                folder = crowds / name
                truth = {row["item"]: row["truth"] for row in rows_of(folder / "truth.csv")}
                counted = Counted(((row["item"], row["worker"], row["label"]) for row in rows_of(folder / "label.csv")), truth)
                told = hone_json("aggregate", folder / "label.csv", "--gold", folder / "truth.csv")
                self.check_shape(told, gold=True)
                self.assertEqual((told["rows"], told["covered"], told["accuracy"]["n"]), (counted.rows, counted.rows, counted.gold))
                self.assertAlmostEqual(told["accuracy"]["value"], counted.first / counted.gold, places=9)
                worst, best = 100 * counted.sure / counted.gold, 100 * (counted.sure + counted.tied) / counted.gold
                self.assertTrue(worst - 0.05 <= published <= best + 0.05, (worst, published, best))

    def test_dawid_skene_of_crowds_is_as_published(self):
        crowds = data_folder("votes") / "crowd"
        for name, (_, published) in CROWDS.items():
            with self.subTest(name):
                folder = crowds / name
                told = hone_json("aggregate", folder / "label.csv", "--gold", folder / "truth.csv", "--model", "dawid-skene")
                self.check_shape(told, gold=True)
                # Priors and the rule for ending differ between programs; they move a few rows.
                self.assertAlmostEqual(100 * told["accuracy"]["value"], published, delta=0.4)
                self.assertTrue(all(0 <= source["accuracy"] <= 1 for source in told["sources"]))

    def test_labeling_functions_in_wide_tables(self):
        tables = data_folder("votes") / "lf"
        for name, sources in RULES.items():
            with self.subTest(name):
                path = tables / name / "votes.csv"
                rows = list(rows_of(path))
                names = [column for column in rows[0] if column not in ("split", "gold")]
                truth = {str(row): cells["gold"] for row, cells in enumerate(rows) if cells["gold"] != "-1"}
                counted = Counted(((str(row), column, cells[column]) for row, cells in enumerate(rows) for column in names
                                   if cells[column] not in ("-1", "")), truth)
                told = hone_json("aggregate", path)
                self.check_shape(told, gold=True)
                self.assertEqual([source["name"] for source in told["sources"]], names)
                self.assertEqual((len(names), told["rows"], told["covered"]), (sources, len(rows), counted.rows))
                self.assertEqual(told["accuracy"]["n"], counted.gold)
                self.assertAlmostEqual(told["accuracy"]["value"], counted.first / counted.gold, places=9)
                coverage = sum(cells[names[0]] not in ("-1", "") for cells in rows) / len(rows)
                self.assertAlmostEqual(told["sources"][0]["coverage"], coverage, places=9)

    def test_dawid_skene_warns_where_sources_vote_for_one_class_only(self):
        told = hone_json("aggregate", data_folder("votes") / "lf" / "trec" / "votes.csv", "--model", "dawid-skene")
        self.assertTrue(any("one class only" in warning for warning in told["warnings"]), told["warnings"])

    def test_long_tables_with_tabs_and_columns_in_any_order(self):
        folder = data_folder("crowd") / "barzan_mozafari"
        truth = {row["item"]: row["label"] for row in rows_of(folder / "gold.tsv", "\t")}
        counted = Counted(((row["item"], row["worker"], row["label"]) for row in rows_of(folder / "labels.tsv", "\t")), truth)
        told = hone_json("aggregate", folder / "labels.tsv", "--gold", folder / "gold.tsv")
        self.assertEqual((told["rows"], told["accuracy"]["n"], len(told["sources"])), (counted.rows, counted.gold, 83))
        self.assertAlmostEqual(told["accuracy"]["value"], counted.first / counted.gold, places=9)


WIDE = "id,split,gold,ann,bob,cleo\na,train,yes,yes,yes,no\nb,train,no,,no,-1\nc,test,-1,yes,,no\nd,test,no,,,\n"


class SmallTableTest(ProjectTest):
    def test_the_labels_in_three_formats(self):
        votes = self.write("votes.csv", WIDE)
        written = {}
        for ending in ("jsonl", "csv", "parquet"):
            out = self.folder / f"labels.{ending}"
            hone("aggregate", votes, "--out", out)
            written[ending] = out
        lines = [json.loads(line) for line in written["jsonl"].read_text().splitlines()]
        # A tie falls to the class that is named first.
        self.assertEqual([(line["id"], line["label"]) for line in lines], [("a", "yes"), ("b", "no"), ("c", lines[2]["label"]), ("d", None)])
        self.assertAlmostEqual(lines[0]["probability"], 2 / 3, places=6)
        self.assertEqual(lines[2]["probabilities"], {"no": 0.5, "yes": 0.5})
        table = list(rows_of(written["csv"]))
        self.assertEqual([(line["id"], line["label"] or "") for line in lines], [(row["id"], row["label"]) for row in table])
        rows = read_parquet(written["parquet"])
        self.assertEqual([(line["id"], line["label"], line["probability"]) for line in lines],
                         [(row["id"], row["label"], row["probability"]) for row in rows])
        self.refused("aggregate", votes, "--out", self.folder / "labels.xlsx", say=["'xlsx'", "jsonl, csv and parquet"], status=2)

    def test_wide_parquet_is_the_same_as_wide_csv(self):
        votes = self.write("votes.csv", WIDE)
        table = list(rows_of(votes))
        write_parquet(self.folder / "votes.parquet", {name: [row[name] or None for row in table] for name in table[0]})
        told = [hone_json("aggregate", path, "--model", "majority") for path in (votes, self.folder / "votes.parquet")]
        for one in told:
            one.pop("seconds")
        self.assertEqual(told[0], told[1])
        self.assertEqual((told[0]["rows"], told[0]["covered"], told[0]["votes"]), (4, 3, 6))
        self.assertEqual((told[0]["accuracy"]["value"], told[0]["accuracy"]["n"]), (1.0, 2))
        self.assertAlmostEqual(told[0]["accuracy_of_all"]["value"], 2 / 3)

    def test_whole_numbers_in_parquet_are_classes(self):
        write_parquet(self.folder / "votes.parquet", {"one": [0, 1, -1], "two": [0, 1, 1], "gold": [0, 1, 0]})
        told = hone_json("aggregate", self.folder / "votes.parquet")
        self.assertEqual((told["classes"], told["votes"], told["covered"]), (["0", "1"], 5, 3))
        self.assertAlmostEqual(told["accuracy"]["value"], 2 / 3)

    def test_without_gold_there_is_nothing_to_measure(self):
        votes = self.write("votes.csv", "example,source,class\n1,ann,yes\n1,bob,no\n1,cleo,yes\n")
        told = hone_json("aggregate", votes)
        self.assertEqual((told["accuracy"], told["log_loss"], told["ece"]), (None, None, None))
        self.assertEqual(told["warnings"], [])

    def test_threads_change_nothing(self):
        votes = self.write("votes.csv", "item,worker,label\n" + "".join(f"{n % 97},{n % 13},{(n * n) % 3}\n" for n in range(1000)))
        outs = [self.folder / f"labels{threads}.jsonl" for threads in (1, 2)]
        for threads, out in enumerate(outs, 1):
            hone("aggregate", votes, "--model", "dawid-skene", "--threads", threads, "--out", out)
        self.assertEqual(outs[0].read_bytes(), outs[1].read_bytes())

    def test_what_was_repeated_or_left_out_is_said_once(self):
        votes = self.write("votes.csv", "item,worker,label\n1,ann,yes\n1,ann,no\n2,ann\n" + "".join(f"{n},bob,yes\n" for n in range(200)))
        told = hone_json("aggregate", votes)
        warnings = told["warnings"]
        self.assertEqual((told["rows"], told["votes"]), (200, 201))
        self.assertEqual(sum("same source" in warning for warning in warnings), 1, warnings)
        self.assertEqual(sum("left out" in warning for warning in warnings), 1, warnings)

    def test_unknown_models_and_files(self):
        votes = self.write("votes.csv", WIDE)
        self.refused("aggregate", votes, "--model", "dawid-skne", say=["no label model named 'dawid-skne'", "'dawid-skene'"], status=2)
        self.refused("aggregate", self.folder / "nowhere.csv", say=["no file", "nowhere.csv"])
        self.refused("aggregate", votes, "--gold", self.folder / "nowhere.csv", say=["no file", "nowhere.csv"])
        self.refused("aggregate", self.write("empty.csv", ""), say=["empty.csv"])
