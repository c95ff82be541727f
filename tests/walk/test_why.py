"""`hone why`: what the ledger adds to the answer, for rows, numbers, models and releases; each event that is named can be proved."""

import json
import shutil
import subprocess

from .harness import HONE, SMALL_TRAINED_YAML, SMALL_YAML, ProjectTest, hone, hone_json, object_file, run_stages, small_csv

VERIFY = HONE.with_name("hone-verify")


def events_in(answer):
    """The numbers of all events that an answer shows."""
    if isinstance(answer, list):
        return {seq for part in answer for seq in events_in(part)}
    if not isinstance(answer, dict):
        return set()
    own = {answer["seq"]} if "seq" in answer and "kind" in answer else set()
    return own | {seq for part in answer.values() for seq in events_in(part)}


def events(project, kind):
    return hone_json("log", "--project", project, "--kind", kind, "--limit", "1000")["events"]


class WhyTest(ProjectTest):
    def recorded(self, yaml=SMALL_YAML, **options):
        project = self.small_project(yaml, **options)
        hone("run", "--project", project)
        return project

    def why(self, project, *words, **options):
        """The answer as JSON, once it has been printed as text too."""
        self.assertNotIn("internal error", hone("why", *words, "--project", project, **options).stdout)
        return hone_json("why", *words, "--project", project, **options)

    def proved(self, project, answer, *words):
        """Writes the proofs of an answer's events and has hone-verify look at each."""
        folder = self.folder / "proof"
        shutil.rmtree(folder, ignore_errors=True)
        proof = hone_json("why", *words, "--project", project, "--proof", folder)["proof"]
        named = (answer.get("recorded") or answer)["events"]
        self.assertEqual(proof["events"], len(named))
        self.assertEqual(sorted(path.name for path in folder.iterdir()), sorted(f"{seq}{end}" for seq in named for end in (".json", ".tlog-proof")))
        done = subprocess.run([VERIFY, folder, "--vkey", proof["vkey"]], capture_output=True, text=True)
        # 4: what takes all of the log is not checked; every single entry is.
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("INCOMPLETE", done.stdout)
        self.assertIn(f"{len(named)} of {len(named)} entries are proved to lie in the log", done.stdout)
        some = folder / f"{named[0]}.json"
        some.write_text(some.read_text().replace('"kind"', '"king"'))
        done = subprocess.run([VERIFY, folder, "--vkey", proof["vkey"]], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout)


