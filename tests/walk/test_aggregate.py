"""hone aggregate on recorded votes of crowds and of labeling functions, against what is known of them and against plain counting."""

import collections
import csv
import json
import random

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
        for key, kind in {"model": str, "rows": int, "covered": int, "votes": int, "classes": list, "iterations": int, "converged": bool, "assumed_balance": bool,
                          "seconds": float, "fit_seconds": float, "warnings": list, "sources": list}.items():
            self.assertIsInstance(told[key], kind, key)
        for source in told["sources"]:
            self.assertLessEqual({"name", "coverage", "accuracy", "low", "high", "assumed"}, source.keys())
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
                told = hone_json("aggregate", folder / "label.csv", "--gold", folder / "truth.csv", "--model", "majority")
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
                told = hone_json("aggregate", path, "--model", "majority")
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
        told = hone_json("aggregate", folder / "labels.tsv", "--gold", folder / "gold.tsv", "--model", "majority")
        self.assertEqual((told["rows"], told["accuracy"]["n"], len(told["sources"])), (counted.rows, counted.gold, 83))
        self.assertAlmostEqual(told["accuracy"]["value"], counted.first / counted.gold, places=9)

    def test_of_repeated_votes_the_last_counts(self):
        told = hone_json("aggregate", data_folder("crowd") / "hitspam_crowdflower" / "labels.tsv", "--model", "majority")
        self.assertIn("4,169 votes were followed by another of the same source on the same example; the last counts", told["warnings"])
        self.assertEqual(told["votes"], 42762 - 4169)


WIDE = "id,split,gold,ann,bob,cleo\na,train,yes,yes,yes,no\nb,train,no,,no,-1\nc,test,-1,yes,,no\nd,test,no,,,\n"


