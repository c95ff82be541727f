"""Import, vote and label from ten thousand to ten million generated rows, with 100 and 1,000 labeling functions: seconds, peak memory, and the curve.

Rows are about 205 bytes (bench/scale_rows.py). Ten classes; a third of the LFs are patterns, the others lists of two words. Two kinds of data, since
"20 % coverage" is said of both: in `sparse`, a fifth of the rows has votes; in `dense`, each of 100 LFs votes on nearly a fifth of the rows, so that
hardly two rows have the same votes. HONE_BENCH_ROWS bounds the rows.
"""

import json
import os
import shutil

from harness import ROOT, VENV, Folder, check, current_records, hone, megabytes, table, timed, verdict

CLASSES = 10
TEXT_WORDS = {"sparse": 27, "dense": 21}
SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
SECONDS, BYTES, TIMES_100 = 90, 2e9, 3
STAGES = ["import", "vote", "label"]


def sources(lfs):
    def condition(lf):
        words = [f"sig{lf:04d}a", f"sig{lf:04d}b"]
        return {"match": rf"(?i)\b{words[0]}s?\b|\b{words[1]}\b"} if lf % 3 == 0 else {"any": words}

    return [{"lf": f"lf{lf}", "vote": f"class{lf % CLASSES}", **condition(lf)} for lf in range(lfs)]


def script(name, *words):
    timed(VENV / "bin" / "python", ROOT / "bench" / name, *words)


def measure(place, kind, rows, lfs, length=1):
    """One run from scratch over fresh rows, which go when it has ended. `length`: texts so many times as long."""
    file = place.path / "rows.csv"
    script("scale_rows.py", file, kind, rows, lfs, TEXT_WORDS[kind] * length)
    folder = place.project(f"{kind}-{rows}-{lfs}-{length}", {
        "data": {"files": str(file), "id": "id", "text": "text"}, "task": {"classes": [f"class{number}" for number in range(CLASSES)]},
        "sources": sources(lfs), "label_model": "majority",
    })  # fmt: skip
    run = hone("run", "--project", folder, "--until", "label", "--threads", 2)
    records = current_records(folder)
    check(records["import"]["counts"]["rows"] == rows, "not all rows were imported")
    measured = {
        "kind": kind, "rows": rows, "lfs": lfs, "bytes": file.stat().st_size, "seconds": run.seconds, "peak": run.peak("hone"),
        "stages": [records[stage]["counts"]["ms"] / 1000 for stage in STAGES], "covered": records["label"]["counts"]["covered"] / rows,
        "patterns": records["label"]["counts"]["patterns"],
    }  # fmt: skip
    shutil.rmtree(folder), file.unlink()
    return measured


def line(got):
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in zip(STAGES, got["stages"]))
    return [got["kind"], f"{got['rows']:,}", megabytes(got["bytes"]), f"{got['lfs']:,}", f"{got['seconds']:.1f}", stages, megabytes(got["peak"]),
            f"{got['covered']:.0%}", f"{got['patterns']:,}"]  # fmt: skip


def draw(place, curves):
    measured = place.path / "measured.json"
    measured.write_text(json.dumps(curves | {"bounds": {"seconds": SECONDS, "peak": BYTES}}))
    script("scale_curve.py", measured, ROOT / "bench" / "scale.svg")


def run():
    most = int(os.environ.get("HONE_BENCH_ROWS", SIZES[-1]))
    sizes = [rows for rows in SIZES if rows <= most]
    with Folder() as place:
        curves = {kind: [measure(place, kind, rows, 100) for rows in sizes] for kind in TEXT_WORDS}
        thousand = {kind: measure(place, kind, sizes[-1], 1000) for kind in TEXT_WORDS}
        long = measure(place, "sparse", sizes[-1] // 10, 100, length=10)
        draw(place, curves)
    header = ["data", "rows", "CSV", "LFs", "seconds", "of which", "peak memory", "rows with a label", "distinct patterns"]
    lines = [line(got) for kind in TEXT_WORDS for got in [*curves[kind], thousand[kind]]]
    said = []
    for kind, points in curves.items():
        last, times = points[-1], thousand[kind]["seconds"] / points[-1]["seconds"]
        said.append(f"- {kind}, {last['rows']:,} rows: seconds {verdict(last['seconds'], SECONDS)}; GB {verdict(last['peak'] / 1e9, BYTES / 1e9)}; "
                    f"1,000 LFs cost {times:.2f} times 100, {verdict(times, TIMES_100)}.")  # fmt: skip
    short = curves["sparse"][-2] if len(sizes) > 1 else curves["sparse"][-1]
    said.append(f"- Texts ten times as long ({long['rows']:,} rows, {megabytes(long['bytes'])}): {megabytes(long['peak'])}, "
                f"{long['seconds']:.1f} s; as they are: {megabytes(short['peak'])}, {short['seconds']:.1f} s.")  # fmt: skip
    return table(header, lines) + "\n\n" + "\n".join(said)
