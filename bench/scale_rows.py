"""Writes the rows of the benchmark `scale`: scale_rows.py FILE KIND ROWS LFS WORDS. Run by the Python that has numpy.

A row is an id, a text of WORDS words of a Zipf-like vocabulary, and a class of ten. `sparse`: a fifth of the rows holds signals, two on average, four
of five of the row's own class. `dense`: every row holds some 20 of them, one of five surely of its own class. The number of signals does not depend on the number of LFs.
"""

import pathlib
import sys

import numpy

CLASSES, VOCABULARY, CHUNK, SEED = 10, 20_000, 100_000, 1


def vocabulary(dice):
    letters = numpy.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = {}
    while len(words) < VOCABULARY:
        words["".join(dice.choice(letters, dice.integers(3, 10)))] = None
    return numpy.array(list(words), dtype=object)


def signal(lf, row):
    """One of the two words of an LF; no word of the vocabulary holds a digit."""
    return f"sig{lf:04d}{'ab'[row % 2]}"


def signals(dice, kind, lfs, classes):
    """By row, the LFs whose word it holds."""
    rows = len(classes)
    counts = dice.binomial(100, 0.2, rows) if kind == "dense" else numpy.where(dice.random(rows) < 0.2, dice.geometric(0.5, rows), 0)
    ends = numpy.cumsum(counts)
    voted = numpy.where(dice.random(ends[-1]) < (0.2 if kind == "dense" else 0.8), numpy.repeat(classes, counts), dice.integers(0, CLASSES, ends[-1]))
    return numpy.split(dice.integers(0, lfs // CLASSES, ends[-1]) * CLASSES + voted, ends[:-1])


def write_rows(path, kind, rows, lfs, length):
    dice = numpy.random.default_rng(SEED)
    words = vocabulary(dice)
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,text,label\n")
        for first in range(0, rows, CHUNK):
            count = min(CHUNK, rows - first)
            classes = dice.integers(0, CLASSES, count)
            found = signals(dice, kind, lfs, classes)
            filler = words[(dice.random((count, length)) ** 3 * VOCABULARY).astype(int)]
            for row in range(count):
                text = [signal(lf, row) for lf in found[row]]
                file.write(f"{first + row},{' '.join([*text, *filler[row][len(text):]])},class{classes[row]}\n")


if __name__ == "__main__":
    write_rows(pathlib.Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
