"""Makes ledgers by docs/ledger.md alone, without any code of Hone's: what `hone-verify` is tried on, and a second opinion on what is written.

    python3 -m tests.ledger.maker FOLDER     a project with one event of every kind

The Ed25519 of RFC 8032, the canonical text of events, the Merkle tree and the files are all here; nothing but Python's own library is used.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import shutil
import sys

# ---- Ed25519 (RFC 8032, section 5.1), in extended coordinates. For tests alone: its time depends on the key.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def doublings_of_base():
    x = recover_x(BASE_Y, 0)
    point, found = (x, BASE_Y, 1, x * BASE_Y % P), []
    for _ in range(256):
        found.append(point)
        point = add(point, point)
    return found


DOUBLINGS = doublings_of_base()


def times_base(number):
    point = (0, 1, 1, 0)
    for bit in range(number.bit_length()):
        if number >> bit & 1:
            point = add(point, DOUBLINGS[bit])
    return point


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return number & (1 << 254) - 8 | 1 << 254, digest[32:]


def public_key(seed):
    return compress(times_base(expand(seed)[0]))


def ed25519(seed, message):
    number, prefix = expand(seed)
    key = compress(times_base(number))
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ORDER
    point = compress(times_base(r))
    h = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little") % ORDER
    return point + ((r + h * number) % ORDER).to_bytes(32, "little")


# ---- Hashes, the tree, proofs ("Tree, proofs, known answers").


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(entry):
    return sha256(b"\0" + entry)


def node(left, right):
    return sha256(b"\1" + left + right)


def split(size):
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    return node(root(leaves[: split(len(leaves))]), root(leaves[split(len(leaves)) :]))


def inclusion(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion(index, leaves[:k]) + [root(leaves[k:])]
    return inclusion(index - k, leaves[k:]) + [root(leaves[:k])]


def levels(leaves):
    """The roots of all complete subtrees of 256^L leaves, by L."""
    found = [leaves]
    while len(found[-1]) >= 256:
        below = found[-1]
        found.append([root(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)])
    return found


# ---- Texts and notes.


def canonical(value):
    """RFC 8785 for what events may hold: Python's escapes are the same ones, but for U+007F, which it does not escape either."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """A named key: 1 signs logs, 4 is a witness's."""

    def __init__(self, name, seed, kind=1):
        self.name, self.seed, self.kind = name, seed, kind
        self.key = public_key(seed)
        self.id = sha256(name.encode() + b"\n" + bytes([kind]) + self.key)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([kind]) + self.key)}"

    def line(self, text, time=0):
        """The signature line of a note's text."""
        if self.kind == 1:
            return f"— {self.name} {b64(self.id + ed25519(self.seed, text.encode()))}\n"
        signed = ed25519(self.seed, f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"— {self.name} {b64(self.id + time.to_bytes(8, 'big') + signed)}\n"


def checkpoint_text(origin, size, tree_root):
    return f"{origin}\n{size}\n{b64(tree_root)}\n"


def note(text, *keys, time=1767225600):
    return text + "\n" + "".join(key.line(text, time) for key in keys)


ORIGIN = "hone.test/ledger"
LOG = Key(ORIGIN, bytes(range(32)))
NEXT = Key(ORIGIN, bytes(range(64, 96)))
THIRD = Key(ORIGIN, bytes(range(96, 128)))
WITNESS = Key("hone.test/witness", bytes(range(32, 64)), 4)
OTHER_WITNESS = Key("other.test/witness", bytes(range(128, 160)), 4)

BEGIN = datetime.datetime(2026, 1, 5, 9, 30, 0, 123)
ANNOTATOR, REVIEWER, DEVELOPER, ADMIN, AUDITOR = ("p:" + name * 16 for name in "23456")
SYSTEM = "s:hone"
REFS = "application/vnd.hone.refs+json"
ACTOR = {"annotator": ANNOTATOR, "reviewer": REVIEWER, "developer": DEVELOPER, "admin": ADMIN, "auditor": AUDITOR, "system": SYSTEM}


def utc(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt, payload):
    return sha256(b"hone/commit/v1\0" + salt + payload)


class Ledger:
    """A ledger in memory. Events are appended, groups committed; `write` and `publish` make the files."""

    def __init__(self, key=LOG, origin=ORIGIN, open_log=True, **opened):
        self.key, self.origin = key, origin
        self.entries, self.leaves, self.commits, self.anchors = [], [], [], {}
        self.objects, self.payloads = {}, {}
        self.time = BEGIN
        self.signers = [key]
        if open_log:
            self.event("log.open", {"format": "hone-ledger/1", "origin": origin, "project": "0a" * 16, "segregation": "enforced",
                                    "software": {"build": "b1", "name": "hone", "version": "0.1.0"}, "vkey": key.vkey, **opened})

    @property
    def size(self):
        return len(self.entries)

    def event(self, kind, body, role="system", drop=(), actor=None, sign=None, **envelope):
        """Appends an event; `envelope` replaces or adds keys, `drop` leaves some out. Returns its number."""
        self.time += datetime.timedelta(seconds=1)
        event = {"actor": actor or ACTOR.get(role, SYSTEM), "body": body, "kind": kind, "role": role, "seq": self.size, "time": utc(self.time),
                 "token": sha256(f"token {self.size}".encode()).hex()[:32], "v": 1, **envelope}
        for key in drop:
            del event[key]
        if sign:
            acted = canonical({key: value for key, value in event.items() if key not in ("by", "seq", "time", "wall")})
            message = f"hone/act/v1\n{self.origin}\n".encode() + acted
            event["by"] = {"key": public_key(sign).hex(), "sig": ed25519(sign, message).hex()}
        return self.append(canonical(event))

    def append(self, entry):
        self.entries.append(entry)
        self.leaves.append(leaf(entry))
        return self.size - 1

    def replace(self, seq, entry):
        self.entries[seq], self.leaves[seq] = entry, leaf(entry)

    def object(self, content, media="application/json"):
        """An object, and the reference to it."""
        data = content if isinstance(content, bytes) else canonical(content)
        name = sha256(data).hex()
        self.objects[name] = data
        return {"bytes": len(data), "hash": name, "media": media}

    def refs(self, named):
        """An object that lists others, given as references by name, and the reference to it."""
        return self.object({"refs": [{"name": name, "ref": named[name]} for name in sorted(named, key=str.encode)]}, REFS)

    def payload(self, text):
        """A personal payload, and the commitment to it."""
        number = len(self.payloads)
        name, salt = sha256(f"payload {number}".encode()).hex()[:32], sha256(f"salt {number}".encode())
        self.payloads[name] = salt + text.encode()
        return {"commit": commitment(salt, text.encode()).hex(), "payload": name}

    def checkpoint(self, size=None, keys=None):
        size = self.size if size is None else size
        return note(checkpoint_text(self.origin, size, root(self.leaves[:size])), *(keys or self.signers))

    def commit(self, keys=None):
        """A record of `commits` over all that there is."""
        self.commits.append(self.checkpoint(keys=keys))
        return self

    def rotate(self, key, reason="routine", trusted_size=None, signed_with=None):
        """A key.rotate, committed under both keys; from then on the new one signs."""
        message = f"hone/key-rotate/v1\n{self.origin}\n{self.size}\n{key.vkey}\n".encode()
        body = {"reason": reason, "sig": b64(ed25519((signed_with or key).seed, message)), "vkey": key.vkey}
        if trusted_size is not None:
            body["trusted_size"] = trusted_size
        seq = self.event("key.rotate", body)
        self.commit(keys=[self.signers[-1], key])
        self.signers = [key]
        return seq

    def proof(self, index, size=None, keys=None):
        """A tlog-proof of an entry."""
        size = self.size if size is None else size
        path = "".join(b64(hash) + "\n" for hash in inclusion(index, self.leaves[:size]))
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n" + self.checkpoint(size, keys)

    # ---- Files.

    def write(self, folder, published_size=None):
        """A project's ledger folder."""
        folder = pathlib.Path(folder)
        for part in ("segments", "hash", "anchors"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for number in range(0, max(1, -(-self.size // 65536))):
            entries = self.entries[number * 65536 : (number + 1) * 65536]
            framed = [len(entry).to_bytes(2, "big") + entry for entry in entries]
            (folder / "segments" / f"{number:06}").write_bytes(b"".join(framed))
            if len(entries) == 65536:
                offsets = [sum(map(len, framed[:at])) for at in range(0, 65537, 256)]
                (folder / "segments" / f"{number:06}.idx").write_bytes(b"".join(offset.to_bytes(8, "big") for offset in offsets))
        for level, hashes in enumerate(levels(self.leaves)):
            (folder / "hash" / str(level)).write_bytes(b"".join(hashes))
        (folder / "commits").write_text("".join(record + "\n" for record in self.commits), encoding="utf-8")
        (folder / "checkpoint").write_text(self.checkpoint(published_size), encoding="utf-8")
        for name, text in self.anchors.items():
            (folder / "anchors" / name).write_text(text, encoding="utf-8")
        return folder

    def publish(self, folder, checkpoint=None):
        """The standard tree of tiles."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "checkpoint").write_text(checkpoint or self.checkpoint(), encoding="utf-8")
        for level, hashes in enumerate(levels(self.leaves)):
            for number in range(-(-len(hashes) // 256)):
                write_tile(folder / "tile" / str(level), number, hashes[number * 256 : (number + 1) * 256])
        framed = [len(entry).to_bytes(2, "big") + entry for entry in self.entries]
        for number in range(-(-self.size // 256)):
            write_tile(folder / "tile" / "entries", number, framed[number * 256 : (number + 1) * 256])
        return folder

    def write_objects(self, folder):
        for name, data in self.objects.items():
            path = pathlib.Path(folder) / name[:2] / name[2:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return pathlib.Path(folder)

    def write_payloads(self, folder):
        """The payloads opened, as an auditor may be given them."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.payloads.items():
            (folder / name).write_bytes(data)
        return folder


def tile_name(number):
    name = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        name = f"x{number % 1000:03}/{name}"
    return name


def write_tile(folder, number, parts):
    path = folder / (tile_name(number) + ("" if len(parts) == 256 else f".p/{len(parts)}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(parts))


# ---- Stories.


def votes(ledger, count, dataset, **more):
    for number in range(count):
        ledger.event("vote.person", {"dataset": dataset, "example": f"{number:032x}", "ms": {"active": 2140, "total": 2500}, "task": "intent",
                                     "value": ["card_arrival"], **more}, "annotator")


def small(count=20, **options):
    """A dataset and some votes on it."""
    ledger = Ledger(**options)
    dataset = ledger.event("data.import", {"dataset": ledger.object({"rows": 3}), "licence": "CC-BY-4.0", "rows": 3,
                                           "source": {"bytes": 3, "sha256": "00" * 32, "uri": "file:rows.csv"}}, "developer")
    ledger.commit()
    votes(ledger, count, dataset)
    return ledger.commit()


def every_kind(segregation="enforced"):
    """One event of every kind at least, which all keep the rules."""
    ledger = Ledger(segregation=segregation, time_source={"ntp": "synchronised", "offset_ms": 1},
                    continues={"origin": "hone.test/before", "root": "ab" * 32, "size": 12})
    do, thing = ledger.event, ledger.object
    for person, role in ((ANNOTATOR, "annotator"), (REVIEWER, "reviewer"), (DEVELOPER, "developer"), (AUDITOR, "auditor")):
        do("admin.person", {"person": person, "profile": ledger.payload(role)}, "system")
        do("admin.role", {"person": person, "to": role}, "system")
    do("admin.role", {"person": ADMIN, "to": "admin"}, "system")
    do("admin.login", {"outcome": "ok"}, "annotator")
    do("admin.config", {"from": "no", "setting": "outbound", "to": "yes"}, "admin")
    do("admin.denied", {"count": 2, "rule": "role"}, "system")
    do("admin.inventory", {"parts": [{"digest": "00" * 32, "name": "libcrypto", "version": "3.0"}]}, "system")
    do("admin.upgrade", {"from": "0.0.9", "to": "0.1.0"}, "system")
    table = thing({"rows": 3})
    dataset = do("data.import", {"columns": [{"name": "body", "personal": False, "type": "text"}], "dataset": table, "licence": "CC-BY-4.0",
                                 "rejected": {"count": 0, "report": thing({"rejected": 0})}, "rows": 3,
                                 "source": {"bytes": 3, "sha256": "00" * 32, "uri": "https://example.test/rows.csv"}}, "developer")
    taxonomy = do("taxonomy.change", {"because": "first", "operations": [{"op": "add", "to": "card"}], "to": thing({"classes": ["card"]})}, "developer")
    guideline = do("guideline.publish", {"taxonomy": taxonomy, "text": thing(b"Read it twice.", "text/markdown"), "version": "1"}, "reviewer")
    source = do("source.define", {"author": DEVELOPER, "because": "words", "definition": thing({"any": ["card"]}), "name": "card", "type": "lf"}, "developer")
    source = do("source.define", {"definition": thing({"any": ["cards"]}), "name": "card", "supersedes": source, "type": "lf"}, "developer")
    judge = do("source.define", {"definition": thing({"judge": 1}), "judge": {"model": "m", "prompt": thing(b"?", "text/plain"), "seed": 1, "temperature_ppm": 0},
                                 "name": "judge", "type": "judge"}, "developer")
    do("source.gate", {"blind": True, "results": [{"n": 50, "tpr_ppm": 900000}], "decision": "admit", "sample": thing({"sample": 1}), "source": judge}, "developer")
    matrix = thing({"matrix": 1})
    run = do("stage.run", {"inputs": [{"name": "dataset", "ref": table}], "key": "00" * 32, "outcome": "ok", "outputs": [{"name": "matrix", "ref": matrix}], "seed": 1,
                           "stage": "vote"}, "system")
    do("vote.batch", {"abstained": 1, "dataset": dataset, "matrix": matrix, "rows": 3, "run": run, "sources": [source], "votes": 2}, "system")
    do("run.name", {"name": "before", "objects": thing({"kept": 1}), "run": run}, "developer")
    do("vote.judge", {"calls": thing({"calls": 3}), "dataset": dataset, "matrix": matrix, "source": judge, "votes": 3}, "system")
    plan = do("queue.plan", {"frame": thing({"frame": 1}), "seed": ledger.payload("seed"), "strata": [{"name": "random", "planned": 10, "size": 100}]}, "system")
    shown = {"fields": ["body"], "guideline": guideline, "order": "as it is", "taxonomy": taxonomy,
             "suggestion": {"before": False, "class": "card", "confidence_ppm": 700000, "policy": "after", "source": source}}
    example = "00112233445566778899aabbccddeeff"
    vote = do("vote.person", {"confidence_ppm": 900000, "dataset": dataset, "example": example, "ms": {"active": 2140, "total": 2500},
                              "queue": {"inclusion_ppb": 1000, "lane": "random", "of": 10, "plan": plan, "rank": 1, "stratum": "random"},
                              "reason": {"code": "wording", "text": ledger.payload("Größe\t≥ 1 \"x\" \\ €")}, "shown": shown, "task": "intent", "value": ["card"]},
              "annotator", sign=bytes(32))
    vote = do("vote.person", {"because": "misread", "dataset": dataset, "example": example, "supersedes": vote, "task": "intent", "value": ["other"]}, "annotator")
    cluster = do("vote.person", {"dataset": dataset, "examples": sorted([example, "11" * 16]), "task": "intent", "value": ["card"]}, "developer")
    settled = do("adjudication", {"blind": False, "confidence_ppm": 990000, "dataset": dataset, "example": example, "inputs": [vote, cluster],
                                  "reason": {"code": "rule", "text": ledger.payload("rule 3")}, "value": ["card"]}, "reviewer")
    gold = do("gold.commit", {"approver": REVIEWER, "changed": 1, "counts": {"card": 1}, "from": [vote, settled], "rule": "adjudicated", "sealed": False,
                              "table": thing({"gold": 1}), "version": "1"}, "developer")
    do("gold.commit", {"approver": REVIEWER, "parent": gold, "table": thing({"gold": 2}), "version": "2"}, "developer")
    pins = {"code": "b1", "dataset": dataset, "gold": gold, "taxonomy": taxonomy}
    release = do("release", {"approver": ADMIN, "because": "first", "name": "intents", "pins": pins, "roots": [table, matrix], "version": "1.0.0", "what": "labels"}, "developer")
    do("release", {"approver": ADMIN, "name": "intents", "pins": pins, "previous": release, "roots": [table], "version": "1.1.0", "what": "labels"}, "developer")
    do("read.export", {"file": "00" * 32, "format": "csv", "guarded": True, "purpose": "training", "recipient": ledger.payload("bank"), "rows": 3, "what": table}, "developer")
    do("read.sealed", {"gold": gold, "purpose": "audit"}, "auditor")
    do("read.view", {"count": 3, "dataset": dataset, "examples": thing({"seen": 3})}, "annotator")
    do("admin.backup", {"place": "tape", "root": root(ledger.leaves).hex(), "size": ledger.size}, "system")
    do("admin.restore", {"root": root(ledger.leaves).hex(), "size": ledger.size}, "system")
    do("admin.recovery", {"bytes": 12, "sha256": "00" * 32}, "system")
    ledger.time -= datetime.timedelta(hours=1)
    do("admin.clock", {"boot": "b", "from": "later", "to": "earlier"}, "system")
    do("read.view", {"count": 3, "dataset": dataset}, "annotator", wall=utc(ledger.time + datetime.timedelta(milliseconds=500)))
    ledger.commit()
    anchored = ledger.checkpoint()
    ledger.anchors["witness-1"] = anchored + WITNESS.line(anchored.partition("\n\n")[0] + "\n", 1767225600)
    do("anchor", {"place": "witness", "receipt": thing(anchored.encode(), "text/plain"), "root": root(ledger.leaves).hex(), "size": ledger.size}, "system")
    erase(ledger, [ledger.payload("forget me")], [thing({"old": "table"})], named=True)
    ledger.rotate(NEXT)
    do("key.revoke", {"trusted_size": 3, "vkey": WITNESS.vkey}, "system")
    return ledger.commit()


def listing(named=None):
    """A run whose outputs stand in a list of objects, and nowhere else. Returns the ledger and the reference to the list."""
    ledger = small(3)
    named = named or {name: ledger.object({"source": name}) for name in ("source/b", "source/a", "source/a\n", "source/é", 'source/"')}
    listed = ledger.refs(named)
    ledger.event("stage.run", {"outputs": [{"name": "sources", "ref": listed}], "seed": 1, "stage": "vote"}, "system")
    return ledger.commit(), listed


def erase(ledger, commits, objects, named=False, approver=DEVELOPER, done=True):
    """An order to erase what the ledger names, and its being done: the payloads and objects go."""
    if named:
        for number, ref in enumerate(objects):
            ledger.event("stage.run", {"outputs": [{"name": "derived", "ref": ref}], "seed": number, "stage": "label"}, "system")
        for commit in commits:
            ledger.event("admin.person", {"person": "p:" + "7" * 16, "profile": commit}, "system")
    body = {"approver": approver, "commits": commits, "ground": "request", "objects": [{"new": ledger.object({"new": number}), "old": ref} for number, ref in enumerate(objects)],
            "requested_by": ledger.payload("who asked")}
    order = ledger.event("erase.order", body, "admin")
    if done:
        ledger.event("erase.done", {"counts": {"objects": len(objects)}, "method": "secure_delete", "order": order}, "system")
        for ref in objects:
            del ledger.objects[ref["hash"]]
        for commit in commits:
            del ledger.payloads[commit["payload"]]
    return order


def write_project(ledger, folder):
    folder = pathlib.Path(folder)
    ledger.write(folder / ".hone" / "ledger")
    ledger.write_objects(folder / ".hone" / "objects")
    return folder


def write_bundle(ledger, folder, policy):
    """An evidence bundle: the published tree, a policy, and a manifest of all files."""
    folder = pathlib.Path(folder)
    ledger.publish(folder / "ledger")
    (folder / "policy").write_text(policy, encoding="utf-8")
    (folder / "README.txt").write_text("sha256sum -c MANIFEST.sha256\n", encoding="utf-8")
    write_manifest(folder)
    return folder


def write_manifest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "MANIFEST.sha256")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    write_project(every_kind(), sys.argv[1])
    print(LOG.vkey)
