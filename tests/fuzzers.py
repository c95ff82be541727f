"""Runs the fuzzers of build/fuzz: python3 tests/fuzzers.py [NAME…] [--seconds N] [--workers N] [--seed N]

Each begins with its corpus tests/fuzz/NAME and, where there is one, its dictionary tests/fuzz/NAME.dict. What is found lies in
build/fuzz/found/NAME and what was printed in build/fuzz/found/NAME.log. Inputs that reach new code are kept in build/fuzz/corpus/NAME,
so that the next run begins with them.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
FOUND, LEARNED = ROOT / "build" / "fuzz" / "found", ROOT / "build" / "fuzz" / "corpus"

# Seconds that one input may take and memory that it may need, in MB: more is a finding.
TIMEOUT = 25
MEMORY = 2048
# Arrow's own pools hide its memory from the address sanitizer. What asks for too much memory at once must find out that there is none.
# To keep long traces of allocations takes a third of the time; a finding that is seen again by hand has them.
ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system", "ASAN_OPTIONS": "allocator_may_return_null=1:malloc_context_size=2", "ASAN_SYMBOLIZER_PATH": "/usr/bin/addr2line",
               "UBSAN_OPTIONS": "print_stacktrace=1"}


def fuzzers():
    """The names of the fuzzers that are built."""
    return sorted(path.name.removesuffix("_fuzz") for path in (BUILD / "bin").glob("*_fuzz"))


def options(name, seconds, seed):
    flags = [f"-max_total_time={seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", f"-seed={seed}", f"-artifact_prefix={FOUND / name}/"]
    dictionary = ROOT / "tests" / "fuzz" / f"{name}.dict"
    return flags + [f"-dict={dictionary}"] if dictionary.exists() else flags


def run_fuzzer(name, seconds, seed):
    """Whether a fuzzer found nothing."""
    for folder in (FOUND / name, LEARNED / name):
        folder.mkdir(parents=True, exist_ok=True)
    corpora = [LEARNED / name, ROOT / "tests" / "fuzz" / name]
    with open(FOUND / f"{name}.log", "w") as log:
        ended = subprocess.run([BUILD / "bin" / f"{name}_fuzz", *options(name, seconds, seed), *corpora], cwd=BUILD, stdout=log,
                               stderr=subprocess.STDOUT, env={**os.environ, **ENVIRONMENT})
    return ended.returncode == 0


def runs(name):
    """How many inputs a fuzzer tried, as it says itself."""
    said = (FOUND / f"{name}.log").read_text(errors="replace").rpartition("Done ")[2]
    return said.split(" ", 1)[0] if said else "?"


def show_finding(name):
    lines = (FOUND / f"{name}.log").read_text(errors="replace").splitlines()
    print(f"--- the fuzzer {name} found a fault; the end of {FOUND / name}.log:", *lines[-40:], sep="\n")
    print(f"--- see it again with build/fuzz/bin/{name}_fuzz FILE, a FILE of {FOUND / name}; put it into tests/fuzz/{name}/ when it is mended")


def run_all(names, seconds, seed, workers, report):
    """Runs each fuzzer and calls report(name, whether it found nothing) as they end."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        waiting = {pool.submit(run_fuzzer, name, seconds, seed): name for name in names}
        for done in concurrent.futures.as_completed(waiting):
            name = waiting[done]
            if not done.result():
                show_finding(name)
            report(name, done.result())


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"there are: {', '.join(fuzzers())}; all of them without a name")
    parser.add_argument("--seconds", type=int, default=300, help="for each (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="how many run at once (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins; 0, the default: somewhere else every time")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(fuzzers()):
        parser.error(f"no fuzzer named {', '.join(sorted(unknown))}; there are: {', '.join(fuzzers())}")
    failed = []

    def report(name, sound):
        print(f"{name}: {runs(name)} inputs, nothing found" if sound else f"{name}: FAILED", flush=True)
        if not sound:
            failed.append(name)

    run_all(arguments.names or fuzzers(), arguments.seconds, arguments.seed, arguments.workers, report)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
