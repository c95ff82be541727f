"""Import of a generated CSV file of 200 MB: MB/s and peak memory."""

import csv
import random
import shutil
import statistics

from harness import SEED, Folder, check, current_records, hone, megabytes, spread, table

FILE_BYTES, REPEATS = 200_000_000, 3


def vocabulary(dice):
    return ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 9))) for _ in range(5000)]


def write_file(path):
    """Ids, texts of 5 to 60 words of which some hold commas, quotes and line feeds, a class, an amount. Returns the number of rows."""
    dice, row = random.Random(SEED), 0
    words = vocabulary(dice)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label", "amount"])
        while row % 1000 or file.tell() < FILE_BYTES:
            text = " ".join(dice.choices(words, k=dice.randint(5, 60)))
            ending = ["", ", so it is", ' "so it is"', "\nso it is"][row % 4]
            writer.writerow([row, text + ending, "yes" if row % 3 else "no", f"{dice.uniform(0, 5000):.2f}"])
            row += 1
    return row


def import_once(project, threads):
    shutil.rmtree(project / ".hone", ignore_errors=True)
    return hone("run", "--project", project, "--until", "import", "--threads", threads)


def rows_of(project):
    return current_records(project)["import"]["counts"]["rows"]


def run():
    with Folder() as place:
        file = place.path / "rows.csv"
        rows, size = write_file(file), file.stat().st_size
        yaml = {"data": {"files": str(file), "id": "id", "text": "text"}, "task": {"classes": ["yes", "no"]}, "sources": [{"column": "label"}]}
        project = place.project("large", yaml)
        runs = {1: [], 2: []}
        for _ in range(REPEATS):
            for threads in runs:
                runs[threads].append(import_once(project, threads))
                check(rows_of(project) == rows, f"{rows_of(project)} of {rows} rows were imported")
    lines = [
        [threads, spread([size / 1e6 / run.seconds for run in measured], 0), spread([run.seconds for run in measured]),
         f"{rows / statistics.median(run.seconds for run in measured):,.0f}", megabytes(max(run.peak("hone") for run in measured))]
        for threads, measured in runs.items()
    ]  # fmt: skip
    return table(["threads", "MB/s", "seconds, whole process", "rows/s", "peak memory"], lines) + (
        f"\n\n{megabytes(size)}, {rows:,} rows, a quarter of them with a line feed inside quotes; {REPEATS} repeats in turns, median (least to most)."
    )
