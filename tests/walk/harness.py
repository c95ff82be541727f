"""What the walks share: running hone, small projects, what a project holds on disk, the real data folder.

The programs are those of build/release; HONE_BUILD names another build folder.
"""

import atexit
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

# Started in the background of a script, the tests would ignore interrupts, and so would what they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HONE = ROOT / "build" / os.environ.get("HONE_BUILD", "release") / "bin" / "hone"
HONE_TRAIN = HONE.with_name("hone-train")
DATA = os.environ.get("HONE_TEST_DATA")
LONG = bool(os.environ.get("HONE_LONG_TESTS"))  # Walks that have a long form run it.
# Keys and IDs of the ledgers that walks make, so that none lies with those of whoever runs them. It goes with the program.
if "HONE_TEST_STATE" not in os.environ:
    os.environ["HONE_TEST_STATE"] = tempfile.mkdtemp(prefix="hone-state-")
    atexit.register(shutil.rmtree, os.environ["HONE_TEST_STATE"], ignore_errors=True)
os.environ["XDG_STATE_HOME"] = os.environ["HONE_TEST_STATE"]
STAGES = ["import", "vote", "label", "train", "evaluate", "report"]


def data_folder(name):
    """A public data set, or a skipped test."""
    if not DATA:
        raise unittest.SkipTest("HONE_TEST_DATA is not set")
    return pathlib.Path(DATA) / name


def hone(*words, cwd=None, stdin=None, status=0, env=None):
    """Runs hone and checks its exit status; returns the finished process with text output."""
    done = subprocess.run([HONE, *map(str, words)], cwd=cwd, input=stdin, capture_output=True, text=True, env=env, timeout=300)
    if status is not None and done.returncode != status:
        raise AssertionError(f"hone {' '.join(map(str, words))} ended with {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}")
    return done


def hone_json(*words, **options):
    return json.loads(hone(*words, "--json", **options).stdout)


def run_stages(project, *words, **options):
    """Runs the project; its stages by name."""
    return {stage["name"]: stage for stage in hone_json("run", "--project", project, *words, **options)["stages"]}


def states(stages):
    return {name: stage["state"] for name, stage in stages.items()}


def current_records(project):
    """The run records that count now, by stage."""
    state = pathlib.Path(project) / ".hone"
    keys = json.loads((state / "current.json").read_text())
    return {stage: json.loads((state / "runs" / f"{key}.json").read_text()) for stage, key in keys.items()}


def outputs(record):
    return {output["name"]: output["ref"]["hash"] for output in record["outputs"]}


def reachable_objects(project):
    """The hashes of all objects that the current records give."""
    return {hash for record in current_records(project).values() for hash in outputs(record).values()}


def objects_of_record(project):
    """The hashes of the small objects that say what a run was asked, by events of the ledger: gc leaves them."""
    hashes = set()
    for event in hone_json("log", "--project", project, "--limit", "100000")["events"]:
        body = event["body"]
        for member in ("options", "environment", "definition", "parameters", "checklist", "diff"):
            if event["kind"] in ("stage.run", "source.define", "release") and member in body:
                hashes.add(body[member]["hash"])
        hashes |= {output["ref"]["hash"] for output in body.get("outputs", []) if output["name"] == "parts"}
    return hashes


def object_file(project, hash):
    return pathlib.Path(project) / ".hone" / "objects" / hash[:2] / hash[2:]


def objects(project):
    """The hashes of all objects on disk."""
    folder = pathlib.Path(project) / ".hone" / "objects"
    return {path.parent.name + path.name for path in folder.glob("[0-9a-f][0-9a-f]/*") if not path.name.startswith(".")}


def leftovers(project):
    """What an interrupted process left behind anywhere in the project."""
    state = pathlib.Path(project) / ".hone"
    return [path for path in state.rglob("*") if path.name.startswith(".tmp-")] + list((state / "objects" / "tmp").glob("*"))


