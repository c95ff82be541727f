"""Help, the manual and shell completion: one source, every way to read it."""

import os
import pty
import re
import select
import shutil
import subprocess

from .harness import HONE, ROOT, ProjectTest, hone, hone_json, run_stages

BOLD = "\033[1m"


def on_a_terminal(*words, env=None):
    """What hone prints when standard output is a terminal."""
    parent, child = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **(env or {})}
    process = subprocess.Popen([HONE, *words], stdin=subprocess.DEVNULL, stdout=child, stderr=subprocess.DEVNULL, env=environment)
    os.close(child)
    said = b""
    while select.select([parent], [], [], 60)[0]:
        try:
            part = os.read(parent, 65536)
        except OSError:  # The other end is closed.
            break
        if not part:
            break
        said += part
    os.close(parent)
    process.wait()
    return said.decode()


class HelpTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.all = hone_json("help")

    def test_every_topic_has_a_page_that_fits_a_terminal(self):
        self.assertGreater(len(self.all["topics"]), 12)
        for topic in self.all["topics"]:
            with self.subTest(topic["name"]):
                lines = hone("help", topic["name"]).stdout.splitlines()
                self.assertEqual(lines[0], f"{topic['name']}: {topic['what']}")
                self.assertGreater(len(lines), 6)
                self.assertNotIn("\033", "".join(lines))
                is_term = re.compile(r"  \S")  # A term and its values may be long.
                self.assertEqual([line for line in lines if len(line) > 80 and not line.startswith("    ") and not is_term.match(line)], [])
                text = [line for line in lines if not line.startswith("    ")]
                self.assertFalse([line for line in text if line.lstrip().startswith(("|", "#", "```"))], "no Markdown is left")

    def test_every_command_has_a_page_with_its_options_and_an_example_that_is_its_own(self):
        for command in self.all["commands"]:
            with self.subTest(command["name"]):
                said = hone(command["name"], "--help").stdout
                self.assertEqual(said, hone("help", command["name"]).stdout)
                self.assertIn(f"hone {command['name']}", command["example"])
                self.assertIn("\nOptions\n", said)
                self.assertIn("\nExamples\n", said)
                self.assertIn(command["example"], said.split("\nExamples\n")[1])
                self.assertIn("--json", said)

    def test_sections_on_commands_in_the_docs_are_of_commands_that_there_are(self):
        named = set(re.findall(r"(?m)^## hone (.*)$", (ROOT / "docs" / "help.md").read_text(encoding="utf-8")))
        self.assertLessEqual(named, {command["name"] for command in self.all["commands"]})

    def test_hone_alone_shows_what_there_is(self):
        alone = hone(status=2)
        self.assertEqual(alone.stdout, hone("--help").stdout)
        self.assertEqual(alone.stdout, hone("help").stdout)
        self.assertEqual(alone.stderr, "")
        for name in [entry["name"] for entry in self.all["commands"] + self.all["topics"]]:
            self.assertRegex(alone.stdout, rf"(?m)^  {name}\b")

    def test_a_topic_that_is_not_there_names_the_nearest(self):
        self.refused("help", "condtions", status=2, say=["no help on 'condtions'; did you mean 'conditions'?"])
        self.refused("help", "zebra", status=2, say=["no help on 'zebra'; `hone help` lists the topics"])

    def test_keys_of_the_project_are_those_that_init_writes(self):
        keys = hone("help", "project").stdout
        self.assertIn("data.max_bad_rows", keys)
        self.assertIn("evaluate.metrics", keys)

    def test_bold_is_for_terminals_that_show_it(self):
        self.assertIn(BOLD, on_a_terminal("help", "conditions"))
        self.assertNotIn("\033", on_a_terminal("help", "conditions", env={"NO_COLOR": "1"}))
        self.assertNotIn("\033", on_a_terminal("help", "conditions", env={"TERM": "dumb"}))

    def test_the_manual_is_sound_and_holds_everything(self):
        manual = hone("help", "--man").stdout
        built = HONE.parent.parent / "share" / "man" / "man1" / "hone.1"
        self.assertEqual(built.read_text(encoding="utf-8"), manual)
        for name in [topic["name"].upper() for topic in self.all["topics"]]:
            self.assertIn('.SH "' + name.replace("-", "\\-") + '"', manual)
        if shutil.which("mandoc"):
            lint = subprocess.run(["mandoc", "-Tlint"], input=manual, capture_output=True, text=True)
            self.assertEqual(lint.stdout, "")
        if shutil.which("groff"):
            groff = subprocess.run(["groff", "-man", "-ww", "-k", "-Tutf8"], input=manual, capture_output=True, text=True)
            self.assertEqual(groff.stderr, "")
            shown = re.sub(".\b|\033\\[[0-9;]*m", "", groff.stdout)
            for name in [command["name"] for command in self.all["commands"]]:
                self.assertIn(f"hone {name}", shown)
        if not shutil.which("mandoc") or not shutil.which("groff"):
            self.skipTest("mandoc or groff is not installed")


