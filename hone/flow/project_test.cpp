#include "hone/flow/project.h"

#include <gtest/gtest.h>

#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

// A folder with a hone.yaml and a data file, removed at the end of the test.
class ProjectFile : public testing::Test {
 protected:
  ProjectFile() : folder_(temporary_name(testing::TempDir())) {
    std::filesystem::create_directories(root());
    write("rows.csv", "id,text,label\n1,my card,card\n");
  }
  std::filesystem::path root() const { return folder_.path(); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << text;
  }
  Project load(const std::string& yaml) const {
    write("hone.yaml", yaml);
    return load_project(root());
  }
  std::string error_of(const std::string& yaml) const {
    try {
      load(yaml);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  RemovedAtEnd folder_;
};

const std::string kData = "data: {files: rows.csv, text: text}\n";
const std::string kTask = "task: {classes: [card, fraud]}\n";
const std::string kSources = "sources: [{lf: a, vote: card, any: [card]}]\n";

TEST_F(ProjectFile, HasDefaultsForWhatItDoesNotSay) {
  const Project project = load(kData + kTask + kSources);
  EXPECT_EQ(project.data.split.share[0], 0.8);
  EXPECT_EQ(project.model.at("name"), "text-linear");
  EXPECT_EQ(project.seed, 1u);
  EXPECT_TRUE(project.label_model.empty());
  EXPECT_TRUE(project.trains());
}

TEST_F(ProjectFile, NamesTheNearestKeyForAnUnknownOne) {
  EXPECT_EQ(error_of(kData + kTask + kSources + "slcies: []\n"), "hone.yaml:4:1: unknown key 'slcies'; did you mean 'slices'?");
}

TEST_F(ProjectFile, SaysWhereYamlDoesNotParse) { EXPECT_TRUE(error_of("data: {files: [a, b\n").starts_with("hone.yaml:")); }

TEST_F(ProjectFile, NeedsTwoClasses) {
  EXPECT_NE(error_of(kData + "task: {classes: [card]}\n" + kSources).find("at least two classes"), std::string::npos);
}

TEST_F(ProjectFile, RefusesAClassThatStandsTwice) {
  EXPECT_NE(error_of(kData + "task: {classes: [card, card]}\n" + kSources).find("stands here twice"), std::string::npos);
}

TEST_F(ProjectFile, RefusesSharesThatDoNotAddUp) {
  const std::string data = "data: {files: rows.csv, text: text, split: {train: 0.8, test: 0.1}}\n";
  EXPECT_NE(error_of(data + kTask + kSources).find("not to 1"), std::string::npos);
}

TEST_F(ProjectFile, RefusesABalanceThatLeavesNothing) {
  EXPECT_NE(
      error_of(kData + "task: {classes: [card, fraud, other], class_balance: {card: 0.5, fraud: 0.5}}\n" + kSources).find("leaves nothing"),
      std::string::npos);
}

TEST_F(ProjectFile, NamesAMissingDataFile) {
  EXPECT_NE(error_of("data: {files: nowhere.csv, text: text}\n" + kTask + kSources).find("nowhere.csv"), std::string::npos);
}

TEST_F(ProjectFile, RefusesAnUnknownLabelModelWhereItStands) {
  const std::string error = error_of(kData + kTask + kSources + "label_model: majorty\n");
  EXPECT_TRUE(error.starts_with("hone.yaml:4:")) << error;
  EXPECT_NE(error.find("majority"), std::string::npos);
}

TEST_F(ProjectFile, ReadsTheFilesItIncludes) {
  write("lfs/more.yaml", "- {lf: b, vote: fraud, any: [stolen]}\n");
  const Project project = load(kData + kTask + "sources: [{lf: a, vote: card, any: [card]}, {include: 'lfs/*.yaml'}]\n");
  ASSERT_EQ(project.sources.size(), 2u);
  EXPECT_EQ(project.sources[1].file, "lfs/more.yaml");
}

TEST_F(ProjectFile, KeepsIncludesInsideTheProject) {
  for (const std::string include : {"../other.yaml", "/etc/passwd", "lfs/../../x.yaml"})
    EXPECT_NE(error_of(kData + kTask + "sources: [{include: '" + include + "'}]\n").find("leads out of the project"), std::string::npos)
        << include;
}

TEST_F(ProjectFile, KeepsIncludesInsideTheProjectWhenALinkLeadsOut) {
  const RemovedAtEnd outside(temporary_name(testing::TempDir()));
  std::ofstream(outside.path()) << "- {lf: b, vote: fraud, any: [stolen]}\n";
  std::filesystem::create_symlink(outside.path(), root() / "linked.yaml");
  EXPECT_NE(error_of(kData + kTask + "sources: [{include: linked.yaml}]\n").find("is a link that leads out"), std::string::npos);
}

const std::string kGold = "gold: {field: label}\n";

TEST_F(ProjectFile, LetsGoldVoteOnTrainRowsAlone) {
  for (const std::string source :
       {"{column: label}", "{column: label, splits: [train]}", "{lf: a, vote: card, where: {field: label, equals: card}}",
        "{lf: a, vote: card, not: {any_of: [{any: [a]}, {any: [card], field: label}]}}"}) {
    const Project project = load(kData + kTask + kGold + "sources: [" + source + "]\n");
    EXPECT_TRUE(project.sources[0].splits[0]) << source;
    EXPECT_FALSE(project.sources[0].splits[1]) << source;
    EXPECT_FALSE(project.sources[0].splits[2]) << source;
  }
}

TEST_F(ProjectFile, GivesASourceThatReadsGoldAVersionOfItsOwn) {
  const std::string sources = "sources: [{column: label}]\n";
  EXPECT_NE(load(kData + kTask + kGold + sources).sources[0].version, load(kData + kTask + sources).sources[0].version);
}

TEST_F(ProjectFile, RefusesGoldThatVotesOnWhatIsMeasured) {
  EXPECT_EQ(error_of(kData + kTask + kGold + "sources:\n  - {column: label, splits: [train, valid]}\n"),
            "source 'label' in hone.yaml:5 reads the gold column 'label', so it may vote on train rows alone: splits: [train]");
  EXPECT_NE(error_of(kData + kTask + "sources: [{column: label, splits: [trian]}]\n").find("no split named 'trian'"), std::string::npos);
  EXPECT_NE(error_of(kData + kTask + "sources: [{column: label, splits: []}]\n").find("names no split"), std::string::npos);
}

TEST_F(ProjectFile, LetsGoldBeNeitherTextNorASlice) {
  EXPECT_TRUE(error_of("data: {files: rows.csv, text: [text, label]}\n" + kTask + kGold + kSources)
                  .starts_with("hone.yaml:1:31: the gold column 'label' cannot be text"));
  EXPECT_NE(error_of(kData + kTask + kGold + kSources + "slices: [{slice: s, where: {field: label, equals: card}}]\n")
                .find("slice 's' in hone.yaml:5 reads the gold column 'label'"),
            std::string::npos);
}

TEST_F(ProjectFile, TakesValuesOfTheGoldColumnForClasses) {
  const Project project =
      load(kData + kTask + "gold: {field: label, classes: {'Credit card': card, Karte: card, '007': fraud}}\n" + kSources);
  EXPECT_EQ(project.gold.answer_of("Credit card", project.task), project.task.find("card"));
  EXPECT_EQ(project.gold.answer_of("Karte", project.task), project.task.find("card"));
  EXPECT_EQ(project.gold.answer_of("007", project.task), project.task.find("fraud"));
  EXPECT_EQ(project.gold.answer_of("7", project.task), kNoClass);
  EXPECT_EQ(project.gold.answer_of("card", project.task), kNoClass) << "where values are listed, the others mean nothing";
  EXPECT_EQ(load(kData + kTask + kGold + kSources).gold.answer_of("card", project.task), project.task.find("card"));
}

TEST_F(ProjectFile, RefusesGoldClassesThatAreNone) {
  EXPECT_TRUE(error_of(kData + kTask + "gold: {field: label, classes: {x: cardd}}\n" + kSources).starts_with("hone.yaml:3:"));
  EXPECT_NE(error_of(kData + kTask + "gold: {field: label, classes: {x: cardd}}\n" + kSources).find("did you mean 'card'"),
            std::string::npos);
  EXPECT_NE(error_of(kData + kTask + "gold: {field: label, classes: {}}\n" + kSources).find("gold.classes names no value"),
            std::string::npos);
  EXPECT_TRUE(error_of(kData + kTask + "gold: {field: label, classes: [x]}\n" + kSources).starts_with("hone.yaml:3:"));
  EXPECT_TRUE(error_of(kData + kTask + "gold: {field: label, classes: {x: [card]}}\n" + kSources).starts_with("hone.yaml:3:"));
}

TEST_F(ProjectFile, ReadsWhetherRowsWithoutATextStay) {
  const std::string start = "data: {files: rows.csv, text: text, skip_empty_texts: ";
  EXPECT_TRUE(load(start + "true}\n" + kTask + kSources).data.skip_empty_texts);
  EXPECT_FALSE(load(kData + kTask + kSources).data.skip_empty_texts);
  EXPECT_TRUE(error_of(start + "sometimes}\n" + kTask + kSources).starts_with("hone.yaml:1:"));
}

TEST_F(ProjectFile, PointsAtTheKeyWhoseValueIsWrong) {
  EXPECT_TRUE(error_of("data:\n  files: rows.csv\n  text: text\n  encoding: utf-9\n" + kTask + kSources).starts_with("hone.yaml:4:13: "));
}

TEST_F(ProjectFile, SaysThePlaceOfABadVoteOnce) {
  const std::string error = error_of(kData + kTask + "sources: [{lf: a, vote: [card], any: [card]}]\n");
  EXPECT_TRUE(error.starts_with("hone.yaml:3:")) << error;
  EXPECT_EQ(error.find("hone.yaml", 1), std::string::npos) << error;
}

TEST_F(ProjectFile, RefusesWhatItWouldNotUse) {
  EXPECT_EQ(error_of(kData + kTask + kSources + "model: {name: none, epochs: 1}\n"),
            "hone.yaml:4:29: the model 'none' has no options; take them out, or name text-linear");
  EXPECT_EQ(error_of(kData + kTask + kSources + "model: {name: text-linear, epoch: 1}\n"),
            "hone.yaml:4:8: text-linear has no option 'epoch'; did you mean 'epochs'?");
  const std::string start = "data: {files: rows.csv, text: text, split: ";
  EXPECT_NE(error_of(start + "{field: x, train: 0.5}}\n" + kTask + kSources).find("unknown key 'train'"), std::string::npos);
  EXPECT_NE(error_of(start + "{files: {train: rows.csv}, test: 0.5}}\n" + kTask + kSources).find("unknown key 'test'"), std::string::npos);
  EXPECT_EQ(error_of(kData + kTask + kSources + "seed: -1\n"), "hone.yaml:4:7: the seed must be a whole number from 0, not -1");
}

TEST_F(ProjectFile, SaysThatItIsEmpty) { EXPECT_NE(error_of("").find("empty"), std::string::npos); }

TEST(Project, SaysHowToMakeOneWhereThereIsNone) {
  try {
    find_project(testing::TempDir());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("hone init"), std::string::npos);
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST(Project, EveryKeyStandsInItsPageOfTheDocs) {
  const std::string page = read_file(HONE_DOCS "/project.md");
  for (const ProjectKey& key : project_keys()) EXPECT_NE(page.find("`" + std::string(key.key)), std::string::npos) << key.key;
}

TEST_F(ProjectFile, MayHaveATreeOfClasses) {
  const std::string sources = "sources: [{lf: a, vote: pay, any: [card]}]\n";
  const std::string tree = "[{pay: [card, transfer]}, other]";
  EXPECT_EQ(load(kData + "task: {taxonomy: " + tree + "}\n" + sources).task.classes,
            (std::vector<std::string>{"card", "transfer", "other"}));
  write("taxonomy.yaml", tree + "\n");
  const Project project = load(kData + "task: {taxonomy: taxonomy.yaml, certainty: 0.9}\n" + sources);
  EXPECT_EQ(project.task.taxonomy.nodes().front().name, "pay");
  EXPECT_EQ(project.task.certainty, 0.9);
}

TEST_F(ProjectFile, RefusesATaxonomyThatIsNone) {
  const std::string sources = "sources: [{lf: a, vote: card, any: [card]}]\n";
  const auto refused = [&](const std::string& task) { return error_of(kData + "task: " + task + "\n" + sources); };
  EXPECT_EQ(refused("{taxonomy: [a, b], classes: [a, b]}"), "hone.yaml:2:35: give task.classes or task.taxonomy, not both");
  EXPECT_EQ(refused("{taxonomy: [{a: [card, c]}, b], certainty: 0.5}"),
            "hone.yaml:2:50: expected a share above 0.5, up to 1, found '0.5': below it two nodes could be certain at once");
  EXPECT_EQ(refused("{classes: [card, b], certainty: 0.8}"),
            "hone.yaml:2:39: certainty is for a task with a taxonomy, whose labels back off to its inner nodes");
  EXPECT_NE(refused("{taxonomy: tree.yaml}").find("hone.yaml:2:18: "), std::string::npos);
  EXPECT_NE(refused("{taxonomy: ../tree.yaml}").find("leads out of the project folder"), std::string::npos);
  write("tree.yaml", "- pay: [card, card]\n");
  EXPECT_EQ(refused("{taxonomy: tree.yaml}"), "tree.yaml:1:15: 'card' stands here twice (line 1); take one out");
}

TEST_F(ProjectFile, MayKnowANodeAsGold) {
  const Project project = load(kData + "task: {taxonomy: [{pay: [card, transfer]}, other]}\n" + kSources +
                               "gold: {field: label, classes: {p: pay, c: card}}\n");
  EXPECT_EQ(project.gold.answer_of("p", project.task), 3);
  EXPECT_EQ(project.gold.answer_of("c", project.task), 0);
  EXPECT_EQ(project.gold.answer_of("card", project.task), kNoClass);
}

Criterion criterion_of(const Project& project) { return project.evaluate.criteria.at(0); }

TEST_F(ProjectFile, TakesAColumnOrASourceForAnEvaluator) {
  const std::string head = kData + kTask + kSources + "evaluate:\n  criteria: [{criterion: polite, evaluator: ";
  const Criterion column = criterion_of(load(head + "judge}]\n"));
  EXPECT_EQ(column.evaluator, "judge");
  EXPECT_FALSE(column.source.has_value());
  EXPECT_FALSE(load(head + "judge}]\n").grades());
  const Criterion lf = criterion_of(load(head + "{lf: thanks, vote_not: yes, any: [thanks]}, otherwise: yes}]\n"));
  EXPECT_EQ(lf.evaluator, "thanks");
  EXPECT_EQ(lf.source->votes, std::vector<ClassId>{1}) << "not yes is no";
  EXPECT_EQ(lf.otherwise, Grade::kYes);
  const Criterion mapped = criterion_of(load(head + "{column: judge, name: j, classes: {good: yes, bad: no}}}]\n"));
  EXPECT_EQ(mapped.source->class_of_value.at("bad"), 1);
  EXPECT_EQ(mapped.otherwise, Grade::kUnknown);
}

TEST_F(ProjectFile, CountsTheFilesOfAnEvaluatorAmongItsOwn) {
  write("judge.py", "pass\n");
  write("rude.csv", "term,class\ndamn,no\n");
  const std::string yaml = kData + kTask + kSources +
                           "evaluate:\n  criteria:\n    - {criterion: a, evaluator: {process: [python3, judge.py], name: judge}}\n"
                           "    - {criterion: b, evaluator: {dictionary: rude.csv, name: rude}, otherwise: yes}\n";
  const Project project = load(yaml);
  EXPECT_TRUE(project.files.contains("judge.py"));
  EXPECT_TRUE(project.files.contains("rude.csv"));
  EXPECT_TRUE(project.grades());
  write("judge.py", "print()\n");
  EXPECT_NE(load(yaml).evaluate.criteria[0].source->version, project.evaluate.criteria[0].source->version);
  EXPECT_EQ(load(yaml).evaluate.criteria[1].source->version, project.evaluate.criteria[1].source->version);
}

TEST_F(ProjectFile, RefusesEvaluatorsThatCannotGrade) {
  write("both.csv", "term,class\ndamn,no\nthanks,yes\n");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{lf: a, vote: card, any: [x]}", "no class named 'card'; there are: 'yes' and 'no'"},
      {"{lf: a, vote: ye, any: [x]}", "did you mean 'yes'?"},
      {"{column: judge, classes: {good: helpful}}", "no class named 'helpful'"},
      {"{dictionary: both.csv, per_class: true}", "take per_class out"},
      {"{lff: a, vote: yes, any: [x]}", "expected the column of its grades, or a source such as"},
      {"{include: 'lfs/*.yaml'}", "expected the column of its grades, or a source such as"},
      {"[judge]", "expected the column of its grades, or a source such as"},
      {"{lf: a, vote: yes}", "no condition here"}};
  for (const auto& [evaluator, said] : cases) {
    const std::string error =
        error_of(kData + kTask + kSources + "evaluate:\n  criteria: [{criterion: polite, evaluator: " + evaluator + "}]\n");
    EXPECT_TRUE(error.starts_with("hone.yaml:5:")) << error;
    EXPECT_NE(error.find(said), std::string::npos) << error;
    EXPECT_NE(error.find("(the evaluator of criterion 'polite' votes yes or no)"), std::string::npos) << error;
  }
  const std::vector<std::pair<std::string, std::string>> others{
      {"{criterion: a, evaluator: judge, otherwise: no}", "is for an evaluator that is a source"},
      {"{criterion: a, evaluator: {lf: x, vote: yes, any: [x]}, otherwise: maybe}", "expected yes or no, found 'maybe'"},
      {"{criterion: a, evaluator: {lf: x, vote: yes, any: [x]}}, {criterion: b, evaluator: {lf: x, vote: no, any: [y]}}",
       "there is already an evaluator named 'x'"},
      {"{criterion: a, evaluator: {column: judge}, people: judge}", "people's grades cannot be the evaluator's own column 'judge'"}};
  for (const auto& [criteria, said] : others) {
    const std::string error = error_of(kData + kTask + kSources + "evaluate:\n  criteria: [" + criteria + "]\n");
    EXPECT_NE(error.find(said), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace hone
