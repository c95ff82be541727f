"""A dictionary of 100,000 terms over 60 MB of text on one core, exact and with one edit forgiven: the search alone, and the whole vote stage."""

import csv
import json
import pathlib
import random
import statistics

from harness import BIN, DATA, SEED, Folder, check, current_records, data, hone, megabytes, spread, table, timed, verdict

csv.field_size_limit(1 << 24)

TERMS, TEXT_BYTES, REPEATS, BOUND = 100_000, 60_000_000, 3, 50
CORE = "0"
LETTERS = "aeiourstlnmcdpbghkvw"


def narratives():
    with open(data("cfpb_complaints") / "complaints_sample.csv", newline="", encoding="utf-8-sig") as file:
        return [row["Consumer complaint narrative"] for row in csv.DictReader(file) if row["Consumer complaint narrative"]]


def terms(texts):
    """Half are names that no text holds, half phrases of two to four words of the texts, of which a third stand there."""
    dice = random.Random(SEED)
    words = [word for text in texts for word in text.lower().split() if word.isalpha()]
    made = {}
    while len(made) < TERMS // 2:
        made["".join(dice.choices(LETTERS, k=dice.randint(5, 12)))] = None
    while len(made) < TERMS:
        count, begin = dice.randint(2, 4), dice.randrange(len(words) - 4)
        made[" ".join(words[begin : begin + count] if dice.random() < 1 / 3 else dice.choices(words, k=count))] = None
    return list(made)


def write(path, head, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def make_project(place, texts, listed, fuzzy):
    source = {"dictionary": "terms.csv", "name": "terms", "fuzzy": fuzzy}
    yaml = {"data": {"files": "texts.csv", "text": "text"}, "task": {"classes": ["a", "b"]}, "sources": [source], "label_model": "majority"}
    project = place.project(f"fuzzy{fuzzy}", yaml)
    write(project / "terms.csv", ["term", "class"], [(term, "ab"[number % 2]) for number, term in enumerate(listed)])
    write(project / "texts.csv", ["text"], [[text] for text in texts])
    return project


def votes(project):
    """The vote stage alone, on a fresh import: seconds by the clock, and rows that were voted on."""
    for record in pathlib.Path(project / ".hone" / "runs").glob("*.json"):
        if json.loads(record.read_text())["stage"] == "vote":
            record.unlink()
    stages = hone("run", "--project", project, "--until", "vote", "--threads", 1, "--json", cores=CORE).json()["stages"]
    check({stage["name"]: stage["state"] for stage in stages} == {"import": "fresh", "vote": "ran"}, f"expected a fresh import and a vote stage, found {stages}")
    return next(stage["seconds"] for stage in stages if stage["name"] == "vote")


def search(fuzzy):
    """MB of text a second of CPU time, the search alone, on texts in memory; and the number of matches."""
    options = [f"--benchmark_filter=^find_terms/{fuzzy}$", "--benchmark_format=json", f"--benchmark_repetitions={REPEATS}"]
    run = timed(BIN / "dictionary_bench", *options, cores=CORE, environment={"HONE_TEST_DATA": str(DATA)})
    found = [one for one in run.json()["benchmarks"] if one["run_type"] == "iteration"]
    return [one["bytes_per_second"] / 1e6 for one in found], int(found[0]["matches"])


def run():
    real = narratives()
    texts, size = [], 0
    while size < TEXT_BYTES:
        texts.append(real[len(texts) % len(real)])
        size += len(texts[-1].encode())
    listed = terms(real)
    rows, exact = [], 0
    with Folder() as place:
        for fuzzy, what in ((0, "exact"), (1, "one edit forgiven")):
            rates, matches = search(fuzzy)
            project = make_project(place, texts, listed, fuzzy)
            hone("run", "--project", project, "--until", "vote", "--threads", 1)
            check(current_records(project)["vote"]["counts"]["asked"] == 1, "the dictionary was not asked")
            seconds = [votes(project) for _ in range(REPEATS)]
            peak = hone("run", "--project", project, "--until", "vote", "--threads", 1).peak("hone")
            rows.append([what, f"{spread(rates, 1)} MB/s", matches, f"{spread(seconds)} s", f"{size / statistics.median(seconds) / 1e6:.0f} MB/s", megabytes(peak)])
            exact = exact or statistics.median(rates)
    head = ["dictionary", "search alone", "matches in the texts once", "vote stage, 60 MB", "of text", "peak memory"]
    return table(head, rows) + f"\n\nMB/s of text on one core, exact: {verdict(exact, BOUND, at_most=False)}"
