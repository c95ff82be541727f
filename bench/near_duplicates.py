"""Near-duplicates: signatures beside datatrove's, the whole stage over 200 MB, planted pairs found, false pairs, memory."""

import csv
import json
import random
import resource
import statistics

from harness import BIN, DATA, ROOT, SEED, Folder, check, current_records, data, hone, megabytes, peer, spread, table, timed, verdict

csv.field_size_limit(1 << 24)

FILE_BYTES, PLANTED, REPEATS, SIMILARITY = 200_000_000, 2000, 3, 0.9
CORE = "0"


def narratives():
    with open(data("cfpb_complaints") / "complaints_sample.csv", newline="", encoding="utf-8-sig") as file:
        return [row["Consumer complaint narrative"] for row in csv.DictReader(file) if row["Consumer complaint narrative"]]


def messages():
    with open(data("banking77") / "train.csv", newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def shingles(text):
    """Of texts in small letters and single spaces, which normalization leaves as they are."""
    padded = f" {text} "
    return {padded[place : place + 5] for place in range(max(1, len(padded) - 4))}


def similarity(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b)


def changed(dice, text, low, high):
    """The text with words changed until its similarity lies between the two; None where it is too short to come between them."""
    words = text.split()
    for place in dice.sample(range(len(words)), len(words)):
        word = words[place]
        words[place] = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=max(2, len(word))))
        value = similarity(text, " ".join(words))
        if low <= value < high:
            return " ".join(words)
        if value < low:
            words[place] = word
    return None


class Corpus:
    """Texts of the words and lengths of real ones: as many bytes of short messages as of long complaints. Rows: (id, text)."""

    def __init__(self):
        self.dice = random.Random(SEED)
        self.real = [narratives(), messages()]
        plain = [[" ".join("".join(c if c.isalnum() else " " for c in text.lower()).split()) for text in texts] for texts in self.real]
        # Redactions are words of x alone, of which several in a row are one; without them similarity() is that of hone.
        self.words = [[word for text in texts for word in text.split() if word.isascii() and set(word) != {"x"}] for texts in plain]
        self.lengths = [[len(text.split()) for text in texts if text] for texts in plain]
        # Chains of words as they follow one another keep the five characters as frequent as they are in real texts.
        self.kinds = (0, 1)

    def text(self, kind):
        words, length = self.words[kind], self.dice.choice(self.lengths[kind])
        pieces = []
        while len(pieces) < length:
            start = self.dice.randrange(len(words))
            pieces += words[start : start + self.dice.randint(1, 4)]
        return " ".join(pieces[: max(1, length)])

    def planted(self, low, high):
        """Pairs of texts whose similarity lies between the two."""
        pairs = []
        while len(pairs) < PLANTED:
            text = self.text(len(pairs) % 2)
            other = changed(self.dice, text, low, high)
            if other:
                pairs.append((text, other))
        return pairs

    def write(self, path):
        """The file, and what was planted: pairs to find, pairs just below."""
        found, below = self.planted(SIMILARITY, SIMILARITY + 0.02), self.planted(SIMILARITY - 0.06, SIMILARITY)
        rows, size = 0, 0
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text", "label"])
            for name, pairs in (("found", found), ("below", below)):
                for number, pair in enumerate(pairs):
                    for side, text in zip("ab", pair, strict=True):
                        writer.writerow([f"{name}-{number}-{side}", text, "yes"])
                        rows, size = rows + 1, size + len(text)
            for number, text in enumerate(text for texts in self.real for text in texts):
                writer.writerow([f"real-{number}", text, "no"])
                rows, size = rows + 1, size + len(text.encode())
            kinds = [0, 0]
            while size < FILE_BYTES:
                kind = 0 if kinds[0] <= kinds[1] else 1
                text = self.text(kind)
                kinds[kind] += len(text)
                writer.writerow([f"other-{rows}", text, "no"])
                rows, size = rows + 1, size + len(text)
        return rows, size


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def stage(project, threads, cores):
    """The stage on a fresh import: seconds by the clock, CPU seconds of the whole process, peak memory."""
    (project / ".hone" / "current.json").unlink(missing_ok=True)
    for record in (project / ".hone" / "runs").glob("*.json"):
        if json.loads(record.read_text())["stage"] == "near-duplicates":
            record.unlink()
    before = cpu_seconds()
    run = hone("run", "--project", project, "--until", "near-duplicates", "--threads", threads, "--json", cores=cores)
    cpu = cpu_seconds() - before
    states = {each["name"]: each["state"] for each in run.json()["stages"]}
    check(states == {"import": "fresh", "near-duplicates": "ran"}, f"expected a fresh import and a stage that runs, found {states}")
    return run.json()["stages"][1]["seconds"], cpu, run.peak("hone")


def groups_of(project):
    """Lists of (id, text) that are one group, read by the Python that has pyarrow."""
    outputs = {output["name"]: output["ref"]["hash"] for output in current_records(project)["near-duplicates"]["outputs"]}
    parts = [outputs[f"part/{part}"] for part in range(sum(name.startswith("part/") for name in outputs))]
    paths = [str(project / ".hone" / "objects" / hash[:2] / hash[2:]) for hash in [outputs["groups"], *parts]]
    script = """
import collections, json, sys, pyarrow as a, pyarrow.parquet as p
groups = p.read_table(sys.argv[1]).to_pydict()
rows = a.concat_tables([p.read_table(part, columns=["id", "text"]) for part in sys.argv[2:]]).take(a.array(groups["row"])).to_pydict()
found = collections.defaultdict(list)
for group, id, text in zip(groups["group"], rows["id"], rows["text"]): found[group].append((id, text))
json.dump(list(found.values()), sys.stdout)
"""
    return timed(ROOT / ".deps" / "bin" / "python3", "-c", script, *paths).json()


