"""datatrove's MinHash signatures of texts: `datatrove_signatures.py TEXTS`, a JSON list.

Prints the bytes per second of CPU time of shingles and signature alone, with its own defaults (words of five, 14 buckets of 8 hashes), from memory to memory. Words are
those between blanks: its tokenizers for languages are slower.
"""

import json
import pathlib
import sys
import tempfile
import time

from datatrove.pipeline.dedup.minhash import MinhashDedupSignature
from datatrove.utils.word_tokenizers import WordTokenizer


class Blanks(WordTokenizer):
    def word_tokenize(self, text):
        return text.split()

    def sent_tokenize(self, text):
        return [text]

    def span_tokenize(self, text):
        return [(0, len(text))]


texts = json.loads(pathlib.Path(sys.argv[1]).read_text())
with tempfile.TemporaryDirectory() as folder:
    step = MinhashDedupSignature(folder, language=Blanks())
    start = time.process_time()
    for text in texts:
        shingles = step.get_shingles(text)
        if shingles.size:
            step.get_signature(shingles)
    seconds = time.process_time() - start
json.dump({"bytes_per_second": sum(len(text.encode()) for text in texts) / seconds}, sys.stdout)
