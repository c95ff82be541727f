"""100 keyword LFs and 100 regex LFs over 130,000 short texts on one core, beside snorkel's LFApplier and PandasLFApplier with the same LFs."""

import csv
import json
import resource
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
    """The vote stage alone, on a fresh import and without known votes: seconds of the stage by the clock, and CPU seconds of the whole process."""
    (project / ".hone" / "current.json").unlink(missing_ok=True)
    for record in (project / ".hone" / "runs").glob("*.json"):
        if json.loads(record.read_text())["stage"] == "vote":
            record.unlink()
    before = cpu_seconds()
    stages = hone("run", "--project", project, "--until", "vote", "--threads", 1, "--json", cores=CORE).json()["stages"]
    cpu = cpu_seconds() - before
    states = {stage["name"]: stage["state"] for stage in stages}
    check(states == {"import": "fresh", "vote": "ran"}, f"expected a fresh import and a vote stage that runs, found {states}")
    check(current_records(project)["vote"]["counts"]["asked"] == 200, "not all 200 sources were asked")
    return next(stage["seconds"] for stage in stages if stage["name"] == "vote"), cpu


def cpu_seconds():
    """What finished child processes have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def engine():
    """Rows per second of CPU time of the engine alone, on a batch in memory; and the number of votes."""
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


def differing(ours, theirs):
    """(LF, row) pairs on which one side votes alone."""
    return [(number, row) for number in range(200) for row in sorted(set(ours[number]) ^ set(theirs[number]))]


def agreement(place, texts):
    """Every vote on the texts once, of Hone and of Python's `re`: how many there are, and how many differ by what \\b makes of an apostrophe."""
    project = make_project(place, "once", texts)
    hone("run", "--project", project, "--until", "vote")
    ours = votes_of(project)
    file = place.path / "texts.json"
    file.write_text(json.dumps(texts))
    wrong = differing(ours, peer("snorkel_apply.py", file, "exact-votes").json())
    check(not wrong, f"{len(wrong)} votes differ from Python's, among them (LF, row) {wrong[:10]}")
    return sum(map(len, ours)), len(differing(ours, peer("snorkel_apply.py", file, "votes").json()))


def run():
    if not (BIN / "condition_engine_bench").exists():
        check(False, f"{BIN}/condition_engine_bench is missing; configure with -DHONE_BUILD_BENCHMARKS=ON and build it")
    data("banking77")
    texts = banking77_texts()
    with Folder() as place:
        votes, apostrophes = agreement(place, texts)
        project = make_project(place, "ten_times", texts * TIMES)
        hone("run", "--project", project, "--until", "import")
        engines, stages, appliers = [], [], {"LFApplier": [], "PandasLFApplier": []}
        for _ in range(REPEATS):
            engines.append(engine())
            stages.append(vote_stage(project))
            for name in appliers:
                appliers[name].append(peer("snorkel_apply.py", place.path / "texts.json", name, cores=CORE).json()["rows_per_second"])
    check(engines[0][1] == TIMES * votes, f"the engine's benchmark has {engines[0][1]} votes, not {TIMES * votes}")
    return report(len(texts), votes, apostrophes, [rate for rate, _ in engines], stages, appliers)


def report(rows, votes, apostrophes, engines, stages, appliers):
    fastest = max(statistics.median(rates) for rates in appliers.values())
    count = TIMES * rows
    named = {
        f"hone, the engine on {count:,} texts in memory": engines,
        f"hone run, all of the process with a fresh import, on {count:,} rows": [count / cpu for _, cpu in stages],
    } | {f"snorkel {name} on {rows:,} texts": rates for name, rates in appliers.items()}
    lines = [[name, spread(rates, 0), f"{statistics.median(rates) / fastest:,.1f}"] for name, rates in named.items()]
    ratio = statistics.median(engines) / fastest
    whole = statistics.median(count / cpu for _, cpu in stages) / fastest
    return table(["system", "rows/s on one core, CPU time", "times the faster applier"], lines) + (
        f"\n\nTimes the faster applier: engine {verdict(ratio, 100, at_most=False)}; whole process, which also compiles the patterns, reads Parquet and "
        f"writes 200 objects, {verdict(whole, 100, at_most=False)}. By the clock the stage takes {spread([seconds for seconds, _ in stages])} s, "
        f"most of it waiting until each object is safe on the disk. {REPEATS} repeats in turns, median (least to most). "
        f"{votes:,} votes on the texts once, the same as Python's `re` gives with Hone's idea of a word; the timed LFs of the peers say `\\b`, "
        f"which also finds \"card\" in \"card's\": {apostrophes} votes more."
    )
