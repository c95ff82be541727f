"""What machines and people do to a run: docs/faults.md says what each fault does, and names the test here that proves it.

Whatever happens, a command ends by itself with exit status 0 or 1 and a message that names the thing, and the next run ends with the bytes of
a run that nobody disturbed. With HONE_LONG_TESTS set every fault is tried at every moment rather than at some.
"""

import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

from .harness import (HONE, LONG, SMALL_TRAINED_YAML, SMALL_YAML, STAGES, ProjectTest, alive, child_of, current_records, hone, hone_json, in_own_mounts,
                      is_root_on_linux, leftovers, outputs, run_stages, small_csv, states, wait_until)

SEED = 20260106


def made(project):
    """What a finished run made, by stage."""
    return {stage: outputs(record) for stage, record in current_records(project).items()}


def running(*words, **options):
    """hone as a terminal starts it: what a shell runs in its background ignores Ctrl-C, and so would hone."""
    options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    return subprocess.Popen([HONE, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


class FaultTest(ProjectTest):
    def expected(self, project):
        """What an undisturbed run of the project makes; the project is left as it was before."""
        run_stages(project)
        result = made(project)
        shutil.rmtree(project / ".hone")
        return result

    def check_resumes(self, project, expected):
        run_stages(project)
        self.assertEqual(made(project), expected)
        self.assertEqual(leftovers(project), [])

    def check_told(self, done, *parts):
        """A command that failed said so in words, and did not die."""
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("internal error", done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)


@unittest.skipUnless(shutil.which("strace"), "strace is not there")
class EverySystemCallTest(FaultTest):
    """Lets the n-th system call of a kind fail, or kills the program there, for one n after the other, by strace's fault injection."""

    MOST = 65535  # What strace can count to.
    WRITES = "write,pwrite64,writev,fsync,mkdir,rename,ftruncate"

    def inject(self, project, calls, what, number, *words):
        """Runs hone with the fault in the number-th call of each thread: how it ended, and whether the fault came about."""
        log = self.folder / "strace.log"
        command = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={calls}", "-e", "signal=none", "-e", f"inject={calls}:{what}:when={number}"]
        done = subprocess.run([*command, HONE, *words, "--project", project, "--threads", "1"], capture_output=True, text=True, timeout=120)
        return done, "INJECTED" in log.read_text(errors="replace") or done.returncode < 0

    def setUp(self):
        super().setUp()
        self.original = self.small_project()
        tried, _ = self.inject(self.original, "fsync", "error=EIO", self.MOST, "status")
        if "ptrace" in tried.stderr.lower() or "operation not permitted" in tried.stderr.lower():
            self.skipTest("this machine lets nobody trace: " + tried.stderr.strip())
        self.result = self.expected(self.original)

    def numbers(self):
        """1, 2, 3, … or, in the short form, every fifth of them."""
        return range(1, self.MOST, 1 if LONG else 5)

    def each(self, calls, what, check):
        for number in self.numbers():
            project = self.small_project(name=f"copy{number}")
            done, came_about = self.inject(project, calls, what, number, "run")
            if not came_about:
                self.assertGreater(number, 20, "the fault never came about")
                return
            with self.subTest(call=number):
                check(done)
                self.check_resumes(project, self.result)
            shutil.rmtree(project)

    def test_the_disk_is_full_at_every_write(self):
        def check(done):
            self.assertIn(done.returncode, (0, 1), done.stderr)  # 0: where nothing was lost, as in emptying the lock at the end.
            self.assertNotIn("internal error", done.stderr)
            if done.returncode == 1:
                self.assertTrue("No space left on device" in done.stderr or done.stderr == "", done.stderr)

        self.each(self.WRITES, "error=ENOSPC", check)

    def test_killed_at_every_write(self):
        self.each(self.WRITES, "signal=SIGKILL", lambda done: self.assertIn(done.returncode, (0, -9, 128 + 9), done.stderr))

    def test_the_disk_fails_at_every_read(self):
        def check(done):
            if "error while loading shared libraries" in done.stderr:
                return  # Said by the system, before the program begins.
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertNotIn("internal error", done.stderr)

        run_stages(self.original)
        for number in self.numbers():
            done, came_about = self.inject(self.original, "pread64,newfstatat,getdents64", "error=EIO", number, "report", "--json")
            if not came_about:
                break
            with self.subTest(call=number):
                check(done)
        shutil.rmtree(self.original / ".hone")
        self.check_resumes(self.original, self.result)


class FullDiskTest(FaultTest):
    def setUp(self):
        super().setUp()
        if not is_root_on_linux():
            self.skipTest("mounting needs root on Linux")

    def in_small_disk(self, folder, kilobytes, script, *words):
        """Runs a shell script while `folder`, empty, is a disk of so many kilobytes."""
        done = in_own_mounts(f'mkdir -p "$1" && mount -t tmpfs -o size={kilobytes}k tmpfs "$1" || exit 99\n{script}', folder, HONE, *words)
        if done.returncode == 99:
            self.skipTest("this machine lets nobody mount: " + done.stderr.strip())
        return done

    def test_a_disk_of_every_size(self):
        """From next to nothing up to where the run succeeds, and on the enlarged disk it goes on to the same bytes."""
        project = self.small_project()
        expected = self.expected(project)
        script = """"$2" run --project "$3" >/dev/null || status=$?
            mount -o remount,size=100m "$1" && "$2" run --project "$3" >/dev/null && cp -a "$1" "$3/kept" && exit ${status:-0}
            exit 98"""
        for kilobytes in range(16, 2000, 8 if LONG else 24):
            done = self.in_small_disk(project / ".hone", kilobytes, script, project)
            (project / "kept").rename(project / ".hone")
            with self.subTest(kilobytes=kilobytes):
                self.assertEqual((made(project), leftovers(project)), (expected, []))
                if done.returncode:
                    self.check_told(done, "No space left on device", str(project / ".hone"))
            shutil.rmtree(project / ".hone")
            if done.returncode == 0:
                self.assertGreater(kilobytes, 64)
                return
        self.fail("no disk is large enough")

    def test_a_disk_that_fills_up_while_a_model_is_trained(self):
        project = self.small_project(SMALL_TRAINED_YAML)
        run_stages(project, "--until", "label")
        shutil.copytree(project / ".hone", self.folder / "labeled", symlinks=True)
        expected = self.expected(project)
        failed = 0
        for kilobytes in range(200, 40000, 20 if LONG else 40):
            script = 'cp -a "$4/." "$1" || exit 97\n"$2" run --project "$3"'
            done = self.in_small_disk(project / ".hone", kilobytes, script, project, self.folder / "labeled")
            if done.returncode == 0:
                break
            if done.returncode == 97:
                continue
            failed += 1
            with self.subTest(kilobytes=kilobytes):
                self.check_told(done, "No space left on device")
        self.assertGreater(failed, 0)
        (project / ".hone").rmdir()
        self.check_resumes(project, expected)

    def test_what_a_command_writes_is_whole_or_not_there(self):
        project = self.copy_example()
        run_stages(project)
        small = self.folder / "small"
        for words in (f'export --project "{project}" --out "$1/labels.csv"', f'export --project "{project}" --out "$1/labels.parquet"',
                      f'predict "{project}/messages.csv" --project "{project}" --out "$1/out.jsonl"'):
            with self.subTest(words):
                done = self.in_small_disk(small, 32, f'"$2" {words}; status=$?; ls -A "$1"; exit $status')
                self.check_told(done, "No space left on device", str(small))
                self.assertEqual(done.stdout, "", "nothing half made is left")


class InterruptTest(FaultTest):
    """Ctrl-C and SIGTERM. What README promises is a second; here thirty are given, since others may be at work on the machine."""

    SECONDS = 30

    def interrupt(self, run, number=signal.SIGINT):
        """How a process ended that was sent a signal, and how long it took."""
        started = time.monotonic()
        run.send_signal(number)
        out, said = run.communicate(timeout=self.SECONDS)
        return out, said, time.monotonic() - started

    def test_at_any_moment(self):
        project = self.copy_example()
        self.edit(project / "hone.yaml", "model: {name: text-linear}", "model: {name: text-linear, epochs: 3}")
        started = time.monotonic()
        expected = self.expected(project)
        whole = time.monotonic() - started
        moments = random.Random(f"{SEED} interrupt")
        for attempt in range(60 if LONG else 12):
            number = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[attempt % 3]
            run = running("run", "--project", project)
            time.sleep(moments.uniform(0.0, whole))
            _, said, _ = self.interrupt(run, number)
            with self.subTest(attempt=attempt, said=said):
                self.assertIn(run.returncode, (0, -number))
                self.assertNotIn("internal error", said)
            if attempt % 4 == 3:
                self.check_resumes(project, expected)
                shutil.rmtree(project / ".hone")

    def test_in_training(self):
        project = self.copy_example()
        self.edit(project / "hone.yaml", "model: {name: text-linear}", "model: {name: text-linear, epochs: 400, patience: 400, batch: 4}")
        for number in (signal.SIGINT, signal.SIGTERM):
            run = running("run", "--project", project, "--json")
            trainer = wait_until(lambda run=run: child_of(run.pid, "hone-train"))
            _, said, _ = self.interrupt(run, number)
            self.assertEqual(run.returncode, -number)
            self.assertIn("hone: interrupted", said)
            wait_until(lambda trainer=trainer: not alive(trainer))
        stages = states({stage["name"]: stage for stage in hone_json("status", "--project", project)["stages"]})
        self.assertEqual((stages["label"], stages["train"]), ("fresh", "would-run"))

    def test_a_command_that_waits_for_input(self):
        project = self.small_project()
        run_stages(project)
        draft = running("lf", "-", "--project", project, stdin=subprocess.PIPE)
        time.sleep(0.2)
        draft.send_signal(signal.SIGINT)
        self.assertEqual(draft.wait(timeout=self.SECONDS), -signal.SIGINT)
        draft.communicate()

    def test_a_signal_that_is_ignored_stays_so(self):
        project = self.small_project()
        run = running("run", "--project", project, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        while run.poll() is None:
            run.send_signal(signal.SIGINT)
            time.sleep(0.005)
        run.communicate()
        self.assertEqual(run.returncode, 0)


# A data file that is large enough to be met while it is read.
LARGE_ROWS = 300_000


def large_csv(path, rows=LARGE_ROWS):
    with open(path, "w") as file:
        file.write("id,text,label\n")
        for row in range(rows):
            file.write(f'{row},"somebody stole my card and bought a ticket number {row} with it, please help",{"fraud" if row % 3 else "card"}\n')


class ChangingFileTest(FaultTest):
    CHANGES = {
        "shrinks": lambda file: os.truncate(file, file.stat().st_size // 2),
        "is emptied": lambda file: os.truncate(file, 0),
        "grows": lambda file: append(file, "grown,a stolen card,fraud\n"),
        "is written over": lambda file: write_over(file, 0.9),
        "is replaced": lambda file: replace(file),
        "vanishes": lambda file: file.unlink(),
    }

    def setUp(self):
        super().setUp()
        self.project = self.small_project(SMALL_YAML.replace("rows.csv", "large.csv"))
        self.file = self.project / "large.csv"
        large_csv(self.folder / "large.csv")

    def stopped_in_import(self):
        """A run that stands still while it imports."""
        run = running("run", "--until", "import", "--project", self.project)
        folder = self.project / ".hone" / "objects" / "tmp"
        wait_until(lambda: run.poll() is not None or (folder.is_dir() and any(folder.iterdir())))
        run.send_signal(signal.SIGSTOP)
        self.assertIsNone(run.poll(), "the import was over before it could be met")
        return run

    def test_while_it_is_imported(self):
        for name, change in self.CHANGES.items():
            with self.subTest(name):
                shutil.copy(self.folder / "large.csv", self.file)
                run = self.stopped_in_import()
                change(self.file)
                run.send_signal(signal.SIGCONT)
                _, said = run.communicate(timeout=60)
                self.assertEqual(leftovers(self.project), [])
                self.check_end(run.returncode, said)

    def test_at_any_moment(self):
        """It ends with a message, or with what belongs to the file: never with results of bytes that stand nowhere."""
        moments = random.Random(f"{SEED} change")
        changes = [change for name, change in self.CHANGES.items() if name not in ("vanishes", "is emptied")]
        for attempt in range(40 if LONG else 8):
            shutil.copy(self.folder / "large.csv", self.file)
            run = running("run", "--until", "import", "--project", self.project)
            time.sleep(moments.uniform(0.0, 0.6))
            changes[attempt % len(changes)](self.file)
            _, said = run.communicate(timeout=60)
            with self.subTest(attempt=attempt):
                self.check_end(run.returncode, said)

    def check_end(self, status, said):
        """The run was done, by reading the file once more, or said what is wrong. What counts then is what the file holds now."""
        self.assertIn(status, (0, 1), said)
        if status == 1:
            self.assertIn("large.csv", said)
            self.assertNotIn("internal error", said)
        # A run that was over before the change has read what stood there then; what it left must not pass for the new bytes.
        hone("run", "--until", "import", "--project", self.project, status=None)
        after = self.imported()
        shutil.rmtree(self.project / ".hone")
        hone("run", "--until", "import", "--project", self.project, status=None)
        self.assertEqual(after, self.imported(), "a project without a past gets something else of the same file")
        shutil.rmtree(self.project / ".hone", ignore_errors=True)

    def imported(self):
        """The outputs of the import that counts; None where there is none."""
        if not (self.project / ".hone" / "current.json").exists():
            return None
        record = current_records(self.project).get("import")
        return record and outputs(record)

    def test_other_commands_meet_a_file_that_vanishes_or_shrinks(self):
        for words in (["aggregate", self.file], ["init", self.folder / "new", "--from", self.file]):
            for name in ("shrinks", "vanishes"):
                with self.subTest(words[0], change=name):
                    shutil.copy(self.folder / "large.csv", self.file)
                    shutil.rmtree(self.folder / "new", ignore_errors=True)
                    run = running(*words)
                    time.sleep(0.02)
                    self.CHANGES[name](self.file)
                    _, said = run.communicate(timeout=60)
                    self.assertIn(run.returncode, (0, 1), said)
                    self.assertNotIn("internal error", said)


def append(file, text):
    with open(file, "a") as rows:
        rows.write(text)


def write_over(file, share):
    """Changes a byte in place and sets the time back, so that size, time and inode stay as they were."""
    before = file.stat()
    with open(file, "r+b") as rows:
        rows.seek(int(before.st_size * share))
        rows.write(b"~")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(file):
    other = file.with_suffix(".new")
    shutil.copy(file, other)
    write_over(other, 0.9)
    other.rename(file)


class ClockTest(FaultTest):
    def test_a_change_is_seen_though_the_files_time_is_set_back(self):
        project = self.small_project()
        run_stages(project)
        rows = project / "rows.csv"
        before = rows.stat()
        rows.write_text(rows.read_text().replace("wallet", "pocket"))
        os.utime(rows, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual((rows.stat().st_size, rows.stat().st_mtime_ns, rows.stat().st_ino), (before.st_size, before.st_mtime_ns, before.st_ino))
        self.assertEqual(run_stages(project)["import"]["why"], "file rows.csv changed")

    def test_changes_in_quick_succession_are_all_seen(self):
        project = self.small_project()
        rows = project / "rows.csv"
        text = rows.read_text()
        for word in ("wallet", "pocket", "basket", "wallet", "jacket", "pocket"):
            rows.write_text(text.replace("wallet", word))
            run_stages(project, "--until", "import")
            self.assertIn(word, hone_json("why", "0-7", "--project", project, status=None).get("fields", {"text": word})["text"])
            exported = current_records(project)["import"]
            self.assertEqual(exported["detail"]["parts"][0][1], hashlib.sha256(rows.read_bytes()).hexdigest())

    def test_files_from_the_future(self):
        project = self.small_project()
        for file in (project / "rows.csv", project / "hone.yaml"):
            os.utime(file, (4e9, 4e9))
        run_stages(project)
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})
        rows = project / "rows.csv"
        rows.write_text(rows.read_text().replace("wallet", "pocket"))
        self.assertEqual(run_stages(project)["import"]["state"], "ran")

    @unittest.skipUnless(shutil.which("faketime"), "faketime is not there")
    def test_the_clock_is_set_back(self):
        """By two days: nothing runs again for it, changes are seen, and what runs is found again when the clock is right."""
        project = self.small_project()
        run_stages(project)
        before = made(project)

        def run_two_days_ago():
            done = subprocess.run(["faketime", "-f", "-2d", HONE, "run", "--project", project, "--json"], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)

        run_two_days_ago()
        self.assertEqual(made(project), before)
        rows = project / "rows.csv"
        text = rows.read_text()
        rows.write_text(text.replace("wallet", "pocket"))
        run_two_days_ago()
        changed = made(project)
        self.assertNotEqual(changed["import"], before["import"])
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})
        rows.write_text(text)
        run_two_days_ago()
        self.assertEqual(made(project), before)
        hone("gc", "--project", project)
        self.assertEqual(set(states(run_stages(project)).values()), {"fresh"})


class CopyTest(FaultTest):
    """A project with its .hone that goes to another place or machine: other paths, other inodes, with or without the files' times."""

    COPIES = {
        "cp -a": 'cp -a "$1" "$2"',
        "cp -r, with new times": 'cp -r "$1" "$2"',
        "tar": 'mkdir "$2" && tar -C "$1" -cf - . | tar -C "$2" -xf -',
        "tar, all from 1970": 'mkdir "$2" && tar -C "$1" --mtime=@0 -cf - . | tar -C "$2" -xf -',
        "renamed": 'cp -a "$1" "$2.tmp" && mv "$2.tmp" "$2"',
    }

    def test_it_is_fresh_there_and_works(self):
        project = self.small_project(SMALL_TRAINED_YAML)
        run_stages(project)
        expected = made(project)
        original = project.rename(self.folder / "away")  # No path of it may be needed.
        for name, script in self.COPIES.items():
            with self.subTest(name):
                copy = self.folder / "else where" / name / "small"
                copy.parent.mkdir(parents=True)
                subprocess.run(["sh", "-ec", script, "sh", original, copy], check=True)
                self.assertEqual(set(states(run_stages(copy)).values()), {"fresh"})
                self.assertEqual(made(copy), expected)
                self.assertEqual(hone_json("why", "0-1", "--project", copy)["fields"]["text"], "my card was stolen (0)")
                hone("predict", copy / "rows.csv", "--project", copy)
                self.edit(copy / "hone.yaml", "none: [stolen]", "none: [stolen, new]")
                stages = run_stages(copy)
                self.assertEqual((stages["import"]["state"], stages["vote"]["why"]), ("fresh", "LF card_word changed"))

    def test_without_its_data_it_can_still_be_read(self):
        project = self.small_project()
        run_stages(project)
        (project / "rows.csv").unlink()
        self.refused("run", "--project", project, say=["no file 'rows.csv'"])


class TamperTest(FaultTest):
    def test_any_changed_byte_is_found_or_does_not_matter(self):
        """A byte of any file of .hone is changed: commands fail with words or answer as before, and a run makes it good."""
        project = self.small_project()
        run_stages(project)
        sound = self.folder / "sound"
        shutil.copytree(project / ".hone", sound)
        expected = made(project)
        chance = random.Random(f"{SEED} tamper")
        files = sorted(path.relative_to(sound) for path in sound.rglob("*") if path.is_file() and path.stat().st_size > 0 and path.name not in ("lock", "report.html"))
        # The ledger and the payloads cannot be made again: what becomes of them is in test_record, test_verify and the ledger's own tests.
        files = [name for name in files if name.parts[0] not in ("ledger", "payload.db")]
        answers = {words: hone(*words, "--project", project).stdout for words in (("report", "--json"), ("why", "0-1", "--json"))}
        for attempt in range(300 if LONG else 40):
            name = files[attempt % len(files)]
            file = project / ".hone" / name
            change_a_byte(file, chance)
            with self.subTest(attempt=attempt, file=str(name)):
                for words, answer in answers.items():
                    done = hone(*words, "--project", project, status=None)
                    self.assertIn(done.returncode, (0, 1))
                    self.assertNotIn("internal error", done.stderr)
                    if done.returncode == 0:
                        self.assertEqual(results(done.stdout), results(answer))
                run_stages(project)
                self.assertEqual(made(project), expected)
            shutil.rmtree(project / ".hone")
            shutil.copytree(sound, project / ".hone")


    def test_a_stage_that_is_none_is_forgotten(self):
        """Its record would keep objects for ever."""
        project = self.small_project(name="forgotten")
        run_stages(project)
        current = project / ".hone" / "current.json"
        keys = json.loads(current.read_text())
        current.write_text(json.dumps({**keys, "evaduate": keys["evaluate"]}))
        run_stages(project)
        self.assertEqual(json.loads(current.read_text()), keys)


def change_a_byte(file, chance):
    file.chmod(0o640)
    content = bytearray(file.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def results(answer):
    """What was found out about rows and sources, without what is said of the runs that did."""
    answer = json.loads(answer)
    return {key: answer[key] for key in ("data", "sources", "evaluation", "fields", "votes", "label") if key in answer}


class MemoryTest(FaultTest):
    def limited(self, megabytes, *words):
        """Runs hone, and what it starts, with so much address space."""
        size = megabytes << 20
        return subprocess.run([HONE, *map(str, words)], capture_output=True, text=True, timeout=120,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))

    def test_any_amount_of_memory(self):
        """From too little to start up to enough: never a signal, always words."""
        project = self.small_project()
        expected = self.expected(project)
        said_so = 0
        for megabytes in range(80, 4000, 10 if LONG else 40):
            done = self.limited(megabytes, "run", "--project", project, "--threads", "2")
            if done.returncode == 0 and megabytes > 600:
                break
            if done.returncode == 127 or "error while loading shared libraries" in done.stderr:
                continue  # The system could not even load the program.
            with self.subTest(megabytes=megabytes, said=done.stderr):
                self.assertIn(done.returncode, (0, 1))
                self.assertNotIn("internal error", done.stderr)
                said_so += done.returncode == 1
                self.check_resumes(project, expected)
            shutil.rmtree(project / ".hone", ignore_errors=True)
        self.assertGreater(said_so, 0)


class MemoryGroup:
    """A control group with so much memory, as containers have: of either version, where root may make one."""

    VERSIONS = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
                ("/sys/fs/cgroup", "memory.max", "memory.peak", "memory.events")]

    def __init__(self, test, megabytes):
        for mount, limit, self.peak_file, self.events in self.VERSIONS:
            self.folder = pathlib.Path(mount) / f"hone-test-{os.getpid()}"
            try:
                self.folder.mkdir()
                test.addCleanup(self.folder.rmdir)
                (self.folder / limit).write_text(str(megabytes << 20))
                return
            except OSError:
                continue
        test.skipTest("this machine lets nobody limit memory")

    def run(self, *words):
        """Runs hone, and what it starts, in the group."""
        return subprocess.run([HONE, *map(str, words)], capture_output=True, text=True, timeout=3600,
                              preexec_fn=lambda: (self.folder / "cgroup.procs").write_text(str(os.getpid())))

    def killed(self):
        """How many processes the kernel has ended for want of memory."""
        return int(re.search(r"oom_kill (\d+)", (self.folder / self.events).read_text())[1])

    def peak(self):
        return int((self.folder / self.peak_file).read_text())


