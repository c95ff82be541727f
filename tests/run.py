"""Runs every test and ends with a line `N passed, N failed`.

Four kinds: the unit tests and fuzz corpora that CTest knows (build/sanitize; once more for races in build/threads, what is threaded; those of hone-train in build/release), the fuzzers
for ten seconds each (those of build/sanitize, on changed inputs; with --long clang's of build/fuzz), the transcripts tests/cli/*.test, and the walks through the finished programs under tests/walk/. A word as argument keeps only the tests whose name
holds it; some walks go through the program of build/sanitize, too; --long, or HONE_LONG_TESTS=1, runs the walks that have a long form in it (docs/faults.md).
HONE_TEST_DATA names the folder of public data sets; without it their tests are skipped, and that is said.
"""

import concurrent.futures
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

import fuzzers

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = [word for word in sys.argv[1:] if word != "--long"]
WORD = WORDS[0] if WORDS else ""
FUZZ_SECONDS = 10
FUZZ_SEED = 1  # The same inputs every time, as far as ten seconds reach: what fails here fails because of a change.


WALKS_TOGETHER = 2
# Through the program under the sanitizers, which has no hone-train beside it.
SANITIZED_WALKS = ["test_transcripts", "test_aggregate", "test_output", "test_record", "test_verify"]
# Those that take longest, and so begin first.
SLOW_WALKS = {"test_faults", "test_first_hour", "test_package", "test_page", "test_kill"}


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []


# Those for which build/threads is: keep in step with HONE_TESTS_NAMED in CMakePresets.json.
THREADED_TESTS = "[Tt]hread|Parallel|InBackground"
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


def run_fuzzers(count):
    """Every fuzzer for ten seconds, two at a time, on changed inputs of its corpus; with --long clang's instead."""
    is_long = bool(os.environ.get("HONE_LONG_TESTS"))
    known = fuzzers.fuzzers() if is_long else sorted(path.name.removesuffix("_fuzz") for path in (ROOT / "build" / "sanitize" / "bin").glob("*_fuzz"))
    names = [name for name in known if WORD in f"fuzzer.{name}"]

    def report(name, sound):
        if sound:
            count.passed += 1
        else:
            count.failed.append(f"fuzzer.{name}")

    if not names and not WORD:
        count.failed.append("no fuzzer was built")
    if is_long:
        fuzzers.run_all(names, FUZZ_SECONDS, FUZZ_SEED, os.cpu_count(), report)
        return
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, sound in zip(names, pool.map(change_inputs, names)):
            report(name, sound)


def change_inputs(name):
    """Whether a fuzzer of build/sanitize takes changed inputs of its corpus for ten seconds; the one that it does not take is kept."""
    found = ROOT / "build" / "sanitize" / "found"
    found.mkdir(exist_ok=True)
    command = [ROOT / "build" / "sanitize" / "bin" / f"{name}_fuzz", ROOT / "tests" / "fuzz" / name, str(FUZZ_SECONDS), found / name]
    try:
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120,
                               env={**os.environ, **fuzzers.ENVIRONMENT})
        said, sound = ended.stdout, ended.returncode == 0
    except subprocess.TimeoutExpired as hung:
        said, sound = f"hung: {hung}", False
    if not sound:
        print(f"--- the fuzzer {name} found a fault in {found / name}; put that into tests/fuzz/{name}/ when it is mended", said[-6000:], sep="\n")
    return sound


def tests_in(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_in(test)
        else:
            yield test


def use_build(build):
    os.environ["HONE_BUILD"] = build


def run_walks(count, build, names):
    """Module by module, two at a time: most of a walk is waiting for disks and programs. `build` is whose programs are walked through."""
    with concurrent.futures.ProcessPoolExecutor(WALKS_TOGETHER, initializer=use_build, initargs=(build,)) as pool:
        for finished in concurrent.futures.as_completed([pool.submit(run_module, f"tests.walk.{name}") for name in names]):
            said, passed, failed, skipped = finished.result()
            print(said, end="", flush=True)
            count.passed += passed
            count.failed += failed
            count.skipped += skipped


def run_module(name):
    """The walks of one module: what is to be said, how many passed, and which failed and were skipped."""
    sys.path.insert(0, str(ROOT))
    out, started = io.StringIO(), time.monotonic()
    chosen = unittest.TestSuite(test for test in tests_in(unittest.defaultTestLoader.loadTestsFromName(name)) if WORD in test.id())
    result = unittest.TextTestRunner(verbosity=0, stream=out).run(chosen)
    # A test may fail or skip once for each of its parts, and still is one test.
    bad = {whole(test) for test, _ in result.failures + result.errors} | {whole(test) for test in result.unexpectedSuccesses}
    skipped = {whole(test) for test, _ in result.skipped} - bad
    passed = result.testsRun - len(bad) - len(skipped)
    said = f"{name}: {passed} passed, {len(bad)} failed in {time.monotonic() - started:.0f} s\n" if result.testsRun else ""
    return (out.getvalue() if bad else "") + said, passed, sorted(bad), sorted(skipped)


def whole(test):
    return getattr(test, "test_case", test).id()


def main():
    count = Count()
    if "--long" in sys.argv:
        os.environ["HONE_LONG_TESTS"] = "1"
    data = os.environ.get("HONE_TEST_DATA")
    if data is not None and not pathlib.Path(data).is_dir():
        sys.exit(f"HONE_TEST_DATA names '{data}', which is not a folder")
    if not data:
        print("HONE_TEST_DATA is not set: tests on public data sets are skipped")
    run_ctest("sanitize", ".", count)
    run_ctest("threads", THREADED_TESTS, count, THREADS)
    run_ctest("release", r"^train\.", count)
    run_fuzzers(count)
    run_walks(count, "sanitize", SANITIZED_WALKS)
    walks = [path.stem for path in (ROOT / "tests" / "walk").glob("test_*.py")]
    run_walks(count, os.environ.get("HONE_BUILD", "release"), sorted(walks, key=lambda name: (name not in SLOW_WALKS, name)))
    for name in count.skipped:
        print(f"skipped: {name}")
    for name in count.failed:
        print(f"failed: {name}")
    print(f"{count.passed} passed, {len(count.failed)} failed")
    return 1 if count.failed or count.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
