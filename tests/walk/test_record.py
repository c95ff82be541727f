"""What the main path writes into the ledger, and what is made of it: releases, differences, replay, erasure, verification."""

import json
import os
import pwd
import shutil
import stat
import subprocess
import unittest

from tests.walk.harness import HONE, ProjectTest, hone, hone_json, object_file, objects, run_stages, small_csv, states

VERIFY = HONE.with_name("hone-verify")


def events(project, *words):
    return hone_json("log", "--project", project, "--limit", "1000", *words)["events"]


def kinds(project):
    return [event["kind"] for event in events(project)]


class RecordTest(ProjectTest):
    def state(self, name="state"):
        """An environment with a state folder of its own: another account, or another machine."""
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / name)}

    def verified(self, project, status=0, *words, **options):
        done = hone("verify", "--project", project, *words, status=status, **options)
        return done.stdout.splitlines()[-1]


class EventsTest(RecordTest):
    def test_a_run_leaves_its_events(self):
        project = self.small_project()
        recorded = hone_json("run", "--project", project)["recorded"]
        self.assertIsNone(recorded["pending"])
        found = kinds(project)
        self.assertEqual(found[0], "log.open")
        for kind, number in {"admin.person": 1, "admin.config": 1, "data.import": 1, "source.define": 3, "stage.run": 5, "vote.batch": 1, "gold.commit": 1}.items():
            self.assertEqual(found.count(kind), number, kind)
        self.assertIn("VERIFIED", self.verified(project))

    def test_nothing_new_writes_nothing(self):
        project = self.small_project()
        hone("run", "--project", project)
        before = kinds(project)
        for _ in range(3):
            self.assertEqual(hone_json("run", "--project", project)["recorded"]["events"], 0)
        self.assertEqual(kinds(project), before)

    def test_a_changed_source_supersedes_itself(self):
        project = self.small_project()
        hone("run", "--project", project)
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost it\b")
        hone("run", "--project", project)
        lost = [event for event in events(project, "--kind", "source.define") if event["body"]["name"] == "lost"]
        self.assertEqual(len(lost), 2)
        self.assertEqual(lost[1]["body"]["supersedes"], lost[0]["seq"])
        config = events(project, "--kind", "admin.config")
        self.assertEqual(config[1]["body"]["from"], config[0]["body"]["to"])
        self.assertIn("VERIFIED", self.verified(project))

    def test_a_failed_stage_is_written_too(self):
        project = self.small_project()
        file = project / "rows.csv"
        file.write_text("id,text\n")
        hone("run", "--project", project, status=1)
        runs = [event["body"] for event in events(project, "--kind", "stage.run")]
        self.assertEqual([run["outcome"] for run in runs], ["failed"])
        self.assertIn("VERIFIED", self.verified(project))

    def test_a_project_older_than_its_ledger_is_taken_in(self):
        project = self.small_project()
        hone("run", "--project", project)
        expected = sorted(kinds(project))
        shutil.rmtree(project / ".hone" / "ledger")
        for name in ("recorded.json", "index.db", "payload.db"):
            (project / ".hone" / name).unlink(missing_ok=True)
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})
        self.assertEqual(sorted(kinds(project)), expected)

    def test_what_could_not_be_written_is_taken_in_later(self):
        project = self.small_project()
        hone("run", "--project", project, env=self.state("mine"))
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost it\b")
        # Another account has not the key: its run stands, and says what is missing.
        done = hone("run", "--project", project, env=self.state("other"))
        self.assertIn("not in the ledger yet", done.stderr)
        before = len(events(project))
        self.assertGreater(hone_json("run", "--project", project, env=self.state("mine"))["recorded"]["events"], 0)
        self.assertGreater(len(events(project)), before)
        self.assertIn("VERIFIED", self.verified(project))

    def test_the_log_names_no_row_and_no_person(self):
        project = self.small_project()
        hone("run", "--project", project)
        segments = b"".join(path.read_bytes() for path in (project / ".hone" / "ledger" / "segments").iterdir())
        self.assertNotIn(b"my card", segments)
        self.assertNotIn(pwd.getpwuid(os.getuid()).pw_name.encode() + b'"', segments)

    def test_keys_are_for_their_owner_alone(self):
        project = self.small_project()
        env = self.state()
        hone("run", "--project", project, env=env)
        keys = list((self.folder / "state" / "hone" / "keys").iterdir())
        self.assertTrue(keys)
        for key in (path for path in keys if path.suffix in (".key", ".subjects")):
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600, key)

    def test_a_program_may_act(self):
        project = self.small_project()
        hone("run", "--project", project, env={**os.environ, "HONE_ACTOR": "s:nightly"})
        self.assertEqual({event["actor"] for event in events(project)[1:]}, {"s:nightly"})
        done = hone("export", "--project", project, "--out", self.folder / "x.csv", env={**os.environ, "HONE_ACTOR": "Jane"}, status=1)
        self.assertIn("HONE_ACTOR", done.stderr)

    def test_an_export_is_written_down_before_it_leaves(self):
        project = self.small_project()
        hone("run", "--project", project)
        made = hone_json("export", "--project", project, "--out", self.folder / "labels.csv", "--recipient", "Jane Doe", "--purpose", "training")
        event = events(project, "--kind", "read.export")[0]
        self.assertEqual(event["seq"], made["event"])
        self.assertEqual(event["body"]["rows"], 80)
        self.assertEqual(event["body"]["file"], subprocess.run(["sha256sum", self.folder / "labels.csv"], capture_output=True, text=True).stdout.split()[0])
        self.assertNotIn("Jane", json.dumps(event))
        done = hone("export", "--project", project, "--out", self.folder / "none.csv", env=self.state("other"), status=1)
        self.assertIn("key", done.stderr)
        self.assertFalse((self.folder / "none.csv").exists())


