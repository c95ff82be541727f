"""Whatever a user, a disk or another process does wrong: exit status 1 (2 for usage), and a message that names the thing and what to do.

A file that changes while it is imported is tested in hone/data/import_test.cpp, where the change comes at a known moment.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from .harness import (HONE, SMALL_TRAINED_YAML, SMALL_YAML, ProjectTest, alive, child_of, current_records, hone, hone_json, in_own_mounts, is_root_on_linux,
                      leftovers, object_file, objects, reachable_objects, outputs, run_stages, small_csv, states, wait_until)


class ProjectFileTest(ProjectTest):
    def check_yaml(self, old, new, *say):
        """The small project with one edit is refused, and says so."""
        project = self.small_project()
        self.edit(project / "hone.yaml", old, new)
        said = self.refused("run", "--project", project, say=say)
        self.assertIn("hone: hone.yaml:", said)

    def test_no_hone_yaml(self):
        self.refused("run", "--project", self.folder, say=["no hone.yaml in", str(self.folder), "`hone init"])
        self.refused("status", cwd=self.folder, say=["no hone.yaml in '.' or above", "--project"])

    def test_an_empty_hone_yaml(self):
        self.write("p/hone.yaml", "# nothing yet\n")
        self.refused("run", "--project", self.folder / "p", say=["hone.yaml is empty", "`hone init"])

    def test_yaml_that_does_not_parse_names_line_and_column(self):
        self.write("p/hone.yaml", "data: {files: rows.csv}\ntask: [card\ngold: x\n")
        said = self.refused("run", "--project", self.folder / "p", say=["not valid YAML"])
        self.assertRegex(said, r"hone\.yaml:[23]:\d+: ")

    def test_a_section_that_is_missing(self):
        self.check_yaml("task: {classes: [card, fraud]}\n", "", "'task'")

    def test_an_unknown_key_names_the_nearest(self):
        self.check_yaml("sources:", "soruces:", "hone.yaml:4:1", "unknown key 'soruces'; did you mean 'sources'?")
        self.check_yaml("any: [card]", "anny: [card]", "hone.yaml:6:39", "unknown key 'anny'; did you mean 'any'?", "in LF 'card_word'")
        self.check_yaml("words_of: text", "word_of: text", "unknown key 'word_of'; did you mean 'words_of'?")
        self.check_yaml("split: {train", "split: {trian", "unknown key 'trian'; did you mean 'train'?")

    def test_two_lfs_of_one_name(self):
        self.check_yaml("lf: lost", "lf: stolen", "hone.yaml:7:5", "already a source named 'stolen' at hone.yaml:5")

    def test_a_vote_for_a_class_that_is_not_there(self):
        self.check_yaml("vote: card, match", "vote: carrd, match", "hone.yaml:7:22", "no class named 'carrd'; did you mean 'card'?", "'lost'")

    def test_a_pattern_that_does_not_compile(self):
        self.check_yaml("'(?i)\\blost\\b'", "'lost(card'", "hone.yaml:7:35", "'lost(card'", "missing )", "at byte", "LF 'lost'")
        self.check_yaml("'(?i)\\blost\\b'", "'lost[z-a]'", "hone.yaml:7:35", "z-a", "at byte 5", "LF 'lost'")

    def test_a_pattern_that_is_too_large(self):
        self.check_yaml("'(?i)\\blost\\b'", "'((a{100}){100}){100}'", "hone.yaml:7:35", "((a{100}){100}){100}", "LF 'lost'")
        self.check_yaml("'(?i)\\blost\\b'", "'(\\pL{1,500}x){1,100}'", "hone.yaml:7:35", "LF 'lost'")

    def test_fewer_than_two_classes(self):
        self.check_yaml("classes: [card, fraud]", "classes: [card]", "hone.yaml:2:17", "at least two classes")
        self.check_yaml("classes: [card, fraud]", "classes: [card, card]", "'card' stands here twice")

    def test_shares_that_do_not_add_up(self):
        self.check_yaml("valid: 0.2", "valid: 0.3", "add up to 1.1", "not to 1")

    def test_unknown_models_and_metrics(self):
        self.check_yaml("model: none", "model: text-liner", "no model named 'text-liner'", "'text-linear'")
        self.check_yaml("model: none", "label_model: majorty", "no label model named 'majorty'; there are: 'majority',")
        self.check_yaml("model: none", "evaluate: {metrics: [acuracy]}", "no metric named 'acuracy'; did you mean 'accuracy'?")

    def test_an_unknown_option_of_the_model(self):
        project = self.small_project(SMALL_TRAINED_YAML.replace("epochs", "epocs"))
        self.refused("run", "--project", project, say=["epocs", "epochs"])

    def test_an_include_that_leaves_the_project_folder(self):
        outside = self.write("outside.yaml", "- {lf: spy, vote: card, any: [x]}\n")
        for name, what in [("../outside.yaml", "leads out"), (str(outside), "leads out"), ("lfs/../../outside.yaml", "leads out"),
                           ("link.yaml", "link that leads out"), ("folder/*.yaml", "link that leads out")]:
            with self.subTest(name):
                project = self.small_project(SMALL_YAML.replace("model: none", f"  - {{include: {name}}}\nmodel: none"), name="p")
                for link, target in [("link.yaml", outside), ("folder", self.folder / "beyond")]:
                    if not (project / link).is_symlink():
                        (project / link).symlink_to(target)
                self.write("beyond/lfs.yaml", "- {lf: spy, vote: card, any: [x]}\n")
                said = self.refused("run", "--project", project, say=["hone.yaml:8", what, "project folder"])
                self.assertNotIn("spy", said)

    def test_an_include_inside_is_read_and_its_errors_name_its_file(self):
        project = self.small_project(SMALL_YAML.replace("model: none", "  - {include: 'lfs/*.yaml'}\nmodel: none"))
        self.write("small/lfs/more.yaml", "- {lf: purse, vote: fraud, any: [purse]}\n")
        self.assertEqual(run_stages(project)["vote"]["state"], "ran")
        self.write("small/lfs/more.yaml", "- {lf: purse, vote: fruad, any: [purse]}\n")
        self.refused("run", "--project", project, say=["lfs/more.yaml:1:", "'fruad'", "'fraud'"])

    def test_odd_names_of_includes(self):
        for name, what in [("'lfs\\more.yaml'", "backslash"), ("x" * 300 + ".yaml", "longer than 255 bytes"), ('"more\\0.yaml"', "hone.yaml:8")]:
            with self.subTest(name):
                project = self.small_project(SMALL_YAML.replace("model: none", f"  - {{include: {name}}}\nmodel: none"), name="odd")
                self.write("odd/lfs\\more.yaml", "- {lf: purse, vote: fraud, any: [purse]}\n")
                self.refused("run", "--project", project, say=["hone.yaml:8", what])

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_kernel_that_cannot_open_below_a_folder(self):
        """There the name is followed part by part, and no link at all."""
        project = self.small_project(SMALL_YAML.replace("model: none", "  - {include: lfs/more.yaml}\nmodel: none"))
        self.write("small/lfs/more.yaml", "- {lf: purse, vote: fraud, any: [purse]}\n")
        older = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=openat2", "-e", "inject=openat2:error=ENOSYS", HONE, "run", "--project", project]
        self.assertEqual(subprocess.run(older, capture_output=True, timeout=120).returncode, 0)
        (project / "lfs").rename(project / "kept")
        (project / "lfs").symlink_to("kept")
        done = subprocess.run(older, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("link", done.stderr)

    def test_data_files_may_lie_anywhere(self):
        rows = self.write("elsewhere/rows.csv", small_csv())
        project = self.small_project(SMALL_YAML.replace("files: rows.csv", f"files: {rows}"))
        (project / "rows.csv").unlink()
        self.assertEqual(run_stages(project)["report"]["state"], "ran")


class DataTest(ProjectTest):
    def fails(self, stage, *say, yaml=None, rows=None):
        """A project whose run ends in `stage` with a message that holds all of `say`."""
        project = self.small_project(yaml, rows)
        result = hone_json("run", "--project", project, status=1)
        self.assertEqual((result["stages"][-1]["name"], result["stages"][-1]["state"]), (stage, "failed"))
        self.assertEqual(result["error"]["message"], result["stages"][-1]["why"])
        said = self.refused("run", "--project", project, say=[f"hone: {stage}: ", *say])
        self.assertEqual(leftovers(project), [])
        return said

    def test_a_missing_file(self):
        project = self.small_project()
        (project / "rows.csv").unlink()
        self.refused("run", "--project", project, say=["hone.yaml:1:15", "no file 'rows.csv' in", str(project)])
        self.edit(project / "hone.yaml", "files: rows.csv", "files: '*.jsonl'")
        self.refused("run", "--project", project, say=["no file matches '*.jsonl'"])

    def test_missing_columns_name_the_nearest(self):
        self.fails("import", "text: no column 'texts' in 'rows.csv'; did you mean 'text'?", yaml=SMALL_YAML.replace("text: text", "text: texts"))
        self.fails("import", "id: no column 'key' in 'rows.csv'; there are: 'id', 'text' and 'label'", yaml=SMALL_YAML.replace("id: id", "id: key"))
        self.fails("label", "no column 'lable'", "did you mean 'label'?", yaml=SMALL_YAML.replace("field: label", "field: lable"))
        self.fails("vote", "no column 'txt'", "did you mean 'text'?", yaml=SMALL_YAML.replace("words_of: text", "words_of: txt"))

    def test_a_duplicate_id_names_both_places(self):
        rows = small_csv(2).splitlines()
        self.fails("import", "'0-3'", "rows.csv:4", "rows.csv:18", rows="\n".join(rows + [rows[3]]) + "\n")

    def test_an_empty_file(self):
        self.fails("import", "rows.csv", rows="")
        self.fails("import", "no rows", rows="id,text,label\n")

    def test_malformed_rows_are_counted_with_file_line_and_reason(self):
        rows = small_csv(50).splitlines()
        rows[10] = 'bad,"text" after the quote,card'
        rows[200] = "bad,one field,too,many"
        project = self.small_project(rows="\n".join(rows) + "\n")
        run_stages(project)
        data = hone_json("report", "--project", project)["data"]
        self.assertEqual((data["rows"], data["bad_rows"]), (398, 2))
        self.assertEqual([(row["file"], row["line"]) for row in data["first_bad_rows"]], [("rows.csv", 11), ("rows.csv", 201)])
        self.assertIn("quote", data["first_bad_rows"][0]["reason"])
        self.assertIn("fields", data["first_bad_rows"][1]["reason"])

    def test_more_malformed_rows_than_allowed_fail_with_the_first_ten(self):
        rows = small_csv(3).splitlines()
        rows[5:5] = [f"bad-{row},one,too,many" for row in range(14)]
        said = self.fails("import", "14 of 38 rows cannot be used", "max_bad_rows", "and 4 more", rows="\n".join(rows) + "\n")
        self.assertEqual(said.count("rows.csv:"), 10)
        for line in range(6, 16):
            self.assertIn(f"rows.csv:{line}: ", said)

    def test_rows_of_ugly_files_are_read(self):
        head = "\ufeffid,text,label\r\n".encode()
        body = b'1,"my card\r\nwas stolen, ""again""",fraud\r\n2,,card\r\n3,caf\xe9 card,card\r\n4,"the card, lost",card\r\n'
        project = self.small_project(SMALL_YAML.replace("id: id,", "id: id, max_bad_rows: 0.5,").replace("rows.csv", "'*.csv'"))
        (project / "rows.csv").write_bytes(head + body)
        self.write("small/shard.csv", "text,id\nno label column here: card,5\n")
        run_stages(project)
        data = hone_json("report", "--project", project)["data"]
        self.assertEqual((data["rows"], data["empty_texts"], data["bad_rows"]), (5, 1, 0))
        self.assertTrue(any("UTF-8" in note for note in data["notes"]), data["notes"])
        self.assertTrue(any("shard.csv" in note and "label" in note for note in data["notes"]), data["notes"])
        first = hone_json("why", "1", "--project", project)
        self.assertEqual(first["fields"]["text"], 'my card\r\nwas stolen, "again"')
        self.assertEqual(first["place"]["line"], 2)
        self.assertEqual(hone_json("why", "2", "--project", project)["place"]["line"], 4)
        self.assertEqual(hone_json("why", "3", "--project", project)["fields"]["text"], "caf\ufffd card")

    def test_other_encodings_and_delimiters(self):
        project = self.small_project(SMALL_YAML.replace("id: id,", "id: id, encoding: windows-1252, delimiter: ';',"))
        (project / "rows.csv").write_bytes("id;text;label\n1;caf\u00e9 \u20ac, card;card\n2;stolen;fraud\n".encode("cp1252"))
        run_stages(project)
        self.assertEqual(hone_json("why", "1", "--project", project)["fields"]["text"], "caf\u00e9 \u20ac, card")
        self.edit(project / "hone.yaml", "windows-1252", "windows-1525")
        self.refused("run", "--project", project, say=["hone.yaml:1:", "windows-1525"])

    def test_what_is_no_parquet_and_what_is_no_json(self):
        project = self.small_project(SMALL_YAML.replace("rows.csv", "rows.parquet"))
        self.write("small/rows.parquet", "no Parquet at all")
        self.refused("run", "--project", project, say=["hone: import: ", "rows.parquet"])
        self.edit(project / "hone.yaml", "rows.parquet", "rows.jsonl")
        self.write("small/rows.jsonl", '{"id": "1", "text": "card"}\n{"id": "2", "text": "card"\n')
        self.refused("run", "--project", project, say=["hone: import: ", "1 of 2 rows cannot be used", "rows.jsonl:2: "])
        self.edit(project / "hone.yaml", "rows.jsonl", "rows.xlsx")
        self.write("small/rows.xlsx", "PK")
        self.refused("run", "--project", project, say=["rows.xlsx", ".csv", ".parquet"])

    def test_without_gold_the_evaluation_says_so_and_the_rest_runs(self):
        project = self.small_project(SMALL_TRAINED_YAML.replace("gold: {field: label}\n", ""))
        self.assertEqual(set(states(run_stages(project)).values()), {"ran"})
        report = hone_json("report", "--project", project)
        for system in ("best_source", "label_model", "model"):
            self.assertIsNone(report["evaluation"][system])
        self.assertIn("no gold", report["summary"]["headline"])
        self.assertIsNone(report["summary"]["result"])
        asked = report["summary"]["next_steps"]
        self.assertIn("how common the classes are", asked[0]["title"])
        self.assertIn("gold", asked[1]["why"])
        self.assertIn("no gold", hone("run", "--project", project).stdout)

    def test_gold_that_is_no_class_is_counted_and_named(self):
        project = self.small_project(rows=small_csv().replace(",fraud\n", ",Fraud\n"))
        run_stages(project)
        report = hone_json("report", "--project", project)
        self.assertTrue(any("Fraud" in warning for warning in report["summary"]["warnings"]), report["summary"])

    def test_no_lf_fires_at_all(self):
        yaml = SMALL_YAML.replace("any: [stolen, stole, \"not me\"]", "any: [zebra]").replace("any: [card], none: [stolen]", "any: [giraffe]")
        self.fails("label", "none of the 3 sources voted on any of the 80 rows", "`hone lf", yaml=yaml.replace("\\blost\\b", "okapi"))

    def test_a_single_class_in_the_labels(self):
        yaml = SMALL_TRAINED_YAML.replace("any: [stolen, stole, \"not me\"]", "any: [zebra]")
        said = self.fails("train", "labels of the train split are 'card'", "at least two classes", yaml=yaml)
        self.assertRegex(said, r"all \d+ labels")
        project = self.small_project(yaml.replace("{name: text-linear, epochs: 5}", "none"), name="untrained")
        self.assertEqual(run_stages(project)["report"]["state"], "ran")


