"""The people of PandaLM's test set as systems: for each of the three annotators a file of what they said of each pair of answers.

    python3 pandalm.py testset-v1.json        # writes annotator1.jsonl, annotator2.jsonl and annotator3.jsonl

An id is the place of the pair in the set; `prompt` is the task that both answers are for, which several pairs share.
"""

import json
import pathlib
import sys

NAMES = {0: "tie", 1: "first", 2: "second"}

pairs = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
prompts = {}
for annotator in ("annotator1", "annotator2", "annotator3"):
    with open(f"{annotator}.jsonl", "w", encoding="utf-8") as out:
        for place, pair in enumerate(pairs):
            prompt = prompts.setdefault((pair["instruction"], pair["input"]), f"p{len(prompts):03}")
            out.write(json.dumps({"id": place, "prediction": NAMES[pair[annotator]], "prompt": prompt}) + "\n")
