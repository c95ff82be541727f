"""What an auditor gets of a release: that it is whole, the same whenever it is written, checked without Hone, and holds no row's text.

What croissant.json must have is listed here from the specification; the public validator (mlcroissant) is tried by hand and in bench/.
"""

import hashlib
import json
import re
import shutil
import subprocess
import unittest
import uuid
import zipfile

from tests.walk.harness import HONE, ProjectTest, hone, hone_json, read_parquet, small_csv

VERIFY = HONE.with_name("hone-verify")
YAML = """\
data:
  files: rows.csv
  id: id
  text: text
  split: {train: 0.6, valid: 0.2, test: 0.2}
  about: {licence: CC-BY-4.0, purpose: "sorting <b>messages</b>", pii: none}
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: stolen, vote: fraud, any: [stolen, stole, "not me"]}
  - {lf: card_word, vote: card, any: [card], none: [stolen]}
  - {lf: lost, vote: card, match: '(?i)\\blost\\b'}
model: none
slices:
  - {slice: short, where: {words_of: text, below: 5}}
"""
CROISSANT_KEYS = ["@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished", "distribution", "version", "recordSet"]
QUESTIONS = 24


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class EvidenceTest(ProjectTest):
    def released(self, yaml=YAML, name="small"):
        project = self.small_project(yaml=yaml, name=name)
        hone("run", "--project", project)
        hone("release", "one", "--project", project, "--because", "<script>alert(1)</script>")
        return project

    def evidence(self, project, out="bundle", release="one", **options):
        return hone_json("evidence", release, "--project", project, "--out", self.folder / out, **options)

    def made(self):
        project = self.released()
        return project, self.evidence(project), self.folder / "bundle"

    def checked(self, folder, status, *words):
        done = subprocess.run([VERIFY, folder, *map(str, words)], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def sha256sum(self, folder):
        return subprocess.run(["sha256sum", "-c", "--quiet", "MANIFEST.sha256"], cwd=folder, capture_output=True, text=True)


class BundleTest(EvidenceTest):
    def test_it_holds_what_its_readme_says(self):
        _, made, bundle = self.made()
        there = files_of(bundle)
        for name in ("README.txt", "MANIFEST.sha256", "index.html", "data/labels.parquet", "data/labels.jsonl", "data/objects.json", "croissant.json", "openlineage.ndjson", "ledger/checkpoint",
                     "policy", "reports/report.json", "reports/report.html", "inventory.json", "checklist.json", "checklist.md"):
            self.assertIn(name, there)
        self.assertEqual(made["files"], len(there))
        self.assertEqual(made["manifest_sha256"], hashlib.sha256(there["MANIFEST.sha256"]).hexdigest())
        self.assertFalse((bundle / "diff").exists(), "the first release")
        readme = there["README.txt"].decode()
        for part in ("sha256sum -c MANIFEST.sha256", made["vkey"], "hone-verify", "What is not inside"):
            self.assertIn(part, readme)

    def test_sha256sum_checks_it_and_names_a_flipped_byte(self):
        _, _, bundle = self.made()
        done = self.sha256sum(bundle)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        for name in ("data/labels.jsonl", "ledger/checkpoint", "index.html", "checklist.json"):
            before = (bundle / name).read_bytes()
            (bundle / name).write_bytes(before[:20] + bytes([before[20] ^ 1]) + before[21:])
            done = self.sha256sum(bundle)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stdout, f"{name}: FAILED\n")
            (bundle / name).write_bytes(before)

    def test_hone_verify_checks_it(self):
        project, made, bundle = self.made()
        said = self.checked(bundle, 4, "--vkey", made["vkey"])
        self.assertIn("no anchor", said)
        self.assertIn(f"INCOMPLETE size {made['size']} ", said)
        self.assertIn("VERIFIED", self.checked(bundle, 0, "--policy", bundle / "policy"))
        kept = self.folder / "kept"
        shutil.copy(bundle / "ledger" / "checkpoint", kept)
        self.assertIn(f"anchored to {made['size']}", self.checked(bundle, 0, "--vkey", made["vkey"], "--trusted", kept))
        # Its objects, too; those that stay with the project are counted as not checked.
        said = self.checked(bundle, 4, "--vkey", made["vkey"], "--trusted", kept, "--objects", bundle / "data" / "objects")
        self.assertIn("the object is missing", said)
        self.assertNotIn("wrong:", said)
        self.checked(bundle, 0, "--vkey", made["vkey"], "--trusted", kept, "--objects", project / ".hone" / "objects")

    def test_hone_verify_names_what_was_changed(self):
        _, made, bundle = self.made()
        (bundle / "data" / "labels.jsonl").write_text("{}\n")
        self.assertIn("data/labels.jsonl: its SHA-256 is not the one in the manifest", self.checked(bundle, 1, "--vkey", made["vkey"]))
        (bundle / "more").write_text("x")
        self.assertIn("more: the manifest does not name it", self.checked(bundle, 1, "--vkey", made["vkey"]))

    def test_written_again_it_is_the_same_whatever_happened_since(self):
        project, made, bundle = self.made()
        before = files_of(bundle)
        again = self.evidence(project, "again")
        self.assertEqual(files_of(self.folder / "again"), before)
        self.assertEqual(again["zip_sha256"], made["zip_sha256"])
        # More runs, sources and releases.
        self.edit(project / "hone.yaml", r"\blost\b", r"\blost it\b")
        hone("run", "--project", project)
        hone("release", "two", "--project", project)
        hone("gc", "--project", project)
        later = self.evidence(project, "later")
        self.assertEqual(files_of(self.folder / "later"), before)
        self.assertEqual(later["zip_sha256"], made["zip_sha256"])

    def test_the_zip_is_the_folder(self):
        _, made, bundle = self.made()
        self.assertEqual(made["zip_sha256"], hashlib.sha256((self.folder / "bundle.zip").read_bytes()).hexdigest())
        with zipfile.ZipFile(self.folder / "bundle.zip") as packed:
            self.assertIsNone(packed.testzip())
            names = packed.namelist()
            self.assertEqual(names, sorted(names))
            self.assertEqual({name.split("/", 1)[0] for name in names}, {"evidence-one-1.0.0"})
            self.assertEqual({name.split("/", 1)[1]: packed.read(name) for name in names}, files_of(bundle))
            self.assertEqual({entry.date_time for entry in packed.infolist()}, {(1980, 1, 1, 0, 0, 0)})

    def test_it_is_recorded_before_it_leaves(self):
        project = self.released()
        made = self.evidence(project, "bundle")
        event = hone_json("log", "--project", project, "--kind", "read.export")["events"][-1]
        self.assertEqual(event["seq"], made["event"])
        self.assertEqual((event["body"]["file"], event["body"]["format"], event["body"]["rows"]), (made["zip_sha256"], "evidence", 80))

    def test_what_is_there_is_not_written_over(self):
        project, _, bundle = self.made()
        before = files_of(bundle)
        self.refused("evidence", "one", "--project", project, "--out", bundle, say=["is there already"])
        self.refused("evidence", "one", "--project", project, "--out", f"{bundle}/", say=["is there already"])
        shutil.rmtree(bundle)
        self.refused("evidence", "one", "--project", project, "--out", bundle, say=["bundle.zip", "is there already"])
        self.assertTrue(before)
        self.refused("evidence", "ona", "--project", project, say=["did you mean 'one'?"])
        self.refused("evidence", "--project", project, status=2, say=["RELEASE"])
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith(".tmp")], [])

    def test_a_second_release_has_its_difference(self):
        project = self.released()
        self.edit(project / "hone.yaml", r"\blost\b", r"\bnever\b")
        hone("run", "--project", project)
        hone("release", "two", "--project", project)
        self.evidence(project, "bundle", "two")
        diff = json.loads((self.folder / "bundle" / "diff" / "diff.json").read_text())
        self.assertEqual((diff["from"], diff["to"]), ("one", "two"))
        self.assertIn("# From one to two", (self.folder / "bundle" / "diff" / "diff.md").read_text())

    def test_a_release_that_lost_a_row_has_no_evidence_any_more(self):
        project = self.released()
        hone("erase", "0-3", "--project", project, "--reason", "asked for")
        self.refused("evidence", "one", "--project", project, "--out", self.folder / "bundle", say=["no longer holds", "erased or lost"])


