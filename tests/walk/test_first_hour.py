"""The tutorial docs/first_hour.md: its commands are run, and what it shows is what they print.

In a block ```console a line `$ …` is a command (`> …` goes on with it), followed by what it prints; a line … stands for any number of
lines. A block ```python is run by a Python with the packages of tests/first_hour-requirements.txt, which `./dev test` puts into
build/first_hour; the block ```text behind it is what it prints. HONE_WRITE_TUTORIAL=1 writes what was printed into the page instead,
save where it has a line ….
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from .harness import HONE, ROOT
from .test_transcripts import stable

PAGE = ROOT / "docs" / "first_hour.md"
PYTHON = ROOT / "build" / "first_hour" / "bin" / "python"
BLOCK = re.compile(r"(?ms)^```(console|python|text)\n(.*?)^```$")
WRITE = os.environ.get("HONE_WRITE_TUTORIAL")


def commands_of(console):
    """(command, what it prints) of a block."""
    for part in re.split(r"(?m)^\$ ", console)[1:]:
        lines = part.splitlines(keepends=True)
        more = next((place for place, line in enumerate(lines[1:], 1) if not line.startswith("> ")), len(lines))
        yield "".join([lines[0], *(line[2:] for line in lines[1:more])]), "".join(lines[more:])


def rounded(text):
    """The same with four decimals where there are seven or more: the last ones of what a model computes are the CPU's own."""
    return re.sub(r"\d+\.\d{7,}", lambda number: f"{float(number[0]):.4f}", text)


def matches(expected, printed):
    """Whether this was printed, where a line … stands for any number of lines."""
    parts = re.split(r"(?m)^…\n", rounded(expected))
    return re.fullmatch(r"(?:.*\n)*?".join(map(re.escape, parts)), rounded(printed)) is not None


def shown(command):
    first, *more = command.splitlines(keepends=True)
    return "$ " + first + "".join("> " + line for line in more)


class Tutorial:
    """A page, played from its begin to its end in a folder of its own, which begins with `files`."""

    def __init__(self, text, files):
        self.text = text
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hone-first-hour-"))
        for file in files:
            shutil.copy(file, self.folder)
        self.cwd = self.folder
        self.environment = {**os.environ, "PATH": f"{HONE.parent}:{os.environ['PATH']}", "HF_HOME": str(self.folder / "hf"), "HF_DATASETS_OFFLINE": "1",
                            "HF_HUB_OFFLINE": "1", "NO_COLOR": "1"}
        self.differences, self.played, self.python = [], {"console": 0, "python": 0}, ""

    def run(self, command):
        done = subprocess.run(command, cwd=self.cwd, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        return stable(done.stdout, self.folder.resolve()) + (f"[{done.returncode}]\n" if done.returncode else "")

    def check(self, what, expected, printed):
        """What the page should say here."""
        if matches(expected, printed):
            return expected
        self.differences.append(f"{what}\n--- the page says\n{expected}--- printed was\n{printed}")
        return expected if "…\n" in expected else printed

    def console(self, block):
        text = ""
        for command, expected in commands_of(block):
            self.played["console"] += 1
            text += shown(command)
            if command.startswith("cd "):
                self.cwd = (self.cwd / command[3:].strip()).resolve()
                continue
            text += self.check(command, expected, self.run(["bash", "-c", command]))
        return text

    def play_block(self, match):
        kind, block = match[1], match[2]
        if kind == "console":
            block = self.console(block)
        elif kind == "python":
            self.python, self.source = "", block
            if PYTHON.exists():
                self.played["python"] += 1
                self.python = self.run([PYTHON, "-c", block])
        elif PYTHON.exists():
            block = self.check(self.source, block, self.python)
        return f"```{kind}\n{block}```"

    def play(self):
        try:
            return BLOCK.sub(self.play_block, self.text)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class FirstHourTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tutorial = Tutorial(PAGE.read_text(encoding="utf-8"), [ROOT / "examples" / "bank_messages" / "messages.csv"])
        page = cls.tutorial.play()
        if WRITE:
            PAGE.write_text(page, encoding="utf-8")

    def test_its_commands_print_what_it_shows(self):
        self.assertGreater(self.tutorial.played["console"], 12)
        self.assertEqual("\n".join(self.tutorial.differences), "")

    def test_its_python_runs(self):
        if not PYTHON.exists():
            self.skipTest(f"{PYTHON} is not there: pip could not install tests/first_hour-requirements.txt")
        self.assertGreaterEqual(self.tutorial.played["python"], 3)

    def test_a_difference_is_seen(self):
        self.assertTrue(matches("a\n…\nd\n", "a\nb\nc\nd\n"))
        self.assertTrue(matches("a\n…\n", "a\n"))
        self.assertFalse(matches("a\n…\nd\n", "a\nb\nc\n"))
        self.assertFalse(matches("a\n", "a\nb\n"))
        self.assertTrue(matches("0.149116858\n", "0.149116814\n"))
        self.assertFalse(matches("0.1491\n", "0.1492\n"))
        self.assertFalse(matches("0.149116858\n", "0.149316858\n"))
