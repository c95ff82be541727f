"""The whole walk on a small project, command by command, and the shapes of the JSON that other programs rely on."""

import csv
import io
import json
import subprocess

from .contract import Contract
from .harness import (DATA, HONE, HONE_TRAIN, ROOT, SMALL_TRAINED_YAML, STAGES, ProjectTest, current_records, data_folder, hone, hone_json,
                      object_file, objects, objects_of_record, outputs, reachable_objects, read_parquet, run_stages, small_csv, states)

COMMANDS = ["init", "run", "status", "lf", "why", "report", "export", "predict", "aggregate", "gc"]
METRICS = ["accuracy", "macro_f1", "weighted_f1", "log_loss", "ece", "coverage", "accuracy_on_covered"]
DRAFT = "{lf: purse, vote: fraud, any: [purse, wallet]}"


def jsonl(text):
    return [json.loads(line) for line in text.splitlines()]


class WalkTest(ProjectTest):
    def check_measure(self, measure, where):
        if measure is None:
            return
        self.assertEqual({"value", "low", "high", "n"}, set(measure), where)
        self.assertIsInstance(measure["n"], int)
        if measure["low"] is not None:
            self.assertTrue(measure["low"] <= measure["value"] <= measure["high"], (where, measure))

    def check_evaluation(self, report):
        for system in ["best_source", "label_model", "model"]:
            by_split = report["evaluation"][system]
            for split in ["train", "valid", "test"] if by_split else []:
                for metric in METRICS if by_split[split] else []:
                    self.check_measure(by_split[split][metric], (system, split, metric))

    def check_page(self, project, report):
        page = (project / ".hone" / "report.html").read_text(encoding="utf-8")
        self.assertNotRegex(page, r"""(?i)<(script|img|link|iframe|source|video|audio|object|embed)\b[^>]*\b(src|href|data)\s*=\s*["']?(https?:)?//""")
        self.assertNotRegex(page, r"(?i)@import|url\(\s*['\"]?(https?:)?//")
        self.assertIn(json.dumps(report["summary"]["headline"], ensure_ascii=False)[1:-1], page)

    def check_exports(self, project, rows):
        lines = jsonl(hone("export", "--project", project, "--columns", "text").stdout)
        self.assertEqual(len(lines), rows)
        told = hone_json("export", "--project", project, "--out", self.folder / "labels.csv")
        self.assertEqual(told["rows"], rows)
        hone("export", "--project", project, "--out", self.folder / "labels.parquet")
        table = list(csv.DictReader(io.StringIO((self.folder / "labels.csv").read_text(encoding="utf-8"))))
        parquet = read_parquet(self.folder / "labels.parquet")
        for line, cells, row in zip(lines, table, parquet, strict=True):
            for other in (cells, row):
                self.assertEqual((line["id"], line["split"], line["label"] or "", line["origin"], line["sources"], line["provenance"]),
                                 (other["id"], other["split"], other["label"] or "", other["origin"], other["sources"], other["provenance"]))
            self.assertEqual(line["probability"], row["probability"])
            self.assertEqual(line["probability"], float(cells["probability"]) if cells["probability"] else None)
            self.assertEqual(line["probabilities"], json.loads(cells["probabilities"]) if cells["probabilities"] else None)
            self.assertEqual(line["label_id"], row["label_id"])
            if line["label"]:
                classes = list(line["probabilities"])
                self.assertEqual([line["probabilities"][name] for name in classes], row["probabilities"])
                self.assertEqual((classes[row["label_id"]], int(cells["label_id"])), (line["label"], line["label_id"]))
            self.assertIn("(", line["text"])
        return lines

    def test_a_project_without_a_model_from_file_to_labels(self):
        rows = self.write("rows.csv", small_csv())
        project = self.folder / "made"
        made = hone_json("init", project, "--from", rows)
        self.assertEqual(made["chosen"]["text"], "text")
        self.assertEqual(made["chosen"]["id"], "id")
        self.assertEqual(made["chosen"]["label"], "label")
        self.assertEqual(sorted(made["classes"]), ["card", "fraud"])
        self.assertEqual(len(made["first_rows"]), 3)
        self.assertFalse(made["trains"], "so few labels promise nothing")

        result = hone_json("run", "--project", project)
        self.assertEqual([stage["name"] for stage in result["stages"]], [name for name in STAGES if name != "train"])
        for stage in result["stages"]:
            self.assertEqual(stage["state"], "ran")
            self.assertEqual(stage["why"], "has not run before")
            self.assertGreater(stage["seconds"], 0)
        self.assertIsNone(result["error"])
        self.assertTrue((project / ".hone" / "report.html").samefile(result["report"]))
        report = hone_json("report", "--project", project)
        Contract(self).check(report, "Report")
        self.assertIsNone(report["training"])
        self.assertIsNone(report["evaluation"]["model"])
        self.check_page(project, report)
        self.check_exports(project, 80)
        self.refused("predict", rows, "--project", project, say=["trains no model"])

    def test_a_project_with_a_model_from_file_to_predictions(self):
        project = self.small_project(SMALL_TRAINED_YAML)
        result = hone_json("run", "--project", project)
        self.assertEqual([stage["name"] for stage in result["stages"]], STAGES)

        status = hone_json("status", "--project", project)
        self.assertEqual({stage["state"] for stage in status["stages"]}, {"fresh"})
        self.assertTrue(0 < status["coverage"] <= 1)
        self.assertEqual(status["result"]["system"], "trained model")

        analysis = hone_json("lf", "--project", project)
        self.assertEqual([source["name"] for source in analysis["sources"]], ["stolen", "card_word", "lost"])
        self.assertEqual(analysis["sources"][0]["votes"], 40)
        self.assertEqual(analysis["examples"], 80)
        trial = hone_json("lf", "lost", "--project", project, "--hits", "3")
        self.assertEqual((trial["votes"], trial["rows"], len(trial["hits"])), (10, 80, 3))
        for hit in trial["hits"]:
            self.assertEqual([span["text"] for span in hit["matched"]], ["lost"])
        before = objects(project), (project / "hone.yaml").read_text()
        draft = hone_json("lf", "-", "--project", project, stdin=DRAFT)
        self.assertEqual((draft["votes"], draft["newly_covered"]), (20, 0))
        self.assertEqual({other["source"]: other["both"] for other in draft["against"]}, {"stolen": 20, "card_word": 0, "lost": 0})
        self.assertEqual(before, (objects(project), (project / "hone.yaml").read_text()), "a draft changes nothing")

        report = hone_json("report", "--project", project)
        Contract(self).check(report, "Report")
        self.check_evaluation(report)
        self.check_page(project, report)
        self.assertEqual(report["evaluation"]["label_model"]["train"], None)
        self.assertEqual(report["evaluation"]["label_model"]["test"]["accuracy"]["n"], report["data"]["gold"]["test"])
        exported = self.check_exports(project, 80)
        self.assertEqual({row["origin"] for row in exported if row["split"] == "test"}, {"label-model"})
        self.assertIn("gold", {row["origin"] for row in exported if row["split"] == "valid"})
        self.check_predictions(project)
        self.check_gc(project)

    def check_predictions(self, project):
        """The same rows get the same predictions as in the run, in every format, and also without their ids."""
        told = hone_json("predict", project / "rows.csv", "--project", project, "--out", self.folder / "predicted.jsonl")
        self.assertEqual((told["rows"], told["bad_rows"]), (80, 0))
        predicted = jsonl((self.folder / "predicted.jsonl").read_text(encoding="utf-8"))
        for row in predicted[::13]:
            ran = hone_json("why", row["id"], "--project", project)["prediction"]
            self.assertEqual((ran["class"], ran["probability"], ran["probabilities"]), (row["label"], row["probability"], row["probabilities"]))
        self.assertEqual([row["line"] for row in predicted], list(range(2, 82)))
        texts = self.write("texts.csv", "text\n" + "".join(f'"{row["text"]}"\n' for row in csv.DictReader(io.StringIO(small_csv()))))
        hone("predict", texts, "--project", project, "--out", self.folder / "again.csv")
        again = list(csv.DictReader(io.StringIO((self.folder / "again.csv").read_text(encoding="utf-8"))))
        self.assertEqual([(row["label"], row["probability"]) for row in predicted], [(row["label"], float(row["probability"])) for row in again])
        hone("predict", texts, "--project", project, "--out", self.folder / "again.parquet")
        self.assertEqual([row["probability"] for row in predicted], [row["probability"] for row in read_parquet(self.folder / "again.parquet")])
        piped = jsonl(hone("predict", texts, "--project", project).stdout)
        self.assertEqual([row["probabilities"] for row in predicted], [row["probabilities"] for row in piped])

    def check_gc(self, project):
        """gc keeps what the current run needs, and only that."""
        self.edit(project / "hone.yaml", "any: [stolen, stole", "any: [stolen")
        run_stages(project)
        needed = reachable_objects(project) | objects_of_record(project)
        self.assertGreater(len(objects(project)), len(needed))
        planned = hone_json("gc", "--project", project, "--dry-run")
        self.assertGreater(planned["objects_removed"], 0)
        self.assertLess(needed, objects(project), "a dry run removes nothing")
        collected = hone_json("gc", "--project", project)
        self.assertEqual(collected["objects_removed"], planned["objects_removed"])
        self.assertEqual(objects(project), needed)
        self.assertEqual(len(list((project / ".hone" / "runs").glob("*.json"))), len(STAGES))
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})

    def test_why_tells_votes_words_and_places_and_hides_test_gold(self):
        project = self.small_project()
        run_stages(project)
        splits = {row["id"]: row["split"] for row in jsonl(hone("export", "--project", project).stdout)}
        found = {split: next(id for id, of in splits.items() if of == split and id.endswith("-3")) for split in ["train", "valid", "test"]}
        for split, id in found.items():
            why = hone_json("why", id, "--project", project)
            self.assertEqual((why["id"], why["split"], why["place"]["file"]), (id, split, "rows.csv"))
            self.assertEqual(why["fields"]["text"], f"I lost my card ({id.split('-')[0]})")
            self.assertNotIn("label", why["fields"], "gold is told below alone")
            self.assertEqual([(vote["source"], vote["class"], vote["where"]) for vote in why["votes"]],
                             [("card_word", "card", "hone.yaml:6"), ("lost", "card", "hone.yaml:7")])
            self.assertEqual([[span["text"] for span in vote["matched"]] for vote in why["votes"]], [["card"], ["lost"]])
            self.assertEqual(why["label"]["class"], "card")
            self.assertEqual(why["gold"]["class"], {"train": None, "valid": "card", "test": None}[split])
            self.assertIsNone(why["prediction"])
            text = hone("why", id, "--project", project).stdout
            self.assertIn("'lost'", text)
        line = hone_json("why", found["test"], "--project", project)["place"]["line"]
        self.assertIn("I lost my card", (project / "rows.csv").read_text().splitlines()[line - 1])
        self.refused("why", "no-such-row", "--project", project, say=["no row with the id 'no-such-row'", "from 0 to 79"])

    def test_the_project_is_the_nearest_parent_with_a_hone_yaml(self):
        project = self.small_project()
        below = project / "a" / "b"
        below.mkdir(parents=True)
        self.assertEqual(hone_json("run", cwd=below)["stages"][0]["state"], "ran")
        self.assertTrue((project / ".hone").is_dir())

    def test_the_report_object_holds_the_numbers_of_the_report_command(self):
        project = self.small_project()
        run_stages(project)
        stored = json.loads(object_file(project, outputs(current_records(project)["report"])["report"]).read_text())
        told = hone_json("report", "--project", project)
        # The project's name and the times are no results: the same inputs give the same object in any folder, at any time.
        for known in ("lineage", "gates", "history"):
            told.pop(known)  # Of the ledger, put in where the report is read.
        self.assertEqual({**told, "stages": [], "project": None}, {**stored, "stages": [], "project": None})
        self.assertEqual(told["project"], "small")
        self.assertEqual([stage["name"] for stage in told["stages"]], [name for name in STAGES if name != "train"])

    def test_a_page_that_was_removed_comes_back(self):
        project = self.small_project()
        run_stages(project)
        page = project / ".hone" / "report.html"
        before = page.read_bytes()
        page.unlink()
        self.assertEqual(hone("report", "--project", project).stdout.strip(), str(page))
        self.assertEqual(page.read_bytes(), before)
        page.unlink()
        run_stages(project)
        self.assertEqual(page.read_bytes(), before)


