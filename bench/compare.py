"""`hone compare` on two files of a million predictions with fifty slices, in three formats; beside pandas. And on 220 items what it says beside
the test that lm-evaluation-harness offers, which takes the two runs for runs on different items."""

import csv
import math
import random
import subprocess
import sys

from harness import ROOT, SEED, Folder, check, hone, hone_json, megabytes, peer, spread, table, verdict

ITEMS, SLICES, CLUSTER_ITEMS, REPEATS = 1_000_000, 50, 4, 5
CLASSES = ["card", "loan", "fraud", "account", "other"]
RIGHT = {"a": 0.84, "b": 0.83}
BOUND_SECONDS = 3.0


def rows():
    """(id, known answer, slice, cluster, what A and B say), the same every time. Items of one cluster are more or less hard together."""
    dice = random.Random(SEED)
    for item in range(ITEMS):
        if item % CLUSTER_ITEMS == 0:
            hard = dice.uniform(-0.12, 0.12)
        gold = dice.choice(CLASSES)
        draw = dice.random()  # Shared: A and B are wrong on much the same items.
        said = [gold if (draw if dice.random() < 0.8 else dice.random()) < right - hard else dice.choice(CLASSES) for right in RIGHT.values()]
        yield f"item-{item:07}", gold, f"s{dice.randrange(SLICES):02}", f"d{item // CLUSTER_ITEMS}", *said


def write_files(folder):
    """A and B as CSV, JSONL and, where pyarrow is, Parquet; the known answers, slices and clusters as CSV."""
    paths = {kind: [folder / f"{side}.{kind}" for side in RIGHT] for kind in ("csv", "jsonl", "parquet")}
    with open(folder / "gold.csv", "w", newline="") as gold, open(paths["csv"][0], "w") as a, open(paths["csv"][1], "w") as b, open(paths["jsonl"][0], "w") as aj, open(paths["jsonl"][1], "w") as bj:
        out = csv.writer(gold)
        out.writerow(["id", "gold", "part", "document"])
        for file in (a, b):
            file.write("id,prediction,score\n")
        for item, known, part, document, *said in rows():
            out.writerow([item, known, part, document])
            for file, lines, answer in ((a, aj, said[0]), (b, bj, said[1])):
                file.write(f"{item},{answer},0.5\n")
                lines.write(f'{{"id": "{item}", "prediction": "{answer}", "score": 0.5}}\n')
    script = "import sys, pyarrow.csv as c, pyarrow.parquet as p; [p.write_table(c.read_csv(f), f[:-3] + 'parquet') for f in sys.argv[1:]]"
    subprocess.run([ROOT / ".deps" / "bin" / "python3", "-c", script, *paths["csv"]], check=True)
    return paths


def compare(a, b, folder, *more):
    return hone("compare", a, b, "--gold", folder / "gold.csv", "--slice", "part", "--threads", "2", "--json", *more)


def speed(folder):
    paths = write_files(folder)
    asked = {(kind, clusters): [] for kind in paths for clusters in (False, True)}
    theirs = []
    for _ in range(REPEATS):
        for kind, clusters in asked:
            asked[kind, clusters].append(compare(*paths[kind], folder, *(["--cluster", "document"] if clusters else [])))
        theirs.append(peer("compare_predictions.py", *paths["csv"], folder / "gold.csv"))
    first = asked["csv", False][0].json()
    check(first["n"] == ITEMS and len(first["slices"]) == SLICES, "not all items or slices were compared")
    peers = theirs[0].json()
    check(peers["discordant"] == [first["discordant"]["only_a"], first["discordant"]["only_b"]], "pandas counts other discordant items")
    lines = []
    for (kind, clusters), runs in asked.items():
        result = runs[0].json()
        check(all(run.json() == result for run in runs), f"{kind}: results differ from run to run")
        check(result["difference"] == first["difference"], f"{kind}: the formats say different things")
        seconds = [run.seconds for run in runs]
        lines.append(["hone compare", kind, "documents of 4" if clusters else "items", spread(seconds), megabytes(max(run.peak("hone") for run in runs)), result["text"], verdict(sorted(seconds)[len(seconds) // 2], BOUND_SECONDS)])
    lines.append(["pandas " + peers["version"], "csv", "items, no intervals", spread([run.seconds for run in theirs]), megabytes(max(max(run.peaks.values()) for run in theirs)), "", ""])
    return table(["system", "files", "unit", "seconds, whole process", "peak memory", "says", "bound"], lines)


def normal_p(z):
    return math.erfc(abs(z) / math.sqrt(2))


def known_example():
    """220 items: both right on 108, A alone on 32, B alone on 14."""
    folder = ROOT / "examples" / "comparison"
    result = hone_json("compare", folder / "a.jsonl", folder / "b.csv", "--gold", folder / "gold.csv")
    n, rates = result["n"], [result[side]["value"] for side in "ab"]
    # As lm-eval has it: standard error of each mean with n - 1, the two added as if they were independent.
    z = (rates[0] - rates[1]) / math.sqrt(sum(rate * (1 - rate) / (n - 1) for rate in rates))
    check(round(normal_p(z), 3) == 0.080 and round(result["p_value"], 3) == 0.008, f"p {normal_p(z)} and {result['p_value']}")
    lines = [["lm-eval's z of two means, unpaired", f"{z:.2f}", f"{normal_p(z):.3f}", "none"], ["hone compare, paired", "", f"{result['p_value']:.3f}", result["text"]]]
    return table(["test", "z", "p", "says"], lines)


def run():
    with Folder() as place:
        return f"{speed(place.path)}\n\n{ITEMS:,} predictions a file, {SLICES} slices, {REPEATS} repeats in turns, median (least to most).\n\n{known_example()}"


if __name__ == "__main__":
    print(known_example() if "--example" in sys.argv else run())
