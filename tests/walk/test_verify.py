"""hone-verify on ledgers that tests/ledger/maker.py makes: the known answers, what is right, and everything that may be done to a ledger.

A case is a story (what was done), the exit status that is owed, and words that must be said. HONE_LONG_TESTS=1 flips ten thousand bits; otherwise some.
"""

import concurrent.futures
import copy
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from tests.ledger import maker
from tests.ledger.maker import LOG, NEXT, ORIGIN, OTHER_WITNESS, THIRD, WITNESS, Key, Ledger, b64, canonical, note

from .harness import HONE, LONG, ROOT, ProjectTest

VERIFY = HONE.with_name("hone-verify")
# Under the sanitizers the program starts slowly.
FLIPS = 10_000 if LONG else 80 if os.environ.get("HONE_BUILD") == "sanitize" else 400
SEED = 20260105
EXAMPLE = "00112233445566778899aabbccddeeff"

ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1: "305df59f9590c3c9ac63d2b2743c388e3792449078cebf7fb3dbe6471643b2b7",
    2: "60a53eed0de87a90c8e59427c59c46253c33a76a09502a51801300927b7e6bdc", 3: "cf763a041c81ceef1578a6083f75c61bef2e0014f2a3e683a97fcfca5be7f19a",
    4: "bdd1c5ff55b19cb6b0e7c761bf9a6ccaa27fbbfc07b74f1fabb6e911a0bd2ab3", 5: "00d21829a5503145348abcf712513eacf2a274211ad83e970202bb5b6d80b286",
    6: "160cf1a616e8792f9078a9665cb06520d95a33f467d0826f2310219d31383d73", 7: "0b007fb915eb9b2a146f54b1c86ec53b664f8e455b7660b0b6ee13edc0d921c0",
    8: "ca6b7b3e674ac86c1027b59c87c064fc3bc27b313294c75f83bd05fdd13f0dcf", 255: "3de22a1a5c13f8ad7c6fdf034305190d870b7a72b99cf69e9cdd6f7e5430c136",
    256: "f7ed5eb44be61908cdf66bb316813dc75442aa2a5b307177c06c728271356c91", 257: "45d7e207b9bd948a0b1e55162edc386453c8a9853b5f3c457e25716c0be98ec2",
    1000: "84453b515db221e015241f91778d541a91e27472a3cbbd4922b023b180456359",
}  # fmt: skip
INCLUSION_5_IN_8 = ["ea9fc1a1b6e191b460d0d6306e3e870c173f39330f13cda1b70cfc72bdc398ba", "398ebdeb46e179eeffacef4635fd30410954e169b88e22741fa96cffb1022a85",
                    "bdd1c5ff55b19cb6b0e7c761bf9a6ccaa27fbbfc07b74f1fabb6e911a0bd2ab3"]  # fmt: skip
TILES = {"tile/0/000": "ce3c085cd6d7319d36f186fd350976c5e95e53d273bbeede36875ef414efb450", "tile/0/003.p/232": "dbe252bba19e93f04903502413ed03bc8b86ea96671faf033a1b7aecb8586c86",
         "tile/1/000.p/3": "a5554c42250dc097eb6b2514f176ce03fb4f49bbfa2f517bfd16932deddbf5f6",
         "tile/entries/000": "daab121300001e846571b1de45f1a0a2e16851018a706aa8232c3de9ad7c1822",
         "tile/entries/003.p/232": "cda4e59748cb14a67ad85f5a3aa416542eaf34203747c3f78ce9db5576eedf71"}  # fmt: skip
VKEY = "hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
CHECKPOINT_8 = """hone.test/ledger
8
ymt7PmdKyGwQJ7Wch8Bk/DvCezEylMdfg70F/dE/Dc8=

— hone.test/ledger OBSKWUNyTSsduSwGZEEQLv5DbiTf8pNEn2AG3QYbZBtG5jRHyFpKobYCaGyttbM5qvkLPD0Fk0ocav6GVqDosqBJAAo=
"""
WITNESS_VKEY = "hone.test/witness+806499d6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
COSIGNATURE_8 = (
    "— hone.test/witness gGSZ1gAAAABpVbkA+c3+/wDo6+qD39hN4L9hDpMuPbdpNDkGrn7iNlyhiaBnDbLYX/hygnw6/3J+ZXzTmVi0tnD5/0f9nJIXyjmFBw==\n"
)
CANONICAL = {
    "actor": "p:4x7d2kq0m3fz9sj1", "kind": "vote.person", "role": "annotator", "seq": 7, "time": "2026-01-05T09:30:00.000123Z", "v": 1,
    "body": {"confidence_ppm": 900000, "example": EXAMPLE, "ms": 2140, "note": 'Größe\t≥ 1 "x" \\ €',
             "reason": {"code": "wording", "text": {"commit": "a3" * 32, "payload": "0f" * 16}}, "task": "intent", "value": ["card_arrival"]},
}  # fmt: skip
CANONICAL_LEAF = "5c336a2940fe424b5a044fdb1b24bcd25706e2ceca6e6e31a1900447a6302795"


def policy(*lines, log=LOG):
    return "".join(f"{line}\n" for line in [f"log {log.vkey}", *lines])


NO_WITNESS = policy("quorum none")
ONE_WITNESS = policy(f"witness w {WITNESS.vkey} https://hone.test/", "quorum w")


def run_verify(*words, env=None):
    done = subprocess.run([VERIFY, *map(str, words)], capture_output=True, text=True, errors="replace", timeout=120, env=env)
    return done.returncode, done.stdout, done.stderr


class VerifyTest(ProjectTest):
    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def owed(self, status, say, *words):
        """Runs hone-verify, which must end with `status` and say all of `say`; returns what it said."""
        ended, out, err = run_verify(*words)
        self.assertEqual(ended, status, out + err)
        self.assertNotIn("internal error", err)
        for part in [say] if isinstance(say, str) else say:
            self.assertIn(part, out + err)
        return out

    def found(self, *words):
        """What hone-verify finds, as JSON."""
        return json.loads(run_verify(*words, "--json")[1])

    def steps(self, *words):
        found = self.found(*words)
        self.assertLessEqual(found["wrong"]["count"], 20)
        return {finding["step"] for finding in found["wrong"]["first"]}


def plain_leaves(count):
    """A log of the leaves of the known answers, which are no events."""
    ledger = Ledger(open_log=False)
    for number in range(count):
        ledger.append(f"leaf-{number}".encode())
    return ledger


class KnownAnswersTest(VerifyTest):
    """The numbers of docs/ledger.md. The leaves are no events, which step 4 says; everything else must hold."""

    def test_roots(self):
        for size, root in ROOTS.items():
            with self.subTest(size=size):
                ledger = plain_leaves(size)
                for claimed, expected in ((root, {4, 7} if size else set()), ("00" * 32, {4, 5, 7} if size else {5})):
                    folder = ledger.publish(self.folder / claimed[:4] / str(size), note(maker.checkpoint_text(ORIGIN, size, bytes.fromhex(claimed)), LOG))
                    found = self.found(folder, "--vkey", VKEY)
                    # Twenty are shown: of many leaves, those of step 4.
                    self.assertEqual({finding["step"] for finding in found["wrong"]["first"]}, expected if size < 20 else {4})
                    self.assertEqual((found["size"], found["wrong"]["count"]), (size, size + len(expected - {4})))

    def test_files_of_a_thousand_leaves(self):
        folder = plain_leaves(1000).publish(self.folder / "t")
        for name, digest in TILES.items():
            self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), digest, name)

    def test_keys_checkpoint_and_cosignature(self):
        self.assertEqual((LOG.vkey, WITNESS.vkey), (VKEY, WITNESS_VKEY))
        ledger = plain_leaves(8)
        self.assertEqual(ledger.checkpoint(), CHECKPOINT_8)
        self.assertEqual(WITNESS.line(CHECKPOINT_8.partition("\n\n")[0] + "\n", 1767225600), COSIGNATURE_8)
        folder = ledger.publish(self.folder / "t", CHECKPOINT_8 + COSIGNATURE_8)
        found = self.found(folder, "--policy", self.file("policy", ONE_WITNESS))
        self.assertEqual({finding["step"] for finding in found["wrong"]["first"]}, {4, 7})
        self.assertEqual(found["anchored"], {"size": 8, "time": "2026-01-01T00:00:00Z", "by": "checkpoint"})

    def test_inclusion(self):
        path = "".join(b64(bytes.fromhex(hash)) + "\n" for hash in INCLUSION_5_IN_8)
        proof = f"c2sp.org/tlog-proof@v1\nindex 5\n{path}\n{CHECKPOINT_8}"
        self.assertEqual(plain_leaves(8).proof(5), proof)
        for index, size, hashes in ((5, 8, 3), (256, 257, 1), (0, 1, 0), (999, 1000, 8)):
            text = plain_leaves(size).proof(index)
            self.assertEqual(text.partition("\n\n")[0].count("\n") - 1, hashes)
            entry, file = self.file("entry", f"leaf-{index}"), self.file("proof", text)
            self.assertEqual(self.steps(entry, "--proof", file, "--vkey", VKEY), {4})
            self.assertEqual(self.steps(self.file("entry", f"leaf-{index + 1}"), "--proof", file, "--vkey", VKEY), {3, 4})

    def test_consistency(self):
        folder = plain_leaves(8).publish(self.folder / "t")
        for size in (1, 3, 4, 7, 8):
            old = self.file(f"old-{size}", note(maker.checkpoint_text(ORIGIN, size, bytes.fromhex(ROOTS[size])), LOG))
            self.assertEqual(self.steps(folder, "--trusted", old, "--vkey", VKEY), {4, 7})
            other = self.file(f"other-{size}", note(maker.checkpoint_text(ORIGIN, size, bytes.fromhex(ROOTS[size - 1])), LOG))
            self.assertEqual(self.steps(folder, "--trusted", other, "--vkey", VKEY), {4, 5, 7})

    def test_canonical_text(self):
        entry = canonical(CANONICAL)
        self.assertEqual((len(entry), maker.leaf(entry).hex()), (445, CANONICAL_LEAF))
        ledger = plain_leaves(7)
        ledger.append(entry)
        words = [self.file("entry", entry), "--proof", self.file("proof", ledger.proof(7)), "--vkey", VKEY]
        said = " ".join(finding["text"] for finding in self.found(*words)["wrong"]["first"])
        self.assertIn("token", said)  # It is no whole event.
        self.assertNotIn("canonical", said)

    def test_commitment(self):
        self.assertEqual(maker.commitment(bytes(range(32)), b"The card never arrived.").hex(), "119d3d37799c3e590c31170f08f71709f6ac3cfb724abf1c7426fd84682262ff")