class ReleaseTest(RecordTest):
    def released(self, **options):
        project = self.small_project(**options)
        hone("run", "--project", project)
        hone("release", "one", "--project", project)
        return project

    def test_a_release_is_pinned_and_verified(self):
        project = self.released()
        release = hone_json("release", "--project", project)["releases"][0]
        self.assertEqual((release["name"], release["version"]), ("one", "1.0.0"))
        for name in ("release.json", "project/hone.yaml", "stage/label/labels.patterns", "stage/report/report"):
            self.assertIn(name, release["objects"])
        self.assertIn("VERIFIED", self.verified(project))

    def test_a_flipped_bit_anywhere_in_it_is_found(self):
        project = self.released()
        release = hone_json("release", "--project", project)["releases"][0]
        for name in ("release.json", "stage/label/labels.patterns", "stage/vote/source/lost", "project/hone.yaml"):
            file = object_file(project, release["objects"][name]["hash"])
            before = file.read_bytes()
            file.chmod(0o640)
            file.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
            self.assertIn("FAILED", self.verified(project, 1), name)
            file.write_bytes(before)
        self.assertIn("VERIFIED", self.verified(project))

    def test_names_are_given_once(self):
        project = self.released()
        for name in ("one", "", "../x", "a b", "x" * 65, ".hidden"):
            if name:
                self.refused("release", name, "--project", project, say=["name"])

    def test_a_stale_project_has_no_release(self):
        project = self.released()
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost it\b")
        self.refused("release", "two", "--project", project, say=["not up to date", "hone run"])

    def test_gc_keeps_what_releases_hold(self):
        project = self.released()
        held = {ref["hash"] for ref in hone_json("release", "--project", project)["releases"][0]["objects"].values()}
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost it\b")
        hone("run", "--project", project)
        self.edit(project / "hone.yaml", r"(?i)\blost it\b", r"(?i)\blost them\b")
        hone("run", "--project", project)
        hone("gc", "--project", project)
        self.assertLessEqual(held, objects(project))
        self.assertIn("VERIFIED", self.verified(project))

    def test_a_difference_names_its_cause(self):
        project = self.released()
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\bnever\b")
        with open(project / "rows.csv", "a") as rows:
            rows.write("new-1,\"stolen, again\",fraud\n")
        hone("run", "--project", project)
        hone("release", "two", "--project", project)
        diff = hone_json("diff", "one", "two", "--project", project)
        self.assertEqual(diff["rows"]["added"], 1)
        self.assertEqual(diff["rows"]["removed"], 0)
        self.assertIn("lost", diff["sources"]["changed"])
        self.assertEqual(hone_json("release", "--project", project)["releases"][1]["version"], "1.1.0")
        self.assertIn("1 rows came", hone("diff", "one", "two", "--project", project).stdout)
        self.refused("diff", "one", "twoo", "--project", project, say=["did you mean 'two'"])

    def test_it_comes_out_again_byte_for_byte(self):
        project = self.released()
        replay = hone_json("replay", "one", "--project", project)
        self.assertTrue(replay["same"], replay)
        with open(project / "rows.csv", "a") as rows:
            rows.write("new-1,stolen again,fraud\n")
        again = hone_json("replay", "one", "--project", project, status=1)
        self.assertFalse(again["same"])
        self.assertIn("not the one of the release", " ".join(again["notes"]))

    def test_two_persons_where_the_project_asks_for_them(self):
        yaml = (self.small_project() / "hone.yaml").read_text() + "\nledger: {origin: bank.example/small, segregation: enforced}\n"
        project = self.small_project(yaml=yaml, name="two")
        hone("run", "--project", project)
        self.assertIn("approver", self.refused("release", "one", "--project", project))
        hone("release", "one", "--project", project, "--approver", "p:4x7d2kq0m3fz9sj1")
        self.assertIn("VERIFIED", self.verified(project))


