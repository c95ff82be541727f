"""Accuracy of crowd-kit's models and snorkel's LabelModel on votes: `label_models.py VOTES TRUTH` (item,worker,label and item,truth). Ties fall at random."""

import importlib.metadata
import json
import sys

import numpy
import pandas
from crowdkit.aggregation import GLAD, MACE, DawidSkene, MajorityVote, OneCoinDawidSkene, Wawa, ZeroBasedSkill

SNORKEL_EPOCHS, SNORKEL_SEED = 100, 1
# GLAD and MACE take a minute of CPU time for so many votes, and grow with their number: left out above it.
MOST_VOTES_OF_SLOW = 6_000


def snorkel_label_model(votes, seed):
    from snorkel.labeling.model import LabelModel

    classes = numpy.sort(votes["label"].unique())
    tasks, rows = numpy.unique(votes["task"], return_inverse=True)
    workers, columns = numpy.unique(votes["worker"], return_inverse=True)
    matrix = numpy.full((len(tasks), len(workers)), -1)
    matrix[rows, columns] = numpy.searchsorted(classes, votes["label"])
    model = LabelModel(cardinality=len(classes), verbose=False)
    model.fit(matrix, n_epochs=SNORKEL_EPOCHS, seed=seed, progress_bar=False)
    return pandas.Series(classes[model.predict(matrix, tie_break_policy="random")], index=tasks)


def has(module):
    try:
        __import__(module)
        return True
    except ImportError:
        return False


def accuracy(labels, truth):
    return float((labels.reindex(truth.index).astype(str) == truth.astype(str)).mean())


votes = pandas.read_csv(sys.argv[1], dtype=str).rename(columns={"item": "task"}).drop_duplicates(["task", "worker"], keep="last")
truth = pandas.read_csv(sys.argv[2], dtype=str).set_index("item")["truth"]
truth = truth[truth.index.isin(votes["task"])]
models = {"crowd-kit MajorityVote": MajorityVote(), "crowd-kit Wawa": Wawa(), "crowd-kit ZeroBasedSkill": ZeroBasedSkill(),
          "crowd-kit DawidSkene": DawidSkene(n_iter=200, tol=1e-6), "crowd-kit OneCoinDawidSkene": OneCoinDawidSkene(n_iter=200, tol=1e-6)}
if len(votes) <= MOST_VOTES_OF_SLOW:
    models |= {"crowd-kit GLAD": GLAD(n_iter=100)} | {"crowd-kit MACE": MACE(n_restarts=10, n_iter=50, random_state=1)}
found = {name: accuracy(model.fit_predict(votes), truth) for name, model in models.items()}
if has("torch"):
    found["snorkel LabelModel"] = accuracy(snorkel_label_model(votes, SNORKEL_SEED), truth)
json.dump({"versions": {name: importlib.metadata.version(name) for name in ["crowd-kit", "snorkel"]}, "items_with_gold": len(truth), "accuracy": found}, sys.stdout)
