"""Every estimator on every recorded set, beside snorkel's LabelModel and crowd-kit's models on the same votes: accuracy, log loss and calibration without
gold, and with 100 gold rows in twenty draws. The table of docs/label_models.md is made from it."""

import csv
import json
import pathlib
import random
import statistics

from harness import SEED, Folder, check, data, hone, peer, table

OURS = ["majority", "dawid-skene", "metal", "triplet", "hone"]  # weighted-majority is majority without gold.
TAUGHT = ["hone", "weighted-majority"]
DRAWS, GOLD_ROWS = 20, 100
# The hone of this many draws may not lose to weighted-majority by more than a point, or two rows of a small set.
WORST_LOSS = 0.01, 2


class RecordedSet:
    """Votes as `example,source,class`, gold as `item,truth`, and which gold rows may be drawn to teach; classes are numbers in the order of their names."""

    def __init__(self, name, votes, truth, pool, measured):
        self.name, self.votes, self.truth, self.pool, self.measured = name, votes, truth, pool, measured


def read_rows(path, delimiter=","):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def crowd_set(folder, labels, truth, delimiter, label="label", answer="truth"):
    """Of repeated votes the last counts. Half of the gold rows, at most, may teach."""
    votes = {(row["item"], row["worker"]): row[label] for row in read_rows(folder / labels, delimiter)}
    items = {item for item, _ in votes}
    answers = {row["item"]: row[answer] for row in read_rows(folder / truth, delimiter) if row["item"] in items}
    pool = sorted(answers)
    return RecordedSet(folder.name, [(item, worker, voted) for (item, worker), voted in votes.items()], answers, pool, None)


def rule_set(folder):
    """The validation split teaches and the test split measures, as far as there are both."""
    votes, answers, split = [], {}, {}
    for number, row in enumerate(read_rows(folder / "votes.csv")):
        item = str(number)
        votes += [(item, source, voted) for source, voted in row.items() if source not in ("split", "gold") and voted != "-1"]
        split[item] = row["split"]
        if row["gold"] != "-1":
            answers[item] = row["gold"]
    covered = {item for item, _, _ in votes}
    answers = {item: answer for item, answer in answers.items() if item in covered}
    pool = [item for item in answers if split[item] == "valid"]
    measured = [item for item in answers if split[item] == "test"]
    return RecordedSet(folder.name, votes, answers, pool or sorted(answers), measured if pool and measured else None)


def recorded_sets():
    votes, crowd = data("votes"), data("crowd")
    for folder in sorted((votes / "lf").iterdir()):
        if folder.is_dir():
            yield rule_set(folder)
    for folder in sorted((votes / "crowd").iterdir()):
        if folder.is_dir():
            yield crowd_set(folder, "label.csv", "truth.csv", ",")
    for folder in sorted(crowd.iterdir()):
        if folder.is_dir():
            yield crowd_set(folder, "labels.tsv", "gold.tsv", "\t", answer="label")


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def aggregated(votes, model, gold, *more):
    return hone("aggregate", votes, "--gold", gold, "--model", model, "--json", *more).json()


def percent(share):
    return f"{100 * share:.1f}"


