"""The package, without its archive and without bare systems: those are tests/package/bare.py (`./dev package-test`)."""

import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from .harness import ROOT, SMALL_TRAINED_YAML, ProjectTest, current_records, hone, outputs

spec = importlib.util.spec_from_file_location("package", ROOT / "tools/package.py")
package = importlib.util.module_from_spec(spec)
sys.modules["package"] = package
spec.loader.exec_module(package)


def make(folder, *options):
    """The staged package, made in `folder`."""
    command = [sys.executable, ROOT / "tools/package.py", "--stage-only", "--folder", folder, *options]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if said.returncode != 0:
        raise AssertionError(said.stdout + said.stderr)
    return pathlib.Path(said.stdout.splitlines()[-1].rpartition(": ")[0])


class PackageTest(ProjectTest):
    @classmethod
    def setUpClass(cls):
        cls.stages = pathlib.Path(tempfile.mkdtemp(prefix="hone test ümläut "))  # Unpacked anywhere means anywhere.
        cls.addClassCleanup(shutil.rmtree, cls.stages, ignore_errors=True)
        cls.full = make(cls.stages / "full")
        cls.small = make(cls.stages / "small", "--without-torch")

    def packaged(self, stage, *words, status=0):
        """Runs the packaged hone with nothing in its environment."""
        done = subprocess.run([stage / "bin/hone", *map(str, words)], capture_output=True, text=True, env={}, timeout=300)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_the_loader_finds_everything_inside_or_in_any_debian(self):
        for program in [*(self.full / "bin").iterdir(), *(self.small / "bin").iterdir()]:
            listed = subprocess.run(["ldd", program], capture_output=True, text=True, env={}, check=True).stdout
            found = dict(re.findall(r"(\S+) => (.+) \(0x", listed))
            self.assertIn("libcrypto.so.3" if program.name == "hone-verify" else "libarrow.so.2600", found)
            for name, path in found.items():
                inside = pathlib.Path(path).resolve().is_relative_to(program.parent.parent)
                self.assertEqual(inside, name not in package.BASE, f"{program.name}: {name} => {path}")

    def test_libraries_of_other_software_do_not_come_before_its_own(self):
        for library in (self.small / package.LIBRARIES).iterdir():
            self.write(f"others/{library.name}", "no library")
        done = subprocess.run([self.small / "bin/hone", "--version"], capture_output=True, text=True, env={"LD_LIBRARY_PATH": str(self.folder / "others")})
        self.assertEqual(done.stdout, hone("--version").stdout, done.stderr)

    def test_nothing_names_a_folder_of_this_machine(self):
        for path in self.full.rglob("*"):
            if path.is_file():
                self.assertNotIn(str(ROOT.resolve()).encode(), path.read_bytes(), path)

    def test_the_same_project_gives_the_same_objects(self):
        project = self.small_project(SMALL_TRAINED_YAML)
        self.packaged(self.full, "run", "--project", project)
        ours = {stage: outputs(record) for stage, record in current_records(project).items()}
        self.assertIn("model", ours["train"])
        shutil.rmtree(project / ".hone")
        hone("run", "--project", project)
        self.assertEqual(ours, {stage: outputs(record) for stage, record in current_records(project).items()})

    def test_without_torch_it_says_how_to_go_on_and_goes_on(self):
        self.assertFalse((self.small / "bin/hone-train").exists())
        project = self.small_project(SMALL_TRAINED_YAML)
        said = self.packaged(self.small, "run", "--project", project, status=1).stderr
        self.assertIn("model: none", said)
        self.edit(project / "hone.yaml", "model: {name: text-linear, epochs: 5}", "model: none")
        self.packaged(self.small, "run", "--project", project)
        self.assertTrue((project / ".hone/report.html").exists())

    def test_every_part_has_its_licence(self):
        for stage in (self.full, self.small):
            licences = stage / package.LICENCES
            table = dict(line.split(": ", 1) for line in (licences / "parts.txt").read_text().splitlines())
            for name in table:
                self.assertTrue([path for path in (licences / name.split()[0]).rglob("*") if path.stat().st_size > 0], name)
            told = ", ".join(table.values()).split(", ")
            for library in (stage / package.LIBRARIES).iterdir():
                self.assertIn(library.name, told)
            self.assertIn("report page", told)
        names = {name.split()[0] for name in table}
        self.assertLessEqual({"hone", "pyarrow", "nlohmann-json3-dev", "libcli11-dev", "libboost1.81-dev", "preact", "d3-scale", "internmap"}, names)

    def test_the_example_is_there_as_it_is_here(self):
        for file in (ROOT / "examples/bank_messages").rglob("*"):
            if file.is_file() and ".hone" not in file.parts:
                self.assertEqual((self.small / "share/hone" / file.relative_to(ROOT)).read_bytes(), file.read_bytes())


class PackageRefusesTest(ProjectTest):
    def test_a_library_of_nobody(self):
        with self.assertRaisesRegex(package.PackageError, "no Debian package and no wheel gave .*mystery"):
            package.parts_of([self.write("mystery.so", "")], package.Wheels())

    def test_a_part_without_a_licence(self):
        part = package.Part("nameless", "1.0", ())
        with self.assertRaisesRegex(package.PackageError, "nameless 1.0 came without a licence file"):
            package.stage_licences(self.folder, {part: {"libnameless.so"}})

    def test_programs_whose_headers_ninja_forgot(self):
        self.replace("remembered_headers", lambda objects: {name: [] for name in sorted(objects)[1:]})
        with self.assertRaisesRegex(package.PackageError, r"Ninja does not remember what \S+\.o includes"):
            package.headers(["hone_cli"])

    def replace(self, name, value):
        self.addCleanup(setattr, package, name, getattr(package, name))
        setattr(package, name, value)

    def stage_with(self, library):
        (self.folder / "bin").mkdir()
        target = self.folder / package.LIBRARIES / library.name
        target.parent.mkdir(parents=True)
        shutil.copyfile(library, target)

    def test_a_library_that_needs_what_is_not_there(self):
        self.stage_with(next((package.SDK / "lib").glob("python3*/site-packages/pyarrow/libparquet.so.*")))
        with self.assertRaisesRegex(package.PackageError, "libparquet.* needs libarrow"):
            package.check(self.folder)

    def test_a_library_for_newer_systems(self):
        self.stage_with(next((package.SDK / "lib").glob("python3*/site-packages/pyarrow/libarrow.so.*")))
        self.replace("NEWEST", {**package.NEWEST, "GLIBC": (2, 3)})
        with self.assertRaisesRegex(package.PackageError, "asks for GLIBC_2"):
            package.check(self.folder)


@unittest.skipUnless(shutil.which("zstd"), "zstd is not installed")
class ArchiveTest(ProjectTest):
    def test_the_same_files_give_the_same_bytes(self):
        archives = []
        for name, order in (("one", ["b", "a"]), ("two", ["a", "b"])):
            stage = self.folder / name / "hone-0-linux-x86_64"
            for file in order:
                self.write(f"{stage.relative_to(self.folder)}/bin/{file}", f"text of {file}")
            (stage / "bin/a").chmod(0o700 if name == "one" else 0o755)
            archives.append(package.archive(stage, level=1).read_bytes())
        self.assertEqual(archives[0], archives[1])
        listed = subprocess.run(["tar", "--zstd", "-tvf", self.folder / "one/hone-0-linux-x86_64.tar.zst"], capture_output=True, text=True, check=True)
        self.assertRegex(listed.stdout, r"-rwxr-xr-x 0/0 .* hone-0-linux-x86_64/bin/a\n-rw-r--r-- 0/0 ")
