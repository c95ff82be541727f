"""The report page of real runs and of made-up ones, opened in headless Chromium by tests/page/."""

import shutil
import subprocess
import unittest

from .harness import ROOT, ProjectTest, run_stages
from .test_bad_input import HOSTILE_ROWS, HOSTILE_YAML

PAGE = ROOT / "tests" / "page"


def node(*words):
    """Runs a script of tests/page; fails with what it says."""
    program = shutil.which("node")
    if program is None:
        raise unittest.SkipTest("there is no Node on this machine's PATH")
    if not (PAGE / "node_modules").is_dir():
        raise unittest.SkipTest("tests/page/node_modules is missing: npm ci --prefix tests/page")
    done = subprocess.run([program, *map(str, words)], cwd=PAGE, capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class PageTest(ProjectTest):
    def test_the_report_of_the_example(self):
        project = self.copy_example()
        run_stages(project)
        self.assertIn("all is well", node("check.mjs", project / ".hone" / "report.html"))

    def test_the_report_of_a_hostile_project(self):
        project = self.small_project(HOSTILE_YAML, HOSTILE_ROWS, name="<img src=x onerror=alert(3)>")
        run_stages(project)
        self.assertIn("all is well", node("check.mjs", project / ".hone" / "report.html", "--hostile"))

    def test_a_report_without_gold_and_without_a_model(self):
        project = self.small_project()
        self.edit(project / "hone.yaml", "gold: {field: label}\n", "")
        run_stages(project)
        self.assertIn("all is well", node("check.mjs", project / ".hone" / "report.html"))

    def test_made_up_reports(self):
        if not (ROOT / "web" / "dist" / "report.html").is_file():
            self.skipTest("web/ is not built: npm run --prefix web build")
        self.assertIn(" 0 failed", node("run.mjs"))
