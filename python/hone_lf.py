"""Labeling functions in Python: what `process: [python3, lfs/mine.py]` in hone.yaml runs.

    from hone_lf import labeling_function, run

    @labeling_function(fields=["body"])
    def angry(row):
        if row["body"] and "unacceptable" in row["body"].lower():
            return "complaint"

    if __name__ == "__main__":
        run()

A function gets a row as a dict of its fields (None: absent) and returns a class, a pair (class, confidence above 0 and at most 1), a list of
these where a row may have several classes, or None: it abstains. With batch=True it gets a dict of lists, one for each field, and returns a list
as long as these. What it raises makes it abstain on that row (or batch), which Hone counts and shows.

Whatever is printed goes to standard error: standard output is Hone's. Needs pyarrow and nothing else. The protocol: docs/formats.md.
"""

import json
import os
import sys
import traceback

import pyarrow as pa

__all__ = ["labeling_function", "run"]

PROTOCOL = "1"
SHOWN_TRACEBACKS = 5     # Of each function; after these a line for each row is enough.
SHOWN_FRAMES = 4         # Of a traceback, the last ones.

ANSWER = pa.schema([("function", pa.uint32()), ("row", pa.uint32()), ("class", pa.string()), ("confidence", pa.float64()),
                    ("error", pa.string())])

_functions = {}


class CannotSay(Exception):
    """What Hone shows as it stands, without lines of code."""


class LabelingFunction:
    """A function with what it reads. Callable, as the function itself is: tests call it with a dict."""

    def __init__(self, function, name, fields, batch):
        self.function, self.name, self.fields, self.batch = function, name, fields, batch
        self.failures = 0

    def __call__(self, rows):
        return self.function(rows)

    def answers(self, columns, rows):
        """What it says of each of `rows` rows: a class, a pair, a list, None, or the exception it raised."""
        missing = [field for field in self.fields or [] if field not in columns]
        if missing:
            return [CannotSay(f"'{self.name}' reads the field '{missing[0]}', which it was not given: add it to 'fields' in hone.yaml")] * rows
        if self.fields:
            columns = {field: columns[field] for field in self.fields}
        return self.of_batch(columns, rows) if self.batch else [self.of_row(columns, row) for row in range(rows)]

    def of_row(self, columns, row):
        try:
            return self.function({field: values[row] for field, values in columns.items()})
        except Exception as error:
            return error

    def of_batch(self, columns, rows):
        try:
            said = list(self.function(columns))
            if len(said) != rows:
                raise CannotSay(f"'{self.name}' returned {len(said)} answers for {rows} rows")
            return said
        except Exception as error:
            return [error] * rows

    def shown(self, error):
        """An exception as Hone shows it: the first ones with the lines of the author's files that they come from."""
        if isinstance(error, CannotSay):
            return str(error)
        self.failures += 1
        lines = traceback.format_exception_only(type(error), error)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
        if self.failures <= SHOWN_TRACEBACKS:
            lines = traceback.format_list(frames[-SHOWN_FRAMES:]) + lines
        return "".join(lines).rstrip()


def labeling_function(function=None, *, name=None, fields=None, batch=False):
    """Makes a labeling function of a function. `name`: else the function's own; `fields`: the columns it reads, else all that it is given."""
    def make(made):
        lf = LabelingFunction(made, name or made.__name__, [fields] if isinstance(fields, str) else fields, batch)
        if lf.name in _functions:
            raise ValueError(f"there are two labeling functions named '{lf.name}'")
        _functions[lf.name] = lf
        return lf
    return make if function is None else make(function)


def votes_of(said):
    """(class, confidence) of each vote in what a function returned."""
    if said is None:
        return []
    if isinstance(said, str):
        return [(said, 1.0)]
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[0], str) and not isinstance(said[1], str):
        return [(said[0], float(said[1]))]
    if isinstance(said, (list, set, frozenset)):
        return [vote for one in (sorted(said) if not isinstance(said, list) else said) for vote in votes_of(one)]
    raise CannotSay(f"it returned {said!r:.100}: return a class, (class, confidence), a list of these, or None")


class Answer:
    """The rows of one answer, as they are found."""

    def __init__(self):
        self.columns = {name: [] for name in ANSWER.names}

    def add(self, function, row, voted=None, confidence=None, error=None):
        for name, value in zip(ANSWER.names, (function, row, voted, confidence, error)):
            self.columns[name].append(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value)

    def add_said(self, lf, function, row, said):
        if isinstance(said, Exception):
            return self.add(function, row, error=lf.shown(said))
        try:
            votes = votes_of(said)
        except CannotSay as error:
            return self.add(function, row, error=lf.shown(error))
        for voted, confidence in votes:
            self.add(function, row, voted, confidence)

    def batch(self):
        return pa.record_batch([pa.array(self.columns[field.name], field.type) for field in ANSWER], schema=ANSWER)


def answer(batch, asked):
    columns = {name: column.to_pylist() for name, column in zip(batch.schema.names, batch.columns)}
    made = Answer()
    for function, name in enumerate(asked):
        lf = _functions.get(name)
        if lf is None:
            there = ", ".join(f"'{known}'" for known in _functions) or "none"
            lf = LabelingFunction(None, name, None, False)
            said = [CannotSay(f"no labeling function named '{name}'; there are: {there}")] * batch.num_rows
        else:
            said = lf.answers(columns, batch.num_rows)
        for row, one in enumerate(said):
            made.add_said(lf, function, row, one)
    return made.batch()


def run():
    """Answers Hone until it has no more rows. The last line of the file."""
    if sys.stdin.isatty():
        sys.exit("this program votes for Hone: name it in hone.yaml, as in {process: [python3, %s], name: NAME}" % sys.argv[0])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with pa.ipc.open_stream(sys.stdin.buffer) as rows, pa.ipc.new_stream(out, ANSWER) as answers:
        said = rows.schema.metadata or {}
        if said.get(b"hone.protocol") != PROTOCOL.encode():
            sys.exit(f"hone_lf speaks version {PROTOCOL} of the vote protocol, not {said.get(b'hone.protocol')!r}: take the one that came with Hone")
        asked = json.loads(said[b"hone.functions"])
        for batch in rows:
            answers.write_batch(answer(batch, asked))
            out.flush()