class MachineTest(ProjectTest):
    def run_in_mounts(self, mounts, project):
        """Runs the project under mounts of its own: (exit status, standard error)."""
        if not is_root_on_linux():
            self.skipTest("mounting needs root on Linux")
        done = in_own_mounts(mounts + '\n"$1" run --project "$2"', HONE, project)
        if "permission denied" in done.stderr.lower() or "unshare failed" in done.stderr:
            self.skipTest("this machine lets nobody mount: " + done.stderr.strip())
        return done.returncode, done.stderr

    def test_a_full_disk(self):
        project = self.copy_example()
        for size in ("64k", "200k", "400k"):
            status, said = self.run_in_mounts(f'mkdir -p "$2/.hone" && mount -t tmpfs -o size={size} tmpfs "$2/.hone" || exit 99', project)
            self.assertEqual(status, 1, said)
            self.assertIn("No space left on device", said)
            self.assertNotIn("internal error", said)

    def test_a_disk_that_was_full_for_a_while(self):
        """What a full disk interrupted goes on when there is room again, with the same bytes."""
        if not is_root_on_linux():
            self.skipTest("mounting needs root on Linux")
        project, other = self.copy_example(), self.copy_example(target="other/bank_messages")
        script = """mkdir -p "$2/.hone" && mount -t tmpfs -o size=300k tmpfs "$2/.hone" || exit 99
            "$1" run --project "$2" >&2 && exit 98
            mount -o remount,size=100m "$2/.hone" || exit 97
            "$1" run --project "$2" >&2 && ls "$2/.hone/objects/tmp" && find "$2/.hone/objects" -type f | sed 's/.*objects.//; s/.//3' | sort"""
        done = in_own_mounts(script, HONE, project)
        if done.returncode == 99:
            self.skipTest("this machine lets nobody mount: " + done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("not in the ledger yet"), 1, done.stderr)  # What was begun of a ledger is made anew.
        run_stages(other)
        self.assertLessEqual(reachable_objects(other), set(done.stdout.replace("/", "").split()))

    def test_a_read_only_folder(self):
        project = self.small_project()
        read_only = 'mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" || exit 99'
        status, said = self.run_in_mounts(read_only, project)
        self.assertEqual(status, 1, said)
        self.assertIn("Read-only file system", said)
        self.assertIn(str(project / ".hone"), said)
        run_stages(project)
        self.edit(project / "hone.yaml", "any: [stolen, stole,", "any: [stolen,")
        status, said = self.run_in_mounts(read_only, project)
        self.assertEqual(status, 1, said)
        self.assertIn("Read-only file system", said)
        self.assertNotIn("internal error", said)

    def test_what_was_made_can_be_read_in_a_read_only_folder(self):
        if not is_root_on_linux():
            self.skipTest("mounting needs root on Linux")
        project = self.small_project()
        run_stages(project)
        script = """mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" || exit 99
            for words in status "report --json" "why 0" log verify; do "$1" $words --project "$2" >/dev/null || exit 1; done"""
        done = in_own_mounts(script, HONE, project)
        if done.returncode == 99:
            self.skipTest("this machine lets nobody mount: " + done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        export = """mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" || exit 99
            "$1" export --project "$2" """
        done = in_own_mounts(export, HONE, project)
        self.assertEqual((done.returncode, done.stdout), (1, ""), "what cannot be recorded does not leave")
        self.assertIn("Read-only file system", done.stderr)

    def test_a_second_run_at_the_same_time(self):
        project = self.copy_example()
        first = subprocess.Popen([HONE, "run", "--project", project], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            lock = project / ".hone" / "lock"
            wait_until(lambda: lock.exists() and lock.read_text().strip() == str(first.pid))
            first.send_signal(signal.SIGSTOP)
            for words in (["run"], ["gc"], ["lf"]):
                self.refused(*words, "--project", project, say=[f"another process ({first.pid}) is at work in this project", "wait"])
            hone("status", "--project", project)
            first.send_signal(signal.SIGCONT)
            self.assertEqual(first.wait(timeout=120), 0, "the first run was not disturbed")
        finally:
            first.kill()
            first.wait()
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})

    def slow_project(self):
        """A project whose training takes long enough to be met."""
        project = self.copy_example()
        self.edit(project / "hone.yaml", "model: {name: text-linear}", "model: {name: text-linear, epochs: 400, patience: 400, batch: 4}")
        return project

    def test_hone_train_killed_while_it_trains(self):
        project = self.slow_project()
        run = subprocess.Popen([HONE, "run", "--project", project], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            os.kill(wait_until(lambda: child_of(run.pid, "hone-train")), signal.SIGKILL)
            _, said = run.communicate(timeout=60)
        finally:
            run.kill()
        self.assertEqual(run.returncode, 1)
        self.assertIn("hone: train: hone-train", said)
        self.assertIn("killed", said)
        self.assertEqual(leftovers(project), [])
        stages = states({stage["name"]: stage for stage in hone_json("status", "--project", project)["stages"]})
        self.assertEqual((stages["label"], stages["train"]), ("fresh", "would-run"))

    def test_hone_train_ends_with_hone(self):
        run = subprocess.Popen([HONE, "run", "--project", self.slow_project()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        trainer = wait_until(lambda: child_of(run.pid, "hone-train"))
        run.kill()
        run.wait()
        wait_until(lambda: not alive(trainer))

    def test_a_missing_hone_train(self):
        programs = self.folder / "bin"
        programs.mkdir()
        shutil.copy(HONE, programs / "hone")
        project = self.small_project(SMALL_TRAINED_YAML)
        done = subprocess.run([programs / "hone", "run", "--project", project], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("hone: train: ", done.stderr)
        self.assertIn("hone-train", done.stderr)
        self.assertRegex(done.stdout, r"(?m)^label +ran")


class BrokenObjectTest(ProjectTest):
    def break_object(self, project, hash):
        """Flips one byte in the middle of an object."""
        file = object_file(project, hash)
        sound = file.read_bytes()
        place = len(sound) // 2
        file.chmod(0o640)
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 0x20]) + sound[place + 1:])
        return sound

    def test_every_object_that_breaks_is_found_named_and_rebuilt(self):
        """Each output in turn is broken and then read: by the commands that show results, and by runs after edits downstream of it."""
        project = self.small_project(SMALL_TRAINED_YAML)
        run_stages(project)
        for stage, record in current_records(project).items():
            for name, hash in outputs(record).items():
                with self.subTest(stage=stage, name=name):
                    sound = self.break_object(project, hash)
                    self.assertTrue(hash in self.read_everything(project), "it is named")
                    run_stages(project)
                    self.assertEqual(object_file(project, hash).read_bytes(), sound)
                    self.assertEqual(outputs(current_records(project)[stage])[name], hash)
                    forget_others(project)

    def read_everything(self, project):
        """What is said while everything is read. No edit is left behind."""
        said = ""
        for words in (["report", "--json"], ["why", "0"], ["export"], ["predict", project / "rows.csv"]):
            said += hone(*words, "--project", project, status=None).stderr
        yaml = (project / "hone.yaml").read_text()
        # The first edit leaves the label stage to read the votes, the second leaves the report to read all that stands before it.
        for edited in (yaml + "label_model: majority\n", yaml.replace("stole,", "stole, zebra,")):
            (project / "hone.yaml").write_text(edited)
            said += hone("run", "--project", project).stdout
        (project / "hone.yaml").write_text(yaml)
        return said

    def test_a_reader_that_meets_a_broken_object_says_what_to_do(self):
        project = self.small_project()
        run_stages(project)
        report = outputs(current_records(project)["report"])["report"]
        self.break_object(project, report)
        self.refused("report", "--json", "--project", project, say=[report, "broken", "`hone run`"])
        stages = run_stages(project)
        self.assertEqual(stages["report"]["state"], "ran")
        self.assertIn("is missing", stages["report"]["why"])

    def test_a_shortened_object_is_made_again(self):
        project = self.small_project()
        run_stages(project)
        labels = outputs(current_records(project)["label"])["labels.examples"]
        file = object_file(project, labels)
        sound = file.read_bytes()
        file.chmod(0o640)
        file.write_bytes(sound[:-7])
        self.assertEqual(run_stages(project)["label"]["state"], "ran")
        self.assertEqual(file.read_bytes(), sound)

    def test_broken_records_and_memories_are_as_good_as_none(self):
        project = self.small_project()
        run_stages(project)
        before = objects(project)
        state = project / ".hone"
        for file in [state / "current.json", state / "files.json", *(state / "runs").glob("*.json")]:
            with self.subTest(file.name):
                file.write_text('{"half a rec')
                run_stages(project)
                self.assertEqual(objects(project), before)
                self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})


