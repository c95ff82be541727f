"""Runs the packages of build/package on bare Debian 12 and 13: `./dev package-test`, as root, after `./dev package` and `./dev package --without-torch`.

debootstrap puts the smallest Debian there is (--variant=minbase) into build/debootstrap/, from the mirror that apt of this machine uses; what lies there
is used again. The package is unpacked there and run as a user without rights, with nothing in the environment and without any network.
"""

import functools
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.walk.harness import current_records, hone, outputs  # noqa: E402

PACKAGES = ROOT / "build" / "package"
SUITES = ["bookworm", "trixie"]  # Debian 12 and 13.
NOBODY = 65534

# In a place of its own: no network, its own processes, nothing of the environment.
INSIDE = """
mount -t proc proc "$1/proc"
exec chroot --userspec=65534:65534 "$1" /usr/bin/env -i HOME=/home/someone PATH="$2/bin:/usr/bin:/bin" PACKAGE="$2" sh -ec "cd; $3"
"""


def output_of(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def mirror():
    """Where this machine's apt gets Debian from."""
    lines = output_of("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages", "Origin: Debian", "Component: main")
    for line in lines.splitlines():
        uri, codename = line.split()
        if codename in SUITES:
            return uri
    raise RuntimeError("apt's sources name no mirror of Debian 12 or 13")


def proxy():
    said = output_of("apt-config", "shell", "proxy", "Acquire::http::Proxy")
    return {"http_proxy": shlex.split(said.partition("=")[2])[0]} if said else {}


@functools.cache
def bare(suite):
    """The root folder of a bare Debian."""
    root = ROOT / "build" / "debootstrap" / suite
    if not (root / "usr/bin/env").exists() or (root / "debootstrap").exists():
        shutil.rmtree(root, ignore_errors=True)
        print(f"making {root}", file=sys.stderr)
        log = subprocess.run(["debootstrap", "--variant=minbase", suite, root, mirror()], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, **proxy()})
        if log.returncode != 0:
            raise RuntimeError(f"debootstrap of {suite} failed\n{log.stdout[-2000:]}")
    return root


@functools.cache
def objects_of_this_machine():
    """The example's outputs, stage by stage, made by the release build where it was built."""
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "bank_messages"
        shutil.copytree(ROOT / "examples/bank_messages", project, ignore=shutil.ignore_patterns(".hone"))
        hone("run", "--project", project)
        return all_outputs(project)


class Bare:
    """A bare Debian with one package unpacked into /opt, at a path with a blank in it, and an empty home."""

    def __init__(self, suite, archive):
        self.root = bare(suite)
        self.home = self.root / "home/someone"
        opt = self.root / "opt/some where"
        for folder in (self.home, opt):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        os.chown(self.home, NOBODY, NOBODY)
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", opt], check=True)
        self.inside = "/opt/some where/" + archive.name.removesuffix(".tar.zst")

    def run(self, script, status=0):
        """Runs a shell script there as nobody, at home, with the package's bin/ in PATH and its folder in $PACKAGE."""
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", INSIDE, "sh", self.root, self.inside, script]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600)
        if done.returncode != status:
            raise AssertionError(f"'{script}' ended with {done.returncode}, not {status}\n{done.stdout}\n{done.stderr}")
        return done

    def bring_example(self):
        self.run('cp -r "$PACKAGE/share/hone/examples/bank_messages" .')
        return self.home / "bank_messages"


def archive_of(kind):
    archives = [path for path in PACKAGES.glob("hone-*.tar.zst") if path.name.endswith("-without-torch.tar.zst") == (kind == "without torch")]
    if len(archives) != 1:
        raise RuntimeError(f"{PACKAGES} must hold one package {kind}: make it with ./dev package")
    return archives[0]


def all_outputs(project):
    return {stage: outputs(record) for stage, record in current_records(project).items()}


class OnBareDebian:
    def with_torch(self):
        return Bare(self.suite, archive_of("with torch"))

    def without_torch(self):
        return Bare(self.suite, archive_of("without torch"))

    def test_there_is_no_compiler_no_python_and_no_network(self):
        for program in ["cc", "gcc", "g++", "c++", "clang", "python3", "python"]:
            self.assertEqual(list(bare(self.suite).glob(f"usr/*bin/{program}*")), [])
        interfaces = self.without_torch().run("tail -n +3 /proc/net/dev").stdout.splitlines()
        self.assertEqual([line.split(":")[0].strip() for line in interfaces], ["lo"])

    def test_the_demo_gives_what_it_gives_here(self):
        there = self.with_torch()
        project = there.bring_example()
        said = there.run("hone run --project bank_messages").stdout
        self.assertIn("The trained model is right on", said)
        self.assertIn("report: ", said)
        self.assertIn(b"The trained model is right on", (project / ".hone/report.html").read_bytes())
        self.assertEqual(all_outputs(project), objects_of_this_machine())

    def test_new_rows_are_predicted(self):
        there = self.with_torch()
        project = there.bring_example()
        there.run("cd bank_messages && hone run --until train && hone predict messages.csv --out out.jsonl")
        self.assertEqual((project / "out.jsonl").read_text().count("\n"), 1608)

    def test_without_torch_the_demo_ends_with_measured_labels(self):
        there = self.without_torch()
        project = there.bring_example()
        self.assertIn("model: none", there.run("hone run --project bank_messages", status=1).stderr)
        said = there.run("sed -i 's/^model: .*/model: none/' bank_messages/hone.yaml && hone run --project bank_messages").stdout
        self.assertIn("label model", said)
        self.assertTrue((project / ".hone/report.html").exists())
        self.assertEqual(all_outputs(project)["label"], objects_of_this_machine()["label"])

    def test_version_and_a_table_of_votes(self):
        for make in [self.with_torch, self.without_torch]:  # One after the other: both lie in the same /opt.
            there = make()
            self.assertEqual(there.run("hone --version").stdout, hone("--version").stdout)
            there.run(r"printf 'id,ann,bob,cem\n1,yes,yes,no\n2,no,no,no\n3,yes,no,yes\n' > votes.csv")
            there.run("hone aggregate votes.csv --model dawid-skene --out labels.csv")
            with tempfile.TemporaryDirectory() as folder:
                here = pathlib.Path(folder) / "labels.csv"
                hone("aggregate", there.home / "votes.csv", "--model", "dawid-skene", "--out", here)
                self.assertEqual((there.home / "labels.csv").read_text(), here.read_text())


class BookwormTest(OnBareDebian, unittest.TestCase):
    suite = "bookworm"


class TrixieTest(OnBareDebian, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main(verbosity=2)
