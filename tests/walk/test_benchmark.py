"""`hone benchmark`: items that never change, in versions that can be compared (docs/benchmarks.md)."""

import json
import random
import signal
import subprocess
import time

from .harness import HONE, SMALL_TRAINED_YAML, ProjectTest, hone, hone_json

WORDS = ["card", "stolen", "refund", "loan", "garage", "payment", "friday", "transfer", "app", "limit", "password", "branch", "cash", "letter", "fee", "rate"]


def items_csv(first, end, seed=1):
    """Items of twelve words drawn at random: no two alike."""
    lines = ["id,text,gold,channel,unsure"]
    for row in range(first, end):
        draw = random.Random(f"{seed} {row}")
        text = " ".join(draw.choice(WORDS) + draw.choice(WORDS) for _ in range(12))
        lines.append(f"k{row},{text},{('card', 'fraud')[row % 2]},{('mail', 'chat', 'phone')[row % 3]},{draw.random():.3f}")
    return "\n".join(lines) + "\n"


def answers_csv(end, ability, wrong_gold=()):
    """Answers of a system: right with a chance that grows with its ability and falls with the item's number modulo ten."""
    draw = random.Random(f"answers {ability}")
    lines = ["id,prediction"]
    for row in range(end):
        chance = 1 / (1 + 2.718 ** -(1.5 * (ability - (row % 10 - 4.5) / 2)))
        right = draw.random() < (1 - min(0.95, max(0.05, 0.5 + ability / 3)) if row in wrong_gold else chance)
        lines.append(f"k{row},{('card', 'fraud')[row % 2] if right else 'other'}")
    return "\n".join(lines) + "\n"


CREATE = ["--id", "id", "--stratum", "channel", "--date", "2026-01-05"]


