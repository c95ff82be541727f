"""`hone lf -` with a draft and `hone lf NAME` on 100,000 rows of some twenty words, beside 100 labeling functions: whole processes."""

import random
import resource
import statistics

from harness import SEED, Folder, banking77_texts, check, hone, spread, table, verdict
from lfs import hone_sources

ROWS, REPEATS = 100_000, 20
CLASSES = ["a", "b", "c"]
DRAFT = "{vote: a, any: [refund, stolen, beneficiary]}"
WORDS = ("refund", "stolen", "beneficiary")


def write_rows(file):
    """Texts of words of Banking77, in any order; returns how many hold a word of the draft."""
    words = [word for text in banking77_texts() for word in text.split() if word.isalpha()]
    draw = random.Random(SEED)
    hit = 0
    with open(file, "w", encoding="utf-8") as out:
        out.write("id,text,label\n")
        for row in range(ROWS):
            text = draw.choices(words, k=20)
            hit += any(word.lower() in WORDS for word in text)
            out.write(f"{row},{' '.join(text)},{draw.choice(CLASSES)}\n")
    return hit


def yaml(rows):
    return {"data": {"files": str(rows), "id": "id", "text": "text"}, "task": {"classes": CLASSES}, "gold": {"field": "label"},
            "sources": hone_sources(CLASSES)[:100]}


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(project, name, votes, stdin=None):
    """Wall clock and CPU time of each run; the result is checked."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        before = cpu_seconds()
        with open(stdin or "/dev/null", encoding="utf-8") as draft:
            run = hone("lf", name, "--project", project, "--json", stdin=draft)
        cpus.append(cpu_seconds() - before)
        walls.append(run.seconds)
        trial = run.json()
        check(trial["rows"] == ROWS and len(trial["hits"]) == 10, f"{name}: {trial['rows']} rows, {len(trial['hits'])} hits")
        check(votes is None or trial["votes"] == votes, f"{name}: {trial['votes']} votes, expected {votes}")
    return walls, cpus


def run():
    with Folder() as place:
        votes = write_rows(place.path / "rows.csv")
        draft = place.path / "draft.yaml"
        draft.write_text(DRAFT)
        project = place.project("trial", yaml(place.path / "rows.csv"))
        hone("run", "--project", project, "--until", "vote")
        rows = []
        medians = []
        for what, (walls, cpus) in {"a draft": measure(project, "-", votes, draft), "a source by name": measure(project, "lf0", None)}.items():
            rows.append([what, spread(walls, 3), spread(cpus, 3)])
            medians.append(statistics.median(walls))
    note = f"{REPEATS} repeats; seconds {verdict(max(medians), 0.5)}."
    return table(["what", "seconds, whole process", "CPU seconds"], rows) + "\n\n" + note
