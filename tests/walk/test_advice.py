"""No message only complains: each names what is wrong and what to do. What the messages say in full is in test_bad_input.py."""

import re

from .harness import SMALL_TRAINED_YAML, SMALL_YAML, ProjectTest, hone, run_stages

# A way out: the nearest name, the names there are, a command, an option, an example, or a clause that tells what to do.
ADVICE = re.compile(r"did you mean '|there (?:are|is): |`hone |`[a-z -]+ --help`|hone init|hone aggregate|--[a-z]+|such as [\[{]|as in [\[{]|"
                    r"; (?:give|add|take|name|write|use|put|keep|raise|lower|list|join|choose|save|unpack|let|quote|include|includes|ids|run|leave|"
                    r"is a|look|a number|does|of all|wait|make|close)\b|expected (?:a|one|the)\b|must (?:be|say|lie)|, or a list of|is neither|name at least|"
                    r"use letters|one of|may vote on train rows alone: ")

# (what stands in the small project's hone.yaml, what it becomes)
BAD_YAML = [
    ("data: {files: rows.csv", "data: {files: rows.cvs"),
    ("data: {files: rows.csv", "data: {files: '*.parquet'"),
    ("data: {files: rows.csv", "data: {files: []"),
    ("data: {files: rows.csv", "data: {encoding: klingon, files: rows.csv"),
    ("data: {files: rows.csv", "data: {delimiter: abc, files: rows.csv"),
    ("data: {files: rows.csv", "data: {decimal: x, files: rows.csv"),
    ("data: {files: rows.csv", "data: {time_zone: Mars, files: rows.csv"),
    ("data: {files: rows.csv", "data: {max_bad_rows: 7, files: rows.csv"),
    ("data: {files: rows.csv", "data: {colour: red, files: rows.csv"),
    ("id: id", "id: idd"), ("text: text", "text: texts"), ("text: text", "text: label"), ("text: text", "text: []"),
    ("test: 0.2", "test: 0.3"), ("train: 0.6", "trian: 0.6"), ("{train: 0.6, valid: 0.2, test: 0.2}", "{field: fold}"),
    ("{train: 0.6, valid: 0.2, test: 0.2}", "{files: {test: rows.csv}}"),
    ("classes: [card, fraud]", "classes: [card]"), ("classes: [card, fraud]", "classes: [card, card]"), ("classes: [card, fraud]", "classes: [card, '']"),
    ("classes: [card, fraud]", "classes: [card, fraud], kind: ranking"), ("classes: [card, fraud]", "classes: [card, fraud], class_balance: {frod: 0.1}"),
    ("classes: [card, fraud]", "classes: [card, fraud], class_balance: {fraud: 1.5}"),
    ("gold: {field: label}", "gold: {field: lable}"), ("gold: {field: label}", "gold: {field: label, use: [exam]}"), ("gold:", "glod:"),
    ("lf: lost", "lf: stolen"), ("lf: lost", "lf: 'a b'"), ("lf: lost", "left: lost"), ("vote: card, match", "vote: crad, match"), ("any: [card]", "any: []"),
    ("any: [card]", "any: ['']"), ("any: [card]", "anny: [card]"), ("'(?i)\\blost\\b'", "'(lost'"), ("any: [card]", "where: {above: 3}"),
    ("any: [card]", "where: {field: id}"), ("any: [card]", "where: {field: id, above: many}"), ("any: [card]", "where: {field: id, equals: []}"),
    ("any: [card]", "all_of: card"), ("any: [card]", "where: {field: '', above: 3}"), ("any: [card]", "any: [card], field: bdy"),
    ("any: [card]", "any: [card], splits: [exam]"), ("any: [card]", "any: [card], splits: [valid], field: label"),
    ("model: none", "model: bert"), ("model: none", "model: {name: none, epochs: 3}"), ("model: none", "model: {name: text-linear, epocs: 3}"),
    ("model: none", "model: {name: text-linear, epochs: 0}"), ("model: none", "label_model: majorty"), ("model: none", "label_model: {name: dawid-skene, alfa: 1}"),
    ("model: none", "label_model: {name: dawid-skene, alpha: -1}"), ("model: none", "evaluate: {metrics: [acuracy]}"), ("model: none", "seed: -1"),
    ("model: none", "  - {include: 'lfs/*.yaml'}\nmodel: none"), ("model: none", "  - {include: ../x.yaml}\nmodel: none"),
    ("slice: short, where: {words_of: text, below: 5}", "slice: short, any: [x], field: label"), ("sources:", "sources: ["), ("sources:", "---\nsources:"),
]

COMMANDS = [
    ["rum"], ["run", "--treads", "2"], ["run", "--threads", "many"], ["why"], ["run", "--until", "lable"], ["export", "--format", "xlsx"],
    ["export", "--out", "x.doc"], ["export", "--json"], ["export", "--columns", "txt"], ["export", "--columns", "text,text"], ["lf", "stole"], ["lf", "zebra"],
    ["why", "nobody"], ["why", "99999"], ["predict", "rows.csv"], ["predict", "nowhere.csv"], ["aggregate", "nowhere.csv"], ["aggregate", "rows.csv", "--model", "x"],
    ["help", "nothing"], ["completion", "tcsh"], ["init", ".", "--from", "rows.csv"], ["init", "new"], ["init", "new", "--from", "."],
]
DRAFTS = ["", "vote: card", "{lf: x, vote: crad, any: [x]}", "{include: x.yaml}", "[{lf: a, vote: card, any: [x]}, {lf: b, vote: card, any: [x]}]", "{vote: card, any: ["]


class AdviceTest(ProjectTest):
    def check(self, what, *words, **options):
        with self.subTest(what):
            done = hone(*words, status=None, **options)
            self.assertIn(done.returncode, (1, 2), done.stdout)
            self.assertTrue(done.stderr.startswith("hone: "), done.stderr)
            self.assertRegex(done.stderr, ADVICE)
            self.assertNotIn("internal error", done.stderr)

    def test_of_everything_wrong_in_hone_yaml(self):
        project = self.small_project()
        for old, new in BAD_YAML:
            self.assertEqual(SMALL_YAML.count(old), 1, old)
            (project / "hone.yaml").write_text(SMALL_YAML.replace(old, new), encoding="utf-8")
            self.check(f"{old} -> {new}", "run", "--project", project)

    def test_of_everything_wrong_on_the_command_line(self):
        project = self.small_project()
        run_stages(project)
        for words in COMMANDS:
            self.check(" ".join(words), *words, cwd=project)

    def test_of_drafts(self):
        project = self.small_project()
        for draft in DRAFTS:
            self.check(draft, "lf", "-", "--project", project, stdin=draft)

    def test_of_what_was_not_run_yet(self):
        project = self.small_project(SMALL_TRAINED_YAML)
        for words in (["report"], ["export"], ["why", "0"], ["predict", "rows.csv"]):
            self.check(" ".join(words), *words, cwd=project)

    def test_a_complaint_alone_is_no_advice(self):
        for said in ("hone: the table is red", "hone: import: no rows in 'a.csv'", "hone: hone.yaml:1:2: a class needs a name"):
            self.assertNotRegex(said, ADVICE)
