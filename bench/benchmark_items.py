"""`hone benchmark` with a million items of twenty words beside as many own rows: made, run on, shown and refreshed, each a whole process."""

import random

from harness import HONE, SEED, Folder, check, megabytes, spread, table, timed

ITEMS, OWN_ROWS, TRAFFIC, DRAWN, SYSTEMS = 1_000_000, 1_000_000, 300_000, 100_000, 6
WORDS, VOCABULARY = 20, 20_000
CLASSES, CHANNELS = ["card", "fraud", "loan"], ["mail", "chat", "phone"]


def vocabulary():
    dice = random.Random(SEED)
    return ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 9))) for _ in range(VOCABULARY)]


def write_items(file, name, count):
    """Items whose texts have nothing in common but words; four of one document stand together. Returns the answers."""
    words, dice, golds = vocabulary(), random.Random(f"{SEED} {name}"), []
    with open(file, "w") as out:
        out.write("id,text,gold,channel,document,unsure\n")
        for row in range(count):
            golds.append(dice.choice(CLASSES))
            out.write(f"{name}{row},{' '.join(dice.choices(words, k=WORDS))},{golds[-1]},{dice.choice(CHANNELS)},d{row // 4},{dice.random():.3f}\n")
    return golds


def write_answers(file, golds, right):
    """A system that is right with this chance on every item."""
    dice = random.Random(f"{SEED} {right}")
    with open(file, "w") as out:
        out.write("id,prediction\n")
        for row, gold in enumerate(golds):
            out.write(f"item{row},{gold if dice.random() < right else 'other'}\n")


class Measured:
    """What each step took; steps of one name, such as runs, in one line."""

    def __init__(self):
        self.steps = {}

    def step(self, name, *words, folder):
        run = timed(HONE, "benchmark", *words, "--project", folder, "--threads", 2, "--json")
        self.steps.setdefault(name, []).append(run)
        return run.json()

    def lines(self):
        return [[name, spread([run.seconds for run in runs], 1), megabytes(max(run.peak("hone") for run in runs))] for name, runs in self.steps.items()]


def run():
    measured = Measured()
    with Folder() as place:
        folder, items, own, traffic = place.path, place.path / "items.csv", place.path / "own.csv", place.path / "traffic.csv"
        golds = write_items(items, "item", ITEMS)
        write_items(own, "own", OWN_ROWS)
        write_items(traffic, "new", TRAFFIC)
        fields = ["--id", "id", "--stratum", "channel", "--cluster", "document", "--sealed", "0.1"]
        made = measured.step("create, beside own rows", "create", "b", "--items", items, "--own", own, *fields, folder=folder)
        check(made["passed"] == ITEMS and made["version"]["items"] == ITEMS, f"{made['passed']} items passed")
        for system in range(SYSTEMS):
            answers = folder / f"system{system}.csv"
            write_answers(answers, golds, 0.5 + 0.07 * system)
            result = measured.step(f"run, beside up to {SYSTEMS - 1} others", "run", "b", "--predictions", answers, "--system", f"s{system}", folder=folder)
            check(result["score"]["n"] == ITEMS - made["version"]["sealed"] and len(result["others"]) == system, "not all items or systems were compared")
        shown = measured.step(f"show, with the scale of {SYSTEMS} systems", "show", "b", folder=folder)
        check(shown["scales"][0]["converged"] and len(shown["scales"][0]["systems"]) == SYSTEMS, "the scale did not settle")
        again = measured.step("refresh, a tenth of the items new", "refresh", "b", "--from", traffic, "--size", DRAWN, "--difficulty", "unsure", folder=folder)
        check(again["version"]["came"] == DRAWN and again["version"]["items"] == ITEMS, "not as many came and went")
    note = f"{ITEMS:,} items of {WORDS} words, {OWN_ROWS:,} own rows, {TRAFFIC:,} rows of new traffic of which {DRAWN:,} are drawn; 2 threads, each once, runs {SYSTEMS} times."
    return table(["`hone benchmark`", "seconds, whole process", "peak memory"], measured.lines()) + "\n\n" + note
