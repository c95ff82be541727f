"""The objects of runs with 1 and with 2 threads, twice each, in two folders: equal sets of hashes."""

from harness import Folder, banking77_yaml, check, hone, objects, table
from lfs import hone_sources

RUNS = [(folder, threads, turn) for folder in ["first", "second folder"] for threads in [1, 2] for turn in [1, 2]]


def run():
    yaml = banking77_yaml()
    yaml["sources"] += hone_sources(yaml["task"]["classes"])
    found = {}
    for folder, threads, turn in RUNS:
        with Folder() as place:
            (place.path / folder).mkdir()
            project = place.project(f"{folder}/threads{threads}", yaml)
            hone("run", "--project", project, "--threads", threads)
            found[folder, threads, turn] = objects(project)
    expected = found[RUNS[0]]
    check(len(expected) > 10, f"only {len(expected)} objects were made")
    for which, hashes in found.items():
        check(hashes == expected, f"the run {which} differs from {RUNS[0]} in {len(hashes ^ expected)} objects")
    rows = [[folder, threads, turn, len(hashes), len(hashes & expected)] for (folder, threads, turn), hashes in found.items()]
    return table(["folder", "threads", "run", "objects", "same as the first run's"], rows)