class RightTest(VerifyTest):
    """What is right is verified, in whatever form it comes."""

    def setUp(self):
        super().setUp()
        self.ledger = maker.every_kind()
        self.project = maker.write_project(self.ledger, self.folder / "project")
        self.trusted = self.file("kept", self.ledger.checkpoint())

    def test_a_project_with_every_kind_of_event(self):
        kinds = {json.loads(entry)["kind"] for entry in self.ledger.entries}
        self.assertEqual(len(kinds), 34)
        out = self.owed(0, ["VERIFIED size", "objects 18/18", "erased 2", "doubtful 0", "continues: 'hone.test/before' at size 12"], self.project, "--vkey", VKEY, "--trusted", self.trusted)
        self.assertTrue(out.splitlines()[-1].startswith(f"VERIFIED size {self.ledger.size} root {b64(maker.root(self.ledger.leaves))} anchored to {self.ledger.size} (2026-01-05)"), out)
        self.owed(0, "VERIFIED", self.project / ".hone" / "ledger", "--vkey", NEXT.vkey, "--trusted", self.trusted, "--all-signatures")

    def test_a_published_tree_and_a_bundle(self):
        both = self.ledger.checkpoint(keys=[LOG, NEXT])
        published = self.ledger.publish(self.folder / "published", both)
        self.owed(0, f"VERIFIED size {self.ledger.size}", published, "--vkey", VKEY, "--trusted", self.trusted, "--objects", self.project / ".hone" / "objects")
        bundle = maker.write_bundle(self.ledger, self.folder / "bundle", ONE_WITNESS)
        self.owed(0, "VERIFIED", bundle, "--vkey", NEXT.vkey, "--trusted", self.trusted)
        self.owed(0, "VERIFIED", bundle, "--policy", self.file("policy", policy("quorum none", log=NEXT)))

    def test_a_witness_of_the_policy_anchors(self):
        self.owed(0, ["anchored to 43 (2026-01-01)", "entries 0 to 42 were there at 2026-01-01T00:00:00Z"], self.project, "--policy", self.file("policy", ONE_WITNESS))
        two = policy(f"witness a {WITNESS.vkey}", f"witness b {OTHER_WITNESS.vkey}", "group any any a b", "quorum any")
        self.owed(0, "VERIFIED", self.project, "--policy", self.file("policy", two))
        self.owed(4, ["no anchor", "anchors/witness-1"], self.project, "--policy", self.file("policy", two.replace("any any", "any all")))
        self.owed(0, ["quorum none", "weakness"], self.project, "--policy", self.file("policy", NO_WITNESS))

    def test_without_an_anchor_it_is_not_verified(self):
        self.owed(4, ["no anchor", "INCOMPLETE"], self.project, "--vkey", VKEY)

    def test_one_person_alone_is_shown_not_judged(self):
        ledger = maker.every_kind("solo")
        ledger.event("release", {"approver": maker.DEVELOPER, "name": "x", "roots": []}, "developer")
        ledger.commit()
        project = maker.write_project(ledger, self.folder / "solo")
        self.owed(0, ["not met: segregation", "not met: entry 50: release: its approver is its actor"], project, "--policy", self.file("policy", NO_WITNESS))

    def test_many_segments_and_any_number_of_threads(self):
        ledger = long_ledger()
        project = ledger.write(self.folder / "long")
        words = ["--policy", self.file("policy", NO_WITNESS), "--json"]
        once = run_verify(project, *words, "--threads", 1)
        self.assertEqual(once[0], 0, once[1])
        self.assertEqual(once, run_verify(project, *words, "--threads", 3))
        flip(project / "segments" / "000000", 70_000_00, 1)
        flip(project / "segments" / "000001", 1000, 1)
        broken = run_verify(project, *words, "--threads", 1)
        self.assertEqual(broken[0], 1)
        self.assertEqual(broken, run_verify(project, *words, "--threads", 3))
        published = ledger.publish(self.folder / "published")
        self.assertEqual(run_verify(published, *words)[0], 0)
        index = self.folder / "again" / "segments" / "000000.idx"
        ledger.write(self.folder / "again")
        flip(index, 8 * 100 + 7, 1)
        self.owed(1, ["entry 25600: segments/000000.idx"], self.folder / "again", "--policy", self.file("policy", NO_WITNESS))
        flip(self.folder / "long" / "hash" / "1", 40, 1)

    def test_single_entries_with_their_proofs(self):
        cone = self.folder / "cone"
        cone.mkdir()
        for seq in (3, 17):
            (cone / f"{seq}.json").write_bytes(self.ledger.entries[seq])
            (cone / f"{seq}.tlog-proof").write_text(self.ledger.proof(seq), encoding="utf-8")
        self.owed(4, ["2 of 2 entries are proved", "only single entries"], cone, "--vkey", NEXT.vkey)
        self.owed(0, "proof: entry 17 lies in the tree", self.project, "--vkey", VKEY, "--trusted", self.trusted, "--proof", cone / "17.tlog-proof")
        (cone / "3.json").write_bytes(self.ledger.entries[4])
        self.owed(1, ["FAILED at entry 3", "3.tlog-proof"], cone, "--vkey", NEXT.vkey)

    def test_payloads(self):
        opened = self.ledger.write_payloads(self.folder / "opened")
        found = self.found(self.project, "--vkey", VKEY, "--trusted", self.trusted, "--payload", opened)
        self.assertEqual((found["status"], found["commitments_held"]), (0, found["commitments_named"]))
        name = min(self.ledger.payloads)
        flip(opened / name, 40, 3)
        self.owed(1, f"payload {name} is not what was committed to", self.project, "--vkey", VKEY, "--trusted", self.trusted, "--payload", opened)
        (opened / name).unlink()
        self.owed(4, f"payload {name} is missing", self.project, "--vkey", VKEY, "--trusted", self.trusted, "--payload", opened)

    def test_a_witness_by_exchanging_files(self):
        ledger, state = maker.small(), self.folder / "state"
        words = ["--policy", self.file("policy", NO_WITNESS), "--witness", state]
        first = self.found(ledger.write(self.folder / "a"), *words)
        self.assertEqual(state.stat().st_mode & 0o777, 0o600)
        cosigned = ledger.checkpoint() + first["cosignature"] + "\n"
        maker.votes(ledger, 3, 1)
        project = ledger.commit().write(self.folder / "a")
        (project / "anchors" / "mine").write_text(cosigned, encoding="utf-8")
        mine = policy(f"witness me {first['witness']}", "quorum me")
        self.assertEqual(self.found(project, "--policy", self.file("mine", mine))["anchored"]["size"], ledger.size - 3)
        self.assertEqual(self.found(project, *words)["witness"], first["witness"])
        other = maker.small(25)
        self.owed(1, "another history", other.write(self.folder / "b"), *words)
        os.chmod(state, 0o644)
        self.owed(3, "chmod 600", project, *words)

    def test_a_payload_database_is_looked_into(self):
        path = self.folder / "payload.db"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE payload (id TEXT PRIMARY KEY, subject TEXT, sealed BLOB)")
            database.executemany("INSERT INTO payload VALUES (?, 's', x'00')", [(name,) for name in self.ledger.payloads])
        status, out, err = run_verify(self.project, "--vkey", VKEY, "--trusted", self.trusted, "--payload", path)
        if "built without SQLite" in err:
            self.skipTest("hone-verify is built without SQLite")
        self.assertEqual(status, 0, out + err)
        self.owed(3, "is no payload.db", self.project, "--vkey", VKEY, "--trusted", self.trusted, "--payload", self.trusted)