class CompletionTest(ProjectTest):
    """What real shells offer. `line` is what was typed; its last word is completed."""

    def setUp(self):
        super().setUp()
        self.project = self.small_project()
        run_stages(self.project)
        self.environment = {**os.environ, "PATH": f"{HONE.parent}:{os.environ['PATH']}", "HOME": str(self.folder)}

    def shell(self, *words):
        done = subprocess.run(words, cwd=self.project, env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def bash(self, *words):
        typed = " ".join(f"'{word}'" for word in words)
        script = f'source <(hone completion bash); COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _hone; printf "%s\\n" "${{COMPREPLY[@]}}"'
        return [word for word in self.shell("bash", "--norc", "-c", script) if word]

    def check_shell(self, complete):
        commands = [command["name"] for command in hone_json("help")["commands"]]
        self.assertEqual(sorted(complete("hone", "")), sorted(commands))
        self.assertEqual(complete("hone", "st"), ["status"])
        self.assertIn("--until", complete("hone", "run", "--"))
        self.assertEqual(complete("hone", "run", "--until", "la"), ["label"])
        self.assertEqual(complete("hone", "lf", "st"), ["stolen"])
        self.assertIn("card_word", complete("hone", "lf", ""))
        self.assertEqual(complete("hone", "help", "cond"), ["conditions"])
        self.assertEqual(complete("hone", "aggregate", "x.csv", "--model", "daw"), ["dawid-skene"])
        self.assertEqual(complete("hone", "export", "--format", "p"), ["parquet"])

    def test_bash(self):
        self.check_shell(self.bash)
        self.assertEqual(self.bash("hone", "export", "--columns", "text,la"), ["text,label"])
        self.assertEqual(self.bash("hone", "run", "--until", "=", "la"), ["label"])
        self.assertIn("rows.csv", self.bash("hone", "predict", ""))
        self.assertEqual(self.bash("hone", "lf", "--project", str(self.folder / "nowhere"), ""), [])
        self.assertEqual(self.bash("hone", "frobnicate", ""), [])

    def test_zsh(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")

        def complete(*words):
            typed = " ".join(f"'{word}'" for word in words)
            script = f"compdef() {{ :; }}; _describe() {{ print -l -- ${{(P)2}} }}; source <(hone completion zsh); words=({typed}); CURRENT={len(words)}; _hone; true"
            return [line.split(":")[0] for line in self.shell("zsh", "-f", "-c", script)]

        self.check_shell(complete)

    def test_fish(self):
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")

        def complete(*words):
            line = " ".join(words)
            return [offered.split("\t")[0] for offered in self.shell("fish", "--no-config", "-c", f'hone completion fish | source; complete -C "{line}"')]

        self.check_shell(complete)

    def test_a_shell_that_is_not_known(self):
        self.refused("completion", "csh", status=2, say=["no completion for the shell 'csh'"])
