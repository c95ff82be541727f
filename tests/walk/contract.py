"""Checks JSON against the TypeScript interfaces of web/src/report.ts, the contract between the program and the page."""

import json
import re

from .harness import ROOT


def interfaces():
    """The interfaces of the page's contract: name -> [(key, its type)]; the key of a value that need not be there ends with "?"."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / "web" / "src" / "report.ts").read_text(), flags=re.S)
    found = {}
    for name, body in re.findall(r"export interface (\w+) \{(.*?)^\}", text, flags=re.S | re.M):
        found[name] = members(body)
    return found


def named_types():
    """The types that stand for others: name -> what it stands for."""
    return dict(re.findall(r"^export type (\w+) = (.*);$", (ROOT / "web" / "src" / "report.ts").read_text(), flags=re.M))


def members(body):
    """Keys and types of an interface's body; a type may hold braces of its own."""
    found = []
    body = body.strip().removesuffix(";") + ";"
    while match := re.match(r"\s*(\w+\??):\s*", body):
        body = body[match.end():]
        depth = end = 0
        while depth > 0 or body[end] != ";":
            depth += {"{": 1, "<": 1, "(": 1, "}": -1, ">": -1, ")": -1}.get(body[end], 0)
            end += 1
        found.append((match[1], body[:end].strip()))
        body = body[end + 1:]
    assert body.strip() in ("", ";"), body
    return found


class Contract:
    """Checks a value against the types of web/src/report.ts: every key there, of the right kind, null only where it may be."""

    def __init__(self, test):
        self.test, self.types, self.named = test, interfaces(), named_types()

    def check(self, value, kind, where="report"):
        kind = kind.strip()
        while kind.startswith("(") and kind.endswith(")"):
            kind = kind[1:-1].strip()
        kind = self.named.get(kind, kind)
        options = self.split(kind, "|")
        if value is None:
            self.test.assertIn("null", options, f"{where} is null")
            return
        options = [option for option in options if option != "null"]
        if all(option.startswith('"') for option in options):
            self.test.assertIn(json.dumps(value), options, where)
            return
        self.test.assertEqual(len(options), 1, f"{where}: {kind}")
        self.check_one(value, options[0], where)

    def check_one(self, value, kind, where):
        kind = kind[1:-1].strip() if kind.startswith("(") else kind
        plain = {"string": str, "number": (int, float), "boolean": bool}
        if kind in plain:
            self.test.assertIsInstance(value, plain[kind], where)
        elif kind.endswith("[]"):
            self.test.assertIsInstance(value, list, where)
            for place, item in enumerate(value):
                self.check(item, kind[:-2], f"{where}[{place}]")
        elif kind in self.named:
            self.check(value, self.named[kind], where)
        elif kind.startswith("Record<"):
            key, item = self.split(kind[len("Record<"):-1], ",")
            if key == "SplitName":
                self.test.assertLessEqual({"train", "valid", "test"}, value.keys(), where)
                value = {name: value[name] for name in ["train", "valid", "test"]}
            for name, part in value.items():
                if item != "unknown":
                    self.check(part, item, f"{where}.{name}")
        elif "&" in kind and not kind.startswith("{"):
            for part in self.split(kind, "&"):
                self.check(value, part, where)
        else:
            self.check_members(value, members(kind[1:-1]) if kind.startswith("{") else self.types[kind], where)

    def check_members(self, value, keys, where):
        self.test.assertIsInstance(value, dict, where)
        for key, kind in keys:
            if key.endswith("?") and key[:-1] not in value:
                continue
            key = key.removesuffix("?")
            self.test.assertIn(key, value, where)
            self.check(value[key], kind, f"{where}.{key}")

    @staticmethod
    def split(kind, sign):
        parts, depth = [""], 0
        for letter in kind:
            depth += {"{": 1, "<": 1, "(": 1, "}": -1, ">": -1, ")": -1}.get(letter, 0)
            if letter == sign and depth == 0:
                parts.append("")
            else:
                parts[-1] += letter
        return [part.strip() for part in parts]
