"""Slices that are discovered, those of each value of a field, and those of what the systems say."""

import pathlib
import random
import unittest

from tests.walk.harness import ProjectTest, hone, hone_json, run_stages, states

YAML = """\
data: {files: rows.csv, id: id, text: text, split: {field: split}}
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: says_card, vote: card, any: [card]}
  - {lf: says_fraud, vote: fraud, any: [stolen]}
model: none
"""
FILLERS = "when will the money come please help with this account today and more soon again never".split()


def rows_csv(count, is_weak=lambda text, channel: False, seed=1, columns=True, valid=0.8):
    """Rows whose label is what the labeling functions say, but for 5 % of them, and 60 % where they are weak."""
    dice = random.Random(seed)
    lines = ["id,text,label,split" + (",channel,note" if columns else "")]
    for row in range(count):
        label = dice.choice(["card", "fraud"])
        words = dice.choices(FILLERS, k=6) + ["card" if label == "card" else "stolen"]
        if dice.random() < 0.15:
            words += ["ReFund", "please,"]
        text, channel = " ".join(words), dice.choices(["chat", "mail", ""], [2, 6, 2])[0]
        if dice.random() < (0.6 if is_weak(text, channel) else 0.05):
            label = "fraud" if label == "card" else "card"
        split = "valid" if dice.random() < valid else dice.choice(["train", "test"])
        lines.append(f'r{row},"{text}",{label},{split}' + (f',{channel},"<b>note</b> {dice.randrange(3)}"' if columns else ""))
    return "\n".join(lines) + "\n"


def in_refund(text, channel):
    return "ReFund" in text


