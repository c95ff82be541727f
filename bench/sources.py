"""`hone lf -` with drafts of sources that are more than words, on 100,000 rows of twenty words: what each costs beside a word."""

import statistics

import harness
from harness import Folder, check, hone, spread, table
from lf_trial import CLASSES, ROWS, cpu_seconds, write_rows

REPEATS = 5
PYTHON = harness.ROOT / ".deps" / "bin" / "python3"
MINE = '''
from hone_lf import labeling_function, run

@labeling_function(fields=["text"])
def by_row(row):
    return "a" if "refund" in row["text"].split() else None

@labeling_function(batch=True)
def by_batch(columns):
    return ["a" if "refund" in text.split() else None for text in columns["text"]]

run()
'''
LIKE = '["my card payment was reverted", "where is my refund", "I want my money back please"]'
DRAFTS = {
    "a word": "{vote: a, any: [refund]}",
    "Python, a row at a time": f"{{process: ['{PYTHON}', mine.py], function: by_row, name: draft}}",
    "Python, a batch at a time": f"{{process: ['{PYTHON}', mine.py], function: by_batch, name: draft}}",
    "like three texts, at least 0.2": f"{{like: {{texts: {LIKE}}}, vote: a, at_least: 0.2, name: draft}}",
    "like three texts, the nearest 500": f"{{like: {{texts: {LIKE}}}, vote: a, nearest: 500, name: draft}}",
}


def yaml(rows):
    return {"data": {"files": str(rows), "id": "id", "text": "text"}, "task": {"classes": CLASSES}, "gold": {"field": "label"},
            "sources": [{"lf": "word", "vote": "b", "any": ["card"]}], "model": "none"}


def measure(project, draft):
    walls, cpus, votes = [], [], set()
    for _ in range(REPEATS):
        before = cpu_seconds()
        with open(draft, encoding="utf-8") as text:
            run = hone("lf", "-", "--project", project, "--json", stdin=text)
        cpus.append(cpu_seconds() - before)
        walls.append(run.seconds)
        trial = run.json()
        check(trial["failures"]["count"] == 0, f"{draft}: {trial['failures']}")
        votes.add(trial["votes"])
    check(len(votes) == 1, f"{draft}: {votes} votes")
    return walls, cpus, votes.pop()


def run():
    if not PYTHON.exists():
        raise harness.Skipped(f"{PYTHON}, which has pyarrow, is missing")
    with Folder() as place:
        write_rows(place.path / "rows.csv")
        project = place.project("sources", yaml(place.path / "rows.csv"))
        (project / "mine.py").write_text(MINE)
        hone("run", "--project", project, "--until", "vote")
        rows = []
        found = {}
        for what, text in DRAFTS.items():
            draft = place.path / "draft.yaml"
            draft.write_text(text)
            walls, cpus, found[what] = measure(project, draft)
            rows.append([what, f"{found[what]:,}", spread(walls, 2), spread(cpus, 2), f"{ROWS / statistics.median(walls):,.0f}"])
        check(found["Python, a row at a time"] == found["Python, a batch at a time"], f"{found}")
    return table(["source", "votes", "seconds, whole process", "CPU seconds", "rows a second"], rows) + f"\n\n{REPEATS} repeats, {ROWS:,} rows."