class SmallMachineTest(FaultTest):
    def random_words(self, rows):
        chance = random.Random(f"{SEED} words")
        for row in range(rows):
            words = " ".join(f"{chance.randrange(10**6):x}" for _ in range(20))
            yield f"{row},{words} {'stolen' if row % 3 else 'card'},{'fraud' if row % 3 else 'card'}\n"

    def project_of(self, rows, yaml):
        project = self.small_project(yaml)
        with open(project / "rows.csv", "w") as file:
            file.write("id,text,label\n")
            file.writelines(self.random_words(rows))
        return project

    def test_a_model_that_does_not_fit(self):
        classes = ", ".join(f"class{number}" for number in range(500))
        yaml = SMALL_TRAINED_YAML.replace("classes: [card, fraud]", f"classes: [card, fraud, {classes}]")
        group = MemoryGroup(self, 600)
        done = group.run("run", "--project", self.project_of(3000, yaml))
        self.check_told(done, "hone: train: ", "n-grams and 502 classes", "of memory are free", "fewer 'buckets'")
        self.assertEqual(group.killed(), 0)

    @unittest.skipUnless(LONG, "needs minutes")
    def test_a_million_rows_in_two_gigabytes(self):
        group = MemoryGroup(self, 2048)
        done = group.run("run", "--project", self.project_of(1_000_000, SMALL_TRAINED_YAML.replace("epochs: 5", "epochs: 1")))
        self.assertEqual((done.returncode, group.killed()), (0, 0), done.stderr)
        print(f"a million rows: {group.peak() >> 20} MB at most, pages of files among them")
