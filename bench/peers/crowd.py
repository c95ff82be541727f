"""Labels of people's votes by crowd-kit and snorkel: `crowd.py LABELS TRUTH` (item,worker,label and item,truth). "seconds" hold the reading of the file, "fit_seconds" begin with its votes in memory."""

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


def majority_vote(votes):
    return MajorityVote().fit_predict(votes)


def dawid_skene(votes):
    return DawidSkene(n_iter=200, tol=1e-6).fit_predict(votes)


def snorkel_label_model(votes):
    from snorkel.labeling.model import LabelModel

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
    votes = read(path)
    in_memory = time.perf_counter()
    labels = system(votes)
    end = time.perf_counter()
    return {"seconds": end - start, "fit_seconds": end - in_memory, "accuracy": float((labels.reindex(truth.index) == truth).mean())}


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