def long_ledger():
    """Two segments; only the last checkpoint is computed."""
    ledger = maker.small(2)
    for seq in range(ledger.size, 65_536 + 300):
        ledger.append(VOTE % (seq, seq, seq % 1_000_000, seq))
    ledger.commits = []
    return ledger.commit()


VOTE = (
    b'{"actor":"p:2222222222222222","body":{"dataset":1,"example":"%032x","task":"intent"},"kind":"vote.person","role":"annotator","seq":%d,'
    b'"time":"2026-02-01T00:00:00.%06dZ","token":"%032x","v":1}'
)


def flip(path, offset, bit):
    data = bytearray(path.read_bytes())
    data[offset % len(data)] ^= 1 << bit
    path.write_bytes(bytes(data))


# ---- What may be done to a ledger: (name, what was done, status, words). A story returns the words of the command line; `t` is the test.


def kept(t, ledger):
    return ["--vkey", VKEY, "--trusted", t.file("kept", ledger.checkpoint())]


def written(t, ledger, **options):
    return ledger.write(t.folder / "ledger", **options)


def changed(t, change, count=20, after=None):
    """A small ledger, kept, and then changed on disk by `change(folder)`."""
    ledger = maker.small(count)
    folder = written(t, ledger)
    change(folder)
    return [folder, *kept(t, ledger)]


def rewritten(t, change, recommit=False, keep=True):
    """A small ledger of which an outsider keeps the checkpoint, and whose entries are then changed by `change(ledger)`."""
    ledger = maker.small()
    words = kept(t, ledger) if keep else ["--vkey", VKEY]
    change(ledger)
    if recommit:
        ledger.commits = []
        ledger.commit()
    return [written(t, ledger), *words]


def told(t, *events, **options):
    """A small ledger and events after it, all signed well: only a rule may be broken."""
    ledger = maker.small(**options)
    for kind, body, role, *more in events:
        ledger.event(kind, body, role, **(more[0] if more else {}))
    ledger.commit()
    return [written(t, ledger), *kept(t, ledger)]


def raw(t, text):
    """A small ledger whose last entry is a given text."""
    ledger = maker.small()
    ledger.append(text(ledger) if callable(text) else text)
    ledger.commit()
    return [written(t, ledger), *kept(t, ledger)]


def event_text(ledger, **more):
    copied = copy.deepcopy(ledger)
    copied.event("vote.person", {"dataset": 1, "example": EXAMPLE}, "annotator", **more)
    return copied.entries[-1]


def with_text(old, new):
    """An event in whose text one thing is replaced."""
    return lambda t: raw(t, lambda ledger: event_text(ledger).replace(old, new))


def cut(name, count):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-count])


def extend(name, data):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data)


def swap_entries(ledger):
    ledger.entries[5], ledger.entries[6] = ledger.entries[6], ledger.entries[5]


def edit_entry(ledger):
    ledger.replace(7, ledger.entries[7].replace(b"card_arrival", b"card_missing"))


def rolled_back(t):
    ledger = maker.small(5)
    old = copy.deepcopy(ledger)
    maker.votes(ledger, 3, 1)
    return [written(t, old), *kept(t, ledger.commit())]


def rotated(t, *, given=VKEY, reason="routine", trusted_size=None, after=None, signed_with=None, key=NEXT):
    ledger = maker.small(5)
    ledger.rotate(key, reason, trusted_size, signed_with)
    maker.votes(ledger, 3, 1)
    ledger.commit()
    if after:
        after(ledger)
    return [written(t, ledger), "--vkey", given, "--trusted", t.file("kept", ledger.checkpoint()), "--all-signatures"]


def old_key_signs(ledger):
    maker.votes(ledger, 1, 1)
    ledger.commit(keys=[LOG])


def both_keys_sign(ledger):
    maker.votes(ledger, 1, 1)
    ledger.commit(keys=[LOG, NEXT])


def rotated_twice(t):
    ledger = maker.small(5)
    for key in (NEXT, THIRD):
        ledger.rotate(key)
        maker.votes(ledger, 3, 1)
        ledger.commit()
    return [written(t, ledger), "--vkey", VKEY, "--trusted", t.file("kept", ledger.checkpoint()), "--all-signatures"]


def one_signature_missing(t):
    ledger = maker.small(5)
    ledger.event("key.rotate", {"reason": "routine", "vkey": NEXT.vkey,
                                "sig": b64(maker.ed25519(NEXT.seed, f"hone/key-rotate/v1\n{ORIGIN}\n{ledger.size}\n{NEXT.vkey}\n".encode()))})
    ledger.signers = [NEXT]
    ledger.commit()
    return [written(t, ledger), "--vkey", VKEY, "--trusted", t.file("kept", ledger.checkpoint())]


def erased(t, tamper=None, **options):
    ledger = maker.small(5)
    commits, objects = [ledger.payload("forget")], [ledger.object({"old": 1})]
    gone = {**ledger.objects}
    maker.erase(ledger, commits, objects, named=True, **options)
    ledger.commit()
    if tamper:
        tamper(ledger, gone, objects[0]["hash"])
    return [maker.write_project(ledger, t.folder / "project"), *kept(t, ledger), "--payload", ledger.write_payloads(t.folder / "payloads")]


def bring_back(ledger, gone, name):
    ledger.objects[name] = gone[name]


def forget(ledger, gone, name):
    ledger.objects.pop(name, None)


def name_again(ledger, gone, name):
    ledger.event("stage.run", {"outputs": [{"name": "again", "ref": ledger.object({"old": 1})}], "stage": "label"})
    ledger.commit()


def objects_of(t, tamper):
    ledger = maker.small(3)
    project = maker.write_project(ledger, t.folder / "project")
    tamper(next(path for path in (project / ".hone" / "objects").rglob("*") if path.is_file()))
    return [project, *kept(t, ledger)]


def listed(t, tamper=lambda ledger, ref: None, on_disk=lambda folder, ref: None):
    """A run that names five objects by a list, changed before it is written, or on disk."""
    ledger, ref = maker.listing()
    tamper(ledger, ref)
    project = maker.write_project(ledger, t.folder / "project")
    on_disk(project / ".hone" / "objects", ref)
    return [project, *kept(t, ledger)]


def on_listed(change, name="source/a"):
    """What is done to an object that only a list names."""
    hash = maker.sha256(canonical({"source": name})).hex()
    return lambda t: listed(t, on_disk=lambda folder, ref: change(folder / hash[:2] / hash[2:])), hash


def on_list(change):
    return lambda t: listed(t, on_disk=lambda folder, ref: change(folder / ref["hash"][:2] / ref["hash"][2:]))


def with_list(text):
    """An object that an event calls a list, and that holds a given text, or a changed one."""

    def story(t):
        def tamper(ledger, ref):
            good = ledger.objects[ref["hash"]]
            other = ledger.object(text(good) if callable(text) else text, maker.REFS)
            ledger.event("stage.run", {"outputs": [{"name": "other", "ref": other}], "seed": 2, "stage": "label"}, "system")
            ledger.commit()

        return listed(t, tamper)

    return story


def in_list(old, new):
    return with_list(lambda good: good.replace(old, new, 1))


def erase_listed(ledger, ref):
    maker.erase(ledger, [], [{"bytes": len(data), "hash": hash, "media": "application/json"} for hash, data in list(ledger.objects.items()) if b"source" in data and b"refs" not in data])
    ledger.commit()


def erase_list(ledger, ref):
    maker.erase(ledger, [], [ref])
    ledger.commit()


def name_directly(ledger, ref):
    """Another length for an object of the list."""
    one = ledger.object({"source": "source/a"})
    ledger.event("stage.run", {"outputs": [{"name": "a", "ref": {**one, "bytes": 3}}], "seed": 2, "stage": "label"}, "system")
    ledger.commit()


def long_list(t, count=5_000):
    """A list that no piece of reading holds whole, named by two events."""
    ledger = maker.small(3)
    one = ledger.object({"one": 1})
    ref = ledger.refs({f"source/{number}": one for number in range(count)})
    for stage in ("vote", "label"):
        ledger.event("stage.run", {"outputs": [{"name": "sources", "ref": ref}], "seed": 1, "stage": stage}, "system")
    ledger.commit()
    return [maker.write_project(ledger, t.folder / "project"), *kept(t, ledger)]