def quality(groups):
    """Of the planted pairs: how many were found, how many just below were joined; of groups of generated rows, pairs that are not similar."""
    members = {id: number for number, group in enumerate(groups) for id, _ in group}

    def joined(name):
        return sum(members.get(f"{name}-{number}-a", -1) == members.get(f"{name}-{number}-b", -2) for number in range(PLANTED))

    checked = wrong = chained = 0
    for group in groups:
        if any(id.startswith("real") for id, _ in group):
            continue  # Their case and punctuation are for hone's own tests.
        for place, (_, text) in enumerate(group):
            values = [similarity(text, other) for _, other in group if other is not text]
            checked += 1
            wrong += max(values) < SIMILARITY
            chained += min(values) < SIMILARITY
    return joined("found"), joined("below"), checked, wrong, chained


def signatures():
    """Bytes per second of CPU time of hone's sketches, by the texts of its benchmark."""
    run = timed(BIN / "near_duplicates_bench", "--benchmark_format=json", cores=CORE, environment={"HONE_TEST_DATA": str(DATA)}).json()
    return {each["name"]: each["bytes_per_second"] for each in run["benchmarks"]}


def run():
    if not (BIN / "near_duplicates_bench").exists():
        check(False, f"{BIN}/near_duplicates_bench is missing; configure with -DHONE_BUILD_BENCHMARKS=ON and build it")
    with Folder() as place:
        rows, size = Corpus().write(place.path / "rows.csv")
        project = place.project(
            "large",
            {
                "data": {"files": str(place.path / "rows.csv"), "id": "id", "text": "text", "near_duplicates": {"similarity": SIMILARITY}},
                "task": {"classes": ["yes", "no"]},
                "sources": [{"column": "label"}],
            },
        )
        (place.path / "texts.json").write_text(json.dumps(narratives()))
        hone("run", "--project", project, "--until", "import")
        ours, theirs, alone, both = [], [], [], []
        for _ in range(REPEATS):
            ours.append(signatures())
            theirs.append(peer("datatrove_signatures.py", place.path / "texts.json", cores=CORE).json()["bytes_per_second"])
            alone.append(stage(project, 1, CORE))
            both.append(stage(project, 2, None))
        found = json.loads((project / ".hone" / "runs" / (json.loads((project / ".hone" / "current.json").read_text())["near-duplicates"] + ".json")).read_text())
        report = json.loads((project / ".hone" / "objects" / object_path(found, "near-duplicates")).read_text())
        return report_text(rows, size, ours, theirs, alone, both, quality(groups_of(project)), report)


def object_path(record, name):
    hash = next(output["ref"]["hash"] for output in record["outputs"] if output["name"] == name)
    return f"{hash[:2]}/{hash[2:]}"


def report_text(rows, size, ours, theirs, alone, both, judged, report):
    named = {"sketch_complaints": "complaints", "sketch_messages": "messages of 12 words", "sketch_generated/5": "5 words", "sketch_generated/30": "30 words",
             "sketch_generated/200": "200 words", "sketch_generated/3000": "3,000 words", "sketch_accented": "100 words with é", "sketch_composed": "100 words with e and a mark"}  # fmt: skip
    lines = [[f"hone, {what}", spread([each[name] / 1e6 for each in ours], 0)] for name, what in named.items()]
    lines.append(["datatrove 0.10.1, complaints", spread([rate / 1e6 for rate in theirs], 2)])
    text = table(["signatures, one core", "MB/s of CPU time"], lines)
    stages = []
    for threads, measured in ((1, alone), (2, both)):
        stages.append([threads, spread([size / 1e6 / seconds for seconds, _, _ in measured], 0), spread([size / 1e6 / cpu for _, cpu, _ in measured], 0),
                       spread([seconds for seconds, _, _ in measured]), megabytes(max(peak for _, _, peak in measured))])  # fmt: skip
    text += "\n\n" + table(["threads", "MB/s by the clock", "MB/s of CPU time", "seconds of the stage", "peak memory"], stages)
    joined, below, checked, wrong, chained = judged

    def slowest(name):
        return min(each[name] for each in ours) / 1e6

    rate = statistics.median(size / 1e6 / cpu for _, cpu, _ in alone)
    return text + (
        f"\n\n{rows:,} rows, {megabytes(size)} of text, {REPEATS} repeats in turns, median (least to most). The stage reads Parquet twice and writes what moved; its CPU time "
        f"holds the start of the program and the check of the objects. MB/s per core: signatures of complaints {verdict(slowest('sketch_complaints'), 50, at_most=False)}, of messages "
        f"{verdict(slowest('sketch_messages'), 50, at_most=False)}, the whole stage {verdict(rate, 50, at_most=False)}. Found: {joined:,} of {PLANTED:,} planted pairs of a similarity from "
        f"{SIMILARITY} to {SIMILARITY + 0.02}: {verdict(joined / PLANTED, 0.97, at_most=False)}. Joined of {PLANTED:,} pairs just below (from {SIMILARITY - 0.06:.2f}): {below}. Of {checked:,} rows in groups of "
        f"generated rows {wrong} have no similar row in their group ({chained} have one there that is not similar, by a chain). {report['compared']:,} pairs were compared, of "
        f"{rows * (rows - 1) // 2:,}; {report['groups']:,} groups of {report['rows']:,} rows."
    )
