"""Runs the benchmarks: `./dev bench [NAME…]`, or this script after a release build.

Each benchmark is a module beside this one with a function run() that checks its result, measures, and returns a table in Markdown. The tables
are printed and written to bench/results/. What a benchmark lacks (a data set, a peer) is said, and the others run.
"""

import argparse
import datetime
import importlib
import subprocess
import sys
import venv

import harness

# In the order in which help and the results show them.
BENCHMARKS = {
    "banking77": "hone run from scratch on Banking77: seconds, memory, accuracy; beside scikit-learn",
    "banking77_lfs": "Banking77 without a training label: labeling functions, label model, trained model",
    "unchanged": "hone run with nothing changed, and with one of 100 labeling functions changed",
    "lf_trial": "hone lf with a draft, and with a name, on 100,000 rows beside 100 labeling functions",
    "sources": "programs, Python functions and likeness as drafts on 100,000 rows, beside a word",
    "same_bytes": "the same objects with 1 and 2 threads, twice, in two folders",
    "aggregate": "hone aggregate on recorded votes of people; beside crowd-kit and snorkel",
    "label_models": "every label model on every recorded set, without gold and with 100 gold rows in twenty draws; beside crowd-kit and snorkel",
    "compare": "hone compare on two files of a million predictions with fifty slices; beside pandas, and beside lm-eval's unpaired test",
    "benchmark_items": "hone benchmark with a million items: created beside a million own rows, run on, shown and refreshed",
    "statistics_peers": "the statistics beside scipy, statsmodels and scikit-learn: all answers within 1e-9",
    "import_csv": "import of a large CSV file: MB/s and memory",
    "scale": "import + vote + label from ten thousand to ten million rows; the curve of time and memory",
    "near_duplicates": "near-duplicates in 200 MB of text: speed, memory, planted pairs found; signatures beside datatrove",
    "slice_discovery": "slices planted in real texts: how often they are found, and anything in noise; seconds of 100,000 rows",
    "dictionary": "100,000 terms looked for in 60 MB of text on one core, exact and with one edit forgiven",
    "apply": "200 labeling functions over 130,000 texts on one core; beside snorkel",
}


def install(file, *options):
    """Installs pinned peers once; a copy of the file in the environment says that it was done."""
    wanted, stamp = (harness.ROOT / "bench" / file).read_text(), harness.VENV / file
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"== installing bench/{file}", file=sys.stderr)
    pip = [harness.VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, "-r", harness.ROOT / "bench" / file], check=True)
    stamp.write_text(wanted)


def make_venv(with_torch):
    """The peers, in a folder of their own."""
    if not (harness.VENV / "bin" / "python").exists():
        venv.create(harness.VENV, with_pip=True)
    install("requirements.txt", "--no-deps")
    if with_torch:
        install("requirements-torch.txt")


def measure(name):
    """The benchmark's table, or why there is none; and whether it went well."""
    started = harness.load()
    try:
        text, good = importlib.import_module(name).run(), True
    except harness.Skipped as reason:
        text, good = f"skipped: {reason}", True
    except AssertionError as wrong:
        text, good = f"FAILED, nothing measured: {wrong}", False
    return f"## {name}: {BENCHMARKS[name]}\n{text}\n\nLoad of the machine (1 minute): {started} before, {harness.load()} after.\n", good


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(f"{name}: {what}" for name, what in BENCHMARKS.items()))
    parser.add_argument("--with-torch", action="store_true", help="install torch too (5 GB), which snorkel's LabelModel needs")
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark named '{name}'; there are: {', '.join(BENCHMARKS)}")
    return chosen


def main():
    chosen = arguments()
    names = chosen.names or list(BENCHMARKS)
    if not harness.HONE.exists():
        sys.exit(f"{harness.HONE} is missing; `./dev build` makes it")
    make_venv(chosen.with_torch)
    now = datetime.datetime.now(datetime.timezone.utc)
    head = f"# Benchmarks, {now:%Y-%m-%d %H:%M} UTC\nMachine: {harness.machine()}. Commit {harness.commit()}. Seed {harness.SEED}. Data: {harness.DATA}\n"
    results = harness.ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    file = results / f"{now:%Y%m%d-%H%M%S}.md"
    print(head, flush=True)
    file.write_text(head)
    all_good = True
    for name in names:
        text, good = measure(name)
        all_good &= good
        print("\n" + text, flush=True)
        with file.open("a") as out:
            out.write("\n" + text)
    print(f"written to {file.relative_to(harness.ROOT)}")
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