def draws_of(found):
    """(gold rows that teach, rows that are measured) of each draw."""
    for draw in range(DRAWS):
        rng = random.Random(SEED * 1000 + draw)
        most = GOLD_ROWS if found.measured else min(GOLD_ROWS, len(found.pool) // 2)
        known = set(rng.sample(found.pool, min(most, len(found.pool))))
        yield known, [item for item in found.measured or found.truth if item not in known]


def taught(folder, votes, found):
    """Accuracy and ECE by model of each draw, hone blind on the same rows among them, and how many rows were measured at least."""
    results, least = {model: [] for model in [*TAUGHT, "hone blind"]}, None
    for known, measured in draws_of(found):
        teach = write_csv(folder / "known.csv", ["item", "truth"], [(item, found.truth[item]) for item in sorted(known)])
        gold = write_csv(folder / "measured.csv", ["item", "truth"], [(item, found.truth[item]) for item in measured])
        for model in TAUGHT:
            results[model].append(aggregated(votes, model, gold, "--known", teach))
        results["hone blind"].append(aggregated(votes, "hone", gold))
        least = min(least or len(measured), len(measured))
    return results, least


def accuracies(results):
    return [result["accuracy"]["value"] for result in results]


def worst_loss(results):
    return max(other - ours for ours, other in zip(accuracies(results["hone"]), accuracies(results["weighted-majority"])))


def gold_row(found, results, least):
    worst = statistics.mean(accuracies(results["weighted-majority"])) - statistics.mean(accuracies(results["hone"]))
    allowed = max(WORST_LOSS[0], WORST_LOSS[1] / least)
    ece = statistics.mean(result["ece"]["value"] if result["ece"] else 0.0 for result in results["hone"])
    means = [percent(statistics.mean(accuracies(results[name]))) for name in ["hone blind", "weighted-majority", "hone"]]
    return [found.name, len(next(iter(draws_of(found)))[0]), *means, f"{100 * worst:+.2f}", f"{100 * worst_loss(results):+.1f}", f"{100 * ece:.1f}",
            "met" if worst <= allowed else "MISSED"]


def blind_row(found, ours, theirs, name_of):
    cells = [percent(ours[model]["accuracy"]["value"]) for model in OURS] + [percent(theirs[name]) if name in theirs else "" for name in name_of]
    return [found.name, *cells]


def measures_row(found, ours):
    cells = [f"{ours[model][measure]['value'] * factor:.{digits}f}" if ours[model][measure] else "" for measure, factor, digits in [("log_loss", 1, 3), ("ece", 100, 1)]
             for model in OURS]
    return [found.name, *cells]


def mean_row(name, rows):
    columns = list(zip(*[row[1:] for row in rows]))
    return [name, *[f"{statistics.mean(float(cell) for cell in column):.1f}" if all(cell for cell in column) else "" for column in columns]]


def gold_means(rows):
    return ["mean", "", *[f"{statistics.mean(float(row[column]) for row in rows):.1f}" for column in (2, 3, 4)], "", "", f"{statistics.mean(float(row[7]) for row in rows):.1f}", ""]


def run():
    blind, measures, gold, names, versions = [], [], [], [], {}  # `names` of the peers, whose slow ones lack the larger sets.
    with Folder() as folder:
        for found in recorded_sets():
            votes = write_csv(folder.path / "votes.csv", ["item", "worker", "label"], found.votes)
            truth = write_csv(folder.path / "truth.csv", ["item", "truth"], found.truth.items())
            ours = {model: aggregated(votes, model, truth) for model in OURS}
            theirs = peer("label_models.py", votes, truth).json()
            check(ours["majority"]["accuracy"]["n"] == theirs["items_with_gold"], f"{found.name}: the peers measure {theirs['items_with_gold']} items")
            names += [name for name in theirs["accuracy"] if name not in names]
            versions = theirs["versions"]
            blind.append((found, ours, theirs["accuracy"]))
            measures.append(measures_row(found, ours))
            gold.append(gold_row(found, *taught(folder.path, votes, found)))
    blind = [blind_row(*of_set, names) for of_set in blind]
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    parts = [
        f"Accuracy (%) on covered rows with gold, no gold used. Peers: {said}; snorkel with its 100 epochs and one seed, GLAD and MACE of sets with at most 6,000 votes (a minute of CPU time). "
        "A peer that lacks a set has no mean.",
        table(["set", *[f"hone {model}" for model in OURS], *names], [*blind, mean_row("mean", blind)]),
        "Log loss, then ECE (15 bins of equal mass, %), of the same.",
        table(["set", *[f"{measure} {model}" for measure in ("log loss", "ECE") for model in OURS]], measures),
        f"{DRAWS} draws of {GOLD_ROWS} gold rows (of small sets half of them): mean accuracy (%) on the other rows, and how much `hone` loses to the vote weighted by that gold.",
        table(["set", "gold rows", "hone without gold", "weighted-majority", "hone", "loss of the mean, points", "worst draw, points", "ECE hone", "at most 1 point or two rows"],
              [*gold, gold_means(gold)]),
    ]
    return "\n\n".join(parts)
