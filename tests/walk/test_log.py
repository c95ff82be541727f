"""hone log and hone reindex on ledgers that tests/ledger/maker.py makes: every question is answered a second time here, by looking at all events."""

import json
import signal
import subprocess

from tests.ledger import maker
from tests.ledger.maker import ADMIN, DEVELOPER

from .harness import HONE, ProjectTest, hone, hone_json, in_own_mounts, is_root_on_linux, wait_until


def hashes_in(value):
    """Of all objects that a body names."""
    if isinstance(value, dict):
        if value.keys() == {"bytes", "hash", "media"}:
            return {value["hash"]}
        value = list(value.values())
    return {hash for part in value for hash in hashes_in(part)} if isinstance(value, list) else set()


class LogTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.ledger = maker.every_kind()
        self.project = maker.write_project(self.ledger, self.folder / "project")
        self.index = self.project / ".hone" / "index.db"
        self.events = [json.loads(entry) for entry in self.ledger.entries]

    def log(self, *words):
        return hone_json("log", "--project", self.project, "--limit", 1000, *words)

    def found(self, *words):
        return [event["seq"] for event in self.log(*words)["events"]]

    def expect(self, words, holds):
        """What `holds` of, and of something."""
        expected = [event["seq"] for event in self.events if holds(event)]
        self.assertEqual(self.found(*words), expected, words)
        self.assertNotEqual(expected, [], words)

    def append(self, count):
        """Votes that are there all at once, as a writer's group is."""
        begin = self.ledger.size
        maker.votes(self.ledger, count, next(event["seq"] for event in self.events if event["kind"] == "data.import"))
        state = self.project / ".hone" / "ledger"
        with (state / "segments" / "000000").open("ab") as segment:
            segment.write(b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.ledger.entries[begin:]))
        record = self.ledger.commit().commits[-1] + "\n"
        with (state / "commits").open("ab") as commits:
            commits.write(record.encode())
        self.events = [json.loads(entry) for entry in self.ledger.entries]


class QuestionsTest(LogTest):
    def test_events_are_those_of_the_log(self):
        found = self.log()
        self.assertEqual(found["events"], self.events)
        self.assertEqual((found["size"], found["root"], found["left_out"]), (self.ledger.size, maker.root(self.ledger.leaves).hex(), False))

    def test_every_condition_holds_for_what_is_found(self):
        self.expect(["--kind", "stage.run"], lambda event: event["kind"] == "stage.run")
        self.expect(["--kind", "vote.", "--kind", "gold"], lambda event: event["kind"].startswith(("vote.", "gold")))
        self.expect(["--actor", DEVELOPER], lambda event: event["actor"] == DEVELOPER)
        self.expect(["--source", "card"], lambda event: event["kind"] == "source.define" and event["body"]["name"] == "card")
        self.expect(["--source", "label"], lambda event: event["body"].get("stage") == "label")
        self.expect(["--kind", "source.", "--source", "judge"], lambda event: event["body"].get("name") == "judge")
        dataset = next(event["body"]["dataset"]["hash"] for event in self.events if event["kind"] == "data.import")
        for named in (dataset, dataset[:6], dataset[:33]):
            self.expect(["--object", named], lambda event: dataset in hashes_in(event["body"]))
        self.expect(["--object", dataset, "--kind", "release"], lambda event: event["kind"] == "release")

    def test_times_may_leave_out_their_end(self):
        middle = self.events[20]["time"]
        for since in (middle, middle[:-1], middle[:19], middle[:16], middle.replace("T", " ")[:19]):
            self.expect(["--since", since], lambda event: event["time"] >= since[:10] + "T" + since[11:])
        self.expect(["--until", middle[:19]], lambda event: event["time"][:19] <= middle[:19])
        self.expect(["--until", middle[:16], "--since", middle], lambda event: middle <= event["time"] and event["time"][:16] <= middle[:16])
        for day in ("2026", "2026-01", "2026-01-05"):
            self.expect(["--since", day, "--until", day], lambda event: True)
        self.assertEqual(self.found("--since", "2026-02"), [])
        self.assertEqual(self.found("--until", "2025-02"), [])

    def test_the_newest_are_shown_the_oldest_of_them_first(self):
        self.append(100)
        self.assertEqual([event["seq"] for event in hone_json("log", "--project", self.project)["events"]], list(range(self.ledger.size - 50, self.ledger.size)))
        found = hone_json("log", "--project", self.project, "--limit", 3, "--kind", "source")
        self.assertEqual(found["events"], [event for event in self.events if event["kind"].startswith("source")][-3:])
        self.assertTrue(found["left_out"])

    def test_what_cannot_be_asked_for_is_said(self):
        for words, say in ((["--kind", "vot3"], "no kind of event begins with 'vot3'"), (["--object", "12"], "by the first 6 to 64 digits of its hash"),
                           (["--since", "yesterday"], "--since takes a time in UTC"), (["--until", "2026-13"], "--until takes a time in UTC"),
                           (["--since", "2026-1"], "--since takes a time in UTC"), (["--limit", "0"], "--limit")):
            self.refused("log", "--project", self.project, *words, say=[say], status=2)
        self.refused("log", "--project", self.folder, say=["there is no ledger in", "`hone run` writes it"])
        self.refused("reindex", "--project", self.folder, say=["there is no ledger in", "`hone run` writes it"])