def huge_list(t):
    """A list of more than 64 MiB, which takes no room on the disk."""
    ledger = maker.small(3)
    ref = {"bytes": (64 << 20) + 1, "hash": "ab" * 32, "media": maker.REFS}
    ledger.event("stage.run", {"outputs": [{"name": "sources", "ref": ref}], "seed": 1, "stage": "vote"}, "system")
    ledger.commit()
    project = maker.write_project(ledger, t.folder / "project")
    path = t.file(f"project/.hone/objects/ab/{'ab' * 31}", b"")
    os.truncate(path, ref["bytes"])
    return [project, *kept(t, ledger)]


def anchored(t, tamper, lines=(f"witness w {WITNESS.vkey}", "quorum w")):
    ledger = maker.small(5)
    text = ledger.checkpoint().partition("\n\n")[0] + "\n"
    ledger.anchors["one"] = tamper(ledger.checkpoint() + WITNESS.line(text, 1767225600))
    return [written(t, ledger), "--policy", t.file("policy", policy(*lines))]


def with_policy(text):
    return lambda t: [written(t, maker.small(3)), "--policy", t.file("policy", text)]


def with_trusted(text):
    return lambda t: [written(t, maker.small(3)), "--vkey", VKEY, "--trusted", t.file("kept", text(maker.small(3).checkpoint()))]


def with_proof(text):
    def story(t):
        ledger = maker.small(3)
        return [written(t, ledger), *kept(t, ledger), "--proof", t.file("p.tlog-proof", text(ledger.proof(3)))]

    return story


def published(t, change, count=300):
    ledger = maker.small(count)
    folder = ledger.publish(t.folder / "published")
    change(folder)
    return [folder, *kept(t, ledger)]


def bundled(t, change, remake=False):
    ledger = maker.small(5)
    folder = maker.write_bundle(ledger, t.folder / "bundle", ONE_WITNESS)
    change(folder)
    if remake:
        maker.write_manifest(folder)
    return [folder, *kept(t, ledger)]


def vote(**body):
    return ("vote.person", {"dataset": 1, "example": EXAMPLE, **body}, "annotator")


def remove(name):
    return lambda folder: shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()


def nested(depth):
    return (b'{"a":' * depth) + b"1" + b"}" * depth


WRONG, UNREADABLE, UNCHECKED = 1, 3, 4
LONG_TEXT = b"x" * 4097

