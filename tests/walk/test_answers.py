"""What a vote can say: against a class, for an inner node of a taxonomy, for several classes of a row."""

import csv
import io
import json
import random

from .harness import ProjectTest, hone, hone_json, read_parquet, run_stages, states

ROWS = [
    ("my card was charged a monthly fee", "monthly_fee"), ("fee for cash abroad, why", "cash_fee"), ("cash fee at the machine", "cash_fee"),
    ("the monthly fee went up", "monthly_fee"), ("transfer has not arrived", "incoming"), ("I sent a transfer to a wrong account", "outgoing"),
    ("money sent, not received", "outgoing"), ("when will my salary arrive", "incoming"), ("please close my account", "other"), ("hello there", "other"),
]
TREE_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.6, valid: 0.2, test: 0.2}}
task:
  taxonomy:
    - fees: [monthly_fee, cash_fee]
    - transfers: [incoming, outgoing]
    - other
gold: {field: label}
sources:
  - {lf: fee_word, vote: fees, any: [fee]}
  - {lf: monthly, vote: monthly_fee, any: [monthly]}
  - {lf: cash, vote: cash_fee, any: [cash]}
  - {lf: arrive, vote: incoming, any: [arrive, arrived]}
  - {lf: sent, vote: outgoing, any: [sent]}
  - {lf: no_fee, vote_not: fees, any: [transfer, close, hello]}
  - {lf: bye, vote: other, any: [close]}
