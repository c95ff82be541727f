"""Files of terms that vote: what they vote, what is asked again, and what is said of a bad one."""

from .harness import SMALL_YAML, ProjectTest, current_records, hone, hone_json, run_stages

ENTRY = "sources:\n  - {dictionary: lists/terms.csv, name: terms%s}\n"


def asked(project):
    return current_records(project)["vote"]["counts"]["asked"]


class DictionaryTest(ProjectTest):
    def dictionary(self, csv, more=""):
        project = self.small_project(SMALL_YAML.replace("sources:\n", ENTRY % more))
        (project / "lists").mkdir(exist_ok=True)
        (project / "lists" / "terms.csv").write_text(csv, encoding="utf-8")
        return project

    def source(self, project, name):
        return {entry["name"]: entry for entry in hone_json("lf", "--project", project)["sources"]}[name]

    def test_its_terms_vote_and_only_a_changed_file_is_asked_again(self):
        project = self.dictionary("term,class\nCard,card\nstolen,fraud\n")
        run_stages(project)
        self.assertGreater(self.source(project, "terms")["votes"], 0)
        hit = hone_json("lf", "terms", "--project", project)["hits"][0]
        self.assertIn(hit["matched"][0]["text"].lower(), ("card", "stolen"))
        (project / "lists" / "terms.csv").write_text("Card,card\nstolen,card\n", encoding="utf-8")
        stages = run_stages(project)
        self.assertEqual(stages["vote"]["why"], "source terms changed")
        self.assertEqual(asked(project), 1)

    def test_each_class_may_be_a_source(self):
        project = self.dictionary("card,card\nstolen,fraud\n", ", per_class: true, fuzzy: 1")
        run_stages(project)
        self.assertGreater(self.source(project, "terms.card")["votes"], 0)
        self.assertGreater(self.source(project, "terms.fraud")["votes"], 0)

    def test_a_draft_may_be_a_dictionary(self):
        project = self.dictionary("card,card\n")
        run_stages(project)
        draft = hone("lf", "-", "--project", project, "--json", stdin="{dictionary: lists/terms.csv}")
        self.assertIn('"draft"', draft.stdout)

    def test_bad_files_are_refused_with_their_place(self):
        for csv, said in [("card,crd\n", ["lists/terms.csv:1: no class named 'crd'; did you mean 'card'?", "dictionary 'terms'"]),
                          ("a,card\nA,fraud\n", ["lists/terms.csv:2: the term 'a' already stands for another class in line 1"]),
                          ("", ["lists/terms.csv holds no term"])]:
            with self.subTest(csv):
                self.refused("run", "--project", self.dictionary(csv), say=said)

    def test_files_that_are_not_there_or_lie_outside_are_refused(self):
        outside = self.write("outside.csv", "card,card\n")
        for path, said in [("../outside.csv", "leads out of the project folder"), (str(outside), "leads out of the project folder"),
                           ("nothing.csv", "nothing.csv"), ("link.csv", "is a link that leads out of the project folder")]:
            with self.subTest(path):
                project = self.dictionary("card,card\n")
                self.edit(project / "hone.yaml", "lists/terms.csv", path)
                link = project / "link.csv"
                if not link.is_symlink():
                    link.symlink_to(outside)
                self.refused("run", "--project", project, say=["hone.yaml:", said])