class DiscoveredSlices(ProjectTest):
    def project(self, rows, yaml=YAML, name="small"):
        folder = self.small_project(yaml=yaml, rows=rows, name=name)
        run_stages(folder)
        return folder

    def discovered(self, project):
        return hone_json("report", "--project", project)["evaluation"]["discovered_slices"]

    def valid_rows(self, project, holds):
        lines = (project / "rows.csv").read_text().splitlines()[1:]
        return sum(holds(line) for line in lines if ",valid" in line)

    def test_a_planted_slice_is_found_and_its_line_gives_the_same_rows(self):
        project = self.project(rows_csv(1500, in_refund))
        found = self.discovered(project)
        self.assertEqual((found["system"], found["split"], found["note"], found["left_out"]), ("label_model", "valid", "", 0))
        self.assertEqual([slice["what"] for slice in found["slices"]], ["“refund”"])
        slice = found["slices"][0]
        steps = [step for step in hone_json("report", "--project", project)["summary"]["next_steps"] if step["about"]["kind"] == "discovered-slice"]
        self.assertEqual([step["about"]["name"] for step in steps], [slice["slice"]])
        self.assertIn(f"put `{slice['definition']}` under slices in hone.yaml, write a source for it and try it there by `hone lf - --slice {slice['slice']}`", steps[0]["why"])
        self.assertEqual(slice["rows"], self.valid_rows(project, lambda line: "ReFund" in line))
        self.assertLess(slice["p"], 1e-6)
        self.assertGreater(slice["error_rate"]["low"], slice["rest_error_rate"]["high"])
        self.assertEqual(slice["error_rate"]["n"] + slice["rest_error_rate"]["n"], found["tested_on"])
        self.assertEqual(found["tested_on"] + found["found_on"], found["rows"])
        self.assertIsNone(slice["known_as"])

        yaml = project / "hone.yaml"
        yaml.write_text(yaml.read_text() + "slices:\n  " + slice["definition"] + "\n")
        run_stages(project)
        report = hone_json("report", "--project", project)
        self.assertEqual(report["slices"][0]["slice"], "refund")
        self.assertEqual(report["slices"][0]["rows"]["valid"], slice["rows"])
        again = report["evaluation"]["discovered_slices"]["slices"][0]
        self.assertEqual(again["known_as"], "refund")
        self.assertEqual({key: again[key] for key in ("what", "rows", "p", "errors")}, {key: slice[key] for key in ("what", "rows", "p", "errors")})

    def test_a_value_and_a_missing_one_are_found_and_their_lines_give_the_same_rows(self):
        for channel, what in (("chat", "channel is “chat”"), ("", "channel is missing")):
            project = self.project(rows_csv(1500, lambda text, value: value == channel), name=f"by-{channel}")
            slices = self.discovered(project)["slices"]
            self.assertEqual(slices[0]["what"], what)
            yaml = project / "hone.yaml"
            yaml.write_text(yaml.read_text() + "slices:\n" + "".join(f"  {slice['definition']}\n" for slice in slices))
            run_stages(project)
            report = hone_json("report", "--project", project)
            self.assertEqual([slice["rows"]["valid"] for slice in report["slices"]], [slice["rows"] for slice in slices])

    def test_a_cluster_of_texts_is_found_and_its_line_gives_the_same_rows(self):
        dice = random.Random(4)
        lines = ["id,text,label,split"]
        for row in range(2500):
            topic, label = dice.randrange(8), dice.choice(["card", "fraud"])
            words = [f"t{topic}w{dice.randrange(30)}" for _ in range(5)] + dice.choices(FILLERS, k=3) + ["card" if label == "card" else "stolen"]
            if dice.random() < (0.6 if topic == 3 else 0.05):
                label = "fraud" if label == "card" else "card"
            lines.append(f"r{row},{' '.join(words)},{label},valid")
        project = self.project("\n".join(lines) + "\n")
        slice = self.discovered(project)["slices"][0]
        [term] = slice["terms"]
        self.assertEqual((term["kind"], term["field"], term["text"]), ("text_cluster", None, None))
        self.assertTrue(all(word.startswith("t3w") for word in term["words"]))
        self.assertEqual(slice["what"], f"at least {term['at_least']} of " + ", ".join(f"“{word}”" for word in term["words"]))
        self.assertGreater(term["cluster"]["held"], 0.5 * term["cluster"]["rows"])
        yaml = project / "hone.yaml"
        yaml.write_text(yaml.read_text() + "slices:\n  " + slice["definition"] + "\n")
        run_stages(project)
        report = hone_json("report", "--project", project)
        self.assertEqual(report["slices"][0]["rows"]["valid"], slice["rows"])
        self.assertEqual(report["evaluation"]["discovered_slices"]["slices"][0]["known_as"], report["slices"][0]["slice"])

    def test_shows_valid_rows_alone(self):
        project = self.project(rows_csv(1500, in_refund, valid=0.6))
        splits = {line.split(",")[0]: line for line in (project / "rows.csv").read_text().splitlines()}
        examples = [row for slice in self.discovered(project)["slices"] for row in slice["examples"]]
        self.assertEqual(len(examples), 5)
        for row in examples:
            self.assertIn(",valid,", splits[row["id"]])
            self.assertIn("ReFund", row["text"])
            self.assertNotEqual(row["gold"], row["predicted"])

    def test_noise_gives_nothing(self):
        for seed in range(2, 5):  # Of a hundred sets of noise five may have a finding; these have none.
            found = self.discovered(self.project(rows_csv(800, seed=seed), name=f"noise-{seed}"))
            self.assertEqual((found["slices"], found["note"]), ([], ""))
            self.assertGreater(found["candidates"], 50)

    def test_needs_no_fields(self):
        project = self.project(rows_csv(1500, in_refund, columns=False))
        self.assertEqual([slice["slice"] for slice in self.discovered(project)["slices"]], ["refund"])

    def test_bears_empty_texts(self):
        lines = rows_csv(1500, lambda text, channel: channel == "chat").splitlines()
        for row in range(1, len(lines), 3):
            before, _, behind = lines[row].split('"', 2)
            lines[row] = before + behind
        found = self.discovered(self.project("\n".join(lines) + "\n"))
        self.assertGreater(found["errors"], 300)
        self.assertTrue(found["slices"])

    def test_says_why_it_looked_for_nothing(self):
        few = self.discovered(self.project(rows_csv(60, valid=0.7), name="few"))
        self.assertRegex(few["note"], r"^too few rows with gold: [345]\d of 60 needed$")
        right = rows_csv(200, seed=3).replace(",fraud,", ",card,").replace("stolen", "card")
        self.assertEqual(self.discovered(self.project(right, name="right"))["note"], "no row is wrong")
        nobody = self.small_project(yaml=YAML, rows=rows_csv(200).replace(",valid", ",train"), name="nobody")
        run_stages(nobody)
        self.assertIsNone(self.discovered(nobody))

    def test_keeps_gold_and_personal_columns_out(self):
        yaml = YAML.replace("split: {field: split}}", "split: {field: split}, about: {personal: [channel]}}")
        found = self.discovered(self.project(rows_csv(1500, lambda text, channel: channel == "chat"), yaml))
        fields = {term["field"] for slice in found["slices"] for term in slice["terms"]}
        self.assertFalse(fields & {"channel", "label", "id", "split"})