class HostileTextTest(ProjectTest):
    def test_texts_and_names_of_the_data_are_never_markup(self):
        project = self.small_project(HOSTILE_YAML, HOSTILE_ROWS, name="<img src=x onerror=alert(3)>")
        run_stages(project)
        page = (project / ".hone" / "report.html").read_text(encoding="utf-8")
        self.assertNotIn("<script>alert(1)", page)
        self.assertNotIn("</script>x", page)
        self.assertNotIn("<img src=x", page)
        self.assertNotIn("<!--hostile", page)
        self.assertIn(r"\u003cscript>alert(1)\u003c/script>", page)
        numbers = hone_json("report", "--project", project)
        self.assertEqual(numbers["task"]["classes"], ["</script>x", "fine"])
        why = hone_json("why", "1", "--project", project)
        self.assertEqual(why["fields"]["text"], "<script>alert(1)</script> card 0")

    def test_formulas_are_guarded_in_spreadsheets_when_asked(self):
        project = self.small_project(rows=small_csv() + '=1,"=cmd|\' /C calc\'!A0 card",card\n')
        run_stages(project)
        plain = hone("export", "--project", project, "--format", "csv", "--columns", "text").stdout
        guarded = hone("export", "--project", project, "--format", "csv", "--columns", "text", "--spreadsheet").stdout
        self.assertRegex(plain, r"(?m)^\"?=1\"?,")
        self.assertRegex(guarded, r"(?m)^\"?'=1\"?,")
        self.assertIn("'=cmd|", guarded)


def forget_others(project):
    """Leaves only what the current run needs, so that nothing is found among what an edit made."""
    hone("gc", "--project", project)


HOSTILE_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.4, valid: 0.3, test: 0.3}}
task: {classes: ['</script>x', fine]}
gold: {field: label}
sources:
  - {lf: one, vote: '</script>x', any: [card, '<script>alert(1)</script>']}
  - {lf: two, vote: fine, any: [stolen, '<!--hostile']}
  - {lf: three, vote: fine, match: '<img src=x onerror=alert\\(3\\)>'}
model: none
slices:
  - {slice: cards, any: ['</script><script>alert(1)</script>', card]}
"""
HOSTILE_ROWS = "id,text,label\n" + "".join(
    f'{2 * row + 1},<script>alert(1)</script> card {row},</script>x\n{2 * row + 2},<img src=x onerror=alert(3)> stolen <!--hostile {row},fine\n'
    for row in range(60))