class LinesTest(LogTest):
    def test_each_event_is_a_line_with_a_sentence(self):
        lines = hone("log", "--project", self.project, "--limit", 1000).stdout.splitlines()
        self.assertEqual(lines[0].split(), ["seq", "time", "(UTC)", "who", "kind", "what"])
        self.assertEqual(len(lines), 1 + len(self.events))
        for event, line in zip(self.events, lines[1:]):
            self.assertEqual(line.split()[:5], [str(event["seq"]), event["time"][:10], event["time"][11:19], event["actor"], event["kind"]])
            self.assertNotIn("does not know", line)
        said = "\n".join(lines)
        for sentence in ("https://example.test/rows.csv: 3 rows, 0 rejected", "vote: 1 output, ok", "card, lf, in place of event", "intent: other, in place of event",
                         f"intents 1.0.0, labels, approved by {ADMIN}: first", "1 source on 3 rows: 2 votes, 1 abstained"):
            self.assertIn(sentence, said)

    def test_texts_of_events_do_not_steer_the_terminal(self):
        ledger = maker.small(0)
        ledger.event("admin.config", {"setting": "a\x1b[2Jb\nc\u009b2J\x7f", "to": "x" * 4000}, "admin")
        project = maker.write_project(ledger.commit(), self.folder / "steering")
        said = hone("log", "--project", project).stdout
        self.assertEqual(len(said.splitlines()), 4)
        self.assertIn("a [2Jb c 2J", said)
        self.assertLess(max(map(len, said.splitlines())), 250)

    def test_a_kind_of_a_newer_program_is_shown(self):
        ledger = maker.small(0)
        ledger.event("vote.robot", {"robot": 7}, "system")
        project = maker.write_project(ledger.commit(), self.folder / "newer")
        self.assertIn("a kind of event that this program does not know", hone("log", "--project", project).stdout)
        self.assertEqual(hone_json("log", "--project", project, "--kind", "vote.robot")["events"][0]["body"], {"robot": 7})


class FollowTest(LogTest):
    def follow(self, *words):
        out = self.folder / "followed"
        with out.open("w", encoding="utf-8") as file:
            process = subprocess.Popen([HONE, "log", "--project", self.project, "--follow", "--limit", "2", *words], stdout=file, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process, lambda: out.read_text(encoding="utf-8").splitlines()

    def end(self, process):
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=10)
        self.assertEqual((process.returncode, said), (-signal.SIGINT, (None, "")))

    def test_what_is_appended_comes_as_lines_of_json(self):
        process, lines = self.follow("--json", "--kind", "vote.")
        wait_until(lambda: len(lines()) == 2)
        self.append(3)
        wait_until(lambda: len(lines()) == 5)
        self.append(1)
        wait_until(lambda: len(lines()) == 6)
        self.end(process)
        votes = [event for event in self.events if event["kind"].startswith("vote.")]
        self.assertEqual([json.loads(line) for line in lines()], votes[-6:])

    def test_what_is_appended_comes_as_lines(self):
        process, lines = self.follow()
        wait_until(lambda: len(lines()) == 3)
        self.append(1)
        wait_until(lambda: len(lines()) == 4)
        self.end(process)
        self.assertIn("vote.person        intent: card_arrival", lines()[-1])


class IndexTest(LogTest):
    def test_the_index_is_no_record(self):
        self.log()
        sound = self.index.read_bytes()
        for bytes_there in (b"", b"garbage", sound[:5000], sound[:9000] + b"!" + sound[9001:], bytes(len(sound))):
            self.index.write_bytes(bytes_there)
            self.assertEqual(self.log()["events"], self.events)
        self.index.unlink()
        self.assertEqual(self.log()["events"], self.events)
        other = maker.write_project(maker.small(5), self.folder / "other")
        hone("log", "--project", other)
        (other / ".hone" / "index.db").replace(self.index)
        self.assertEqual(self.log()["events"], self.events)

    def test_reindex_makes_it_anew(self):
        done = hone_json("reindex", "--project", self.project)
        self.assertEqual((done["events"], done["file"], done["bytes"]), (self.ledger.size, str(self.index), self.index.stat().st_size))
        self.assertIn(f"indexed {self.ledger.size} events in", hone("reindex", "--project", self.project).stdout)
        self.assertEqual(self.log()["events"], self.events)
        self.assertEqual({path.name for path in self.index.parent.iterdir()}, {"index.db", "index.db.lock", "ledger", "objects"})

    def test_an_entry_that_is_none_is_named(self):
        ledger = maker.small(20)
        project = maker.write_project(ledger, self.folder / "broken")
        segment = project / ".hone" / "ledger" / "segments" / "000000"
        vote = ledger.entries[12]
        segment.write_bytes(segment.read_bytes().replace(vote, b"{" + b" " * (len(vote) - 1)))
        self.refused("log", "--project", project, say=["event 12 of the ledger is none: ", "hone-verify"])

    def test_a_project_that_cannot_be_written_is_read(self):
        if not is_root_on_linux():
            self.skipTest("needs root, to mount it read-only")
        script = 'mount --bind "$2" "$2" && mount -o remount,ro,bind "$2" && exec "$1" log --project "$2" --json --limit 1000'
        done = in_own_mounts(script, HONE, self.project)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout)["events"], self.events)
        script = script.replace("log", "reindex").replace(" --limit 1000", "")
        done = in_own_mounts(script, HONE, self.project)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the index cannot be made: ", done.stderr)
        self.assertIn("Read-only file system", done.stderr)
