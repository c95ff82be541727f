"""What a notebook does: `compare_predictions.py A B GOLD` reads three CSV files with pandas, joins them by id and counts, as a whole and by `part`, the items that one has right and the other wrong. No intervals, no tests."""

import json
import sys

import pandas

a, b, gold = (pandas.read_csv(path) for path in sys.argv[1:4])
joined = gold.merge(a, on="id").merge(b, on="id", suffixes=("_a", "_b"))
joined["right_a"] = joined["prediction_a"] == joined["gold"]
joined["right_b"] = joined["prediction_b"] == joined["gold"]
joined["only_a"] = joined["right_a"] & ~joined["right_b"]
joined["only_b"] = joined["right_b"] & ~joined["right_a"]
parts = joined.groupby("part")[["only_a", "only_b", "right_a", "right_b"]].sum()
print(json.dumps({"version": pandas.__version__, "discordant": [int(joined["only_a"].sum()), int(joined["only_b"].sum())], "parts": len(parts)}))
