"""What `cmake --install` gives, and a project of somebody else's that builds upon it (tests/install)."""

import os
import shutil
import subprocess

from .harness import HONE, ROOT, ProjectTest, hone, hone_json

BUILD = HONE.parent.parent


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class InstallTest(ProjectTest):
    def install(self, *components):
        """Installs, then moves the folder: nothing may remember where it was."""
        for component in components:
            run("cmake", "--install", BUILD, "--prefix", self.folder / "installed", "--component", component)
        return (self.folder / "installed").rename(self.folder / "moved here")

    def test_nothing_installed_points_at_the_build_and_nothing_internal_is_there(self):
        prefix = self.install("programs", "development")
        files = [path for path in prefix.rglob("*") if path.is_file()]
        headers = [path for path in files if path.is_relative_to(prefix / "include")]
        self.assertIn(prefix / "include/hone/vote/vote_matrix.h", headers)
        self.assertEqual([path for path in headers if "_internal" in path.name or "_testing" in path.name], [])
        for path in files:
            self.assertNotIn(os.fsencode(ROOT.resolve()), path.read_bytes(), path)
        self.assertEqual(run(prefix / "bin/hone", "--version", env={}), hone("--version").stdout)

    def test_a_foreign_project_finds_builds_and_runs(self):
        prefix, foreign = self.install("development"), self.folder / "foreign"
        shutil.copytree(ROOT / "tests/install", foreign)
        project = self.small_project()
        hone("run", "--project", project, "--until", "label")
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        run("cmake", "-G", "Ninja", "-S", foreign, "-B", foreign / "build", f"-DCMAKE_PREFIX_PATH={prefix}", *launcher)
        run("cmake", "--build", foreign / "build")
        self.assertEqual(run(foreign / "build/votes", project), "labels 0 1 1 0\nrows 80\nlabels of 80\n")

    def test_the_example_of_sources_in_cpp_builds_votes_and_answers_hone(self):
        prefix, example = self.install("development"), self.copy_example("cpp_source")
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        run("cmake", "-G", "Ninja", "-S", example, "-B", example / "build", f"-DCMAKE_PREFIX_PATH={prefix}", *launcher)
        run("cmake", "--build", example / "build")
        self.assertEqual(run(example / "build/shouting", "--self"), "row 0: complaint\nrow 1: payment\n")
        hone("run", "--project", example)
        votes = {source["name"]: (source["votes_by_class"], source["failures"]["count"]) for source in hone_json("lf", "--project", example)["sources"]}
        self.assertEqual(votes, {"shouting": ({"complaint": 3}, 0), "numbers": ({"payment": 2}, 0)})

    def test_installed_programs_find_the_python_helper(self):
        self.assertTrue((self.install("programs") / "share/hone/python/hone_lf.py").exists())
