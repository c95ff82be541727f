"""What reaches standard output and the terminal: full disks, errors as JSON, names that would steer a terminal, exit statuses."""

import json
import subprocess

from .harness import HONE, SMALL_YAML, ProjectTest, hone


class OutputTest(ProjectTest):
    def test_what_standard_output_does_not_take_is_an_error(self):
        project = self.small_project()
        hone("run", "--project", project)
        votes = self.write("votes.csv", "item,worker,label\n1,ann,yes\n1,bob,no\n")
        for words in (["run", "--project", project], ["lf", "--project", project], ["status", "--project", project],
                      ["report", "--project", project, "--json"], ["export", "--project", project], ["aggregate", votes, "--json"], ["--help"]):
            with self.subTest(words[0]), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([HONE, *map(str, words)], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertTrue(done.stderr.startswith("hone: cannot write to standard output: No space left on device"), done.stderr)
                self.assertEqual(done.returncode, 1)

    def test_errors_are_json_too(self):
        project = self.small_project("data: {filez: rows.csv}\n")
        for words, status, code in ((["run", "--project", project], 1, "invalid-project"), (["status", "--project", project], 1, "invalid-project"),
                                    (["export", "--project", project], 2, "invalid-argument"), (["lf", "--hits", "-5"], 2, "invalid-argument"),
                                    (["frobnicate"], 2, "invalid-argument"), (["aggregate", "nowhere.csv"], 1, "not-found")):
            with self.subTest(words[0]):
                done = hone(*words, "--json", status=status)
                error = json.loads(done.stdout)["error"]
                self.assertEqual((error["code"], f"hone: {error['message']}\n"), (code, done.stderr))

    def test_names_and_ids_do_not_steer_the_terminal(self):
        yaml = SMALL_YAML.replace("lf: stolen,", 'lf: "sto\\e[2Jlen",').replace("files: rows.csv, id: id", 'files: rows.csv, id: "i\\td"')
        rows = "i\td,text,label\n" + "".join(f'"{row}\x1b[2J\n\x7f\u009b2J",my card was stolen {row},fraud\n' for row in range(40))
        project = self.small_project(yaml, rows)
        for words in (["run"], ["status"], ["lf"], ["lf", "sto\x1b[2Jlen"], ["why", "0"], ["lf", "no\x1bne"]):
            with self.subTest(words):
                done = hone(*words, "--project", project, status=None)
                for control in ("\x1b", "\x7f", "\u009b", "\t"):
                    self.assertNotIn(control, done.stdout + done.stderr)
                self.assertNotIn("[2J\n", done.stdout)

    def test_hits_are_a_small_number(self):
        for hits in ("-5", "99999999999999999999", "1001"):
            self.refused("lf", "--hits", hits, say=["--hits"], status=2)

    def test_status_two_is_for_what_was_typed(self):
        project = self.small_project()
        votes = self.write("votes.csv", "item,worker,label\n1,ann,yes\n1,bob,no\n")
        empty = self.write("empty.csv", "")
        self.refused("aggregate", votes, "--model", "dawid-skne", say=["no label model named 'dawid-skne'"], status=2)
        self.refused("aggregate", empty, say=["empty.csv"])
        self.refused("init", self.folder / "new", "--from", empty, say=["empty.csv"])
        self.write("small/rows.csv", "id,text,label\n")
        self.refused("run", "--project", project, say=["rows.csv"])
        self.refused("lf", "--project", project, say=["rows.csv"])

    def test_a_file_that_cannot_be_written_is_named_with_the_cause(self):
        project = self.small_project()
        hone("run", "--project", project, "--until", "label")
        votes = self.write("votes.csv", "item,worker,label\n1,ann,yes\n1,bob,no\n")
        for ending in ("jsonl", "csv", "parquet"):
            out = self.folder / "nowhere" / f"x.{ending}"
            for words in (["export", "--project", project], ["aggregate", votes]):
                said = self.refused(*words, "--out", out)
                self.assertEqual(said, f"hone: cannot write to '{out}': No such file or directory\n")


class ExportColumnsTest(ProjectTest):
    def exported(self, project, *words):
        return [json.loads(line, object_pairs_hook=lambda pairs: pairs) for line in hone("export", "--project", project, *words).stdout.splitlines()]

    def test_the_gold_column_is_absent_on_test_rows_and_no_key_stands_twice(self):
        project = self.small_project()
        hone("run", "--project", project, "--until", "label")
        rows = self.exported(project, "--columns", "label,text")
        for row in rows:
            names = [name for name, _ in row]
            self.assertEqual(len(names), len(set(names)))
            row = dict(row)
            self.assertEqual(row["data.label"] is None, row["split"] == "test", row)
            self.assertIsNotNone(row["text"])
        self.assertEqual({dict(row)["split"] for row in rows}, {"train", "valid", "test"})

    def test_columns_that_repeat_are_refused(self):
        project = self.small_project()
        self.refused("export", "--project", project, "--columns", "text,text", say=["the column 'text' would be exported twice"], status=2)
