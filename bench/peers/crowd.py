"""Labels of people's votes by crowd-kit and snorkel: `crowd.py LABELS TRUTH` (item,worker,label and item,truth). Every time holds the reading of the file."""

import importlib.metadata
import json
import sys
import time

import numpy
import pandas
from crowdkit.aggregation import DawidSkene, MajorityVote

# As in snorkel's tutorials.
SNORKEL_EPOCHS, SNORKEL_SEED = 500, 123


def read(path):
    return pandas.read_csv(path).rename(columns={"item": "task"}).drop_duplicates(["task", "worker"], keep="last")


def majority_vote(path):
    return MajorityVote().fit_predict(read(path))


def dawid_skene(path):
    return DawidSkene(n_iter=200, tol=1e-6).fit_predict(read(path))


def snorkel_label_model(path):
    from snorkel.labeling.model import LabelModel

    votes = read(path)
    classes = numpy.sort(votes["label"].unique())
    tasks, rows = numpy.unique(votes["task"], return_inverse=True)
    workers, columns = numpy.unique(votes["worker"], return_inverse=True)
    matrix = numpy.full((len(tasks), len(workers)), -1)
    matrix[rows, columns] = numpy.searchsorted(classes, votes["label"])
    model = LabelModel(cardinality=len(classes), verbose=False)
    model.fit(matrix, n_epochs=SNORKEL_EPOCHS, seed=SNORKEL_SEED, progress_bar=False)
    return pandas.Series(classes[model.predict(matrix, tie_break_policy="random")], index=tasks)


def has(module):
    try:
        __import__(module)
        return True
    except ImportError:
        return False


def measured(system, path, truth):
    start = time.perf_counter()
    labels = system(path)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": float((labels.reindex(truth.index) == truth).mean())}


path = sys.argv[1]
truth = pandas.read_csv(sys.argv[2]).set_index("item")["truth"]
truth = truth[truth.index.isin(read(path)["task"])]
systems = {"crowd-kit MajorityVote": majority_vote, "crowd-kit DawidSkene": dawid_skene}
if has("torch"):
    import snorkel.labeling.model  # noqa: F401  (its import is not timed)

    systems["snorkel LabelModel"] = snorkel_label_model
json.dump(
    {
        "versions": {name: importlib.metadata.version(name) for name in ["crowd-kit", "snorkel"]},
        "items_with_gold": len(truth),
        "systems": {name: measured(system, path, truth) for name, system in systems.items()},
    },
    sys.stdout,
)