class CommandTest(ProjectTest):
    def test_every_command_has_help_with_an_example_and_json(self):
        listed = hone("--help").stdout
        for command in COMMANDS:
            self.assertRegex(listed, rf"(?m)^  {command} ")
            text = hone(command, "--help").stdout
            self.assertIn("--json", text)
            self.assertRegex(text, rf"Examples\n    hone {command}")

    def test_exit_statuses(self):
        project = self.small_project()
        hone("--version")
        hone(status=2)
        hone("rum", status=2)
        hone("run", "--no-such-option", status=2)
        hone("run", "--threads", "many", status=2)
        hone("why", status=2)
        hone("run", "--project", project, "--until", "labels", status=2)
        hone("export", "--project", project, "--format", "xlsx", status=2)
        hone("run", "--project", self.folder / "nowhere", status=1)
        hone("report", "--project", project, status=1)
        hone("run", "--project", project, status=0)

    def test_before_the_first_run_commands_say_what_to_do(self):
        project = self.small_project()
        for words in (["report"], ["why", "0"], ["export"]):
            self.refused(*words, "--project", project, say=["has not run before", "`hone run`"])
        self.assertIsNone(hone_json("status", "--project", project)["result"])

    def test_init_touches_no_project_that_is_there(self):
        project = self.small_project()
        self.refused("init", project, "--from", project / "rows.csv", say=["hone.yaml' is there already"])
        self.assertEqual((project / "hone.yaml").read_text(), (self.small_project(name="other") / "hone.yaml").read_text())

    def test_what_init_writes_runs_at_once(self):
        files = [ROOT / "examples" / "bank_messages" / "messages.csv"]
        if DATA:
            files += [data_folder("youtube_spam") / "comments.csv", data_folder("cfpb_complaints") / "complaints_sample.csv"]
        for number, file in enumerate(files):
            with self.subTest(file.name):
                project = self.folder / str(number)
                hone("init", project, "--from", file)
                self.assertEqual(set(states(run_stages(project)).values()), {"ran"})
                report = hone_json("report", "--project", project)
                self.assertGreaterEqual(len([source for source in report["sources"] if sum(source["polarity"].values()) > 0]), 2)

    def test_only_hone_train_links_torch(self):
        linked = {program: subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout for program in (HONE, HONE_TRAIN)}
        self.assertNotRegex(linked[HONE], r"libtorch|libc10")
        self.assertRegex(linked[HONE_TRAIN], r"libtorch")