model: none
"""


def tree_rows(copies=12, label=lambda name: name):
    lines = ["id,text,label"]
    for copy in range(copies):
        lines += [f'{copy}-{row},"{text} ({copy})",{label(name)}' for row, (text, name) in enumerate(ROWS)]
    return "\n".join(lines) + "\n"


class TaxonomyTest(ProjectTest):
    def project(self, yaml=TREE_YAML, rows=None):
        return self.small_project(yaml, rows or tree_rows(), "tree")

    def test_votes_for_nodes_and_against_them_lead_to_labels(self):
        project = self.project()
        self.assertEqual(set(states(run_stages(project)).values()), {"ran"})
        report = hone_json("report", "--project", project)
        self.assertEqual(report["task"]["classes"], ["monthly_fee", "cash_fee", "incoming", "outgoing", "other"])
        by_name = {source["name"]: source for source in report["sources"]}
        self.assertEqual(by_name["fee_word"]["votes_for"], "fees")
        self.assertEqual(by_name["no_fee"]["votes_for"], "not fees")
        self.assertEqual(list(by_name["no_fee"]["polarity"]), ["not fees"])
        self.assertEqual(by_name["fee_word"]["precision"]["value"], 1)
        levels = report["evaluation"]["levels"]
        self.assertEqual([level["level"] for level in levels["label_model"]], [1, 2])
        self.assertGreaterEqual(levels["label_model"][0]["accuracy"]["value"], levels["label_model"][1]["accuracy"]["value"])
        self.assertEqual(report["label_model"]["name"], "hone")

    def test_every_label_model_takes_votes_for_nodes(self):
        project = self.project()
        compared = hone_json("label-models", "--project", project)
        self.assertEqual([model["name"] for model in compared["models"] if model["failed"]], [])
        self.assertEqual(len(compared["models"]), 6)

    def test_an_unsure_label_backs_off_to_a_node(self):
        yaml = TREE_YAML.replace("any: [monthly]", "any: [nothing]").replace("any: [cash]", "any: [nothing2]") + "label_model: majority\n"
        project = self.project(yaml)
        hone("run", "--project", project)
        rows = {row["id"]: row for row in map(json.loads, hone("export", "--project", project).stdout.splitlines())}
        labeled = [row for row in rows.values() if row["origin"] == "label-model" and row["id"].endswith("-0")]
        self.assertTrue(labeled)
        for row in labeled:
            self.assertEqual((row["label"], row["node"], row["node_probability"]), ("monthly_fee", "fees", 1))
            self.assertEqual(row["probabilities"]["cash_fee"], 0.5)
            self.assertIn("fee_word=fees", row["sources"])
        sure = [row for row in rows.values() if row["origin"] == "label-model" and row["id"].endswith("-6")]
        self.assertTrue(all(row["node"] == row["label"] == "outgoing" for row in sure))
        self.assertTrue(all(row["node"] == "transfers" for row in rows.values() if row["origin"] == "label-model" and row["id"].endswith("-5")))
        out = project / "labels.parquet"
        hone("export", "--project", project, "--out", out)
        self.assertIn("node_probability", read_parquet(out)[0])
        why = hone_json("why", labeled[0]["id"], "--project", project)
        self.assertEqual(why["label"]["node"], {"class": "fees", "probability": 1})
        self.assertIn("fees", hone("why", labeled[0]["id"], "--project", project).stdout)

    def test_a_node_may_be_known_where_the_class_is_not(self):
        project = self.project(rows=tree_rows(label=lambda name: "fees" if name == "cash_fee" else name))
        hone("run", "--project", project)
        report = hone_json("report", "--project", project)
        self.assertTrue(any("inner node of the taxonomy" in warning for warning in report["summary"]["warnings"]))
        levels = {level["level"]: level for level in report["evaluation"]["levels"]["label_model"]}
        self.assertGreater(levels[1]["accuracy"]["n"], levels[2]["accuracy"]["n"])

    def test_lf_names_answers(self):
        project = self.project()
        said = hone("lf", "--project", project).stdout
        self.assertIn("fee_word", said)
        trial = hone_json("lf", "-", "--project", project, stdin="{vote_not: transfers, any: [fee]}")
        self.assertEqual(list(trial["votes_by_class"]), ["not transfers"])
        self.assertEqual(trial["precision"]["value"], 1)
        self.assertTrue(all(hit["votes"] == "not transfers" for hit in trial["hits"]))

    def test_another_tree_labels_anew(self):
        project = self.project()
        hone("run", "--project", project)
        self.edit(project / "hone.yaml", "    - other\n", "    - rest: [other]\n")
        stages = run_stages(project)
        self.assertEqual(stages["label"]["state"], "ran")
        self.assertIn("task.classes", stages["label"]["why"])

    def test_bad_trees_are_refused_at_their_place(self):
        for old, new, say in [
                ("transfers: [incoming, outgoing]", "transfers: [incoming, cash_fee]", ["hone.yaml:5:29", "'cash_fee' stands below both 'fees' (line 4) and 'transfers'"]),
                ("transfers: [incoming, outgoing]", "transfers: []", ["hone.yaml:5:18", "'transfers' has no classes below it"]),
                ("    - other\n", "    - other\n    - other\n", ["hone.yaml:7:7", "'other' stands here twice (line 6)"]),
                ("vote: fees", "vote: fee", ["hone.yaml:9:26", "no class named 'fee'; did you mean 'fees'?"])]:
            with self.subTest(new):
                project = self.small_project(TREE_YAML, tree_rows(), "bad")
                self.edit(project / "hone.yaml", old, new)
                self.refused("run", "--project", project, say=say)
        circle = "    - {class: a, parent: b}\n    - {class: b, parent: a}\n    - {class: c}\n    - {class: d}\n"
        tree = TREE_YAML[TREE_YAML.index("    - fees"):TREE_YAML.index("gold:")]
        project = self.small_project(TREE_YAML.replace(tree, circle), tree_rows(), "circle")
        self.refused("run", "--project", project, say=["hone.yaml:4:7", "'a' stands below itself, by way of 'b'"])
        project = self.small_project(TREE_YAML.replace(tree, circle.replace("parent: b", "parent: x")), tree_rows(), "nobody")
        self.refused("run", "--project", project, say=["hone.yaml:4:26", "no class named 'x' in the list"])


class AgainstTest(ProjectTest):
    def test_a_vote_against_a_class_supports_the_others(self):
        yaml = """\
            data: {files: rows.csv, id: id, text: text}
            task: {classes: [card, loan, fraud]}
            sources:
              - {lf: mine, vote_not: fraud, any: [mine]}
              - {lf: card_word, vote: card, any: [card]}
              - {column: old, classes: {x: not loan, y: loan}}
            model: none
            label_model: majority
            """
        self.write("p/rows.csv", "id,text,old\n1,mine,\n2,mine card,x\n3,other,x\n4,nothing,z\n")
        self.write("p/hone.yaml", yaml)
        hone("run", "--project", self.folder / "p")
        rows = {row["id"]: row for row in map(json.loads, hone("export", "--project", self.folder / "p").stdout.splitlines())}
        self.assertEqual(rows["1"]["probabilities"], {"card": 0.5, "loan": 0.5, "fraud": 0})
        self.assertEqual(rows["2"]["label"], "card")
        self.assertEqual(rows["2"]["sources"], "mine=not fraud card_word=card old=not loan")
        self.assertEqual(rows["3"]["probabilities"], {"card": 0.5, "loan": 0, "fraud": 0.5})
        self.assertIsNone(rows["4"]["label"])

    def test_aggregate_takes_votes_against_a_class(self):
        votes = self.write("votes.csv", "id,a,b,c\n1,card,not fraud,card\n2,fraud,fraud,!card\n3,loan,loan,not fraud\n")
        done = hone_json("aggregate", votes)
        self.assertEqual(done["classes"], ["card", "fraud", "loan"])
        self.assertTrue(any("votes against these classes" in warning for warning in done["warnings"]))


LABELS = [
    ("my card was stolen and I want a refund", "card;refund"), ("refund please", "refund"), ("new card", "card"), ("fee too high, refund it", "fee;refund"),
    ("thanks, bye", "none"), ("the fee for my card", "card;fee"), ("card or fee", "card;fee"), ("a refund, not my card", "refund"),
]
SEVERAL_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.5, valid: 0.25, test: 0.25}}
task: {kind: multi-label, classes: [card, fee, refund]}
gold: {field: labels, separator: ';', none: none}
sources:
  - {lf: card_word, vote: card, any: [card], none: ["not my card"]}
  - {lf: fee_word, vote: fee, any: [fee]}
  - {lf: refund_word, vote: refund, any: [refund]}
  - {lf: card_and_fee, vote: [card, fee], vote_not: refund, any: ["card or fee"]}
  - {lf: thanks, vote_not: [card, fee, refund], any: [thanks]}
slices:
  - {slice: short, where: {words_of: text, below: 4}}
"""