class SlicesOfEachValue(ProjectTest):
    def project(self, each, rows, name="small"):
        folder = self.small_project(yaml=YAML + f"slices:\n  - {{slice: long, where: {{words_of: text, above: 7}}}}\n  - {each}\n", rows=rows, name=name)
        run_stages(folder)
        return hone_json("report", "--project", folder)

    def test_every_value_and_a_missing_one_is_a_slice(self):
        rows = rows_csv(600)
        report = self.project("{slice: by_channel, each: channel}", rows)
        counts = {name: sum(line.split(",")[-2] == name for line in rows.splitlines()[1:]) for name in ("chat", "mail", "")}
        slices = {slice["slice"]: slice for slice in report["slices"]}
        self.assertEqual(list(slices), ["long", "by_channel: mail", "by_channel: chat", "by_channel: (missing)"])
        for value, name in (("chat", "by_channel: chat"), ("mail", "by_channel: mail"), ("", "by_channel: (missing)")):
            self.assertEqual(sum(slices[name]["rows"].values()), counts[value])
        self.assertIn("accuracy", slices["by_channel: mail"]["label_model"])
        self.assertEqual(slices["by_channel: chat"]["definition"], '{"where":{"equals":"chat","field":"channel"}}')
        project = self.folder / "small"
        tried = hone_json("lf", "-", "--slice", "by_channel: chat", "--project", project, stdin="{vote: fraud, any: [refund]}")
        self.assertEqual((tried["slice"], tried["rows"]), ("by_channel: chat", counts["chat"]))
        chats = [line for line in rows.splitlines()[1:] if line.split(",")[-2] == "chat"]
        self.assertEqual(tried["votes"], sum("ReFund" in line for line in chats))
        self.assertEqual(hone_json("lf", "--slice", "by_channel: (missing)", "--project", project)["examples"], counts[""])
        self.refused("lf", "--slice", "by_channel: chatt", "--project", project, say=["no slice named 'by_channel: chatt'; did you mean 'by_channel: chat'?"])
        self.assertEqual(report["slices_by_value"], [{"slice": "by_channel", "field": "channel", "values": 2, "shown": 2, "other_rows": {"train": 0, "valid": 0, "test": 0}}])

    def test_names_of_values_are_data(self):
        rows = rows_csv(600).replace("<b>note</b> 0", "</script><script>alert(1)</script>").replace("<b>note</b> 1", "a" * 300)
        report = self.project("{each: note}", rows)
        names = [slice["slice"] for slice in report["slices"]]
        self.assertIn("note: </script><script>alert(1)</script>", names)
        self.assertIn("note: " + "a" * 80 + "…", names)
        page = pathlib.Path(hone("report", "--project", self.folder / "small").stdout.strip())
        self.assertNotIn("<script>alert(1)", page.read_text(encoding="utf-8"))

    def test_of_many_values_the_largest_are_shown_and_the_rest_counted(self):
        lines = rows_csv(6000, columns=False).splitlines()
        lines = [lines[0] + ",customer"] + [f"{line},c{row % 300 if row < 5600 else row}" for row, line in enumerate(lines[1:])]
        report = self.project("{each: customer}", "\n".join(lines) + "\n")
        values = report["slices_by_value"][0]
        self.assertEqual((values["values"], values["shown"]), (700, 200))
        shown = sum(sum(slice["rows"].values()) for slice in report["slices"][1:])
        self.assertEqual(shown + sum(values["other_rows"].values()), 6000)
        self.assertEqual(len(report["slices"]), 201)

    def test_refuses_what_cannot_be(self):
        for entry, say in (("{each: channle}", "reads the field 'channle', which the data does not have; did you mean 'channel'?"),
                           ("{each: label}", "reads the gold column 'label'"),
                           ("{slice: long, each: channel}", "the slice 'long' is already there"),
                           ("{slice: s, each: channel, any: [x]}", "unknown key 'any'"),
                           ("{slice: s, each: channel, confidence: {below: 1}}", "do not go together"),
                           ("{slice: s, confidence: {below: 60}}", "a confidence is a probability, from 0 to 1"),
                           ("{slice: s, confidence: {}}", "compares nothing"),
                           ("{confidence: {below: 0.5}}", "slice"),
                           ("{slice: s, disagree: [model, people]}", "expected [model, labels]"),
                           ("{each: two words}", "add slice: NAME")):
            folder = self.small_project(yaml=YAML + f"slices: [{{slice: long, any: [x]}}, {entry}]\n", rows=rows_csv(100))
            done = hone("run", "--project", folder, status=1)
            self.assertIn(say, done.stderr, entry)