class PrivacyTest(EvidenceTest):
    def test_no_text_of_a_row_is_inside(self):
        rows = small_csv().replace("(3)", "(marzipan 3)")
        project = self.small_project(yaml=YAML.replace("text: text", "text: text\n  near_duplicates: {}"), rows=rows)
        hone("run", "--project", project)
        hone("release", "one", "--project", project)
        self.evidence(project)
        texts = [line.split('"')[1].encode() for line in rows.splitlines()[1:]]
        for name, data in files_of(self.folder / "bundle").items():
            self.assertNotIn(b"marzipan", data, name)
            for text in texts:
                self.assertNotIn(text, data, name)

    def test_gold_of_test_rows_is_not_inside(self):
        _, _, bundle = self.made()
        labels = [json.loads(line) for line in (bundle / "data" / "labels.jsonl").read_text().splitlines()]
        self.assertEqual(len(labels), 80)
        self.assertEqual({row["origin"] for row in labels if row["split"] == "test"} - {"label-model", "none"}, set())
        self.assertEqual([row["label"] for row in read_parquet(bundle / "data" / "labels.parquet")], [row["label"] for row in labels])

    def test_every_object_of_the_release_is_there_or_it_is_said_why_not(self):
        project, _, bundle = self.made()
        listed = {entry["name"]: entry for entry in json.loads((bundle / "data" / "objects.json").read_text())["objects"]}
        held = hone_json("release", "--project", project)["releases"][0]["objects"]
        self.assertLessEqual(held.keys(), listed.keys())
        for name, entry in listed.items():
            if "file" in entry:
                self.assertEqual(hashlib.sha256((bundle / "data" / entry["file"]).read_bytes()).hexdigest(), entry["sha256"], name)
            else:
                self.assertTrue(entry["not_here"], name)
        for name in ("stage/import/dataset", "stage/report/report", "stage/evaluate/evaluation"):
            self.assertIn("not_here", listed[name])
        for name in ("stage/label/labels.patterns", "stage/vote/source/lost", "project/hone.yaml", "release.json"):
            self.assertIn("file", listed[name])


