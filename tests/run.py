"""Runs every test and ends with a line `N passed, N failed`.

Three kinds: the unit tests and fuzz corpora that CTest knows (build/sanitize; once more for races in build/threads, what is threaded; those of hone-train in build/release), the transcripts
tests/cli/*.test, and the walks through the finished programs under tests/walk/. A word as argument keeps only the tests whose name holds it.
HONE_TEST_DATA names the folder of public data sets; without it their tests are skipped, and that is said.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORD = sys.argv[1] if len(sys.argv) > 1 else ""


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []


# Arrow's library is not built for the thread sanitizer, which would take its locks for none.
THREADS = {"TSAN_OPTIONS": "ignore_noninstrumented_modules=1 halt_on_error=1"}


def run_ctest(build, only, count, env=None):
    """Unit tests of one build folder, counted from CTest's JUnit file."""
    with tempfile.TemporaryDirectory() as folder:
        junit = pathlib.Path(folder) / "junit.xml"
        command = ["ctest", "--test-dir", str(ROOT / "build" / build), "--output-junit", str(junit), "--output-on-failure", "-j2", "--timeout", "600", "-R", only]
        finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **(env or {})})
        if not junit.exists():
            print(finished.stdout)
            count.failed.append(f"ctest in build/{build} did not run")
            return
        cases = list(xml.parse(junit).iter("testcase"))
    for case in cases:
        name, status = case.get("name"), case.get("status")
        if WORD not in name:
            continue
        output = case.findtext("system-out") or ""
        if status == "run" and "[  SKIPPED ]" in output or status == "notrun":
            count.skipped.append(name)
        elif status == "run":
            count.passed += 1
        else:
            count.failed.append(name)
            print(f"--- {name} failed\n{output}")
    if not cases and not WORD:
        count.failed.append(f"build/{build} holds no test")


class Result(unittest.TextTestResult):
    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def stopTest(self, test):
        took = time.monotonic() - self.started
        if took > 20:
            self.stream.writeln(f"  ({took:.0f} s: {test.id()})")
        super().stopTest(test)


def tests_in(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_in(test)
        else:
            yield test


def run_walks(count):
    sys.path.insert(0, str(ROOT))
    found = unittest.defaultTestLoader.discover(str(ROOT / "tests" / "walk"), top_level_dir=str(ROOT))
    chosen = unittest.TestSuite(test for test in tests_in(found) if WORD in test.id())
    result = unittest.TextTestRunner(verbosity=1, resultclass=Result, stream=sys.stdout).run(chosen)
    # A test may fail or skip once for each of its parts, and still is one test.
    bad = {whole(test) for test, _ in result.failures + result.errors} | {whole(test) for test in result.unexpectedSuccesses}
    skipped = {whole(test) for test, _ in result.skipped} - bad
    count.failed += sorted(bad)
    count.skipped += sorted(skipped)
    count.passed += result.testsRun - len(bad) - len(skipped)


def whole(test):
    return getattr(test, "test_case", test).id()


def main():
    count = Count()
    data = os.environ.get("HONE_TEST_DATA")
    if data is not None and not pathlib.Path(data).is_dir():
        sys.exit(f"HONE_TEST_DATA names '{data}', which is not a folder")
    if not data:
        print("HONE_TEST_DATA is not set: tests on public data sets are skipped")
    run_ctest("sanitize", ".", count)
    run_ctest("threads", r"^(core|vote|label_model)\..*([Tt]hread|Parallel)", count, THREADS)
    run_ctest("release", r"^train\.", count)
    run_walks(count)
    for name in count.skipped:
        print(f"skipped: {name}")
    for name in count.failed:
        print(f"failed: {name}")
    print(f"{count.passed} passed, {len(count.failed)} failed")
    return 1 if count.failed or count.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