CASES = [
    # Files cut, grown, gone, exchanged.
    ("segment cut by one byte", lambda t: changed(t, cut("segments/000000", 1)), WRONG, ["entry 21: segments/000000", "ends inside"]),
    ("segment cut by many entries", lambda t: changed(t, cut("segments/000000", 2000)), WRONG, ["segments/000000", "cannot be computed: entries are missing"]),
    ("segment deleted", lambda t: changed(t, remove("segments/000000")), WRONG, ["entry 0: segments/000000", "not there"]),
    ("all segments deleted", lambda t: changed(t, remove("segments")), WRONG, ["entry 0: segments/000000", "not there"]),
    ("segment of another project", lambda t: changed(t, lambda f: (f / "segments" / "000000").write_bytes((Ledger(key=Key("other", bytes(32)), origin="other").write(t.folder / "o") / "segments" / "000000").read_bytes())), WRONG, ["segments/000000"]),
    ("bytes after the last signed entry", lambda t: changed(t, extend("segments/000000", b"\x00\x05hello")), 0, ["7 bytes after the last signed entry were never acknowledged"]),
    ("commits deleted", lambda t: changed(t, remove("commits")), WRONG, ["commits", "no checkpoint"]),
    ("a torn record", lambda t: changed(t, extend("commits", b"hone.test/ledger\n99\nabc")), 0, ["23 bytes are a write that did not end"]),
    ("a torn record of zeros", lambda t: changed(t, extend("commits", b"hone.test/ledger\n99" + bytes(200))), 0, ["a write that did not end"]),
    ("garbage in commits", lambda t: changed(t, extend("commits", b"hello\n\n\n\nworld")), WRONG, ["commits at byte"]),
    ("a record of size 0", lambda t: changed(t, lambda f: (f / "commits").write_text((f / "commits").read_text().replace("\n2\n", "\n0\n", 1))), WRONG, ["commits at byte 0: it covers no entry"]),
    ("a record twice", lambda t: changed(t, lambda f: (f / "commits").write_text((f / "commits").read_text() * 2)), WRONG, ["it covers no entry that the record before it does not"]),
    ("last record torn off", lambda t: changed(t, cut("commits", 5)), WRONG, ["rolled back, or cut off"]),
    ("checkpoint file of a larger log", lambda t: changed(t, lambda f: (f / "checkpoint").write_text(note(maker.checkpoint_text(ORIGIN, 23, bytes(32)), LOG))), WRONG, ["checkpoint: it is of size 23"]),
    ("hash file cut", lambda t: changed(t, cut("hash/0", 32)), 0, ["VERIFIED"]),
    ("hash file gone", lambda t: changed(t, remove("hash")), 0, ["VERIFIED"]),
    ("a hash changed", lambda t: changed(t, lambda f: flip(f / "hash" / "0", 32 * 9 + 5, 2)), WRONG, ["FAILED at entry 9: hash/0"]),
    # Events moved, doubled, changed.
    ("event duplicated", lambda t: rewritten(t, lambda l: l.entries.insert(5, l.entries[5])), WRONG, ["FAILED at entry 6", "entry 6: segments/000000 at byte 2095: 'seq' is 5"]),
    ("event removed", lambda t: rewritten(t, lambda l: l.entries.pop(5)), WRONG, ["FAILED at entry 5: segments/000000: 'seq' is 6"]),
    ("events reordered", lambda t: rewritten(t, swap_entries), WRONG, ["FAILED at entry 5", "FAILED at entry 5: segments/000000: 'seq' is 6"]),
    ("changed and re-hashed without the key", lambda t: rewritten(t, edit_entry), WRONG, ["step 5 (roots): entry 2: commits", "not that of the entries"]),
    ("rewritten with the key, an anchor outside", lambda t: rewritten(t, edit_entry, recommit=True), WRONG, ["kept: the root at size 22 is not that of the entries: the history was changed"]),
    ("rewritten with the key, no anchor", lambda t: rewritten(t, edit_entry, recommit=True, keep=False), UNCHECKED, ["no anchor"]),
    ("rolled back, an anchor outside", rolled_back, WRONG, ["it is of size 10, the ledger of size 7: rolled back"]),
    ("rolled back, no anchor", lambda t: rolled_back(t)[:3], UNCHECKED, ["no anchor"]),
    ("signed with a key that is not ours", lambda t: [written(t, maker.small(key=NEXT)), "--vkey", VKEY], WRONG, ["none of the keys given is one of this log"]),
    ("a record whose signature is another's", lambda t: [written(t, maker.small()), "--vkey", NEXT.vkey], WRONG, ["none of the keys given"]),
    # Published trees and bundles.
    ("entry bundle gone", lambda t: published(t, remove("tile/entries/000")), WRONG, ["entry 0: tile/entries/000", "not there"]),
    ("last entry bundle gone", lambda t: published(t, remove("tile/entries/001.p/46")), WRONG, ["tile/entries/001.p/46", "not there"]),
    ("tile gone", lambda t: published(t, remove("tile/0/000")), WRONG, ["entry 0: tile/0/000", "not there"]),
    ("tile cut", lambda t: published(t, cut("tile/0/001.p/46", 32)), WRONG, ["entry 256: tile/0/001.p/46", "too short"]),
    ("upper tile changed", lambda t: published(t, lambda f: flip(f / "tile/1/000.p/1", 4, 4)), WRONG, ["entry 0: tile/1/000.p/1"]),
    ("bytes after a bundle", lambda t: published(t, extend("tile/entries/000", b"\x00")), WRONG, ["entry 255: tile/entries/000", "bytes after"]),
    ("bundles swapped", lambda t: published(t, lambda f: (f / "tile/entries/000").write_bytes((f / "tile/entries/001.p/256").read_bytes()), 512) if False else published(t, lambda f: (f / "tile/0/000").write_bytes(bytes(8192))), WRONG, ["tile/0/000"]),
    ("bundle: a file changed", lambda t: bundled(t, lambda f: flip(f / "README.txt", 3, 1)), WRONG, ["README.txt", "SHA-256"]),
    ("bundle: a file gone", lambda t: bundled(t, remove("README.txt")), WRONG, ["README.txt", "not there"]),
    ("bundle: a file more", lambda t: bundled(t, lambda f: (f / "more").write_text("x")), WRONG, ["more", "does not name it"]),
    ("bundle: a name that leads out", lambda t: bundled(t, extend("MANIFEST.sha256", b"0" * 64 + b"  ../policy\n")), WRONG, ["MANIFEST.sha256", "leads out"]),
    ("bundle: a broken manifest", lambda t: bundled(t, extend("MANIFEST.sha256", b"hello\n")), WRONG, ["MANIFEST.sha256: line"]),
    ("bundle: a bad policy", lambda t: bundled(t, lambda f: (f / "policy").write_text("quorum q\n"), remake=True), WRONG, ["policy: line 1"]),
    # Keys.
    ("key rotated", rotated, 0, ["VERIFIED size 11"]),
    ("key rotated twice", rotated_twice, 0, ["VERIFIED"]),
    ("old key signs after rotation", lambda t: rotated(t, after=old_key_signs), WRONG, ["commits: it is signed with a key that does not hold at size 12: key.rotate replaced it"]),
    ("both keys sign after rotation", lambda t: rotated(t, after=both_keys_sign), WRONG, ["which key.rotate replaced before"]),
    ("rotation without the old key's signature", one_signature_missing, WRONG, ["no signature of 'hone.test/ledger' (38148a59)", "vouches"]),
    ("rotation that the new key did not sign", lambda t: rotated(t, signed_with=THIRD), WRONG, ["FAILED at entry 7: segments/000000: key.rotate: the new key did not sign it"]),
    ("rotation to a key used before", lambda t: rotated(t, key=LOG), WRONG, ["its key was used before"]),
    ("rotation to another name", lambda t: rotated(t, key=Key("other", bytes(32))), WRONG, ["not an Ed25519 key named like the origin"]),
    ("rotation for no known reason", lambda t: rotated(t, reason="whim"), WRONG, ["neither routine nor compromise"]),
    ("compromised key, old one believed", lambda t: rotated(t, reason="compromise", trusted_size=4), WRONG, ["cannot vouch for it"]),
    ("compromised key, new one believed", lambda t: rotated(t, reason="compromise", trusted_size=4, given=NEXT.vkey), UNCHECKED, ["doubtful 3", "doubtful: entries 4 to 6"]),
    ("compromised key without trusted size", lambda t: rotated(t, reason="compromise", given=NEXT.vkey), WRONG, ["without a 'trusted_size'"]),
    ("log key revoked", lambda t: told(t, ("key.revoke", {"trusted_size": 20, "vkey": VKEY}, "admin")), UNCHECKED, ["doubtful 2"]),
    # Erasing, objects.
    ("erased", erased, 0, ["erased 2"]),
    ("erased, approved by the same person", lambda t: erased(t, approver=maker.ADMIN), WRONG, ["erase.order: its approver is its actor"]),
    ("erase ordered, not done, and gone", lambda t: erased(t, forget, done=False), UNCHECKED, ["the object is missing, and no erase.done says why"]),
    ("erased, and still there", lambda t: erased(t, bring_back), WRONG, ["was erased by seq", "is still there"]),
    ("erased, then made again", lambda t: erased(t, name_again), 0, ["erased 1"]),
    ("erased without an order", lambda t: told(t, ("erase.done", {"order": 3}, "system")), WRONG, ["it names event 3 as erase.order, which is vote.person"]),
    ("object missing", lambda t: objects_of(t, pathlib.Path.unlink), UNCHECKED, ["entry 1:", "the object is missing"]),
    ("object changed", lambda t: objects_of(t, lambda path: flip(path, 3, 3)), WRONG, ["entry 1:", "bytes do not have its hash"]),
    ("object longer", lambda t: objects_of(t, lambda path: path.write_bytes(path.read_bytes() + b" ")), WRONG, ["has 11 bytes, not 10"]),
    ("object is a link", lambda t: objects_of(t, lambda path: (path.unlink(), path.symlink_to("/dev/zero"))), UNREADABLE, ["cannot be read"]),
    # Lists of objects.
    ("objects named by a list", listed, 0, ["VERIFIED", "objects 7/7"]),
    ("a list of many objects", long_list, 0, ["VERIFIED", "objects 3/3"]),
    ("an empty list", with_list(b'{"refs":[]}'), 0, ["VERIFIED", "objects 8/8"]),
    ("listed object changed", on_listed(lambda path: flip(path, 3, 3))[0], WRONG, ["entry 5: " + on_listed(None)[1], "bytes do not have its hash (a list of objects names it)"]),
    ("listed object longer", on_listed(lambda path: path.write_bytes(path.read_bytes() + b" "))[0], WRONG, ["entry 5: " + on_listed(None)[1], "the object has"]),
    ("listed object missing", on_listed(pathlib.Path.unlink)[0], UNCHECKED, ["entry 5: " + on_listed(None)[1], "the object is missing, and no erase.done says why (a list of objects names it)"]),
    ("listed object of another length elsewhere", lambda t: listed(t, name_directly), WRONG, ["entry 6: " + on_listed(None)[1], "another length here than at entry 5"]),
    ("listed objects erased", lambda t: listed(t, erase_listed), 0, ["erased 5"]),
    ("a list erased", lambda t: listed(t, erase_list), 0, ["VERIFIED", "erased 1"]),
    ("a list missing", on_list(pathlib.Path.unlink), UNCHECKED, ["entry 5:", "the object is missing"]),
    ("a list changed", on_list(lambda path: flip(path, 30, 2)), WRONG, ["entry 5:", "bytes do not have its hash"]),
    ("a list that is a link", on_list(lambda path: (path.unlink(), path.symlink_to("/dev/zero"))), UNREADABLE, ["cannot be read"]),
    ("a list of more than 64 MiB", huge_list, WRONG, ["entry 5: " + "ab" * 32, "more than 64 MiB"]),
    ("a list that is none", with_list(b"hello, this is no list"), WRONG, ["step 8 (objects): entry 6:", "at byte 0: not a list of objects: it does not begin with"]),
    ("a list of nothing", with_list(b""), WRONG, ["not a list of objects: it ends too soon"]),
    ("a list cut off", with_list(lambda good: good[:-1]), WRONG, ["not a list of objects: it ends too soon"]),
    ("a list cut inside a ref", with_list(lambda good: good[:100]), WRONG, ["not a list of objects: it ends too soon"]),
    ("a list with bytes after it", with_list(lambda good: good + b"\n"), WRONG, ["not a list of objects: bytes after the list's end"]),
    ("a list with white space", in_list(b'","ref"', b'", "ref"'), WRONG, ["not a list of objects: not canonical, rule 1"]),
    ("a list without a comma", in_list(b"}},{", b"}}{"), WRONG, ["neither ',' nor ']' after a ref"]),
    ("a list of numbers", with_list(b'{"refs":[1]}'), WRONG, ["no ref begins here"]),
    ("a list with a key more", in_list(b"}},{", b'},"zeal":1},{'), WRONG, ["not {name, ref}"]),
    ("a list with a ref that is none", in_list(b'"hash":"', b'"hash":"x'), WRONG, ["not an object {bytes, hash, media}"]),
    ("a list with a ref with a key more", in_list(b'"ref":{', b'"ref":{"age":1,'), WRONG, ["not an object {bytes, hash, media}"]),
    ("a list with a name twice", in_list(b'"source/a"', b'"source/a\\n"'), WRONG, ["a name stands twice"]),
    ("a list that is not sorted", in_list(b'"source/a"', b'"source/b"'), WRONG, ["the names are not sorted"]),
    ("a list in the order of its escapes", with_list(canonical({"refs": [{"name": name, "ref": {"bytes": 1, "hash": "ab" * 32, "media": "x/y"}} for name in ("a0", "a\n")]})), WRONG, ["the names are not sorted"]),
    ("a name without end", with_list(b'{"refs":[{"name":"' + b"x" * 20_000), WRONG, ["a ref longer than 16,384 bytes"]),
    ("a name of 1,025 bytes", in_list(b'"source/b"', b'"source/b' + b"b" * 1017 + b'"'), WRONG, ["a name of 1 to 1,024 bytes"]),
    ("a name of 1,024 bytes", in_list(b'"source/b"', b'"source/b' + b"b" * 1016 + b'"'), 0, ["VERIFIED"]),
    ("a list in a list", in_list(b"application/json", maker.REFS.encode()), WRONG, ["a list in a list"]),
    # Anchors and policies.
    ("a cosignature changed", lambda t: anchored(t, lambda text: text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]), WRONG, ["anchors/one", "cosignature of 'hone.test/witness' is bad"]),
    ("an anchor of another history", lambda t: anchored(t, lambda text: note(maker.checkpoint_text(ORIGIN, 7, bytes(32)), LOG, WITNESS)), WRONG, ["anchors/one: the root at size 7"]),
    ("an anchor of an unknown witness", lambda t: anchored(t, lambda text: text, [f"witness w {OTHER_WITNESS.vkey}", "quorum w"]), UNCHECKED, ["no anchor", "anchors/one"]),
    ("policy without quorum", with_policy(f"log {VKEY}\n"), WRONG, ["step 1", "no line 'quorum"]),
    ("policy with two quorums", with_policy(f"log {VKEY}\nquorum none\nquorum none\n"), WRONG, ["line 3"]),
    ("policy with an unknown name", with_policy(f"log {VKEY}\nquorum w\n"), WRONG, ["line 2: 'w' is not defined above"]),
    ("policy with a log key for a witness", with_policy(f"log {VKEY}\nwitness w {NEXT.vkey}\nquorum w\n"), WRONG, ["line 2", "not a key of the kind"]),
    ("policy with one witness twice", with_policy(policy(f"witness a {WITNESS.vkey}", f"witness b {WITNESS.vkey}", "quorum a")), WRONG, ["a witness's key stands twice"]),
    ("policy with a group of too many", with_policy(policy(f"witness a {WITNESS.vkey}", "group g 2 a", "quorum g")), WRONG, ["a group of 1 cannot ask for '2'"]),
    ("policy with a circle", with_policy(policy("group g any g", "quorum g")), WRONG, ["'g' is not defined above"]),
    ("policy with a carriage return", with_policy(NO_WITNESS.replace("\n", "\r\n")), WRONG, ["line 1: a control character"]),
    ("policy without an end", with_policy(NO_WITNESS[:-1]), WRONG, ["has no end"]),
    # Notes and proofs.
    ("17 signatures", with_trusted(lambda text: text + "".join(Key(f"k{n}", bytes([n] * 32)).line("x") for n in range(16))), WRONG, ["more than 16 signatures"]),
    ("16 signatures", with_trusted(lambda text: text + "".join(Key(f"k{n}", bytes([n] * 32)).line("x") for n in range(15))), 0, ["VERIFIED"]),
    ("+ in a name", with_trusted(lambda text: text.replace("— hone", "— ho+ne")), WRONG, ["holds a space, '+'"]),
    ("size 08", with_trusted(lambda text: text.replace("\n5\n", "\n05\n")), WRONG, ["its size is not a decimal number"]),
    ("CRLF", with_trusted(lambda text: text.replace("\n", "\r\n")), WRONG, ["kept"]),
    ("no signature", with_trusted(lambda text: text.partition("\n\n")[0] + "\n\n"), WRONG, ["no signature"]),
    ("an extension line", with_trusted(lambda text: text.replace("\n\n", "\nmore\n\n")), WRONG, ["its fourth line is not empty"]),
    ("no end of line", with_trusted(lambda text: text[:-1]), WRONG, ["its last line has no end"]),
    ("base64 with bits left over", with_trusted(lambda text: text.replace("=\n\n", "=\n\n").replace(text.split("\n")[2], text.split("\n")[2][:-2] + chr(ord(text.split("\n")[2][-2]) + 1) + "=")), WRONG, ["kept"]),
    ("a bad signature", with_trusted(lambda text: text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]), WRONG, ["signature of 'hone.test/ledger' (38148a59) is bad"]),
    ("of another log", with_trusted(lambda text: note(maker.checkpoint_text("other", 3, bytes(32)), Key("other", bytes(32)))), WRONG, ["its origin is 'other'"]),
    ("not a note at all", with_trusted(lambda text: "hello"), WRONG, ["kept"]),
    ("a proof", with_proof(lambda text: text), 0, ["proof: entry 3 lies in the tree of size 5"]),
    ("a proof with extra data", with_proof(lambda text: text.replace("\nindex", "\nextra AAAA\nindex")), 0, ["proof: entry 3"]),
    ("a proof of another index", with_proof(lambda text: text.replace("index 3", "index 2")), WRONG, ["does not lead from the entry to the root"]),
    ("a proof beyond the tree", with_proof(lambda text: text.replace("index 3", "index 5")), WRONG, ["does not lead"]),
    ("a proof of index 03", with_proof(lambda text: text.replace("index 3", "index 03")), WRONG, ["no line 'index'"]),
    ("a proof of 64 hashes", with_proof(lambda text: text.replace("index 3\n", "index 3\n" + (b64(bytes(32)) + "\n") * 64)), WRONG, ["more than 63 hashes"]),
    ("a proof with an empty path", with_proof(lambda text: text.partition("index 3\n")[0] + "index 3\n\n" + text.partition("\n\n")[2]), WRONG, ["does not lead"]),
    ("a proof with a hash too few", with_proof(lambda text: text.replace(text.split("\n")[2] + "\n", "")), WRONG, ["does not lead"]),
    # Events whose text breaks the encoding.
    ("event of 16,385 bytes", lambda t: raw(t, b"{" + b"x" * 16384), WRONG, ["entry 22: segments/000000", "rule 1: longer"]),
    ("event of 65,535 bytes", lambda t: raw(t, b"{" * 65535), WRONG, ["rule 1: longer"]),
    ("empty event", lambda t: raw(t, b""), WRONG, ["rule 1"]),
    ("byte order mark", lambda t: raw(t, lambda l: b"\xef\xbb\xbf" + event_text(l)), WRONG, ["rule 1"]),
    ("trailing newline", lambda t: raw(t, lambda l: event_text(l) + b"\n"), WRONG, ["rule 1: bytes after"]),
    ("white space", with_text(b'"v":1', b'"v": 1'), WRONG, ["rule 1"]),
    ("float", with_text(b'"v":1', b'"v":1.0'), WRONG, ["rule 3: a fraction"]),
    ("exponent", with_text(b'"v":1', b'"v":1e0'), WRONG, ["rule 3: a fraction"]),
    ("-0", with_text(b'"v":1', b'"v":-0'), WRONG, ["rule 3: a leading zero or -0"]),
    ("leading zero", with_text(b'"v":1', b'"v":01'), WRONG, ["rule 3: a leading zero"]),
    ("2^53", with_text(b'"dataset":1', b'"confidence_ppm":9007199254740992,"dataset":1'), WRONG, ["rule 3: beyond"]),
    ("duplicate key", with_text(b'"dataset":1', b'"dataset":1,"dataset":1'), WRONG, ["rule 2: a key stands twice"]),
    ("unsorted keys", with_text(b'"dataset":1,', b'"zzz":1,"dataset":1,'), WRONG, ["rule 2: keys are not sorted"]),
    ("a key in capitals", with_text(b'"dataset"', b'"Dataset"'), WRONG, ["rule 2: a key is not"]),
    ("a key of 33", with_text(b'"dataset":1', b'"' + b"d" * 33 + b'":1'), WRONG, ["rule 2: a key is not"]),
    ("null", with_text(b'"dataset":1', b'"dataset":null'), WRONG, ["rule 2: null"]),
    ("depth 9", with_text(b'"dataset":1', b'"abstain":' + nested(7) + b',"dataset":1'), WRONG, ["rule 2: deeper than 8"]),
    ("depth 8", with_text(b'"dataset":1', b'"abstain":' + nested(6) + b',"dataset":1'), 0, ["VERIFIED"]),
    ("lone surrogate in UTF-8", with_text(b'"dataset":1', b'"abstain":"\xed\xa0\x80","dataset":1'), WRONG, ["rule 4: not UTF-8"]),
    ("lone surrogate escaped", with_text(b'"dataset":1', b'"abstain":"\\ud800","dataset":1'), WRONG, ["rule 4: an escape"]),
    ("overlong UTF-8", with_text(b'"dataset":1', b'"abstain":"\xc0\xaf","dataset":1'), WRONG, ["rule 4: not UTF-8"]),
    ("beyond Unicode", with_text(b'"dataset":1', b'"abstain":"\xf4\x90\x80\x80","dataset":1'), WRONG, ["rule 4: not UTF-8"]),
    ("a needless escape", with_text(b'"dataset":1', b'"abstain":"\\/","dataset":1'), WRONG, ["rule 4: an escape"]),
    ("an escape in capitals", with_text(b'"dataset":1', b'"abstain":"\\u001F","dataset":1'), WRONG, ["rule 4: an escape"]),
    ("a long form of \\n", with_text(b'"dataset":1', b'"abstain":"\\u000a","dataset":1'), WRONG, ["rule 4: an escape"]),
    ("U+0000", with_text(b'"dataset":1', b'"abstain":"\\u0000","dataset":1'), WRONG, ["rule 4: U+0000"]),
    ("a bare control character", with_text(b'"dataset":1', b'"abstain":"\t","dataset":1'), WRONG, ["rule 4: a control character"]),
    ("all escapes there are", with_text(b'"dataset":1', b'"abstain":"\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f/\x7f\xf0\x9f\x98\x80","dataset":1'), 0, ["VERIFIED"]),
    ("a string of 4,097 bytes", with_text(b'"dataset":1', b'"abstain":"' + LONG_TEXT + b'","dataset":1'), WRONG, ["rule 4: a string longer"]),
    ("a string of 4,096 bytes", with_text(b'"dataset":1', b'"abstain":"' + LONG_TEXT[1:] + b'","dataset":1'), 0, ["VERIFIED"]),
    ("cut in the middle", lambda t: raw(t, lambda l: event_text(l)[:100]), WRONG, ["not canonical, rule"]),
    # Envelopes.
    ("unknown kind", lambda t: told(t, ("vote.animal", {"x": 1}, "annotator")), UNCHECKED, ["entry 22: segments/000000", "a kind that this verifier does not know: 'vote.animal'"]),
    ("unknown key", lambda t: told(t, vote(sound="loud")), UNCHECKED, ["1 keys that this verifier does not know"]),
    ("unknown key of the envelope", lambda t: told(t, (*vote(), {"zeal": 1})), UNCHECKED, ["1 keys that this verifier does not know"]),
    ("version 2", lambda t: told(t, (*vote(), {"v": 2})), WRONG, ["entry 22", "'v' is not 1"]),
    ("a wrong seq", lambda t: told(t, (*vote(), {"seq": 23})), WRONG, ["'seq' is 23"]),
    ("no token", lambda t: told(t, (*vote(), {"drop": ["token"]})), WRONG, ["'token'"]),
    ("a token twice", lambda t: told(t, (*vote(), {"token": maker.sha256(b"token 5").hex()[:32]})), WRONG, ["entry 22: segments/000000: its token is that of entry 5"]),
    ("time goes back", lambda t: told(t, (*vote(), {"time": "2026-01-05T09:30:01.000123Z"})), WRONG, ["FAILED at entry 22", "its time is before"]),
    ("time goes back at admin.clock", lambda t: told(t, ("admin.clock", {"boot": "b"}, "system", {"time": "2026-01-05T09:30:01.000123Z"})), 0, ["VERIFIED"]),
    ("second :60", lambda t: told(t, (*vote(), {"time": "2026-06-30T23:59:60.000000Z"})), WRONG, ["'time' is not UTC"]),
    ("30 February", lambda t: told(t, (*vote(), {"time": "2026-02-30T00:00:00.000000Z"})), WRONG, ["'time' is not UTC"]),
    ("29 February of a leap year", lambda t: told(t, (*vote(), {"time": "2028-02-29T00:00:00.000000Z"})), 0, ["VERIFIED"]),
    ("a time of 26 characters", lambda t: told(t, (*vote(), {"time": "2026-06-30T23:59:59.00000Z"})), WRONG, ["'time' is not UTC"]),
    ("wall after time", lambda t: told(t, (*vote(), {"wall": "2027-01-01T00:00:00.000000Z"})), WRONG, ["'wall' is not before 'time'"]),
    ("an actor with a name", lambda t: told(t, (*vote(), {"actor": "anna@example.test"})), WRONG, ["'actor'"]),
    ("a time by another clock", lambda t: told(t, vote(at="2025-01-05T09:30:01.000123Z")), 0, ["VERIFIED"]),
    ("a time by another clock that is none", lambda t: told(t, vote(at="yesterday")), WRONG, ["'at' is not UTC"]),
    ("an unknown role", lambda t: told(t, (*vote()[:2], "king", {"actor": maker.ANNOTATOR})), WRONG, ["'role'"]),
    ("an actor's signature", lambda t: told(t, (*vote(), {"sign": bytes(32)})), 0, ["VERIFIED"]),
    ("an actor's signature over something else", lambda t: raw(t, lambda l: event_text(l, sign=bytes(32)).replace(b"annotator", b"developer").replace(maker.ANNOTATOR.encode(), maker.DEVELOPER.encode())), WRONG, ["'by' is not a signature"]),
    # Rules.
    ("first event is no log.open", lambda t: rewritten(t, lambda l: l.replace(0, l.entries[0].replace(b"log.open", b"log.shut")), recommit=True, keep=False), WRONG, ["entry 0", "no log.open"]),
    ("log.open again", lambda t: told(t, ("log.open", {"format": "hone-ledger/1", "origin": ORIGIN, "vkey": VKEY}, "system")), WRONG, ["entry 22", "log.open: not the first event"]),
    ("another format", lambda t: [written(t, maker.small(format="hone-ledger/2")), "--vkey", VKEY], WRONG, ["its format is not"]),
    ("a reference forwards", lambda t: told(t, vote(shown={"guideline": 22})), WRONG, ["entry 22", "'guideline' does not point backwards"]),
    ("a reference below zero", lambda t: told(t, vote(shown={"guideline": -1})), WRONG, ["'guideline' does not point backwards"]),
    ("a reference to another kind", lambda t: told(t, vote(shown={"guideline": 3})), WRONG, ["it names event 3 as guideline.publish, which is vote.person"]),
    ("superseding the own vote", lambda t: told(t, vote(supersedes=2, example=f"{0:032x}")), 0, ["VERIFIED"]),
    ("superseding another's vote", lambda t: told(t, ("vote.person", vote(supersedes=2, example=f"{0:032x}")[1], "developer")), WRONG, ["entry 22", "it supersedes another's vote"]),
    ("superseding on another example", lambda t: told(t, vote(supersedes=2)), WRONG, ["it supersedes one on another example"]),
    ("65 examples", lambda t: told(t, ("vote.person", {"dataset": 1, "examples": [f"{n:032x}" for n in range(65)]}, "annotator")), WRONG, ["more than 64 examples"]),
    ("a source of another name", lambda t: told(t, ("source.define", {"name": "a"}, "developer"), ("source.define", {"name": "b", "supersedes": 22}, "developer")), WRONG, ["entry 23", "a source of another name"]),
    ("an adjudicator's own input", lambda t: told(t, ("vote.person", vote()[1], "reviewer"), ("adjudication", {"example": EXAMPLE, "inputs": [22]}, "reviewer")), WRONG, ["entry 23", "gave one of its inputs"]),
    ("an adjudication of another example", lambda t: told(t, ("adjudication", {"example": EXAMPLE, "inputs": [2]}, "reviewer")), WRONG, ["its input 2 is a vote on another example"]),
    ("an adjudication by an annotator", lambda t: told(t, ("adjudication", {"example": EXAMPLE, "inputs": []}, "annotator")), 0, ["not met: entry 22: adjudication is no act of the role 'annotator'"]),
    ("gold approved by the only voter", lambda t: told(t, ("gold.commit", {"approver": maker.ANNOTATOR, "from": [2, 3]}, "developer")), WRONG, ["its approver is the only one who voted"]),
    ("gold from a list of votes that is an object", lambda t: told(t, ("gold.commit", {"approver": maker.ANNOTATOR, "list": {"bytes": 1, "hash": "ab" * 32, "media": "x/y"}}, "developer")), 0, ["VERIFIED"]),
    ("a release approved by its actor", lambda t: told(t, ("release", {"approver": maker.DEVELOPER}, "developer")), WRONG, ["release: its approver is its actor"]),
    ("a release without approver", lambda t: told(t, ("release", {}, "developer")), WRONG, ["release: no 'approver'"]),
    ("the own role changed", lambda t: told(t, ("admin.role", {"person": maker.ADMIN, "to": "reviewer"}, "admin")), WRONG, ["changes the own role"]),
    ("a role that was taken away", lambda t: told(t, ("admin.role", {"person": maker.ANNOTATOR, "to": "annotator"}, "admin"), vote(), ("admin.role", {"from": "annotator", "person": maker.ANNOTATOR}, "admin"), vote()), WRONG, ["entry 25", "which the log does not let them be"]),
    ("an input that nobody made", lambda t: told(t, ("stage.run", {"inputs": [{"name": "x", "ref": {"bytes": 1, "hash": "ab" * 32, "media": "x/y"}}]}, "system")), WRONG, ["entry 22", "no output or import of an earlier event"]),
    ("a reference to an object that is none", lambda t: told(t, ("data.import", {"dataset": {"hash": "ab"}}, "developer")), WRONG, ["'dataset' is not an object {bytes, hash, media}"]),
    ("an object of two lengths", lambda t: told(t, ("data.import", {"dataset": {"bytes": 1, "hash": maker.sha256(canonical({"rows": 3})).hex(), "media": "x/y"}}, "developer")), WRONG, ["another length here than at entry 1"]),
    ("credentials in a uri", lambda t: told(t, ("data.import", {"dataset": {"bytes": 1, "hash": "ab" * 32, "media": "x/y"}, "source": {"uri": "https://me:pw@example.test/x"}}, "developer")), WRONG, ["holds credentials"]),
    ("an anchor of another root", lambda t: told(t, ("anchor", {"root": "ab" * 32, "size": 4}, "system")), WRONG, ["entry 22", "the root at size 4 is another one"]),
    ("an anchor of the future", lambda t: told(t, ("anchor", {"root": "ab" * 32, "size": 23}, "system")), WRONG, ["a size that the log did not have yet"]),
    # Usage, and what cannot be read.
    ("no key", lambda t: [t.folder], 2, ["which keys are believed?"]),
    ("no ledger", lambda t: ["--vkey", VKEY], 2, ["which ledger?"]),
    ("a key that is none", lambda t: [t.folder, "--vkey", "hello"], 2, ["is not a verifier key"]),
    ("a key with another's ID", lambda t: [t.folder, "--vkey", VKEY.replace("38148a59", "38148a58")], 2, ["an ID that is not the one of its key"]),
    ("a witness's key for the log's", lambda t: [t.folder, "--vkey", WITNESS_VKEY], 2, ["is a witness's key"]),
    ("an unknown option", lambda t: [t.folder, "--frobnicate"], 2, ["'--frobnicate' is not understood"]),
    ("an option without value", lambda t: [t.folder, "--vkey"], 2, ["needs a value"]),
    ("no such folder", lambda t: [t.folder / "nothing", "--vkey", VKEY], UNREADABLE, ["cannot be read"]),
    ("an empty folder", lambda t: [t.folder, "--vkey", VKEY], UNREADABLE, ["holds no ledger"]),
    ("a policy that is not there", lambda t: [written(t, maker.small(1)), "--policy", t.folder / "nothing"], UNREADABLE, ["nothing"]),
    ("a pipe for a segment", lambda t: changed(t, lambda f: ((f / "segments/000000").unlink(), os.mkfifo(f / "segments/000000"))), UNREADABLE, ["not a regular file"]),
    ("a packed bundle", lambda t: [t.file("bundle.zip", b"PK"), "--vkey", VKEY], UNREADABLE, ["must be unpacked first"]),
]  # fmt: skip


