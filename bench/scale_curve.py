"""Draws the curve of the benchmark `scale`: scale_curve.py MEASURED.json CURVE.svg. Run by the Python that has matplotlib.

MEASURED: {"sparse": [{"rows": …, "seconds": …, "peak": bytes}, …], "dense": …, "bounds": {"seconds": …, "peak": …}}.
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "hone", "font.size": 9})
from matplotlib import pyplot  # noqa: E402


def draw(measured, path):
    bounds = measured.pop("bounds")
    figure, axes = pyplot.subplots(1, 2, figsize=(8.5, 3.3))
    for axis, key, scale, label in [(axes[0], "seconds", 1, "seconds"), (axes[1], "peak", 1e6, "peak memory, MB")]:
        for kind, points in measured.items():
            axis.loglog([point["rows"] for point in points], [point[key] / scale for point in points], marker="o", markersize=4, label=kind)
        axis.axhline(bounds[key] / scale, color="grey", linestyle=":", linewidth=1)
        axis.set(xlabel="rows", ylabel=label)
        axis.grid(alpha=0.3)
    axes[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    draw(json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2])
