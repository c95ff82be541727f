"""The manual docs/evaluation.md: its commands are run, and what it shows is what they print. HONE_WRITE_TUTORIAL=1 writes what was printed
into the page instead (test_first_hour.py)."""

import pathlib
import re
import unittest

from .harness import DATA, ROOT
from .test_first_hour import WRITE, Tutorial

PAGE = ROOT / "docs" / "evaluation.md"
FILES = sorted((ROOT / "examples" / "comparison").iterdir())
PUBLIC = re.compile(r"(?ms)^## People as systems$.*?(?=^## )")  # The part that needs a public data set.


class EvaluationPageTest(unittest.TestCase):
    maxDiff = None

    def play(self, text, files):
        tutorial = Tutorial(text, files)
        return tutorial, tutorial.play()

    def test_its_commands_print_what_it_shows(self):
        page = PAGE.read_text(encoding="utf-8")
        tutorial, played = self.play(PUBLIC.sub("", page), FILES)
        if WRITE:
            after = played.index("## Verdicts")
            PAGE.write_text(played[:after] + PUBLIC.search(page)[0] + played[after:], encoding="utf-8")
            return
        self.assertGreater(tutorial.played["console"], 6)
        self.assertEqual("\n".join(tutorial.differences), "")

    def test_its_commands_on_public_data_print_what_it_shows(self):
        if not DATA:
            self.skipTest("HONE_TEST_DATA is not set")
        page = PAGE.read_text(encoding="utf-8")
        tutorial, played = self.play(PUBLIC.search(page)[0], [*FILES, pathlib.Path(DATA) / "pandalm" / "testset-v1.json"])
        if WRITE:
            PAGE.write_text(PUBLIC.sub(lambda _: played, page), encoding="utf-8")
            return
        self.assertGreater(tutorial.played["console"], 3)
        self.assertEqual("\n".join(tutorial.differences), "")
