"""`hone init` on strange files: it ends with a project that runs as it stands, or with a message that says what to do."""

import gzip
import json
import random
import re
import subprocess

from .harness import ProjectTest, data_folder, hone, hone_json, run_stages, write_parquet

# Few words and few signs in common, so that two classes can be told apart.
SPEECH = {
    "praise": ["a wonderful stay, thank you", "the staff was friendly and quick", "great breakfast, lovely room", "we will gladly come again"],
    "complaint": ["the shower was broken all week", "nobody answered the telephone", "dirty towels and a noisy street", "I want my money back"],
}


def reviews(rows=200):
    """(id, text, label) of rows that differ."""
    draw = random.Random(7)
    for row in range(rows):
        label = draw.choice(sorted(SPEECH))
        yield f"r{row}", f"{draw.choice(SPEECH[label])} ({row})", label


def table(header="id,text,label", rows=200, line="{0},\"{1}\",{2}", end="\n"):
    return end.join([header, *(line.format(*row) for row in reviews(rows))]) + end


def wide(columns=500):
    names = ",".join(f"extra_{column}" for column in range(columns))
    return table(header=f"id,text,label,{names}", line="{0},\"{1}\",{2}," + ",".join("x" for _ in range(columns)), rows=80)


def many_labels():
    return "id,text,intent\n" + "".join(
        f'r{row},"please do the thing {row} for me",label {row}\n' for row in range(3000))


# name: (file name, bytes, what hone init says; a project that runs)
RUNS = {
    "a semicolon, Windows-1252 and decimal commas": (
        "umsatz.csv", ("Nr;Betrag;Nachricht;Kategorie\r\n" + "".join(f"{n};{n},5;Überweisung für {text};{label}\r\n" for n, (_, text, label) in enumerate(reviews()))).encode("cp1252"),
        ["Windows-1252", "delimiter: ';'", "decimal: ','"]),
    "tabs": ("rows.tsv", table("id\ttext\tlabel", line="{0}\t{1}\t{2}").encode(), ["delimiter: tab"]),
    "tabs in a .csv": ("rows.csv", table("id\ttext\tlabel", line="{0}\t{1}\t{2}").encode(), ["delimiter: tab"]),
    "a byte-order mark and CRLF": ("rows.csv", b"\xef\xbb\xbf" + table(end="\r\n").encode(), ["encoding: UTF-8"]),
    "lines that end in CR": ("rows.csv", table(end="\r").encode(), []),
    "a single column": ("rows.csv", "".join(["text\n", *(f'"{text}"\n' for _, text, _ in reviews())]).encode(), ["there is one column", "first_class"]),
    "no header": ("rows.csv", table().split("\n", 1)[1].encode(), ["the first line looks like data"]),
    "ids that come again": ("rows.csv", (table() + 'r7,"one more of the rooms here",praise\n').encode(), ["id: not 'id'"]),
    "ids that come again far below": ("rows.csv", ("id,text,label\n" + "".join(
        f'{n if n < 25000 else n - 1},"{"wonderful stay" if n % 2 else "broken shower"} number {n}",{n % 2}\n' for n in range(25100))).encode(), ["id: not 'id', of which a value comes again"]),
    "texts under a strange name": ("rows.csv", table("nr,fld_0093,k").encode(), ["text   fld_0093"]),
    "two columns like labels": ("rows.csv", table("id,text,topic,sentiment", line="{0},\"{1}\",{2},{2}").encode(), ["label  topic", "label: 'sentiment' could be it, too"]),
    "three thousand labels": ("rows.csv", many_labels().encode(), ["label: not 'intent'", "first_class"]),
    "five hundred columns": ("rows.csv", wide().encode(), ["and 491 more columns"]),
    "quotes that nobody closes": ("rows.csv", (table(rows=100) + 'r100,"an open quote here,praise\n' + table(rows=200).split("\n", 102)[102]).encode(), ["cannot be used"]),
    "NUL bytes in a text": ("rows.csv", table().replace("wonderful", "wonder\0ful", 3).encode(), []),
    "one row": ("rows.csv", b"id,text,label\n1,the only row there is,praise\n", ["model: none for now"]),
    "two rows": ("rows.csv", b"id,text,label\n1,the first row of two,praise\n2,the second row here,complaint\n", ["model: none for now"]),
    "classes that differ in case": ("rows.csv", table().replace(",praise\n", ",Praise\n", 20).encode(), ["differ in case alone"]),
    "classes that YAML would misread": ("rows.csv", table().replace(",praise\n", ",yes\n").replace(",complaint\n", ',"no: {}, #1"\n').encode(), []),
    "a label that says nothing": ("rows.csv", table().replace(",praise\n", ",x\n").replace(",complaint\n", ",x\n").encode(), []),
    "labels on few rows": ("rows.csv", re.sub(r",(praise|complaint)\n", lambda m, n=[0]: (n.__setitem__(0, n[0] + 1), m[0] if n[0] % 10 == 0 else ",\n")[1], table(rows=400)).encode(), ["label: 360 of 400 rows have none"]),
    "mostly empty texts": ("rows.csv", "".join(line if n % 4 == 0 or n == 0 else re.sub('"[^"]*"', "", line) for n, line in enumerate(table(rows=400).splitlines(True))).encode(), ["rows have none; they get no label from words"]),
    "Chinese": ("rows.csv", ("text,label\n" + "".join(f"{'房间很干净服务好' if n % 2 else '水龙头坏了很吵'}{n},{n % 2}\n" for n in range(200))).encode(), []),
    "JSON Lines with lists": ("rows.jsonl", "".join(json.dumps({"id": id, "text": text, "label": label, "tags": [1, {"a": None}]}) + "\n" for id, text, label in reviews()).encode(), []),
    "gzip": ("rows.csv.gz", gzip.compress(table().encode()), []),
    "a name that a shell would cut": ("my rows [1].csv", table().encode(), []),
}

