"""100 keyword LFs and 100 regex LFs over 130,000 short texts on one core, beside snorkel's LFApplier and PandasLFApplier with the same LFs."""

import csv
import json
import statistics

from harness import BIN, DATA, ROOT, Folder, banking77_texts, check, current_records, data, hone, peer, spread, table, timed, verdict
from lfs import hone_sources

TIMES, REPEATS = 10, 5
CORE = "0"
CLASSES = ["a", "b"]


def write_texts(path, texts):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text"])
        writer.writerows([text] for text in texts)


def make_project(place, name, texts):
    project = place.project(
        name,
        {"data": {"files": "texts.csv", "text": "text"}, "task": {"classes": CLASSES}, "sources": hone_sources(CLASSES), "label_model": "majority"},
    )
    write_texts(project / "texts.csv", texts)
    return project


def vote_stage(project):
    """Seconds of the vote stage alone: the import is fresh, no vote is known."""
    (project / ".hone" / "current.json").unlink(missing_ok=True)
    for record in (project / ".hone" / "runs").glob("*.json"):
        if json.loads(record.read_text())["stage"] == "vote":
            record.unlink()
    stages = hone("run", "--project", project, "--until", "vote", "--threads", 1, "--json", cores=CORE).json()["stages"]
    states = {stage["name"]: stage["state"] for stage in stages}
    check(states == {"import": "fresh", "vote": "ran"}, f"expected a fresh import and a vote stage that runs, found {states}")
    check(current_records(project)["vote"]["counts"]["asked"] == 200, "not all 200 sources were asked")
    return next(stage["seconds"] for stage in stages if stage["name"] == "vote")


def engine():
    """Rows/s of the engine alone, on batches in memory; and the number of votes."""
    options = ["--benchmark_filter=^evaluate/100/100$", "--benchmark_format=json"]
    run = timed(BIN / "condition_engine_bench", *options, cores=CORE, environment={"HONE_TEST_DATA": str(DATA)})
    found = run.json()["benchmarks"][0]
    return found["items_per_second"], int(found["votes"])


def votes_of(project):
    """The rows each LF voted on, read from the objects by the Python that has pyarrow."""
    records = current_records(project)["vote"]["outputs"]
    paths = {output["name"]: output["ref"]["hash"] for output in records if output["name"].startswith("source/")}
    files = [str(project / ".hone" / "objects" / paths[f"source/lf{number}"][:2] / paths[f"source/lf{number}"][2:]) for number in range(200)]
    script = "import json, sys, pyarrow.parquet as p; json.dump([p.read_table(f, columns=['example'])[0].to_pylist() for f in sys.argv[1:]], sys.stdout)"
    return json.loads(timed(ROOT / ".deps" / "bin" / "python3", "-c", script, *files).stdout)


def agreement(place, texts):
    """Every vote on the texts once, of Hone and of Python's `re`: how many, and where they differ."""
    project = make_project(place, "once", texts)
    hone("run", "--project", project, "--until", "vote")
    ours = votes_of(project)
    place.path.joinpath("texts.json").write_text(json.dumps(texts))
    theirs = peer("snorkel_apply.py", place.path / "texts.json", "votes").json()
    differing = {number: set(ours[number]) ^ set(theirs[number]) for number in range(200) if ours[number] != theirs[number]}
    return sum(map(len, ours)), differing


def run():
    if not (BIN / "condition_engine_bench").exists():
        check(False, f"{BIN}/condition_engine_bench is missing; configure with -DHONE_BUILD_BENCHMARKS=ON and build it")
    data("banking77")
    texts = banking77_texts()
    with Folder() as place:
        votes, differing = agreement(place, texts)
        count = sum(map(len, differing.values()))
        check(count <= votes / 1000, f"{count} of {votes} votes differ: {differing}")
        project = make_project(place, "ten_times", texts * TIMES)
        hone("run", "--project", project, "--until", "import")
        engines, stages, appliers = [], [], {"LFApplier": [], "PandasLFApplier": []}
        for _ in range(REPEATS):
            engines.append(engine())
            stages.append(len(texts) * TIMES / vote_stage(project))
            for name in appliers:
                appliers[name].append(peer("snorkel_apply.py", place.path / "texts.json", name, cores=CORE).json()["rows_per_second"])
    check(abs(engines[0][1] - TIMES * votes) <= TIMES * max(1, count), f"the engine's benchmark has {engines[0][1]} votes, not {TIMES * votes}")
    return report(len(texts), votes, differing, [rate for rate, _ in engines], stages, appliers)


def report(rows, votes, differing, engines, stages, appliers):
    fastest = max(statistics.median(rates) for rates in appliers.values())
    named = {f"hone, the engine on {TIMES * rows:,} texts in memory": engines, f"hone run, the vote stage on {TIMES * rows:,} rows": stages} | {
        f"snorkel {name} on {rows:,} texts": rates for name, rates in appliers.items()
    }
    lines = [[name, spread(rates, 0), f"{statistics.median(rates) / fastest:,.1f}"] for name, rates in named.items()]
    ratio = statistics.median(engines) / fastest
    where = "; ".join(f"lf{number}: rows {sorted(rows_of)[:5]}" for number, rows_of in differing.items()) or "nowhere"
    return table(["system", "rows/s on one core", "times the faster applier"], lines) + (
        f"\n\nEngine, times the faster applier {verdict(ratio, 100, at_most=False)}; vote stage, which also reads Parquet and writes 200 objects, "
        f"{verdict(statistics.median(stages) / fastest, 100, at_most=False)}. {REPEATS} repeats in turns, median (least to most). "
        f"{votes:,} votes on the texts once; Hone and Python differ on {sum(map(len, differing.values()))} ({where})."
    )
