"""The LFs of bench/lfs.py through snorkel: `snorkel_apply.py TEXTS LFApplier|PandasLFApplier|votes|exact-votes`.

Prints the rows per second of CPU time of apply() alone, or the rows each LF votes on (exact: by Hone's idea of a word).
"""

import json
import pathlib
import sys
import time
import types

import numpy
import pandas
from snorkel.labeling.apply.core import LFApplier
from snorkel.labeling.apply.pandas import PandasLFApplier
from snorkel.labeling.lf.core import LabelingFunction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lfs import exact_python_patterns, python_patterns  # noqa: E402


def labeling_function(number, pattern):
    search = pattern.search
    return LabelingFunction(f"lf{number}", lambda row: 0 if search(row.text) else -1)


texts = json.loads(pathlib.Path(sys.argv[1]).read_text())
lfs = [labeling_function(number, pattern) for number, pattern in enumerate(exact_python_patterns() if sys.argv[2] == "exact-votes" else python_patterns())]
if sys.argv[2] == "PandasLFApplier":
    applier, rows = PandasLFApplier(lfs), pandas.DataFrame({"text": texts})
else:
    applier, rows = LFApplier(lfs), [types.SimpleNamespace(text=text) for text in texts]
start = time.process_time()
matrix = applier.apply(rows, progress_bar=False)
seconds = time.process_time() - start
if sys.argv[2].endswith("votes"):
    json.dump([numpy.flatnonzero(matrix[:, lf] == 0).tolist() for lf in range(len(lfs))], sys.stdout)
else:
    json.dump({"rows_per_second": len(texts) / seconds}, sys.stdout)
