"""What people see: the transcripts tests/cli/*.test, in which a line `$ hone …` is followed by all it prints (both streams) and by
`[status]` where that is not 0. A line `# …` is for readers. `$ hone … <<< TEXT` gives a line on standard input.

They run in one folder a file, which begins with votes.csv and the project `small` of harness.py. What differs from run to run is
written as a word: <folder>, <hash>, <time>, <person>, and times of stages as <s>, at their width.
"""

import os
import pathlib
import pwd
import re
import shlex
import subprocess

from .harness import HONE, ROOT, ProjectTest

FOLDER = ROOT / "tests" / "cli"
VOTES = "id,gold,ann,bob,cleo\na,yes,yes,yes,no\nb,no,,no,\nc,,yes,no,no\nd,no,,,\n"


def steps(text):
    """(command, what it prints) of a transcript."""
    for block in re.split(r"(?m)^\$ ", text)[1:]:
        command, _, expected = block.partition("\n")
        yield command, re.sub(r"(?m)^# .*\n|^#\n", "", expected)


def stable(text, folder):
    """What a command printed, with words for what differs from run to run."""
    text = text.replace(str(folder), "<folder>")
    text = re.sub(rf"\bby {re.escape(pwd.getpwuid(os.getuid()).pw_name)}\b", "by <person>", text)
    text = re.sub(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>", text)
    text = re.sub(r"\b[0-9a-f]{64}\b|(?<=<time>  )[0-9a-f]{12}\b", "<hash>", text)
    return re.sub(r"\b\d+\.\d\d s\b", "   <s>", text)


class TranscriptTest(ProjectTest):
    maxDiff = None

    def play(self, path):
        self.write("votes.csv", VOTES)
        self.small_project()
        for command, expected in steps(path.read_text(encoding="utf-8")):
            line, _, stdin = command.partition(" <<< ")
            words = shlex.split(line)
            self.assertEqual(words[0], "hone")
            done = subprocess.run([HONE, *words[1:]], cwd=self.folder, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            printed = stable(done.stdout, self.folder.resolve()) + (f"[{done.returncode}]\n" if done.returncode else "")
            self.assertEqual(printed, expected, f"{path.name}: $ {command}")

    def test_there_are_transcripts(self):
        self.assertGreater(len(list(FOLDER.glob("*.test"))), 3)


def add_tests():
    """A test for each transcript, by its name."""
    for path in sorted(pathlib.Path(FOLDER).glob("*.test")):
        setattr(TranscriptTest, f"test_{path.stem}", lambda self, path=path: self.play(path))


add_tests()