# name: (file name, bytes, what the message says)
REFUSED = {
    "an empty file": ("rows.csv", b"", ["no rows in", "it is empty"]),
    "empty lines": ("rows.csv", b"\n\n\n", ["empty lines alone"]),
    "a header alone": ("rows.csv", b"id,text,label\n", ["no rows in", "names of the columns 'id', 'text' and 'label'", "add rows below it"]),
    "UTF-16 with a mark": ("rows.csv", table().encode("utf-16"), ["is UTF-16", "iconv -f UTF-16 -t UTF-8"]),
    "UTF-16 without a mark": ("rows.csv", table().encode("utf-16-le"), ["UTF-16 without a byte-order mark", "iconv -f UTF-16LE"]),
    "a workbook": ("rows.xlsx", b"PK\x03\x04" + bytes(100), ["a workbook", "save the sheet as CSV"]),
    "a workbook called .csv": ("rows.csv", b"PK\x03\x04" + bytes(range(256)) * 9, ["a workbook", "save the sheet as CSV"]),
    "a PDF": ("rows.csv", b"%PDF-1.7\n" + bytes(range(256)) * 9, ["is a PDF"]),
    "noise": ("rows.csv", bytes(range(256)) * 4 + bytes(2000), ["is no text"]),
    "gzip under another name": ("rows.csv", gzip.compress(table().encode()), ["packed by gzip", ".csv.gz"]),
    "gzip that is cut off": ("rows.csv.gz", gzip.compress(table().encode())[:200], ["rows.csv.gz"]),
    "two columns of one name": ("rows.csv", b"id,text,text\n1,a b c,d e f\n", ["both named 'text'", "give each its own name"]),
    "a list of rows": ("rows.json", json.dumps([{"text": "one of the texts"}, {"text": "another of them"}]).encode(), ["jq -c '.[]' rows.json > rows.jsonl"]),
    "a list of rows within an object": ("rows.json", json.dumps({"version": 1, "documents": [{"text": "one of the texts"}]}).encode(), ["jq -c '.documents[]' rows.json > rows.jsonl"]),
    "JSON Lines under another name": ("rows.json", b'{"text": "one of the texts"}\n{"text": "another of them"}\n', ["let its name end in .jsonl"]),
    "a table without an ending": ("rows", table().encode(), ["let its name end in .csv"]),
    "no column of text": ("rows.csv", b"item,worker,label\n" + b"".join(b"i%d,w%d,%d\n" % (n % 50, n % 7, n % 2) for n in range(300)), ["no column that looks like text", "--text COLUMN", "'item', 'worker' and 'label'", "hone aggregate"]),
    "most rows broken": ("rows.csv", ("id,text,label\n" + "".join(f"{n},a row, with more, commas than, the header {n}\n" for n in range(50)) + "1,good row here,praise\n").encode(), ["cannot be used"]),
}


