"""Sources that are more than conditions: programs, Python functions, rows like others, models of other projects, columns with confidences."""

import json
import os
import shutil
import signal
import subprocess
import unittest

from .harness import (HONE, HONE_TRAIN, SMALL_TRAINED_YAML, SMALL_YAML, ProjectTest, alive, current_records, hone, hone_json, python_with_arrow,
                      run_stages, small_csv, states, wait_until)

MINE = '''
from hone_lf import labeling_function, run

@labeling_function(fields=["text"])
def stolen(row):
    print("prints are no votes")
    if "purse" in row["text"]:
        raise ValueError("purses are hard")
    return "fraud" if "stolen" in row["text"] else None

@labeling_function(batch=True)
def card(columns):
    return [("card", 0.75) if "card" in text else None for text in columns["text"]]

if __name__ == "__main__":
    run()
'''


def with_sources(*entries, yaml=SMALL_YAML):
    """The small project with these sources beside its three."""
    return yaml.replace("sources:\n", "sources:\n" + "".join(f"  - {entry}\n" for entry in entries))


def source(project, name):
    return {entry["name"]: entry for entry in hone_json("lf", "--project", project)["sources"]}[name]


def asked(project):
    return current_records(project)["vote"]["counts"]["asked"]


class PythonTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.python = python_with_arrow()
        if not self.python.exists() or subprocess.run([self.python, "-c", "import pyarrow"], capture_output=True).returncode:
            raise unittest.SkipTest(f"{self.python} has no pyarrow")
        self.project = self.small_project(with_sources(self.entry("stolen"), self.entry("card")).replace("lf: stolen", "lf: stolen_words"))
        self.mine = self.write("small/lfs/mine.py", MINE)

    def entry(self, name, more=""):
        return f"{{process: ['{self.python}', lfs/mine.py], name: {name}{more}}}"

    def test_functions_of_one_file_vote(self):
        self.assertEqual(set(states(run_stages(self.project)).values()), {"ran"})
        stolen, card = source(self.project, "stolen"), source(self.project, "card")
        self.assertEqual((stolen["votes"], card["votes"]), (20, 50))
        self.assertEqual(stolen["failures"]["count"], 10)
        shown = stolen["failures"]["first"][0]["what"]
        self.assertIn("lfs/mine.py\", line 8, in stolen", shown)
        self.assertTrue(shown.endswith("ValueError: purses are hard"), shown)
        self.assertNotIn("hone_lf.py", shown)
        self.assertEqual(set(states(run_stages(self.project)).values()), {"fresh"})
        why = hone_json("why", "0-1", "--project", self.project)
        self.assertEqual({vote["source"]: vote["kind"] for vote in why["votes"]}["stolen"], "process")

    def test_only_a_changed_file_is_asked_again(self):
        run_stages(self.project)
        self.assertEqual(asked(self.project), 5)
        self.edit(self.project / "hone.yaml", "any: [stolen, stole,", "any: [stolen,")
        run_stages(self.project)
        self.assertEqual(asked(self.project), 1, "an LF changed, the program did not")
        self.edit(self.mine, '"stolen" in row["text"]', '"stole" in row["text"]')
        stages = run_stages(self.project)
        self.assertEqual(stages["vote"]["why"], "source stolen and source card changed")
        self.assertEqual(asked(self.project), 2)

    def test_a_draft_is_tried(self):
        draft = hone_json("lf", "-", "--project", self.project, stdin=self.entry("draft", ", function: card"))
        self.assertEqual(draft["votes"], 50)
        self.assertEqual(len(draft["hits"]), 10)
        self.assertEqual(hone_json("lf", "stolen", "--project", self.project)["failures"]["count"], 10)

    def test_a_program_that_failed_is_asked_again_by_the_next_run(self):
        self.mine.write_text("import no_such_module\n")
        self.assertEqual(run_stages(self.project)["vote"]["state"], "ran", "a program that dies ends no run")
        failures = source(self.project, "stolen")["failures"]
        self.assertEqual(failures["count"], 80)
        self.assertIn("ended with status 1; it says:", failures["first"][0]["what"])
        self.assertIn("No module named 'no_such_module'", failures["first"][0]["what"])
        hone("why", "0-1", "--project", self.project)  # What there is can be looked at.
        self.write("small/no_such_module.py", "")
        self.mine.write_text("import sys\nsys.path.append('.')\nimport no_such_module\n" + MINE)
        (self.project / "no_such_module.py").unlink()
        run_stages(self.project)
        self.write("small/no_such_module.py", "")
        stages = run_stages(self.project)
        self.assertIn("failed the last time", stages["vote"]["why"])
        self.assertEqual(source(self.project, "stolen")["votes"], 20)
        self.assertEqual(set(states(run_stages(self.project)).values()), {"fresh"})

    def test_a_function_that_is_not_there_is_named(self):
        draft = hone_json("lf", "-", "--project", self.project, stdin=self.entry("draft", ", function: stollen"))
        self.assertEqual(draft["failures"]["count"], 80)
        self.assertIn("no labeling function named 'stollen'; there are: 'stolen', 'card'", draft["failures"]["first"][0]["what"])

    def test_test_gold_is_not_shown_to_a_program(self):
        self.mine.write_text(MINE.replace('''fields=["text"])''', '''fields=["text", "label"])''').replace('"stolen" in row["text"]', "True"))
        yaml = self.project / "hone.yaml"
        self.edit(yaml, self.entry("stolen"), self.entry("stolen", ", fields: [text, label]"))
        run_stages(self.project)
        rows = [json.loads(line) for line in hone("export", "--project", self.project).stdout.splitlines()]
        voted = {row["split"] for row in rows if any(vote.startswith("stolen=") for vote in row["sources"].split())}
        self.assertEqual(voted, {"train"})

    def test_an_interrupt_ends_the_program_too(self):
        self.mine.write_text("import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
        child = subprocess.Popen([HONE, "run", "--project", self.project], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        pid = int(wait_until(lambda: (self.project / "pid").exists() and (self.project / "pid").read_text()))
        child.send_signal(signal.SIGINT)
        self.assertIn("interrupted", child.communicate(timeout=30)[1])
        self.assertEqual(child.returncode, -signal.SIGINT)
        wait_until(lambda: not alive(pid))


class ProgramTest(ProjectTest):
    def test_a_program_that_is_not_there_ends_no_run(self):
        project = self.small_project(with_sources("{process: [no-such-program, --fast], name: outside}"))
        self.assertEqual(run_stages(project)["vote"]["state"], "ran")
        failures = source(project, "outside")["failures"]
        self.assertEqual(failures["count"], 80)
        self.assertIn("cannot start 'no-such-program': there is no such program in PATH", failures["first"][0]["what"])

    def test_secrets_of_the_environment_stay_here(self):
        project = self.small_project(with_sources("{process: [sh, -c, 'env >&2; pwd >&2; exit 1'], name: outside, environment: [SHOWN]}"))
        run = hone("run", "--project", project, env={**os.environ, "HIDDEN": "hidden secret", "SHOWN": "shown"})
        what = source(project, "outside")["failures"]["first"][0]["what"]
        self.assertNotIn("hidden secret", what + run.stdout)
        self.assertIn("SHOWN=shown", what)
        self.assertIn(str(project), what)

    def test_bad_entries_are_refused_with_their_place(self):
        for entry, said in [("{process: [], name: a}", "names no program"), ("{process: [x]}", "name"),
                            ("{process: [x], name: a, seconds: 0}", "expected seconds above 0"),
                            ("{process: [x], name: a, files: nothing-*.py}", "nothing-*.py"),
                            ("{process: [x], name: a, files: ../out.py}", "leads out of the project folder"),
                            ("{process: [x], name: a, filds: x}", "did you mean 'fields'?"),
                            ("{process: [x], name: a, fields: [txt]}", "no column 'txt'"),
                            ("{column: text, at_least: 0.5}", "at_least is a bound on confidences"),
                            ("{column: text, confidence: score}", "no column 'score'"),
                            ("{model: nowhere, name: old}", "there is no 'nowhere'"),
                            ("{model: ., name: old}", "own model cannot vote in it"),
                            ("{like: {texts: [a]}, name: a, vote: card}", "says not how like a row must be"),
                            ("{like: {examples: [zz]}, name: a, vote: card, at_least: 0.5}", "there is no row with the id 'zz'")]:
            with self.subTest(entry):
                project = self.small_project(with_sources(entry))
                self.refused("run", "--project", project, say=[said])


class LikeTest(ProjectTest):
    def test_rows_like_examples_vote(self):
        project = self.small_project(with_sources("{like: {texts: [my card was stolen], examples: [0-7]}, name: near, vote: fraud, at_least: 0.6}",
                                                  "{like: {texts: [I lost my card]}, name: lost_like, vote: card, nearest: 10}"))
        run_stages(project)
        self.assertEqual(source(project, "near")["votes"], 20)
        self.assertEqual(source(project, "lost_like")["votes"], 10)
        self.assertEqual(source(project, "lost_like")["votes_by_class"], {"card": 10})
        draft = hone_json("lf", "-", "--project", project, stdin="{like: {texts: [not me]}, vote: fraud, at_least: 0.3}")
        self.assertGreater(draft["votes"], 0)


class ColumnTest(ProjectTest):
    def test_a_column_votes_as_sure_as_another_says(self):
        rows = "id,text,label,guess,score\n" + "".join(
            f'{row},"card {row}",card,{guess},{score}\n' for row, (guess, score) in
            enumerate([("card", "0.9"), ("fraud", "0.3"), ("card", "1"), ("x", "0.9"), ("card", "NaN"), ("card", "1.2"), ("card", "-1"),
                       ("card", "high"), ("card", ""), ("", "0.9"), ("card", "0"), ("fraud", "0.5")]))
        project = self.small_project(SMALL_YAML.replace("sources:\n", "sources:\n  - {column: guess, confidence: score, at_least: 0.5}\n"), rows)
        hone("run", "--project", project, "--until", "vote")
        guess = source(project, "guess")
        self.assertEqual(guess["votes"], 3)
        self.assertEqual(guess["failures"]["count"], 6)
        self.assertIn("field 'guess': 'x' is no class", guess["failures"]["first"][0]["what"])
        self.assertIn("field 'score': 'NaN' is no confidence, which is a number from 0 to 1", guess["failures"]["first"][1]["what"])


@unittest.skipUnless(HONE_TRAIN.exists(), "this build has no hone-train")
class ModelTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.teacher = self.small_project(SMALL_TRAINED_YAML, name="teacher")
        run_stages(self.teacher)

    def pupil(self, entry):
        return self.small_project(with_sources(entry), name="pupil")

    def test_another_projects_model_votes(self):
        project = self.pupil("{model: ../teacher, name: teacher, at_least: 0.6}")
        run_stages(project)
        votes = source(project, "teacher")["votes"]
        self.assertGreater(votes, 0)
        self.edit(project / "hone.yaml", "at_least: 0.6", "at_least: 0.1")
        run_stages(project)
        self.assertEqual(source(project, "teacher")["votes"], 80)
        self.assertEqual(asked(project), 1)
        self.assertEqual(hone_json("lf", "-", "--project", project, stdin="{model: ../teacher, at_least: 0.6}")["votes"], votes)

    def test_a_model_that_was_trained_again_is_asked_again(self):
        project = self.pupil("{model: ../teacher, name: teacher}")
        run_stages(project)
        self.edit(self.teacher / "hone.yaml", "epochs: 5", "epochs: 1")
        run_stages(self.teacher)
        self.assertEqual(run_stages(project)["vote"]["why"], "source teacher changed")

    def test_a_file_votes_as_the_project_it_came_from(self):
        project = self.pupil("{model: model.safetensors, name: teacher}")
        train = current_records(self.teacher)["train"]
        hash = next(output["ref"]["hash"] for output in train["outputs"] if output["name"] == "model")
        shutil.copy(self.teacher / ".hone/objects" / hash[:2] / hash[2:], project / "model.safetensors")
        run_stages(project)
        self.assertEqual(source(project, "teacher")["votes"], 80)
        (project / "model.safetensors").chmod(0o644)
        (project / "model.safetensors").write_bytes(b"no model")
        self.refused("run", "--project", project, say=["source 'teacher' in hone.yaml:"])

    def test_classes_that_the_task_does_not_have_are_named(self):
        yaml = with_sources("{model: ../teacher, name: teacher}").replace("[card, fraud]", "[card, theft]").replace("vote: fraud", "vote: theft")
        project = self.small_project(yaml, name="pupil")
        self.refused("run", "--project", project, say=["the model knows the class 'fraud', which is none of 'card' and 'theft'"])
        self.edit(project / "hone.yaml", "name: teacher}", "name: teacher, classes: {fraud: theft}}")
        run_stages(project)
        self.assertEqual(set(source(project, "teacher")["votes_by_class"]), {"theft"})

    def test_a_project_that_has_not_run_is_named(self):
        shutil.rmtree(self.teacher / ".hone")
        self.refused("run", "--project", self.pupil("{model: ../teacher, name: teacher}"), say=["has no trained model; run it: hone run --project"])


if __name__ == "__main__":
    unittest.main()