class RowTest(WhyTest):
    def test_a_row_leads_to_every_event_behind_it(self):
        yaml = SMALL_TRAINED_YAML.replace("data: {files: rows.csv,", "data: {about: {licence: CC-BY-4.0, purpose: to sort mail}, files: rows.csv,")
        project = self.recorded(yaml)
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\blost my\b")
        hone("run", "--project", project)
        hone("release", "one", "--because", "a test", "--project", project)
        hone("export", "--out", self.folder / "labels.csv", "--purpose", "training", "--project", project)
        why = self.why(project, "0-3")
        recorded = why["recorded"]
        self.assertEqual((recorded["import"]["licence"], recorded["import"]["purpose"]), ("CC-BY-4.0", "to sort mail"))
        defined = {vote["source"]: vote["defined"] for vote in why["votes"]}
        self.assertEqual(len(defined["lost"]["earlier"]), 1)
        self.assertEqual(len(defined["card_word"]["earlier"]), 0)
        self.assertEqual({run["stage"]: run["recorded"]["kind"] for run in why["runs"]}["label"], "stage.run")
        self.assertEqual(recorded["gold"]["seq"], events(project, "gold.commit")[-1]["seq"])
        release = recorded["releases"][0]
        self.assertEqual((release["name"], release["holds_row"], release["label"]), ("one", True, why["label"]["class"]))
        self.assertAlmostEqual(release["probability"], why["label"]["probability"], places=5)
        self.assertEqual([made["purpose"] for made in recorded["exports"]], ["training"])
        self.assertEqual(why["trained"]["used"], why["split"] == "train")
        self.assertEqual(events_in(why), set(recorded["events"]))
        self.proved(project, why, "0-3")

    def test_a_row_of_test_did_not_teach_the_model(self):
        project = self.recorded(SMALL_TRAINED_YAML)
        rows = [json.loads(line) for line in hone("export", "--project", project).stdout.splitlines()]
        for split, used in (("train", True), ("valid", False), ("test", False)):
            row = next(row["id"] for row in rows if row["split"] == split and row["label"])
            self.assertEqual(self.why(project, row)["trained"]["used"], used, split)

    def test_near_duplicates_are_named(self):
        yaml = SMALL_YAML.replace("id: id,", "id: id, near_duplicates: {similarity: 0.9},")
        rows = small_csv() + 'twin-1,"Where is the refund for my returned order, please?",card\ntwin-2,"where is the refund for my returned order please",card\n'
        project = self.recorded(yaml, rows=rows)
        found = self.why(project, "twin-1")["near_duplicates"]
        self.assertEqual(found, {"looked": True, "rows": 2, "with": ["twin-2"]})
        self.assertEqual(self.why(self.recorded(name="plain"), "0-3")["near_duplicates"]["looked"], False)

    def test_without_a_ledger_the_answer_stands_and_says_so(self):
        project = self.recorded()
        shutil.rmtree(project / ".hone" / "ledger")
        why = self.why(project, "0-3")
        self.assertIsNone(why["recorded"])
        self.assertIn("nothing is recorded yet", why["recorded_note"])
        self.assertIn("nothing is recorded yet", hone("why", "0-3", "--project", project).stdout)
        for words in (["--metric", "accuracy"], ["--release", "one"], ["0-3", "--proof", self.folder / "proof"]):
            self.refused("why", *words, "--project", project, say=["nothing is recorded yet"])

    def test_another_machine_knows_the_events_and_not_the_names(self):
        project = self.recorded()
        (project / ".hone" / "payload.db").unlink()
        recorded = self.why(project, "0-3")["runs"][0]["recorded"]
        self.assertIsNone(recorded["who"])
        self.assertIn("not on this machine", recorded["who_note"])
        self.assertTrue(recorded["actor"].startswith("p:"))

    def test_a_row_that_was_erased_is_said_to_be(self):
        project = self.recorded(rows=small_csv() + 'gone-1,"I lost my card, I am Jane Roe",card\n')
        hone("erase", "gone-1", "--reason", "asked for", "--project", project)
        self.refused("why", "gone-1", "--project", project, say=["no row with the id 'gone-1'", "erased"])

    def test_what_is_asked_must_make_sense(self):
        project = self.recorded()
        for words in ([], ["0-3", "--model"], ["--metric", "accuracy", "--release", "one"], ["0-3", "--slice", "short"], ["--metric", "acuracy"]):
            self.refused("why", *words, "--project", project, status=2)
        self.refused("why", "--metric", "accuracy", "--slice", "shrt", "--project", project, say=["did you mean 'short'"])
        self.refused("why", "--release", "one", "--project", project, say=["no release named 'one'"])
        self.refused("why", "--model", "--project", project, say=["trains no model"])


class NumberTest(WhyTest):
    def test_a_number_is_that_of_the_report_and_pinned(self):
        project = self.recorded(SMALL_TRAINED_YAML)
        why = self.why(project, "--metric", "accuracy")
        self.assertEqual(why["value"], hone_json("report", "--project", project)["evaluation"]["model"]["test"]["accuracy"])
        for pin in ("dataset", "votes", "labels", "model", "evaluation"):
            self.assertIn(why["pins"][pin]["made_by"]["kind"], ("data.import", "stage.run"), pin)
            self.assertTrue(object_file(project, why["pins"][pin]["hash"]).is_file(), pin)
        self.assertEqual(events_in(why), set(why["events"]))
        self.proved(project, why, "--metric", "accuracy")
        sliced = self.why(project, "--metric", "macro-f1", "--slice", "short")
        self.assertIn("words_of", sliced["slice"]["definition"])
        # The command that gives it again does.
        self.assertEqual(hone_json(*why["again"][-1][1:], "--project", project)["value"], why["value"])

    def test_how_often_gold_was_read_is_counted(self):
        project = self.recorded()
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\bnever\b")
        hone("run", "--project", project)
        self.assertEqual(self.why(project, "--metric", "accuracy")["exposure"]["evaluations"], 2)

    def test_a_stale_project_has_no_numbers_to_explain(self):
        project = self.recorded()
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\bnever\b")
        self.refused("why", "--metric", "accuracy", "--project", project, say=["not up to date", "hone run"])


