"""kill -9 at any moment: the next run goes on, and ends with the bytes of a run that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import time

from .harness import HONE, LONG, ProjectTest, current_records, leftovers, objects, outputs, reachable_objects, run_stages

SEED = 20260105
ROUNDS_WITHOUT_MODEL, ROUNDS_WITH_MODEL, ROUNDS_AFTER_AN_EDIT = (140, 45, 15) if LONG else (35, 10, 5)


def run_and_kill(project, delay):
    """Starts a run in a process group of its own and kills the group after `delay` seconds; whether it was still running."""
    child = subprocess.Popen([HONE, "run", "--project", project], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        child.wait(timeout=delay)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # hone-train, in a group of its own, dies with its parent.
        child.wait()
        return True


def forget(project):
    shutil.rmtree(project / ".hone", ignore_errors=True)


class KillTest(ProjectTest):
    def undisturbed(self, project):
        """What an undisturbed run makes, and how long it takes."""
        started = time.monotonic()
        run_stages(project)
        took = time.monotonic() - started
        made = {stage: outputs(record) for stage, record in current_records(project).items()}
        forget(project)
        return made, took

    def kill_often(self, project, rounds, name):
        """Kills `rounds` runs at moments spread over a whole run; between some of them a run may end and the walk starts over."""
        expected, took = self.undisturbed(project)
        moments = random.Random(f"{SEED} {name}")
        killed = starts = 0
        while killed < rounds:
            starts += 1
            self.assertLess(starts, 20 * rounds, "hardly any run was caught while it ran")
            if not run_and_kill(project, moments.uniform(0.0, took)):
                self.check_end(project, expected)
                forget(project)
                continue
            killed += 1
            if killed % 5 == 0:
                self.check_end(project, expected)
                forget(project)

    def check_end(self, project, expected):
        run_stages(project)
        self.assertEqual({stage: outputs(record) for stage, record in current_records(project).items()}, expected)
        self.assertLessEqual(reachable_objects(project), objects(project))
        self.assertEqual(leftovers(project), [])
        self.assertEqual([path.name for path in project.iterdir() if path.name.startswith(".tmp-")], [])

    def test_without_a_model(self):
        project = self.copy_example()
        self.edit(project / "hone.yaml", "model: {name: text-linear}", "model: none")
        self.kill_often(project, ROUNDS_WITHOUT_MODEL, "votes and labels")

    def test_with_a_model(self):
        self.kill_often(self.copy_example(), ROUNDS_WITH_MODEL, "training")

    def test_while_an_edited_lf_is_voted_on_again(self):
        project = self.copy_example()
        yaml = project / "hone.yaml"
        self.edit(yaml, "model: {name: text-linear}", "model: none")
        text = yaml.read_text()
        run_stages(project)
        yaml.write_text(text.replace("any: [chip, stripe,", "any: [chip, stripes,"))
        expected, _ = self.undisturbed(shutil.copytree(project, self.folder / "beside" / "bank_messages", ignore=shutil.ignore_patterns(".hone")))
        moments = random.Random(f"{SEED} edit")
        for _ in range(ROUNDS_AFTER_AN_EDIT):
            run_and_kill(project, moments.uniform(0.0, 0.3))
        self.check_end(project, expected)
