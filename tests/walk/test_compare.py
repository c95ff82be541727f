"""`hone compare` on files of every kind, good and bad."""

import json
import resource

from .harness import ProjectTest, hone, hone_json, write_parquet

KEYS = {"difference", "low", "high", "p_value", "test", "verdict", "smallest_detectable", "n", "clusters", "slices", "a", "b", "discordant", "missing", "left_out", "warnings", "metric", "alpha", "unit", "text", "sentence"}


def answers(right, items=60):
    return [{"id": f"m{item}", "prediction": "x" if right(item) else "y", "gold": "x", "part": f"p{item % 3}", "prompt": f"q{item // 3}", "score": float(right(item))} for item in range(items)]


class CompareTest(ProjectTest):
    def csv(self, name, rows):
        return self.write(name, ",".join(rows[0]) + "\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows))

    def jsonl(self, name, rows):
        return self.write(name, "".join(json.dumps(row) + "\n" for row in rows))

    def parquet(self, name, rows):
        write_parquet(self.folder / name, {key: [row[key] for row in rows] for key in rows[0]})
        return self.folder / name

    def setUp(self):
        super().setUp()
        self.a, self.b = answers(lambda item: item % 4 > 0), answers(lambda item: item % 2 > 0)

    def test_every_format_says_the_same(self):
        said = [hone_json("compare", make(f"a.{kind}", self.a), make(f"b.{kind}", self.b), "--slice", "part", "--cluster", "prompt") for kind, make in (("csv", self.csv), ("jsonl", self.jsonl), ("parquet", self.parquet))]
        for result in said:
            self.assertLessEqual(KEYS, set(result))
            for side in "ab":
                result[side].pop("file")
        self.assertEqual(said[0], said[1])
        self.assertEqual(said[0], said[2])
        self.assertEqual((said[0]["n"], said[0]["clusters"], len(said[0]["slices"])), (60, 20, 3))

    def test_packed_files_are_read(self):
        import gzip

        (self.folder / "a.jsonl.gz").write_bytes(gzip.compress(self.jsonl("a.jsonl", self.a).read_bytes()))
        self.assertEqual(hone_json("compare", self.folder / "a.jsonl.gz", self.csv("b.csv", self.b))["n"], 60)

    def test_fields_may_lie_in_either_file_or_with_the_known_answers(self):
        bare = self.csv("a.csv", [{key: row[key] for key in ("id", "prediction")} for row in self.a])
        gold = self.csv("gold.csv", [{key: row[key] for key in ("id", "gold", "part")} for row in self.a])
        other = self.jsonl("b.jsonl", [{key: row[key] for key in ("id", "prediction", "prompt")} for row in self.b])
        result = hone_json("compare", bare, other, "--gold", gold, "--slice", "part", "--cluster", "prompt")
        self.assertEqual((result["unit"], result["clusters"], len(result["slices"])), ("prompt", 20, 3))

    def test_so_many_slices_are_refused_without_much_memory(self):
        rows = [{"id": item, "score": 1, "kind": f"a long name of kind {item}"} for item in range(200_000)]
        file = self.csv("a.csv", rows)
        self.refused("compare", file, file, "--slice", "kind", say=["'kind' has more than 1,000 different values", "{where: {field: kind, above: 10}}"])
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 1_500_000)

    def test_json_has_the_error_too(self):
        done = hone("compare", self.csv("a.csv", self.a), self.folder / "b.csv", "--json", status=1)
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "not-found")

    def test_nested_columns_of_parquet_are_said_to_be_left_out(self):
        rows = [{**row, "probabilities": {"x": 0.5, "y": 0.5}} for row in self.a]
        self.refused("compare", self.parquet("a.parquet", rows), self.parquet("b.parquet", rows), "--metric", "brier", say=["has no field 'probabilities'"])
        flat = [{**row, "probabilities.x": 0.5, "probabilities.y": 0.5} for row in self.a]
        self.assertEqual(hone_json("compare", self.parquet("c.parquet", flat), self.parquet("d.parquet", flat), "--metric", "brier")["a"]["value"], 0.5)