class BenchmarkTest(ProjectTest):
    def benchmark(self, *words, **options):
        return hone_json("benchmark", *words, cwd=self.folder, **options)

    def create(self, end=120, *words):
        return self.benchmark("create", "b", "--items", self.write("items.csv", items_csv(0, end)), *CREATE, *words)

    def run_system(self, name, ability, end=120, *words, **options):
        predictions = self.write(f"{name}.csv", answers_csv(end, ability, wrong_gold=(7,)))
        return self.benchmark("run", "b", "--predictions", predictions, "--system", name, *words, **options)

    def test_from_a_file_to_a_refreshed_version(self):
        made = self.create(120, "--sealed", "0.1")
        self.assertEqual((made["version"]["items"], made["version"]["anchors"], made["version"]["sealed"]), (120, 24, 12))
        for number, ability in enumerate([-1.5, -0.9, -0.3, 0.3, 0.9, 1.5]):
            result = self.run_system(f"s{number}", ability)
        self.assertEqual((result["score"]["n"], result["left_out"]["sealed"], len(result["others"])), (108, 12, 5))
        self.assertGreater(result["others"][0]["difference"], 0.3)

        shown = self.benchmark("show", "b", "--list")
        self.assertEqual(len(shown["scales"][0]["systems"]), 6)
        self.assertTrue(shown["scales"][0]["converged"])
        self.assertIn("k7", [item["key"] for item in shown["suspects"]])
        by_key = {item["key"]: item for item in shown["items"]}
        self.assertEqual({item["exposures"] for item in shown["items"] if not item["sealed"]}, {6})
        self.assertEqual({item["exposures"] for item in shown["items"] if item["sealed"]}, {0})
        self.assertTrue(any(item["response"] for item in by_key.values()))

        traffic = self.write("traffic.csv", items_csv(1000, 1300, seed=2))
        refreshed = self.benchmark("refresh", "b", "--from", traffic, "--size", "30", "--difficulty", "unsure", "--date", "2026-02-05")
        self.assertEqual((refreshed["version"]["came"], refreshed["version"]["went"], refreshed["version"]["items"]), (30, 30, 120))
        self.assertEqual([stratum["drawn"] for stratum in refreshed["drawn"]], [10, 10, 10])
        self.assertGreaterEqual(refreshed["version"]["anchors"], 24)

        retired = self.benchmark("retire", "b", "k7", "--reason", "gold is wrong", "--date", "2026-02-06")
        self.assertEqual(retired["version"]["version"], 3)
        text = hone("benchmark", "show", "b", "--list", cwd=self.folder).stdout
        for part in ("2026-02-05", "refreshed", "suspect gold", "exposed 6 times"):
            self.assertIn(part, text if part != "suspect gold" else hone("benchmark", "show", "b", "--version", "1", cwd=self.folder).stdout)

    def test_in_a_project_own_rows_are_refused_and_opening_is_in_the_ledger(self):
        project = self.small_project(rows="id,text,label\n" + "".join(f'r{row},"{line}",card\n' for row, line in enumerate(own_texts())))
        hone("run", "--project", project)
        train = next(row for row in json_rows(project) if row["split"] == "train")
        number = int(train["id"][1:])
        items = self.write("i.csv", f"id,text,gold\na,{own_texts()[number]},card\nb,an item of its own,fraud\nc,something else again,nobody\n")
        made = hone_json("benchmark", "create", "b", "--items", items, "--id", "id", "--sealed", "1", "--anchor", "0", "--project", project)
        self.assertEqual([(each["id"], each["reason"]) for each in made["refused"]], [("a", "own-row"), ("c", "not-answerable")])
        self.assertIn(f"(train row {train['id']})", made["refused"][0]["text"])
        said = self.write("p.csv", "id,prediction\nb,fraud\n")
        words = ["benchmark", "run", "b", "--predictions", said, "--system", "s", "--project", project]
        self.assertEqual(hone_json(*words)["score"]["n"], 0)
        self.assertEqual(hone_json(*words, "--open-sealed", "--reason", "release 2026-q1")["score"]["value"], 1.0)
        opening = hone_json("benchmark", "show", "b", "--project", project)["openings"][0]
        event = next(event for event in hone_json("log", "--kind", "read.export", "--project", project)["events"] if event["seq"] == opening["event"])
        self.assertEqual(event["body"]["format"], "sealed-benchmark")
        self.assertIn("release 2026-q1", event["body"]["purpose"])
        hone("verify", "--project", project)

    def test_what_is_refused_says_why(self):
        items = self.write("items.csv", items_csv(0, 30))
        self.refused("benchmark", "show", "b", cwd=self.folder, say=["there is no benchmark 'b'"])
        self.refused("benchmark", "create", "../b", "--items", items, cwd=self.folder, say=["is no name for a benchmark"])
        self.refused("benchmark", "create", "b", cwd=self.folder, status=2, say=["needs --items FILE"])
        self.refused("benchmark", "make", "b", cwd=self.folder, status=2, say=["no action 'make'"])
        self.refused("benchmark", "create", "b", "--items", items, "--anchor", "2", cwd=self.folder, status=2, say=["anchor is a share"])
        self.refused("benchmark", "create", "b", "--items", items, "--gold", "golf", cwd=self.folder, say=["no field 'golf'", "'gold'", "--gold"])
        self.create(30, "--anchor", "0")
        again = self.benchmark("admit", "b", "--items", items, status=1)
        self.assertEqual((again["version"], again["refused_by_reason"]), (None, {"already-there": 30}))
        self.refused("benchmark", "refresh", "b", "--from", items, "--size", "5", cwd=self.folder, say=["has no anchors"])
        self.refused("benchmark", "retire", "b", "k1", cwd=self.folder, status=2, say=["needs --reason TEXT"])
        self.refused("benchmark", "retire", "b", "nobody", "--reason", "x", cwd=self.folder, say=["has no item 'nobody'"])
        self.run_system("s", 0.0, 30)
        self.refused("benchmark", "run", "b", "--predictions", self.write("o.csv", answers_csv(30, 2.0)), "--system", "s", cwd=self.folder, say=["two systems of one name"])
        self.refused("benchmark", "run", "b", "--predictions", self.write("u.csv", "id,prediction\nx1,card\n"), "--system", "u", cwd=self.folder, say=["u.csv':2: 'x1' is no item"])
        self.refused("benchmark", "run", "b", "--predictions", "u.csv", "--system", "s", "--open-sealed", cwd=self.folder, status=2, say=["needs a reason"])
        file = self.folder / "benchmarks" / "b" / "items" / "0001.jsonl"
        lines = file.read_text().splitlines(keepends=True)
        lines[4] = lines[4].replace('"gold":"card"', '"gold":"fraud"')
        file.write_text("".join(lines))
        self.refused("benchmark", "show", "b", cwd=self.folder, say=["0001.jsonl':5: ", "was changed by hand"])

    def test_the_projects_own_model_and_labels_answer(self):
        project = self.trained_project()
        rows = [row for row in json_rows(project) if row["split"] == "test"]
        items = self.write("items.csv", "id,body,gold\n" + "".join(f'{row["id"]},"{TEXTS[row["id"]]}",{GOLD[row["id"]]}\n' for row in rows))
        words = ["--items", items, "--id", "id", "--text", "body", "--anchor", "0", "--sealed", "0.5", "--similarity", "1", "--project", project]

        for baseline in ("label-model", "majority"):
            result = hone_json("benchmark", "create", baseline, *words, "--baseline", baseline)
            sure = {row["id"] for row in rows if row["label"] == GOLD[row["id"]] and row["probability"] >= 0.95} if baseline == "label-model" else None
            trivial = {each["id"] for each in result["refused"] if each["reason"] == "trivial"}
            self.assertTrue(trivial)
            self.assertEqual(result["checked_against"]["baseline"]["name"], baseline)
            self.assertEqual(result["checked_against"]["baseline"]["answered"], sum(row["label"] is not None for row in rows))
            self.assertTrue(sure is None or trivial == sure, (trivial, sure))
        refused = self.refused("benchmark", "create", "c", "--items", items, "--text", "body", "--baseline", "majority", "--project", project)
        self.assertIn("they are found by their own ids, which --id names", refused)

        hone_json("benchmark", "create", "b", *words)
        told = hone_json("benchmark", "run", "b", "--system", "model", "--open-sealed", "--reason", "test", "--project", project)
        bare = self.write("bare.csv", (project / "rows.csv").read_bytes().decode("latin-1"))
        bare.write_bytes(bare.read_text(encoding="utf-8").encode("latin-1"))
        predicted = {row["id"]: row["label"] for row in map(json.loads, hone("predict", bare, "--project", project).stdout.splitlines())}
        self.assertEqual(told["score"]["n"], len(rows))
        self.assertEqual(told["missing"], 0)
        self.assertEqual(told["score"]["value"], sum(predicted[row["id"]] == GOLD[row["id"]] for row in rows) / len(rows))
        self.assertEqual(told["warnings"], [])
        # The same model says the same again.
        self.assertEqual(hone_json("benchmark", "run", "b", "--system", "model", "--project", project)["score"], told["score"])

    def trained_project(self):
        """Latin-1 with semicolons: neither is how the items of a benchmark lie on disk."""
        project = self.folder / "trained"
        project.mkdir()
        (project / "hone.yaml").write_text(SMALL_TRAINED_YAML.replace("text: text,", "text: text, encoding: latin-1, delimiter: ';',"))
        lines = ["id;text;label"] + [f'{row};"{text}";{GOLD[row]}' for row, text in TEXTS.items()]
        (project / "rows.csv").write_bytes("\n".join(lines).encode("latin-1"))
        hone("run", "--project", project)
        return project

    def test_killed_at_any_moment_the_old_version_is_whole(self):
        self.create(60)
        more = self.write("more.csv", items_csv(100, 2100, seed=3))
        for wait in (0.0, 0.02, 0.05, 0.1, 0.2):
            process = subprocess.Popen([HONE, "benchmark", "admit", "b", "--items", more], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)  # The moment of the kill is what is tried, not waited for.
            process.send_signal(signal.SIGKILL)
            process.wait()
            version = self.benchmark("show", "b")["version"]
            self.assertIn((version["version"], version["items"]), [(1, 60), (2, 2060)])
            if version["version"] == 2:
                return
        self.assertEqual(self.benchmark("admit", "b", "--items", more)["version"]["items"], 2060)


# Eighty rows, with umlauts that tell the classes apart.
GOLD = {f"r{row}": ("card", "fraud")[row % 2] for row in range(80)}
TEXTS = {name: f"{'lost my card für ' if gold == 'card' else 'stolen or not me, geklaut über '}{line.split(',')[1][:40]}" for (name, gold), line in zip(GOLD.items(), items_csv(0, 80, seed=5).splitlines()[1:])}


def own_texts():
    return ["my card " + line.split(",")[1] for line in items_csv(0, 60, seed=9).splitlines()[1:]]


def json_rows(project):
    return [json.loads(line) for line in hone("export", "--project", project).stdout.splitlines()]