class ModelTest(WhyTest):
    def test_a_model_names_all_that_it_was_made_from(self):
        project = self.recorded(SMALL_TRAINED_YAML)
        why = self.why(project, "--model")
        self.assertEqual([run["stage"] for run in why["runs"]], ["import", "vote", "label", "train"])
        self.assertEqual([source["name"] for source in why["sources"]], ["stolen", "card_word", "lost"])
        self.assertEqual(why["datasets"][0]["import"]["kind"], "data.import")
        self.assertEqual(why["model"]["seed"], 1)
        self.assertIsInstance(why["model"]["hardware"], dict)
        self.assertEqual(len(why["people"]), 1)
        self.assertEqual(why["later"], {"erased": [], "relabelled": None, "redefined": [], "gold": None})
        self.assertEqual(events_in(why), set(why["events"]))
        self.proved(project, why, "--model")

    def test_what_became_of_it_since_is_said(self):
        project = self.recorded(SMALL_TRAINED_YAML)
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\bnever\b")
        hone("run", "--until", "label", "--project", project)
        later = self.why(project, "--model")["later"]
        self.assertEqual(later["relabelled"]["seq"], events(project, "stage.run")[-1]["seq"])
        self.assertEqual([source["name"] for source in later["redefined"]], ["lost"])


class ReleaseTest(WhyTest):
    def test_a_release_says_what_it_is_and_what_became_of_it(self):
        project = self.recorded()
        hone("release", "one", "--because", "the first", "--project", project)
        first = self.why(project, "--release", "one")
        self.assertIsNone(first["changed"])
        self.assertEqual(first["contents"]["gone"], [])
        self.assertIn("no anchor", first["anchors_note"])
        self.edit(project / "hone.yaml", r"(?i)\blost\b", r"(?i)\bnever\b")
        hone("run", "--project", project)
        hone("release", "two", "--project", project)
        second = self.why(project, "--release", "two")
        self.assertEqual(second["changed"]["from"]["name"], "one")
        self.assertEqual(second["changed"]["rows"]["added"], 0)
        self.assertEqual([source["name"] for source in second["sources"]], ["stolen", "card_word", "lost"])
        self.assertEqual(len(second["sources"][2]["earlier"]), 1)
        self.assertEqual(len(second["hardware"]), 1)
        self.assertEqual(second["datasets"][0]["import"]["kind"], "data.import")
        self.assertIsNone(second["later"]["relabelled"])
        self.assertEqual([source["name"] for source in self.why(project, "--release", "one")["later"]["redefined"]], ["lost"])
        self.assertEqual(events_in(second), set(second["events"]))
        self.proved(project, second, "--release", "two")
        self.refused("why", "--release", "tow", "--project", project, say=["did you mean 'two'"])

    def test_an_erasure_shows_in_the_releases_that_had_the_row(self):
        project = self.recorded(rows=small_csv() + 'gone-1,"I lost my card, I am Jane Roe",card\n')
        hone("release", "one", "--project", project)
        hone("erase", "gone-1", "--reason", "asked for", "--project", project)
        why = self.why(project, "--release", "one")
        self.assertTrue(why["contents"]["gone"])
        self.assertTrue(why["later"]["erased"])
        self.assertEqual(why["later"]["erased"][0]["order"]["ground"], "asked for")
        self.assertIn("erased", hone("why", "--release", "one", "--project", project).stdout)


class LineageTest(WhyTest):
    def test_the_report_shows_what_it_was_made_from(self):
        project = self.recorded()
        lineage = hone_json("report", "--project", project)["lineage"]
        names = {node["id"]: node for node in lineage["nodes"]}
        self.assertTrue(all(edge["from"] in names and edge["to"] in names for edge in lineage["edges"]))
        self.assertTrue(all(node["seq"] is not None for node in lineage["nodes"] if node["type"] == "run"))
        page = project / ".hone" / "report.html"
        self.assertIn("hone-lineage/1", page.read_text())
        # It stays through a run in which nothing is new, and comes back when its file is gone.
        before = page.read_bytes()
        hone("run", "--project", project)
        self.assertEqual(page.read_bytes(), before)
        (project / ".hone" / "report_facts.json").unlink()
        hone("run", "--project", project)
        self.assertEqual(page.read_bytes(), before)

    def test_a_release_is_the_end_of_it(self):
        project = self.recorded()
        hone("release", "one", "--project", project)
        lineage = hone_json("report", "--project", project)["lineage"]
        self.assertIn("one", [node["name"] for node in lineage["nodes"] if node["type"] == "release"])

    def test_no_name_of_a_person_is_in_the_page(self):
        project = self.recorded()
        lineage = hone_json("report", "--project", project)["lineage"]
        who = self.why(project, "0-3")["runs"][0]["recorded"]["who"]
        persons = [node["name"] for node in lineage["nodes"] if node["type"] == "person"]
        self.assertEqual(len(persons), 1)
        self.assertNotEqual(persons[0], who)

    def test_objects_do_not_depend_on_it(self):
        one, two = self.recorded(name="one"), self.recorded(name="two")
        reports = [run_stages(project) and json.loads((project / ".hone" / "current.json").read_text())["report"] for project in (one, two)]
        self.assertEqual(reports[0], reports[1])
