"""What the walks share: running hone, small projects, the real data folder."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HONE = ROOT / "build" / "release" / "bin" / "hone"
HONE_TRAIN = HONE.with_name("hone-train")
DATA = os.environ.get("HONE_TEST_DATA")


def data_folder(name):
    """A public data set, or a skipped test."""
    if not DATA:
        raise unittest.SkipTest("HONE_TEST_DATA is not set")
    return pathlib.Path(DATA) / name


def hone(*words, cwd=None, stdin=None, status=0, env=None):
    """Runs hone and checks its exit status; returns the finished process with text output."""
    done = subprocess.run([HONE, *map(str, words)], cwd=cwd, input=stdin, capture_output=True, text=True, env=env)
    if status is not None and done.returncode != status:
        raise AssertionError(f"hone {' '.join(map(str, words))} ended with {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}")
    return done


def hone_json(*words, **options):
    return json.loads(hone(*words, "--json", **options).stdout)


class ProjectTest(unittest.TestCase):
    """A test with a temporary folder, in which it makes projects."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hone-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def copy_example(self, name="bank_messages"):
        target = self.folder / name
        shutil.copytree(ROOT / "examples" / name, target, ignore=shutil.ignore_patterns(".hone"))
        return target


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