class FormatsTest(EvidenceTest):
    def test_croissant_has_what_the_specification_asks_for(self):
        _, _, bundle = self.made()
        croissant = json.loads((bundle / "croissant.json").read_text())
        for key in CROISSANT_KEYS:
            self.assertTrue(croissant.get(key), key)
        self.assertEqual(croissant["@type"], "sc:Dataset")
        self.assertEqual(croissant["conformsTo"], ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"])
        self.assertEqual(croissant["license"], "CC-BY-4.0")
        self.assertEqual(croissant["version"], "1.0.0")
        named = {}
        for file in croissant["distribution"]:
            self.assertEqual(file["@type"], "cr:FileObject")
            for key in ("@id", "name", "contentUrl", "contentSize", "encodingFormat", "sha256"):
                self.assertTrue(file.get(key), key)
            data = (bundle / file["contentUrl"]).read_bytes()
            self.assertEqual(file["sha256"], hashlib.sha256(data).hexdigest())
            self.assertEqual(file["contentSize"], f"{len(data)} B")
            named[file["@id"]] = file
        self.assertEqual(named.keys(), {name for name in files_of(bundle) if name.startswith("data/")})
        fields = croissant["recordSet"][0]["field"]
        self.assertEqual({field["source"]["extract"]["column"] for field in fields}, set(read_parquet(bundle / "data" / "labels.parquet")[0]))
        for key in croissant["@context"]:
            self.assertNotIn(" ", key)
        self.assertTrue([key for key in croissant if key.startswith("rai:")])

    def test_openlineage_has_a_begin_and_an_end_for_each_run(self):
        project = self.released()
        (project / "rows.csv").write_text("id,text\n")
        hone("run", "--project", project, status=1)
        (project / "rows.csv").write_text(small_csv())
        hone("run", "--project", project)
        hone("release", "two", "--project", project)
        made = self.evidence(project, "bundle", "two")
        events = [json.loads(line) for line in (self.folder / "bundle" / "openlineage.ndjson").read_text().splitlines()]
        runs = hone_json("log", "--project", project, "--kind", "stage.run", "--limit", "1000")["events"]
        self.assertEqual([event["run"]["runId"] for event in events[::2]], [str(uuid.uuid5(uuid.NAMESPACE_URL, f"{made['origin']}#{run['seq']}")) for run in runs])
        for begin, end, run in zip(events[::2], events[1::2], runs):
            self.assertEqual((begin["eventType"], begin["eventTime"]), ("START", run["body"]["started"]))
            self.assertEqual((end["eventType"], end["eventTime"]), ({"ok": "COMPLETE", "failed": "FAIL"}[run["body"]["outcome"]], run["body"]["ended"]))
            self.assertEqual(begin["run"]["runId"], end["run"]["runId"])
            self.assertEqual([dataset["facets"]["version"]["datasetVersion"] for dataset in end["outputs"]], [output["ref"]["hash"] for output in run["body"]["outputs"]])
            for event in (begin, end):
                self.assertEqual(event["job"], {"namespace": made["origin"], "name": run["body"]["stage"]})
                for facet in event["run"]["facets"].values():
                    self.assertLessEqual({"_producer", "_schemaURL"}, facet.keys())
        self.assertIn("FAIL", {event["eventType"] for event in events})
        votes = next(event for event in events if event["job"]["name"] == "label" and event["eventType"] == "COMPLETE")
        self.assertIn("vote/votes", {dataset["name"] for dataset in votes["inputs"]})

    def test_the_checklist_answers_all_and_claims_nothing(self):
        project, made, bundle = self.made()
        checklist = json.loads((bundle / "checklist.json").read_text())
        points = {point["number"]: point for point in checklist["points"]}
        self.assertEqual(list(points), list(range(1, QUESTIONS + 1)))
        for point in points.values():
            self.assertIn(point["answer"], ("met", "not met", "not applicable"))
            self.assertTrue(point["because"])
            self.assertLessEqual(len(point["events"]), 10)
        # One person alone, nobody outside, no near-duplicates looked for, nobody examined bias.
        for number in (4, 5, 6, 13, 16, 18, 19, 22):
            self.assertEqual(points[number]["answer"], "not met", points[number])
        for number in (7, 8, 9, 10, 11, 17):
            self.assertEqual(points[number]["answer"], "not applicable", points[number])
        for number in (1, 2, 20, 21, 23, 24):
            self.assertEqual(points[number]["answer"], "met", points[number])
        self.assertIn("legal_basis, consent, retain_until", points[15]["because"])
        self.assertEqual(sum(made["checklist"].values()), QUESTIONS)
        table = (bundle / "checklist.md").read_text()
        self.assertEqual(len(re.findall(r"(?m)^\| \d+ \|", table)), QUESTIONS)
        self.assertNotRegex(table, r"SR 11-7[^.]*\*\*met")
        self.assertIn("SR 11-7 is rescinded", table)

    def test_the_checklist_sees_what_was_done(self):
        project = self.small_project(yaml=YAML.replace("text: text", "text: text\n  near_duplicates: {}").replace("pii: none", "pii: none, legal_basis: contract, consent: not needed, retain_until: 2030-01-01"))
        hone("run", "--project", project)
        kept = self.folder / "kept"
        kept.write_text(hone("ledger", "checkpoint", "--project", project).stdout)
        hone("ledger", "anchor", kept, "--place", "mailbox of the auditor", "--project", project)
        hone("release", "one", "--project", project)
        self.evidence(project)
        points = {point["number"]: point for point in json.loads((self.folder / "bundle" / "checklist.json").read_text())["points"]}
        for number in (4, 5, 13, 15):
            self.assertEqual(points[number]["answer"], "met", points[number])

    def test_the_inventory_names_parts_and_code(self):
        _, _, bundle = self.made()
        inventory = json.loads((bundle / "inventory.json").read_text())
        parts = {part["name"]: part for part in inventory["parts"]}
        self.assertLessEqual({"Arrow C++", "OpenSSL libcrypto", "RE2", "Vectorscan", "libtorch"}, parts.keys())
        for part in parts.values():
            self.assertNotEqual(part["version"], "unknown", part)
        self.assertTrue(parts["OpenSSL libcrypto"]["digest"].startswith("sha256:"))
        self.assertEqual([entry["stage"] for entry in inventory["code"]], ["import", "vote", "label", "evaluate", "report"])

    def test_the_page_is_text_and_asks_nobody(self):
        _, made, bundle = self.made()
        page = (bundle / "index.html").read_text()
        self.assertIn("Evidence of release", page)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", page)
        self.assertNotIn("<script", page)
        self.assertNotIn("not recorded", page)
        self.assertIn("&lt;b&gt;messages&lt;/b&gt;", page)
        self.assertNotRegex(page, r'(src|href)="(?!#|reports/report\.html")')
        self.assertIn("default-src 'none'", page)
        self.assertIn(made["vkey"], page)
        for title in ("What was released", "How good it is", "The data", "Who voted", "What was run", "What changed", "What an auditor asks", "How to check all this", "What is not inside"):
            self.assertIn(f"<h2>{title}</h2>", page)
        self.assertEqual(len(re.findall(r'class="answer', page)), QUESTIONS)


if __name__ == "__main__":
    unittest.main()