class SlicesOfWhatSystemsSay(ProjectTest):
    def test_by_confidence_of_the_label_model(self):
        # Both functions fire on one row in three: its label is less sure.
        lines = [line.replace("card", "card stolen") if row % 3 == 0 else line for row, line in enumerate(rows_csv(600).splitlines())]
        project = self.small_project(yaml=YAML + "slices: [{slice: unsure, confidence: {below: 0.8}}, {slice: sure, confidence: {at_least: 0.8}}, {slice: odds, disagree: [model, labels]}]\n",
                                     rows="\n".join(lines) + "\n")
        run_stages(project)
        slices = {slice["slice"]: slice for slice in hone_json("report", "--project", project)["slices"]}
        unsure, sure = (sum(slices[name]["rows"].values()) for name in ("unsure", "sure"))
        self.assertEqual(unsure + sure, 600)
        self.assertGreater(unsure, 60)
        self.assertEqual((slices["odds"]["note"], slices["odds"]["rows"]), ("no trained model", {"train": 0, "valid": 0, "test": 0}))
        self.assertEqual(slices["unsure"]["definition"], '{"confidence":{"below":0.8},"slice":"unsure"}')
        self.assertEqual(hone_json("lf", "--slice", "unsure", "--project", project)["examples"], unsure)
        self.refused("lf", "--slice", "odds", "--project", project, say=["the slice 'odds' has no rows: no trained model"])
        # A source that changed leaves the rows of the last run; other data does not.
        self.edit(project / "hone.yaml", "any: [stolen]", "any: [stolen, lost]")
        self.assertEqual(hone_json("lf", "--slice", "unsure", "--project", project)["examples"], unsure)
        with open(project / "rows.csv", "a", encoding="utf-8") as rows:
            rows.write('new,"a card",card,valid,chat,""\n')
        self.refused("lf", "--slice", "unsure", "--project", project, say=["are known after a run on the data as it is now: `hone run`"])

    def test_a_changed_bound_measures_again_and_asks_nobody(self):
        project = self.small_project(yaml=YAML + "slices: [{slice: unsure, confidence: {below: 0.8}}]\n", rows=rows_csv(300))
        run_stages(project)
        self.edit(project / "hone.yaml", "0.8", "0.9")
        self.assertEqual(states(run_stages(project)), {"import": "fresh", "vote": "fresh", "label": "fresh", "evaluate": "ran", "report": "ran"})

    def test_by_disagreement_of_model_and_labels(self):
        trained = YAML.replace("model: none", "model: {name: text-linear, epochs: 5}")
        project = self.small_project(yaml=trained + "slices: [{slice: odds, disagree: [model, labels]}, {slice: all, confidence: {above: 0}}]\n", rows=rows_csv(600, in_refund))
        run_stages(project)
        report = hone_json("report", "--project", project)
        odds, whole = report["slices"]
        self.assertEqual(sum(whole["rows"].values()), 600)
        self.assertNotEqual(odds["note"], "no trained model")
        self.assertEqual(hone_json("lf", "--slice", "odds", "--project", project)["examples"], sum(odds["rows"].values()))
        self.assertEqual(report["evaluation"]["discovered_slices"]["system"], "model")


if __name__ == "__main__":
    unittest.main()