class SmallTableTest(ProjectTest):
    def test_the_labels_in_three_formats(self):
        votes = self.write("votes.csv", WIDE)
        written = {}
        for ending in ("jsonl", "csv", "parquet"):
            out = self.folder / f"labels.{ending}"
            hone("aggregate", votes, "--model", "majority", "--out", out)
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
            one.pop("seconds"), one.pop("fit_seconds")
        self.assertEqual(told[0], told[1])
        self.assertEqual((told[0]["rows"], told[0]["covered"], told[0]["votes"]), (4, 3, 6))
        self.assertEqual((told[0]["accuracy"]["value"], told[0]["accuracy"]["n"]), (1.0, 2))
        self.assertAlmostEqual(told[0]["accuracy_of_all"]["value"], 2 / 3)

    def test_whole_numbers_in_parquet_are_classes(self):
        write_parquet(self.folder / "votes.parquet", {"one": [0, 1, -1], "two": [0, 1, 1], "gold": [0, 1, 0]})
        told = hone_json("aggregate", self.folder / "votes.parquet", "--model", "majority")
        self.assertEqual((told["classes"], told["votes"], told["covered"]), (["0", "1"], 5, 3))
        self.assertAlmostEqual(told["accuracy"]["value"], 2 / 3)

    def test_known_answers_teach_and_are_not_measured(self):
        votes = self.write("votes.csv", "item,worker,label\n" + "".join(
            f"{n},good,{'yes' if n % 2 else 'no'}\n{n},bad,{'no' if n % 2 else 'yes'}\n{n},worse,{'no' if n % 2 else 'yes'}\n" for n in range(100)))
        truth = lambda rows: "item,truth\n" + "".join(f"{n},{'yes' if n % 2 else 'no'}\n" for n in rows)
        gold, known = self.write("gold.csv", truth(range(100))), self.write("known.csv", truth(range(40)))
        blind = hone_json("aggregate", votes, "--gold", gold, "--model", "weighted-majority")
        self.assertEqual((blind["accuracy"]["value"], blind["accuracy"]["n"]), (0.0, 100))
        taught = hone_json("aggregate", votes, "--gold", gold, "--known", known, "--model", "weighted-majority")
        self.assertEqual((taught["accuracy"]["value"], taught["accuracy"]["n"]), (1.0, 60))
        self.refused("aggregate", votes, "--known", self.folder / "nowhere.csv", say=["no file", "nowhere.csv"])
        self.refused("aggregate", self.write("wide.csv", "ann,bob\nyes,no\n"), "--known", known, say=["no column 'id'", "known.csv"])

    def test_a_declared_balance_decides_ties(self):
        votes = self.write("votes.csv", "item,worker,label\n1,ann,a=b\n1,bob,c\n2,ann,c\n2,bob,c\n")
        for share, label in (("0.9", "a=b"), ("0.1", "c")):
            out = self.folder / "labels.jsonl"
            hone("aggregate", votes, "--class-balance", f"a=b={share}", "--model", "majority", "--out", out)
            self.assertEqual(json.loads(out.read_text().splitlines()[0])["label"], label)
        for typed in ("c", "c=", "c=half", "c=0.5x"):
            self.refused("aggregate", votes, "--class-balance", typed, say=["CLASS=SHARE", typed], status=2)
        self.refused("aggregate", votes, "--class-balance", "d=0.5", say=["no class named 'd'"])
        self.refused("aggregate", votes, "--class-balance", "c=1.5", say=["'c'", "between 0 and 1"])
        self.refused("aggregate", votes, "--class-balance", "c=0.5", "--class-balance", "a=b=0.6", say=["add up to"])

    def test_without_gold_there_is_nothing_to_measure(self):
        votes = self.write("votes.csv", "example,source,class\n1,ann,yes\n1,bob,no\n1,cleo,yes\n")
        told = hone_json("aggregate", votes, "--model", "majority")
        self.assertEqual((told["accuracy"], told["log_loss"], told["ece"]), (None, None, None))
        self.assertEqual(told["warnings"], [])

    def test_hone_is_the_default_and_asks_for_the_balance_that_it_assumed(self):
        votes = self.write("rules.csv", "id,card,fraud\n" + "".join(f"{n},{'card' if n % 3 else ''},{'fraud' if n % 4 == 0 else ''}\n" for n in range(60)))
        told = hone_json("aggregate", votes)
        self.assertEqual((told["model"], told["assumed_balance"]), ("hone", True))
        self.assertTrue(any("as common as each other" in warning for warning in told["warnings"]), told["warnings"])
        self.assertTrue(all(source["assumed"] for source in told["sources"]))
        told = hone_json("aggregate", votes, "--class-balance", "fraud=0.2")
        self.assertEqual((told["assumed_balance"], told["class_prior"]), (False, [0.8, 0.2]))

    def test_copies_are_named_in_the_warnings(self):
        rng, rows = random.Random(1), ""
        for n in range(3000):
            truth = rng.randrange(2)
            for who, right in [("ann", 0.85), ("bob", 0.8), ("cleo", 0.8), ("dan", 0.75), ("weak", 0.6)]:
                voted = truth if rng.random() < right else 1 - truth
                rows += f"{n},{who},{voted}\n"
            rows += f"{n},copy,{voted}\n"
        told = hone_json("aggregate", self.write("votes.csv", "item,worker,label\n" + rows), "--model", "hone")
        self.assertTrue(any("'weak' and 'copy' agree more than their accuracies explain: counted as 1.0 sources" in warning
                            for warning in told["warnings"]), told["warnings"])

    def test_votes_that_repeat_what_they_saw_change_no_label(self):
        rng = random.Random(3)
        alone, with_led = "item,worker,label,saw\n", "item,worker,label,saw\n"
        for n in range(400):
            votes = "".join(f"{n},{who},{(n if rng.random() < right else n + 1) % 2},\n" for who, right in [("ann", 0.9), ("bob", 0.8), ("gpt", 0.7)])
            alone, with_led = alone + votes, with_led + votes + f"{n},led,{votes[-3]},gpt\n"
        alone, with_led = self.write("alone.csv", alone), self.write("led.csv", with_led)
        for model in ("hone", "majority", "weighted-majority", "dawid-skene", "metal", "triplet"):
            with self.subTest(model=model):
                labels = []
                for votes in (alone, with_led):
                    out = self.folder / f"{votes.stem}-{model}.jsonl"
                    told = hone_json("aggregate", votes, "--model", model, "--out", out)
                    labels.append(out.read_text())
                self.assertEqual(*labels)
                self.assertIn("400 votes repeat one of another source that was seen first, and are left out", told["warnings"])
                self.assertEqual((told["votes"], told["sources"][3]["name"], told["sources"][3]["votes"]), (1200, "led", 0))

    def test_tables_that_cannot_be_meant(self):
        chances = self.write("chances.csv", "id,a,b\n" + "".join(f"{n},{n / 97:.4f},{n / 89:.4f}\n" for n in range(1, 40)))
        self.refused("aggregate", chances, say=["numbers with fractions", "'confidence'"])
        many = self.write("many.csv", "item,worker,label\n" + "".join(f"{n},w{n % 9},class {n}\n" for n in range(70000)))
        self.refused("aggregate", many, say=["more than 65534 different classes", "'class 65534'"])
        votes = self.write("votes.csv", "item,worker,label\n7,ann,a\n8,ann,b\n")
        self.refused("aggregate", votes, "--gold", self.write("other.csv", "item,truth\n07,a\n08,b\n"), say=["no row of", "names an example", "'7'"])
        nameless = self.write("nameless.csv", "item,worker,label\n,ann,a\n8,ann,b\n9,bob,a\n")
        self.refused("aggregate", nameless, say=["nameless.csv:2: no example"])

    def test_tables_that_say_little(self):
        alike = self.write("alike.csv", "id,a,b,c\n" + "".join(f"{n},yes,yes,no\n" for n in range(40)))
        apart = self.write("apart.csv", "item,worker,label\n" + "".join(f"{n},w{n % 3},{n // 3 % 2}\n" for n in range(60)))
        for model in ("hone", "majority", "weighted-majority", "dawid-skene", "metal", "triplet"):
            with self.subTest(model=model):
                for table, labels in ((alike, ["yes"] * 40), (apart, [str(n // 3 % 2) for n in range(60)])):
                    out = self.folder / f"{table.stem}-{model}.jsonl"
                    hone("aggregate", table, "--model", model, "--out", out)
                    self.assertEqual([json.loads(line)["label"] for line in out.read_text().splitlines()], labels)

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
