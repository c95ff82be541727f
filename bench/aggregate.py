"""`hone aggregate` on recorded votes of people, beside crowd-kit's and snorkel's models on the same files."""

import pathlib
import statistics

from harness import Folder, check, data, hone, peer, spread, table

REPEATS = 3
OURS = ["majority", "dawid-skene"]
PEER_OF = {"majority": "crowd-kit MajorityVote", "dawid-skene": "crowd-kit DawidSkene"}


def run_ours(folder, model):
    run = hone("aggregate", folder / "label.csv", "--gold", folder / "truth.csv", "--model", model, "--json")
    result = run.json()
    check(result["covered"] == result["rows"], f"{folder.name}: {result['covered']} of {result['rows']} items have a label")
    return run, result


def times(model, fits, theirs):
    """Both with their votes in memory: a DataFrame, a vote matrix."""
    return f"{statistics.median(result['systems'][PEER_OF[model]]['fit_seconds'] for result in theirs) / statistics.median(fits):.0f}"


def one_set(folder):
    """Rows of the table for one set: what was measured by system, in turns."""
    ours, theirs = {model: [] for model in OURS}, []
    for _ in range(REPEATS):
        for model in OURS:
            ours[model].append(run_ours(folder, model))
        theirs.append(peer("crowd.py", folder / "label.csv", folder / "truth.csv").json())
    rows = []
    for model, runs in ours.items():
        accuracy = runs[0][1]["accuracy"]
        check(all(result["accuracy"] == accuracy for _, result in runs), f"{folder.name}: {model} differs from run to run")
        check(accuracy["n"] == theirs[0]["items_with_gold"], f"{folder.name}: measured on {accuracy['n']}, the peers on {theirs[0]['items_with_gold']} items")
        fits, inside, whole = [result["fit_seconds"] for _, result in runs], [result["seconds"] for _, result in runs], [run.seconds for run, _ in runs]
        rows.append([folder.name, f"hone {model}", f"{100 * accuracy['value']:.1f}", spread(fits, 4), times(model, fits, theirs), spread(inside, 3), spread(whole, 3)])
    for name in theirs[0]["systems"]:
        systems = [result["systems"][name] for result in theirs]
        rows.append([folder.name, name, f"{100 * systems[0]['accuracy']:.1f}", spread([system["fit_seconds"] for system in systems], 4), "", spread([system["seconds"] for system in systems], 3), ""])
    return rows, theirs[0]["versions"]


def run():
    rows = []
    for folder in sorted(path for path in pathlib.Path(data("votes") / "crowd").iterdir() if path.is_dir()):
        more, versions = one_set(folder)
        rows += more
    header = ["set", "system", "accuracy on gold, %", "seconds: fit and labels", "times as fast as crowd-kit's", "seconds: with reading", "seconds: whole process"]
    skipped = "" if any(row[1].startswith("snorkel") for row in rows) else " snorkel's LabelModel is skipped: torch is not there (--with-torch installs it)."
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return table(header, rows) + f"\n\n{REPEATS} repeats in turns, median (least to most). Peers: {said}; their seconds leave the start of Python and its imports out. Fit and labels begin with the votes in memory, in both programs.{skipped}"