class FailuresTest(VerifyTest):
    def test_every_case(self):
        self.assertEqual(len({name for name, *_ in CASES}), len(CASES))
        for name, story, status, words in CASES:
            with self.subTest(name):
                shutil.rmtree(self.folder)
                self.folder.mkdir()
                self.owed(status, words, *story(self))

    def test_help_names_every_option_and_status(self):
        out = self.owed(0, ["--vkey", "--policy", "--trusted", "--objects", "--payload", "--all-signatures", "--proof", "--witness", "--json", "exit status"], "--help")
        self.assertLess(max(map(len, out.splitlines())), 150)
        self.owed(0, "hone-verify 0", "--version")


class PageTest(VerifyTest):
    """docs/verify.md: its commands print what it shows."""

    def test_examples(self):
        ledger = maker.every_kind()
        maker.write_project(ledger, self.folder / "project")
        for name, text in (("log.vkey", VKEY + "\n"), ("kept", ledger.checkpoint()), ("policy", ONE_WITNESS)):
            self.file(name, text)
        page = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
        self.assertGreaterEqual(len(blocks), 4)
        for block in blocks:
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                done = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, text=True, env={"PATH": f"{VERIFY.parent}:/usr/bin:/bin"})
                self.assertEqual(done.stdout + done.stderr, shown, command)

    def test_it_names_every_key_of_the_json(self):
        page = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
        ledger = maker.small()
        found = self.found(written(self, ledger), "--policy", self.file("policy", NO_WITNESS), "--witness", self.folder / "state")
        for key in found:
            self.assertIn(f"`{key}`", page)


