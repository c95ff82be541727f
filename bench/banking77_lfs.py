"""Banking77 without a training label: the example examples/banking77, its label model alone and the model trained on what it labels."""

import shutil

from banking77 import memory, percent, run_hone, stage_times
from harness import ROOT, Folder, check, data, hone_json, spread, table, verdict

REPEATS = 3
# BoxWRENCH (arXiv 2501.07727): labeling functions written by experts, majority vote, a fine-tuned RoBERTa.
PUBLISHED = {"label_model": 0.437, "model": 0.654}
NAMES = {"label_model": "label model alone, hone", "model": "trained on its labels, text-linear"}


def make_project(place):
    project = place.path / "banking77"
    shutil.copytree(ROOT / "examples" / "banking77", project, ignore=shutil.ignore_patterns(".hone", "data"))
    (project / "data").symlink_to(data("banking77"))
    return project


def run():
    with Folder() as place:
        project = make_project(place)
        ours = [run_hone(project) for _ in range(REPEATS)]
        report = hone_json("report", "--project", project)
    check(report["data"]["gold"]["train"] == 0, "labels of train rows were read")
    measured = {name: report["evaluation"][name]["test"] for name in NAMES}
    check(all(result["accuracy"]["n"] == 3080 for result in measured.values()), "the accuracy is not of the 3,080 test rows")
    return "\n".join([f"{len(report['sources'])} sources, {report['training']['rows']:,} train rows labeled.", "", accuracies(measured), "",
                      seconds(ours), "", stage_times(ours), "", targets(measured)])


def accuracies(measured):
    rows = []
    for name, result in measured.items():
        covered = f"{100 * result['coverage']['value']:.1f} %"
        rows.append([NAMES[name], percent(result["accuracy"]), f"{100 * result['macro_f1']['value']:.1f} %", covered, f"{100 * PUBLISHED[name]:.1f} %"])
    return table(["system", "test accuracy", "macro F1", "rows labeled", "published accuracy"], rows)


def seconds(ours):
    runs = [run for run, _ in ours]
    return f"Whole process: {spread([run.seconds for run in runs])} s; peak memory {memory(runs)}."


def targets(measured):
    return f"Accuracy of the trained model {verdict(round(measured['model']['accuracy']['value'], 4), 0.66, at_most=False)}. {REPEATS} repeats."