def python_with_arrow():
    """The Python of .deps/, which has pyarrow: that of the tests need not."""
    return ROOT / ".deps" / "bin" / "python3"


def read_parquet(path):
    """The rows of a Parquet file."""
    script = "import json, sys, pyarrow.parquet as p; json.dump(p.read_table(sys.argv[1]).to_pylist(), sys.stdout)"
    return json.loads(subprocess.run([python_with_arrow(), "-c", script, path], capture_output=True, text=True, check=True).stdout)


def write_parquet(path, columns):
    """A Parquet file of {name: list}."""
    script = "import json, sys, pyarrow as a, pyarrow.parquet as p; p.write_table(a.table(json.load(sys.stdin)), sys.argv[1])"
    subprocess.run([python_with_arrow(), "-c", script, path], input=json.dumps(columns), text=True, check=True)


class ProjectTest(unittest.TestCase):
    """A test with a temporary folder, in which it makes projects."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hone-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8", newline="")
        return path

    def copy_example(self, name="bank_messages", target=None):
        target = self.folder / (target or name)
        shutil.copytree(ROOT / "examples" / name, target, ignore=shutil.ignore_patterns(".hone"))
        return target

    def small_project(self, yaml=None, rows=None, name="small"):
        """A project of rows.csv and hone.yaml; eighty rows of two classes unless told otherwise."""
        self.write(f"{name}/rows.csv", rows if rows is not None else small_csv())
        self.write(f"{name}/hone.yaml", yaml if yaml is not None else SMALL_YAML)
        return self.folder / name

    def edit(self, file, old, new):
        """Replaces a text that must stand there once."""
        text = file.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"'{old}' in {file}")
        file.write_text(text.replace(old, new), encoding="utf-8")

    def refused(self, *words, say=(), status=1, **options):
        """Runs what must fail with `status`, and checks that it says all of `say`; returns what it said."""
        said = hone(*words, status=status, **options).stderr
        for part in say:
            self.assertIn(part, said)
        self.assertNotIn("internal error", said)
        return said


def is_root_on_linux():
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("unshare") is not None


def in_own_mounts(script, *words):
    """Runs a shell script as root where its mounts are seen by nobody else; $1, $2, … are `words`."""
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def wait_until(condition, seconds=60):
    """Waits for what another process does; the value of `condition` once it holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.002)
    raise AssertionError(f"this did not come about in {seconds} s")


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def child_of(parent, name):
    """The process of that name whose parent is `parent`."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = stat.read_text().rpartition(")")
        except OSError:
            continue
        if head.partition("(")[2] == name and tail.split()[1] == str(parent):
            return int(stat.parent.name)
    return None


SMALL_ROWS = [
    ("1", "my card was stolen", "fraud"), ("2", "somebody stole my purse", "fraud"), ("3", "I lost my card", "card"),
    ("4", "when will the new card come", "card"), ("5", "card blocked, unblock it", "card"), ("6", "not me, this payment", "fraud"),
    ("7", "stolen wallet, help", "fraud"), ("8", "the card does not work", "card"),
]


def small_csv(copies=10):
    """Eighty short rows with ids, two classes, LF words in all of them."""
    lines = ["id,text,label"]
    for copy in range(copies):
        lines += [f'{copy}-{row},"{text} ({copy})",{label}' for row, text, label in SMALL_ROWS]
    return "\n".join(lines) + "\n"


SMALL_YAML = """\
data: {files: rows.csv, id: id, text: text, split: {train: 0.6, valid: 0.2, test: 0.2}}
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: stolen, vote: fraud, any: [stolen, stole, "not me"]}
  - {lf: card_word, vote: card, any: [card], none: [stolen]}
  - {lf: lost, vote: card, match: '(?i)\\blost\\b'}
model: none
slices:
  - {slice: short, where: {words_of: text, below: 5}}
"""
SMALL_TRAINED_YAML = SMALL_YAML.replace("model: none", "model: {name: text-linear, epochs: 5}")
