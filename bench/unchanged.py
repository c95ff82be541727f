"""`hone run` on Banking77 when nothing changed, and when one labeling function of 100 changed."""

import json
import statistics

from harness import Folder, banking77_yaml, check, current_records, hone, hone_json, spread, table, verdict
from lfs import hone_sources

REPEATS = 20
# Words that are given to the first LF one after the other: some stand in no text, so that the LF votes as before, the others in many.
SILENT, HEARD = ["qwertz", "asdfgh", "zxcvbn"], ["transfer", "account", "money"]


def states(result):
    return {stage["name"]: stage["state"] for stage in result["stages"]}


def unchanged_seconds(project):
    hone("run", "--project", project)
    seconds = []
    for _ in range(REPEATS):
        run = hone("run", "--project", project, "--json")
        check(set(states(run.json()).values()) == {"fresh"}, f"nothing changed, but: {states(run.json())}")
        seconds.append(run.seconds)
    return seconds


def change_one(project, yaml, word):
    """Gives the first labeling function one more word; returns the run."""
    yaml["sources"][1]["any"] = [*yaml["sources"][1]["any"], word]
    (project / "hone.yaml").write_text(json.dumps(yaml, indent=1))
    run = hone("run", "--project", project, "--json")
    asked = current_records(project)["vote"]["counts"]["asked"]
    check(asked == 1, f"one source changed, {asked} were asked")
    expected = {"import": "fresh", "vote": "ran", "report": "ran"}
    expected |= {stage: "ran" if word in HEARD else "fresh" for stage in ["label", "train", "evaluate"]}
    check(states(run.json()) == expected, f"after another word, '{word}', these stages ran: {states(run.json())}")
    return run


def run():
    plain = banking77_yaml()
    many = banking77_yaml(sources=plain["sources"] + hone_sources(plain["task"]["classes"])[:100])
    with Folder() as place:
        plain_seconds = unchanged_seconds(place.project("plain", plain))
        project = place.project("many", many)
        many_seconds = unchanged_seconds(project)
        silent, heard = ([change_one(project, many, word) for word in words] for words in [SILENT, HEARD])
        check(set(states(hone_json("run", "--project", project)).values()) == {"fresh"}, "a run after the change is not fresh")
    return report(plain_seconds, many_seconds, silent, heard)


def report(plain, many, silent, heard):
    rows = [
        ["nothing changed; one column as source", spread(plain, 3), "none"],
        ["nothing changed; that column and 100 LFs", spread(many, 3), "none"],
        ["one LF of 100 changed, its votes did not; 1 source asked", spread([run.seconds for run in silent]), ran(silent)],
        ["one LF of 100 changed, and its votes; 1 source asked", spread([run.seconds for run in heard]), ran(heard)],
    ]
    note = (
        f"Nothing changed: {REPEATS} repeats, seconds {verdict(statistics.median(plain), 0.2)}; with 100 LFs {verdict(statistics.median(many), 0.2)}. "
        f"Changes: {len(SILENT)} and {len(HEARD)}. Median (least to most)."
    )
    return table(["what", "seconds, whole process", "stages that ran, seconds"], rows) + "\n\n" + note


def ran(runs):
    names = [stage["name"] for stage in runs[0].json()["stages"] if stage["state"] == "ran"]
    took = {name: statistics.median(stage["seconds"] for run in runs for stage in run.json()["stages"] if stage["name"] == name) for name in names}
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in took.items())