def several_rows(copies=20):
    lines = ["id,text,labels"]
    for copy in range(copies):
        lines += [f'{copy}-{row},"{text} ({copy})",{labels}' for row, (text, labels) in enumerate(LABELS)]
    return "\n".join(lines) + "\n"


JUDGED_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.4, valid: 0.4, test: 0.2}}
task: {kind: multi-label, classes: [card, fee, refund]}
gold: {field: labels, separator: ';', none: none, use: [train, valid, test]}
sources:
  - {column: good, separator: ';', others: against}
  - {column: fair, separator: ';', others: against}
  - {column: poor, separator: ';', others: against}
"""


def judged_rows(rows=500, seed=3):
    """Three who answer every row, right about a class on 92, 70 and 60 % of them."""
    draw = random.Random(seed)
    lines = ["id,text,labels,good,fair,poor"]
    for row in range(rows):
        held = {name: draw.random() < share for name, share in (("card", 0.5), ("fee", 0.3), ("refund", 0.2))}
        said = [";".join(name for name in held if held[name] == (draw.random() < right)) or "[]" for right in (0.92, 0.7, 0.6)]
        lines.append(f"{row},row {row},{';'.join(name for name in held if held[name]) or 'none'},{','.join(said)}")
    return "\n".join(lines) + "\n"


class MultiLabelTest(ProjectTest):
    def project(self, yaml=SEVERAL_YAML, rows=None):
        return self.small_project(yaml, rows or several_rows(), "several")

    def test_a_project_walks_from_rows_to_labels(self):
        project = self.project()
        done = hone("run", "--project", project).stdout
        self.assertIn("micro F1", done)
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})
        report = hone_json("report", "--project", project)
        test = report["evaluation"]["label_model"]["test"]
        self.assertEqual(test["accuracy"]["value"], 1)
        self.assertEqual(test["micro_f1"]["value"], 1)
        self.assertEqual(report["label_model"]["name"], "hone")
        classes = {entry["class"]: entry for entry in report["evaluation"]["per_class"]["label_model"]["test"]}
        self.assertEqual(classes["refund"]["average_precision"], 1)
        self.assertEqual({entry["class"] for entry in report["label_model"]["classes"]}, {"card", "fee", "refund"})
        self.assertEqual(report["sources"][3]["votes_for"], "card, fee, not refund")
        self.assertEqual(report["data"]["gold"]["test"] > 0, True)
        self.assertTrue((project / ".hone" / "report.html").exists())
        for command in (["status"], ["lf"], ["lf", "card_word"], ["lf", "card_and_fee"]):
            hone(*command, "--project", project)
        trial = hone_json("lf", "card_and_fee", "--project", project)
        self.assertEqual(trial["votes_by_class"], {"card": 20, "fee": 20, "not refund": 20})
        self.assertEqual(trial["coverage"], 20 / 160)

    def test_labels_are_lists_with_a_probability_for_each_class(self):
        project = self.project(SEVERAL_YAML.replace("gold: {", "gold: {use: [valid, test], "))
        hone("run", "--project", project)
        rows = {row["id"]: row for row in map(json.loads, hone("export", "--project", project).stdout.splitlines())}
        by_kind = {int(id.split("-")[1]): row for id, row in rows.items() if row["origin"] == "label-model"}
        self.assertEqual(by_kind[3]["labels"], ["fee", "refund"])
        self.assertEqual(by_kind[3]["label_ids"], [1, 2])
        self.assertEqual(by_kind[4]["labels"], [])
        self.assertEqual(set(by_kind[3]["probabilities"]), {"card", "fee", "refund"})
        self.assertEqual({row["origin"] for row in rows.values() if row["split"] == "valid"}, {"gold"})
        out = project / "labels.parquet"
        hone("export", "--project", project, "--out", out)
        self.assertEqual({row["id"]: row["labels"] for row in read_parquet(out)}, {id: row["labels"] for id, row in rows.items()})
        table = list(csv.DictReader(io.StringIO(hone("export", "--format", "csv", "--project", project).stdout)))
        self.assertEqual(json.loads(table[0]["labels"]), rows[table[0]["id"]]["labels"])
        some = next(id for id, row in rows.items() if row["origin"] == "label-model" and id.endswith("-3"))
        why = hone_json("why", some, "--project", project)
        self.assertEqual(why["label"]["classes"], ["fee", "refund"])
        self.assertIn("refund", hone("why", some, "--project", project).stdout)

    def test_without_gold_silence_is_assumed_and_a_balance_is_asked_for(self):
        project = self.project(SEVERAL_YAML.replace("gold: {field: labels, separator: ';', none: none}\n", ""))
        hone("run", "--project", project)
        report = hone_json("report", "--project", project)
        self.assertTrue(any("declare task.class_balance" in step["title"] or "task.class_balance" in step["title"] for step in report["summary"]["next_steps"]))
        classes = {entry["class"]: entry for entry in report["label_model"]["classes"]}
        self.assertEqual(classes["card"]["silent_from"], "assumed")
        self.edit(project / "hone.yaml", "classes: [card, fee, refund]}", "classes: [card, fee, refund], class_balance: {card: 0.4, fee: 0.3, refund: 0.6}}")
        self.assertEqual(run_stages(project)["label"]["state"], "ran")
        report = hone_json("report", "--project", project)
        self.assertEqual({entry["silent_from"] for entry in report["label_model"]["classes"]}, {"declared"})

    def test_columns_hold_lists(self):
        yaml = """\
            data: {files: rows.jsonl, id: id, text: text}
            task: {kind: multi-label, classes: [card, fee, refund]}
            sources:
              - {column: a}
              - {column: b, separator: ';', others: against}
            label_model: majority
            """
        self.write("p/rows.jsonl", "\n".join(json.dumps(row) for row in [
            {"id": 1, "text": "x", "a": ["card", "fee"], "b": "card"}, {"id": 2, "text": "y", "a": [], "b": "fee; refund"},
            {"id": 3, "text": "z", "a": ["not card"], "b": None}, {"id": 4, "text": "w", "a": ["strange"], "b": ""}]) + "\n")
        self.write("p/hone.yaml", yaml)
        hone("run", "--project", self.folder / "p")
        rows = {row["id"]: row for row in map(json.loads, hone("export", "--project", self.folder / "p").stdout.splitlines())}
        self.assertEqual(rows["1"]["labels"], ["card"])
        self.assertEqual(rows["1"]["probabilities"]["fee"], 0.5)
        self.assertEqual(rows["2"]["labels"], ["fee", "refund"])
        self.assertEqual(rows["3"]["labels"], [])
        self.assertEqual(rows["3"]["probabilities"]["card"], 0)
        self.assertIsNone(rows["4"]["labels"])

    def test_what_several_classes_do_not_have_is_refused(self):
        for old, new, say in [
                ("classes: [card, fee, refund]", "taxonomy: [{x: [card, fee]}, refund]", ["a taxonomy is for classification"]),
                ("vote: fee,", "vote: fee, vote_not: [fee],", ["'fee' is voted for and against at once"]),
                ("slices:", "model: text-linear\nslices:", ["no model learns several classes of a row yet"]),
                ("kind: multi-label", "kind: many", ["no task kind 'many'; there are: 'classification' and 'multi-label'"]),
                ("kind: multi-label, ", "", ["gold.separator is for a task of kind multi-label"])]:
            with self.subTest(new):
                project = self.small_project(SEVERAL_YAML, several_rows(), "bad")
                self.edit(project / "hone.yaml", old, new)
                self.refused("run", "--project", project, say=say)

    def test_label_models_are_compared_by_row_by_class_and_over_all_classes(self):
        project = self.project(JUDGED_YAML, judged_rows())
        result = hone_json("label-models", "--project", project)
        self.assertEqual((result["kind"], result["classes"], result["rows"]), ("multi-label", 3, 500))
        self.assertTrue(350 < result["gold"] < 450, "test gold is not read")
        models = {model["name"]: model for model in result["models"]}
        for name, model in models.items():
            self.assertIsNone(model["failed"])
            for measured in ("accuracy", "micro_f1", "macro_f1"):
                self.assertLess(model[measured]["low"], model[measured]["value"], f"{measured} of {name}")
                self.assertEqual(model[measured]["n"], result["gold"])
            self.assertEqual([entry["class"] for entry in model["per_class"]], ["card", "fee", "refund"])
            for beside in ("against_majority", "micro_f1_against_majority", "macro_f1_against_majority"):
                self.assertEqual(model[beside] is None, name == "majority")
        better = models["hone"]["micro_f1_against_majority"]
        self.assertAlmostEqual(better["difference"], models["hone"]["micro_f1"]["value"] - models["majority"]["micro_f1"]["value"])
        self.assertEqual(better["verdict"], "better")
        self.assertEqual(models["hone"]["per_class"][0]["against_majority"]["verdict"], "better")
        self.assertEqual(result["choice"]["by"], "gold")
        self.assertNotEqual(result["choice"]["name"], "majority")
        self.assertGreater(result["gold_needed"]["rows"], 0)
        self.assertEqual(result, hone_json("label-models", "--project", project, "--threads", 4))
        said = hone("label-models", "--project", project).stdout
        for part in ("micro F1", "F1 of the class", "names the same classes as", "choose "):
            self.assertIn(part, said)
        run = hone("run", "--project", project).stdout
        self.assertIn("micro F1", run)

    def test_label_models_are_told_apart_by_gold_alone(self):
        project = self.project(JUDGED_YAML.replace("gold: {field: labels, separator: ';', none: none, use: [train, valid, test]}\n", ""), judged_rows(60))
        result = hone_json("label-models", "--project", project)
        self.assertEqual((result["gold"], result["choice"]["by"]), (0, "default"))
        self.assertIsNone(result["models"][0]["micro_f1"])
        self.assertIn("choose hone", hone("label-models", "--project", project).stdout)
