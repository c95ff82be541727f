"""Slices on which a system fails, planted in real texts: how often they are found, how often anything is in noise, seconds."""

import csv
import json
import random

from harness import BIN, SEED, Folder, Skipped, check, data, table, timed

csv.field_size_limit(1 << 24)

SIMULATOR = BIN / "slice_discovery_sim"
SETS, ROWS = 200, 4000


def made_up(dice):
    """Fields beside texts that have none: three values, twenty of very different sizes, and one that is mostly missing."""
    return {"channel": dice.choices(["app", "chat", "phone"], [6, 3, 1])[0],
            "product": f"p{min(int(dice.paretovariate(0.8)), 20)}",
            "branch": dice.choice(["north", "south"]) if dice.random() < 0.1 else None}


def banking77():
    dice = random.Random(SEED)
    for name in ("train.csv", "test.csv"):
        with open(data("banking77") / name, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield {"text": row["text"], "fields": made_up(dice), "topic": row["category"]}


def agnews():
    dice = random.Random(SEED)
    for line in (data("votes") / "lf" / "agnews" / "texts.jsonl").read_text(encoding="utf-8").splitlines():
        yield {"text": json.loads(line)["text"], "fields": made_up(dice)}


def complaints():
    """With their own fields; three of four have no text."""
    fields = ("Product", "Issue", "Company", "State", "Submitted via", "Tags")
    with open(data("cfpb_complaints") / "complaints_sample.csv", newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield {"text": row["Consumer complaint narrative"] or None, "fields": {field: row[field] or None for field in fields}}


def topics():
    """Made up: twenty topics of thirty words each, of which five stand in a text beside five words of all, so that no word is in more than a fifth of a topic's texts."""
    dice = random.Random(SEED)
    for _ in range(12_000):
        topic = dice.randrange(20)
        words = [f"topic{topic}w{dice.randrange(30)}" for _ in range(5)] + [f"common{dice.randrange(100)}" for _ in range(5)]
        dice.shuffle(words)
        yield {"text": " ".join(words), "fields": made_up(dice), "topic": f"topic {topic}"}


POOLS = {"banking77": banking77, "agnews": agnews, "complaints": complaints, "topics": topics}
# Those whose words, values and pairs are planted.
REAL = ("banking77", "agnews", "complaints")


def write_pools(folder):
    files = {}
    for name, rows in POOLS.items():
        files[name] = folder / f"{name}.jsonl"
        files[name].write_text("".join(json.dumps(row) + "\n" for row in rows()), encoding="utf-8")
    return files


def simulate(file, **settings):
    words = [f"{name}={value}" for name, value in {"sets": SETS, "rows": ROWS, "seed": SEED, **settings}.items()]
    return timed(SIMULATOR, file, *words).json()


def planted(files):
    """The share of sets in which the planted slice is found, by what defines it."""
    rows = []
    for name in REAL:
        file = files[name]
        for kind in ("term", "value", "pair"):
            cells = [name, kind]
            for share, rate in ((0.05, 0.4), (0.05, 0.25), (0.025, 0.4), (0.1, 0.2)):
                done = simulate(file, kind=kind, share=share, rate=rate)
                if share == 0.05 and rate == 0.4:
                    check(done["sets"] == 0 or done["found"] >= 0.8 * done["sets"], f"{name}, {kind}: found in {done['found']} of {done['sets']}")
                cells.append(f"{done['found']} of {done['sets']}" if done["sets"] else "no such slice")
            rows.append(cells)
    return table(["texts", "defined by", "5 %: 40 against 10 %", "5 %: 25 against 10 %", "2.5 %: 40 against 10 %", "10 %: 20 against 10 %"], rows)


def clusters(files):
    """The share of sets in which the texts of a topic are found, to which no term and no value comes near."""
    rows = []
    for name, settings in (("topics", {}), ("banking77", {"rows": 10_000})):
        cells = [name]
        for rate in (0.4, 0.25):
            done = simulate(files[name], kind="topic", share=0.05, rate=rate, **settings)
            if name == "topics" and rate == 0.4:
                check(done["found"] >= 0.8 * done["sets"], f"{name}: found in {done['found']} of {done['sets']}")
            cells.append(f"{done['found']} of {done['sets']}")
        rows.append(cells)
    return table(["texts of one topic", "40 against 10 %", "25 against 10 %"], rows)


def noise(files):
    rows = []
    for name, file in files.items():
        alone, together = simulate(file, share=0), simulate(file, share=0, cluster=5)
        for done in (alone, together):
            check(done["with_findings"] <= 0.05 * SETS, f"{name}: findings in noise in {done['with_findings']} of {SETS}")
        rows.append([name, alone["with_findings"], alone["with_small"], together["with_findings"], together["with_small"], f"{alone['candidates']:,.0f}", f"{alone['tested']:.0f}"])
    return table(["texts", "any finding, of 200", "any small one", "rows in fives: any finding", "any small one", "candidates", "tested"], rows)


def speed(files):
    rows = []
    for name, file in files.items():
        done = simulate(file, rows=100_000, sets=1, kind={"complaints": "value", "topics": "topic"}.get(name, "term"))
        check(done["slowest"] < 30, f"{name}: {done['slowest']:.1f} s")
        rows.append([name, f"{done['slowest']:.1f} s", f"{done['candidates']:,.0f}"])
    return table(["100,000 rows of", "seconds, one thread", "candidates"], rows)


def run():
    if not SIMULATOR.exists():
        raise Skipped(f"{SIMULATOR.name} is missing: ninja -C build/release slice_discovery_sim")
    with Folder() as folder:
        files = write_pools(folder.path)
        return "\n\n".join([planted(files), clusters(files), noise(files), speed(files)])