class FlipsTest(VerifyTest):
    """One bit flipped somewhere: it is seen, the file is named, and in a segment the very entry."""

    def flips(self, make, words, count, owed):
        """Flips `count` bits of the files under what `make` writes, each in a copy of its own; `owed` gives statuses and words by file and offset."""
        source = make(self.folder / "source")
        files = sorted(path for path in source.rglob("*") if path.is_file())
        data = {path: path.read_bytes() for path in files}
        chosen = random.Random(SEED)
        # In every file in turn, so that small ones are not forgotten.
        tries = [(files[at % len(files)], chosen.randrange(1 << 30), chosen.randrange(8)) for at in range(count)]

        def attempt(part):
            copied = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "t"
            shutil.copytree(source, copied)
            failed = []
            for path, at, bit in part:
                offset = at % len(data[path])
                there = copied / path.relative_to(source)
                flipped = bytearray(data[path])
                flipped[offset] ^= 1 << bit
                there.write_bytes(flipped)
                status, out, err = run_verify(copied, *words)
                there.write_bytes(data[path])
                name = str(path.relative_to(source))
                statuses, say = owed(name, offset)
                if status not in statuses or not all(text in out for text in say) or err:
                    failed.append(f"{name} byte {offset} bit {bit}: status {status}, not {statuses} with {say}\n{out}{err}")
            return failed

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            failed = [text for texts in pool.map(attempt, [tries[0::2], tries[1::2]]) for text in texts]
        self.assertEqual(failed[:3], [], f"{len(failed)} of {count}")

    def test_in_a_ledger_folder(self):
        ledger = maker.small(12)
        ends = []
        for entry in ledger.entries:
            ends.append((ends[-1] if ends else 0) + 2 + len(entry))

        def owed(name, offset):
            if name == "segments/000000":
                return {1}, [name, f"entry {next(seq for seq, end in enumerate(ends) if offset < end)}:"]  # The very entry.
            if name == "hash/0":
                return {1}, [f"entry {offset // 32}: hash/0"]
            return {1}, [name]

        words = ["--vkey", VKEY, "--trusted", self.file("kept", ledger.checkpoint()), "--all-signatures"]
        self.flips(ledger.write, words, FLIPS, owed)

    def test_in_a_published_tree(self):
        ledger = maker.small(300)
        words = ["--vkey", VKEY, "--trusted", self.file("kept", ledger.checkpoint())]
        self.flips(ledger.publish, words, FLIPS // 4, lambda name, offset: ({1}, [name.partition(".p")[0]] + (["entry "] if name != "checkpoint" else [])))

    def test_in_a_bundle(self):
        words = ["--policy", self.file("policy", NO_WITNESS)]
        self.flips(lambda folder: maker.write_bundle(maker.small(3), folder, ONE_WITNESS), words, FLIPS // 4,
                   lambda name, offset: ({1}, [] if name == "MANIFEST.sha256" else [name]))  # fmt: skip

    def test_in_objects_and_payloads(self):
        def owed(name, offset):
            if name.startswith(".hone/objects"):
                return {1}, ["entry ", "".join(name.split("/")[-2:])]
            # What nobody but an unknown witness signed is not ours to judge.
            return ({0, 1} if "anchors" in name else {1}), []

        # Of the second, most objects are named by a list alone.
        for name, ledger in (("kinds", maker.every_kind()), ("list", maker.listing()[0])):
            words = ["--vkey", VKEY, "--trusted", self.file("kept", ledger.checkpoint()), "--all-signatures"]
            self.flips(lambda folder: maker.write_project(ledger, folder.with_name(name)), words, FLIPS // 6, owed)


class GarbageTest(VerifyTest):
    """Whatever lies there, it ends, and says what is wrong."""

    def test_files_of_anything(self):
        chosen = random.Random(SEED)
        ledger = maker.every_kind()
        words = ["--policy", self.file("policy", ONE_WITNESS), "--proof", self.file("proof", ledger.proof(3))]
        for attempt in range(200 if LONG else 40):
            project = maker.write_project(ledger, self.folder / "p")
            files = sorted(path for path in project.rglob("*") if path.is_file())
            for path in chosen.sample(files, 2):
                data = path.read_bytes()
                begin, end = sorted(chosen.randrange(len(data) + 1) for _ in range(2))
                path.write_bytes(data[:begin] + chosen.choice([b"", bytes(300), chosen.randbytes(300), data, b"\xff" * 70000]) + data[end:])
            status, out, err = run_verify(project, *words)
            self.assertIn(status, {0, 1, 4}, f"attempt {attempt}\n{out}{err}")
            shutil.rmtree(project)

    def test_a_size_that_nothing_can_have_costs_nothing(self):
        ledger = maker.small(3)
        for size in (10**17, 2**40, 65_537):
            text = note(maker.checkpoint_text(ORIGIN, size, bytes(32)), LOG)
            folder = ledger.write(self.folder / "a")
            (folder / "commits").write_text(text + "\n", encoding="utf-8")
            self.owed(1, ["not there", "cannot be computed: entries are missing"] if size > 65_537 else ["cannot be computed"], folder, "--vkey", VKEY)
            self.owed(1, "cannot be computed", ledger.publish(self.folder / "b", text), "--vkey", VKEY)


if __name__ == "__main__":
    unittest.main()
