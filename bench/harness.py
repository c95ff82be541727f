"""What the benchmarks share: the programs, the data, small projects, running a program under the clock, tables.

Every figure comes from a whole process: seconds of wall clock, peak memory per program. Programs that are compared run in turns
(A B A B), so that what else the machine does hits both; the table gives the median and the range.
"""

import csv
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / os.environ.get("HONE_BUILD", "release") / "bin"
HONE = BIN / "hone"
DATA = pathlib.Path(os.environ.get("HONE_TEST_DATA") or ROOT.parent / "shared" / "data")
VENV = ROOT / "build" / "bench" / "venv"
PEERS = ROOT / "bench" / "peers"
SEED = 1

# How often /proc is asked for a program's peak memory. The kernel keeps the peak; only what grows in the last instant is missed.
SAMPLE_SECONDS = 0.01


class Skipped(Exception):
    """Something that a benchmark needs is not there; the text says what."""


def data(name):
    folder = DATA / name
    if not folder.exists():
        raise Skipped(f"{folder} is missing; HONE_TEST_DATA names the folder of public data sets")
    return folder


class Run:
    """A finished program: what it printed, how long it took, and the peak memory in bytes of every program it started, by name."""

    def __init__(self, stdout, seconds, peaks):
        self.stdout, self.seconds, self.peaks = stdout, seconds, peaks

    def json(self):
        return json.loads(self.stdout)

    def peak(self, name):
        return self.peaks.get(name, 0)


class MemoryWatch(threading.Thread):
    """Reads the peak of a process and of its children while they live."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.seen, self.done = pid, {}, threading.Event()

    def run(self):
        while not self.done.wait(SAMPLE_SECONDS):
            for pid in self.family(self.pid):
                self.look(pid)

    def family(self, pid):
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return []
        return [pid] + [below for child in children for below in self.family(int(child))]

    def look(self, pid):
        try:
            status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
            # The last reading counts: a child is called like its parent until it becomes its own program.
            self.seen[pid] = (status["Name"].strip(), int(status["VmHWM"].split()[0]) * 1024)
        except (OSError, KeyError):
            pass

    def peaks(self):
        names = {}
        for name, peak in self.seen.values():
            names[name] = max(names.get(name, 0), peak)
        return names


def timed(*command, cores=None, environment=None, stdin=None):
    """Runs a program to its end; `cores` ("0") ties it to these cores; `stdin` is a file. Ends the benchmark when the program fails."""
    words = [str(word) for word in command]
    if cores is not None:
        words = ["taskset", "-c", cores, *words]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=err, stdin=stdin or subprocess.DEVNULL, env=os.environ | (environment or {}))
        watch = MemoryWatch(process.pid)
        watch.start()
        status = process.wait()
        seconds = time.perf_counter() - start
        watch.done.set()
        watch.join()
        out.seek(0), err.seek(0)
        if status != 0:
            raise AssertionError(f"`{' '.join(words)}` ended with {status}\n{out.read()[-2000:]}\n{err.read()[-4000:]}")
        return Run(out.read(), seconds, watch.peaks())


def hone(*words, **options):
    return timed(HONE, *words, **options)


def hone_json(*words, **options):
    return hone(*words, "--json", **options).json()


def peer(script, *words, **options):
    """A script of bench/peers/, run by the Python that has the peers; it prints one JSON value."""
    return timed(VENV / "bin" / "python", PEERS / script, *words, **options)


def check(holds, what):
    """A benchmark times nothing that is wrong."""
    if not holds:
        raise AssertionError(what)


class Folder:
    """A temporary folder; projects are made in it."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hone-bench-"))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def project(self, name, yaml):
        """A project folder with this hone.yaml: a dict, written as JSON, which is YAML."""
        folder = self.path / name
        folder.mkdir()
        (folder / "hone.yaml").write_text(json.dumps(yaml, indent=1))
        return folder


def banking77_yaml(**more):
    """Banking77 with its own training labels as a source; its labels on the test file are gold, which training does not read."""
    folder = data("banking77")
    classes = json.loads((folder / "categories.json").read_text())
    yaml = {
        "data": {"text": "text", "split": {"files": {"train": str(folder / "train.csv"), "test": str(folder / "test.csv")}, "valid": 0.1}},
        "task": {"classes": classes},
        "gold": {"field": "category"},
        "sources": [{"column": "category", "splits": ["train"]}],
        "label_model": "majority",
        "model": "text-linear",
        "seed": SEED,
    }
    return yaml | more


def banking77_texts():
    texts = []
    for name in ["train.csv", "test.csv"]:
        with open(data("banking77") / name, newline="", encoding="utf-8") as file:
            texts += [row["text"] for row in csv.DictReader(file)]
    return texts


def current_records(project):
    state = project / ".hone"
    keys = json.loads((state / "current.json").read_text())
    return {stage: json.loads((state / "runs" / f"{key}.json").read_text()) for stage, key in keys.items()}


def objects(project):
    """The hashes of all objects of a project."""
    return {path.parent.name + path.name for path in (project / ".hone" / "objects").glob("[0-9a-f][0-9a-f]/*")}


def spread(values, digits=2, unit=""):
    """"median (least to most)"."""
    unit = f" {unit}" if unit else ""
    return f"{statistics.median(values):,.{digits}f}{unit} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"


def verdict(value, bound, *, at_most=True):
    met = value <= bound if at_most else value >= bound
    return f"{'<=' if at_most else '>='} {bound:g}: {'met' if met else 'MISSED'}"


def table(header, rows):
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], ["---"] * len(header), *rows[1:]])


def git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout.strip()


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text() if pathlib.Path("/proc/cpuinfo").exists() else ""
    cpu = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{cpu}, {os.cpu_count()} cores, {memory / 2**30:.0f} GiB, {platform.system()} {platform.release()}"


def commit():
    changed = bool(git("status", "--porcelain", "--untracked-files=no"))
    return git("rev-parse", "--short=10", "HEAD") + (" with uncommitted changes" if changed else "")


def load():
    return f"{os.getloadavg()[0]:.1f}"