class ErasureTest(RecordTest):
    def test_a_row_is_gone_and_the_log_verifies(self):
        project = self.small_project(rows=small_csv() + 'secret-7,"My name is Jane Roe, I lost my card",card\n')
        hone("run", "--project", project)
        hone("release", "one", "--project", project)
        self.assertIn("Jane Roe", hone("why", "secret-7", "--project", project).stdout)
        erased = hone_json("erase", "secret-7", "--project", project, "--reason", "asked for by the customer", "--requested-by", "Jane Roe")
        self.assertEqual(erased["depended_on_it"]["releases"], ["one"])
        self.assertGreater(erased["objects_removed"], 0)
        for path in (project / ".hone").rglob("*"):
            if path.is_file():
                self.assertNotIn(b"Jane Roe", path.read_bytes(), path)
                self.assertNotIn(b"secret-7", path.read_bytes(), path)
        self.assertIn("VERIFIED", self.verified(project))
        # The file still has it; imports leave it out.
        self.assertIn("secret-7", (project / "rows.csv").read_text())
        self.refused("why", "secret-7", "--project", project, say=["no row"])
        hone("run", "--project", project)
        self.refused("why", "secret-7", "--project", project, say=["no row"])

    def test_what_is_asked_for_must_make_sense(self):
        project = self.small_project()
        hone("run", "--project", project)
        self.refused("erase", "0-3", "--project", project, say=["--reason"])
        self.refused("erase", "nobody", "--project", project, "--reason", "x", say=["no row"])


class LedgerTest(RecordTest):
    def test_key_checkpoint_tree_and_proofs(self):
        project = self.small_project()
        hone("run", "--project", project)
        vkey = hone("ledger", "key", "--project", project).stdout.strip()
        kept = self.folder / "kept"
        kept.write_text(hone("ledger", "checkpoint", "--project", project).stdout)
        self.assertLess(len(kept.read_bytes()), 400)
        self.assertIn("anchored to", self.verified(project, 0, "--vkey", vkey, "--trusted", kept))
        hone("ledger", "publish", self.folder / "tree", "--project", project)
        done = subprocess.run([VERIFY, self.folder / "tree", "--vkey", vkey, "--trusted", kept, "--objects", project / ".hone" / "objects"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        hone("ledger", "proof", "3", "--to", self.folder / "proof", "--project", project)
        done = subprocess.run([VERIFY, self.folder / "proof", "--vkey", vkey], capture_output=True, text=True)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("INCOMPLETE", done.stdout)
        self.refused("ledger", "proof", "999", "--project", project, say=["no event 999"])
        self.refused("ledger", "proof", "--project", project, say=["number of an event"], status=2)
        self.refused("ledger", "burn", "--project", project, say=["checkpoint"], status=2)

    def test_a_changed_entry_is_found(self):
        project = self.small_project()
        hone("run", "--project", project)
        hone("release", "one", "--project", project)
        segment = project / ".hone" / "ledger" / "segments" / "000000"
        text = segment.read_bytes()
        segment.write_bytes(text.replace(b'"name":"one"', b'"name":"two"'))
        self.assertIn("FAILED at entry", self.verified(project, 1))
        # And nothing more is written on top of it.
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost it\b")
        self.assertIn("LEDGER_CORRUPT", hone("run", "--project", project, status=1).stderr)

    def test_the_key_is_changed(self):
        project = self.small_project()
        hone("run", "--project", project)
        old = hone("ledger", "key", "--project", project).stdout
        new = hone("ledger", "rotate", "--project", project).stdout
        self.assertNotEqual(old, new)
        self.assertEqual(hone("ledger", "key", "--project", project).stdout, new)
        hone("release", "one", "--project", project)
        self.assertIn("VERIFIED", self.verified(project))

    def test_a_lost_key_is_survived_by_a_new_log(self):
        project = self.small_project()
        hone("run", "--project", project, env=self.state("lost"))
        shutil.rmtree(self.folder / "lost")
        env = self.state("new")
        self.refused("release", "one", "--project", project, say=["key"], env=env)
        self.refused("ledger", "reopen", "--project", project, say=["--because"], env=env)
        hone("ledger", "reopen", "--because", "the laptop was stolen", "--project", project, env=env)
        hone("run", "--project", project, env=env)
        hone("release", "one", "--project", project, env=env)
        opening = events(project)[0]["body"]
        self.assertTrue(opening["continues"]["origin"].startswith("hone.invalid/"))
        self.assertIn("VERIFIED", self.verified(project, env=env))

    def test_somebody_outside_holds_a_checkpoint(self):
        project = self.small_project()
        hone("run", "--project", project)
        kept = self.folder / "kept"
        kept.write_text(hone("ledger", "checkpoint", "--project", project).stdout)
        hone("ledger", "anchor", kept, "--place", "mailbox of the auditor", "--project", project)
        self.assertEqual(events(project)[-1]["kind"], "anchor")
        self.assertIn("VERIFIED", self.verified(project))
        kept.write_text(kept.read_text().replace("hone.invalid", "hone.example"))
        self.refused("ledger", "anchor", kept, "--place", "x", "--project", project, say=["another log"])

    def test_an_older_state_of_the_folder_is_noticed(self):
        project = self.small_project()
        hone("run", "--project", project)
        shutil.copytree(project / ".hone" / "ledger", self.folder / "older")
        hone("release", "one", "--project", project)
        shutil.rmtree(project / ".hone" / "ledger")
        shutil.copytree(self.folder / "older", project / ".hone" / "ledger")
        self.assertIn("LEDGER_ROLLED_BACK", self.refused("release", "two", "--project", project))


if __name__ == "__main__":
    unittest.main()