class InitTest(ProjectTest):
    def init(self, name, content, *options):
        """What hone init says of a file with this content."""
        file = self.folder / name
        file.write_bytes(content)
        return hone("init", self.folder / "made", "--from", file, *options, status=None)

    def test_strange_files_end_with_a_project_that_runs(self):
        for case, (name, content, say) in RUNS.items():
            with self.subTest(case):
                self.tearDownFolder()
                done = self.init(name, content)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                for part in say:
                    self.assertIn(part, done.stdout)
                self.assertIn("hone run --project", done.stdout)
                stages = run_stages(self.folder / "made")
                self.assertEqual(stages["report"]["state"], "ran")

    def test_other_strange_files_are_refused_with_what_to_do(self):
        for case, (name, content, say) in REFUSED.items():
            with self.subTest(case):
                self.tearDownFolder()
                done = self.init(name, content)
                self.assertEqual(done.returncode, 1, done.stdout)
                for part in say:
                    self.assertIn(part, done.stderr)
                self.assertNotIn("internal error", done.stderr)
                self.assertFalse((self.folder / "made").exists(), "nothing is left behind")

    def tearDownFolder(self):
        subprocess.run(["rm", "-rf", self.folder / "made"], check=True)

    def test_zstd_and_parquet(self):
        columns = dict(zip(["id", "text", "label"], map(list, zip(*reviews()))))
        write_parquet(self.folder / "rows.parquet", columns)
        hone("init", self.folder / "made", "--from", self.folder / "rows.parquet")
        self.assertEqual(run_stages(self.folder / "made")["report"]["state"], "ran")

    def test_what_is_not_there_names_what_is(self):
        self.write("messages.csv", table())
        self.refused("init", self.folder / "made", "--from", self.folder / "mesages.csv", say=["no file", "did you mean", "messages.csv"])
        self.refused("init", self.folder / "made", "--from", self.folder / "nowhere" / "rows.csv", say=["there is no folder"])
        self.refused("init", self.folder / "made", "--from", self.folder, say=["is a folder", "*.csv"])

    def test_columns_that_are_named_are_taken(self):
        rows = self.write("rows.csv", table("id,text,label,other", line='{0},"{1}",{2},"a longer text than the first one {0}"'))
        made = hone_json("init", self.folder / "made", "--from", rows, "--text", "text", "--label", "", "--id", "")
        self.assertEqual(made["chosen"], {"text": "text", "id": "", "label": "", "group": ""})
        self.refused("init", self.folder / "again", "--from", rows, "--text", "txt", say=["no column 'txt'; did you mean 'text'?"])
        self.refused("init", self.folder / "again", "--from", rows, "--text", "label", "--label", "label", say=["cannot be text and label"])

    def test_first_labeling_functions_come_from_train_rows_alone(self):
        """A word that stands in valid and test rows alone is never proposed, however well it marks a class."""
        rows = self.write("rows.csv", table(rows=600))
        hone("init", self.folder / "made", "--from", rows)
        hone("run", "--project", self.folder / "made", "--until", "label")
        exported = [json.loads(line) for line in hone("export", "--project", self.folder / "made", "--columns", "text").stdout.splitlines()]
        split = {row["id"]: row["split"] for row in exported}
        marked = "id,text,label\n" + "".join(
            f'{id},"{text}{" zebra" if label == "praise" and split[id] != "train" else ""}{" okapi" if label == "praise" and split[id] == "train" else ""}",{label}\n'
            for id, text, label in reviews(600))
        again = self.write("marked.csv", marked)
        made = hone_json("init", self.folder / "again", "--from", again)
        proposed = [word for entry in made["sources"] + made["drafts"] for word in entry["any"]]
        self.assertIn("okapi", proposed)
        self.assertNotIn("zebra", proposed)
        okapi = next(entry for entry in made["sources"] if "okapi" in entry["any"])
        self.assertEqual(okapi["rows"], okapi["right"])
        self.assertEqual(okapi["rows"], sum(split[id] == "train" for id, _, label in reviews(600) if label == "praise"))

    def test_drafts_are_entries_that_can_be_tried(self):
        rows = self.write("rows.csv", table())
        made = hone_json("init", self.folder / "made", "--from", rows)
        self.assertGreater(len(made["drafts"]), 0)
        yaml = (self.folder / "made" / "hone.yaml").read_text(encoding="utf-8")
        drafts = re.findall(r"(?m)^  # - (\{lf: more_words.*\})$", yaml)
        self.assertEqual(len(drafts), len(made["drafts"]))
        for draft in drafts:
            self.assertGreater(hone_json("lf", "-", "--project", self.folder / "made", stdin=draft)["votes"], 0)


class RealFilesTest(ProjectTest):
    def check(self, path):
        done = hone("init", self.folder / "made", "--from", path, status=None)
        if done.returncode == 0:
            self.assertEqual(run_stages(self.folder / "made")["report"]["state"], "ran")
        else:
            self.assertRegex(done.stderr, r"jq -c|--text COLUMN|let its name end in|write an object a line")
        return done

    def test_every_file_of_the_public_data_sets(self):
        data_folder("youtube_spam")
        runs = ["cfpb_complaints/complaints_sample.csv", "youtube_spam/comments.csv", "banking77/train.csv", "votes/lf/trec/texts.jsonl",
                "self_instruct/seed_tasks.jsonl", "grocery_store/classes.csv"]
        others = ["votes/lf/trec/votes.csv", "contract_nli/dev.json", "tatqa/tatqa_dataset_dev.json", "pandalm/testset-v1.json",
                  "nlupp/banking/fold0.json", "nlupp/ontology.json", "grocery_store/train.txt", "votes/crowd/rte/label.csv",
                  "votes/crowd/rte/truth.csv", "crowd/barzan_mozafari/labels.tsv", "crowd/barzan_mozafari/gold.tsv", "votes/lf/tennis/votes.csv"]
        for file in runs + others:
            with self.subTest(file):
                subprocess.run(["rm", "-rf", self.folder / "made"], check=True)
                self.assertEqual(self.check(data_folder(file)).returncode, 0 if file in runs else 1)
