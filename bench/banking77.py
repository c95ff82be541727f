"""The whole `hone run` from scratch on Banking77, beside TF-IDF with logistic regression of scikit-learn."""

import shutil
import statistics

from harness import Folder, banking77_yaml, check, data, hone, hone_json, megabytes, peer, spread, table, verdict

REPEATS = 3
VIEWS = ["words", "characters"]  # What the peer makes features of; the first is the usual baseline.


def run_hone(project):
    shutil.rmtree(project / ".hone", ignore_errors=True)
    run = hone("run", "--project", project, "--json")
    stages = {stage["name"]: stage for stage in run.json()["stages"]}
    check(all(stage["state"] == "ran" for stage in stages.values()), f"not every stage ran: {stages}")
    return run, stages


def percent(measure):
    return f"{100 * measure['value']:.2f} % [{100 * measure['low']:.2f}, {100 * measure['high']:.2f}] of {measure['n']:,}"


def run():
    yaml, folder = banking77_yaml(), data("banking77")
    with Folder() as place:
        project = place.project("banking77", yaml)
        ours, theirs = [], {view: [] for view in VIEWS}
        for _ in range(REPEATS):
            ours.append(run_hone(project))
            for view in VIEWS:
                theirs[view].append(peer("tfidf_logistic.py", view, folder / "train.csv", folder / "test.csv"))
        accuracy = hone_json("report", "--project", project)["evaluation"]["model"]["test"]["accuracy"]
    check(accuracy["n"] == 3080, f"the accuracy is of {accuracy['n']} rows, not of the 3,080 test rows")
    return "\n".join([comparison(ours, theirs, accuracy), "", stage_times(ours), "", targets(ours, accuracy)])


def comparison(ours, theirs, accuracy):
    runs = [run for run, _ in ours]
    rows = [["hone run, text-linear", spread([run.seconds for run in runs]), memory(runs), percent(accuracy)]]
    for view, peers in theirs.items():
        result = peers[0].json()
        name = f"scikit-learn {result['version']}, TF-IDF of {view} + LogisticRegression"
        peak = max(max(run.peaks.values()) for run in peers)
        rows.append([name, spread([run.seconds for run in peers]), megabytes(peak), f"{100 * result['accuracy']:.2f} %"])
    return table(["system", "seconds, whole process", "peak memory", "test accuracy"], rows)


def memory(runs):
    main, train = (max(run.peak(name) for run in runs) for name in ["hone", "hone-train"])
    return f"{megabytes(main + train)}: hone {megabytes(main)}, hone-train {megabytes(train)}"


def stage_times(ours):
    names = list(ours[0][1])
    return table(["stage", *names], [["seconds, median", *(f"{statistics.median(stages[name]['seconds'] for _, stages in ours):.2f}" for name in names)]])


def targets(ours, accuracy):
    seconds = statistics.median(run.seconds for run, _ in ours)
    peak = max(run.peak("hone") + run.peak("hone-train") for run, _ in ours)
    return (
        f"Accuracy {verdict(round(accuracy['value'], 4), 0.90, at_most=False)}; seconds {verdict(seconds, 15)}; GB (sum of both peaks) {verdict(peak / 1e9, 1.5)}. "
        f"{REPEATS} repeats in turns; median (least to most); memory is the most seen."
    )
