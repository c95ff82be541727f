#include "hone/vote/source.h"

#include <gtest/gtest.h>

#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/vote/task_testing.h"

namespace hone {
namespace {

std::vector<std::pair<std::string, ConfigNode>> no_files(const std::string&, const ConfigNode&) { return {}; }

std::vector<Source> sources_in(const std::string& yaml, const IncludeReader& include = no_files) {
  return parse_sources(ConfigNode::parse_yaml(yaml, "hone.yaml"), kThreeClasses, include);
}

std::string complaint_of_sources(const std::string& yaml) {
  return complaint_of(ErrorCode::kInvalidProject, [&] { sources_in(yaml); });
}

std::string version(const std::string& entry) { return sources_in("[" + entry + "]").front().version; }

TEST(Sources, AreReadInTheOrderOfTheFile) {
  const auto sources =
      sources_in("- {lf: stolen, vote: fraud, any: [stolen]}\n- {column: label}\n- {lf: mortgage, vote: loan, match: mortgage}\n");
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0].name, "stolen");
  EXPECT_EQ(sources[0].votes, std::vector<ClassId>{2});
  EXPECT_EQ(sources[1].kind, Source::Kind::kColumn);
  EXPECT_EQ(sources[1].name, "label");
  EXPECT_EQ(sources[1].class_of_value.at("loan"), 1);
  EXPECT_EQ(sources[2].line, 3);
  EXPECT_EQ(sources[2].file, "hone.yaml");
}

TEST(Sources, ReadTheirVotesFromAColumnByValue) {
  const Source source = sources_in("[{column: 'Crowd label', name: crowd, classes: {'1': card, '2': fraud}}]").front();
  EXPECT_EQ(source.name, "crowd");
  EXPECT_EQ(source.field, "Crowd label");
  EXPECT_EQ(source.class_of_value.size(), 2u);
  EXPECT_EQ(source.class_of_value.at("2"), 2);
}

TEST(Sources, ComeFromIncludedFiles) {
  const auto files = [](const std::string& pattern, const ConfigNode&) {
    EXPECT_EQ(pattern, "lfs/*.yaml");
    return std::vector<std::pair<std::string, ConfigNode>>{
        {"lfs/a.yaml", ConfigNode::parse_yaml("[{lf: a, vote: card, any: a}]", "lfs/a.yaml")},
        {"lfs/b.yaml", ConfigNode::parse_yaml("[{lf: b, vote: card, any: b}]", "lfs/b.yaml")}};
  };
  const auto sources = sources_in("[{lf: z, vote: loan, any: z}, {include: 'lfs/*.yaml'}]", files);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[2].name, "b");
  EXPECT_EQ(sources[2].file, "lfs/b.yaml");
}

TEST(Sources, OfOneNameAreRefusedNamingBothPlaces) {
  EXPECT_EQ(complaint_of_sources("- {lf: a, vote: card, any: x}\n- {column: b, name: a}\n"),
            "hone.yaml:2:3: there is already a source named 'a' at hone.yaml:1; give one of them another name");
}

TEST(Sources, ThatVoteForNoClassAreRefusedNamingTheNearest) {
  const std::string said = complaint_of_sources("[{lf: a, vote: frad, any: x}]");
  EXPECT_NE(said.find("hone.yaml:1:"), std::string::npos) << said;
  EXPECT_NE(said.find("no class named 'frad'; did you mean 'fraud'?"), std::string::npos) << said;
  EXPECT_NE(said.find("(in LF 'a')"), std::string::npos) << said;
  EXPECT_NE(complaint_of_sources("[{column: a, classes: {x: lone}}]").find("did you mean 'loan'?"), std::string::npos);
}

TEST(Sources, WhosePatternDoesNotCompileAreNamed) {
  const std::string said = complaint_of_sources("\n- {lf: card_number, vote: card, match: '(\\d'}");
  EXPECT_NE(said.find("hone.yaml:2:"), std::string::npos) << said;
  EXPECT_NE(said.find("the pattern '(\\d' cannot be used: "), std::string::npos) << said;
  EXPECT_NE(said.find("at byte 0; `hone help conditions` says what patterns mean (in LF 'card_number')"), std::string::npos) << said;
}

TEST(Sources, WithUnknownKeysAreRefused) {
  EXPECT_NE(complaint_of_sources("[{lf: a, vote: card, anny: x}]").find("unknown key 'anny'; did you mean 'any'?"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{column: a, class: {}}]").find("unknown key 'class'; did you mean 'classes'?"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{name: a, vote: card}]")
                .find("a source begins with one of lf, column, process, like, model, dictionary and include"),
            std::string::npos);
  EXPECT_NE(complaint_of_sources("[card]").find("expected a source such as"), std::string::npos);
  EXPECT_NE(complaint_of_sources("{lf: a}").find("expected a list"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{lf: a, any: x}]").find("'vote' is missing"), std::string::npos);
}

TEST(Sources, HaveNamesOfPlainCharacters) {
  EXPECT_NE(complaint_of_sources("[{lf: 'a b', vote: card, any: x}]").find("'a b' is no name"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{lf: '" + std::string(129, 'a') + "', vote: card, any: x}]").find("is no name"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{column: 'Crowd label'}]").find("give the source a 'name' of its own"), std::string::npos);
  EXPECT_EQ(complaint_of_sources("[{lf: '" + std::string(128, 'a') + "', vote: card, any: x}, {lf: A.b-c_9, vote: card, any: x}]"), "none");
}

TEST(Sources, ThatAreIncludedIncludeNothingFurther) {
  const auto files = [](const std::string&, const ConfigNode&) {
    return std::vector<std::pair<std::string, ConfigNode>>{{"b.yaml", ConfigNode::parse_yaml("[{include: c.yaml}]", "b.yaml")}};
  };
  EXPECT_EQ(complaint_of(ErrorCode::kInvalidProject, [&] { sources_in("[{include: b.yaml}]", files); }),
            "b.yaml:1:2: an included file cannot include others; include them in hone.yaml");
  EXPECT_NE(
      complaint_of(ErrorCode::kInvalidProject, [&] { sources_in("[{include: b.yaml, vote: card}]", files); }).find("unknown key 'vote'"),
      std::string::npos);
}

TEST(Sources, HaveAVersionThatFollowsWhatTheyVote) {
  const std::string version_of_a = version("{lf: a, vote: card, any: x}");
  EXPECT_EQ(version_of_a, version("{any: [x], lf: other_name, vote: card}"));
  EXPECT_NE(version_of_a, version("{lf: a, vote: loan, any: x}"));
  EXPECT_NE(version_of_a, version("{lf: a, vote: card, any: y}"));
  EXPECT_EQ(version("{column: a}"), version("{column: a, name: b}"));
  EXPECT_NE(version("{column: a}"), version("{column: b}"));
  EXPECT_NE(version("{column: a}"), version("{column: a, classes: {card: card}}"));
}

TEST(Slices, HaveANameAndACondition) {
  const auto slices =
      parse_slices(ConfigNode::parse_yaml("[{slice: long, where: {words_of: body, above: 40}}, {slice: angry, any: [bad]}]", "hone.yaml"));
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_EQ(slices[0].name, "long");
  EXPECT_EQ(slices[1].condition.parts[0].text, "bad");
  EXPECT_NE(slices[0].version, slices[1].version);
}

TEST(Slices, AreRefusedForTheSameReasonsAsSources) {
  const auto complain = [](const std::string& yaml) {
    return complaint_of(ErrorCode::kInvalidProject, [&] { parse_slices(ConfigNode::parse_yaml(yaml, "hone.yaml")); });
  };
  EXPECT_EQ(complain("[{slice: a, any: x}, {slice: a, any: y}]"),
            "hone.yaml:1:22: there is already a slice named 'a' at hone.yaml:1; give one of them another name");
  EXPECT_NE(complain("[{slice: a, any: x, vote: card}]").find("unknown key 'vote'"), std::string::npos);
  EXPECT_NE(complain("[{slice: a, match: '('}]").find("(in slice 'a')"), std::string::npos);
}

std::string complaint_in(const Task& task, const std::string& yaml) {
  return complaint_of(ErrorCode::kInvalidProject, [&] { parse_sources(ConfigNode::parse_yaml(yaml, "hone.yaml"), task, no_files); });
}

TEST(Sources, VoteAgainstAClass) {
  const auto sources = sources_in("[{lf: a, vote_not: loan, any: x}, {column: c, classes: {'no': not fraud, 'yes': fraud}}]");
  EXPECT_EQ(sources[0].votes, std::vector<ClassId>{4}) << "3 classes, then not each of them";
  EXPECT_EQ(sources[1].class_of_value.at("no"), 5);
  EXPECT_EQ(sources_in("[{column: label}]").front().class_of_value.at("not card"), 3);
  EXPECT_NE(version("{lf: a, vote_not: loan, any: x}"), version("{lf: a, vote: loan, any: x}"));
}

TEST(Sources, SayWhatIsWrongWithAVote) {
  EXPECT_EQ(complaint_of_sources("[{lf: a, vote: card, vote_not: loan, any: x}]"),
            "hone.yaml:1:32: an LF votes for a class or against one; write two LFs (in LF 'a')");
  EXPECT_NE(complaint_of_sources("[{lf: a, vote_not: lone, any: x}]").find("no class named 'lone'; did you mean 'loan'?"),
            std::string::npos);
  EXPECT_NE(complaint_of_sources("[{lf: a, vote: [card, loan], any: x}]").find("a row has one here"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{lf: a, any: x}]").find("'vote'"), std::string::npos);
  EXPECT_NE(complaint_of_sources("[{column: c, separator: ;}]").find("separator is for a task of kind multi-label"), std::string::npos);
}

TEST(Sources, VoteForAnInnerNode) {
  Task task;
  task.taxonomy = Taxonomy::parse(ConfigNode::parse_yaml("[{pay: [card, transfer]}, {fee: [monthly]}, other]", "t"));
  task.classes = task.taxonomy.classes();
  const auto sources =
      parse_sources(ConfigNode::parse_yaml("[{lf: a, vote: pay, any: x}, {lf: b, vote_not: pay, any: x}, {lf: c, vote: fee, any: x}]", "t"),
                    task, no_files);
  EXPECT_EQ(task.name_of(sources[0].votes.front()), "pay");
  EXPECT_EQ(task.name_of(sources[1].votes.front()), "not pay");
  EXPECT_EQ(sources[2].votes.front(), 2) << "the only class below it";
}

TEST(Sources, OfSeveralClassesVoteForAndAgainstThem) {
  Task task;
  task.kind = "multi-label";
  task.classes = {"a", "b", "c"};
  const auto sources = parse_sources(
      ConfigNode::parse_yaml(
          "[{lf: x, vote: [c, a], vote_not: b, any: w}, {column: d, separator: ;, others: against, classes: {'1': not b}}]", "t"),
      task, no_files);
  EXPECT_EQ(sources[0].votes, (std::vector<ClassId>{0, 2, 4}));
  EXPECT_EQ(sources[1].class_of_value.at("1"), 4);
  EXPECT_TRUE(sources[1].against_others);
  EXPECT_NE(complaint_in(task, "[{lf: x, vote: a, vote_not: [a], any: w}]").find("'a' is voted for and against at once"),
            std::string::npos);
  EXPECT_NE(complaint_in(task, "[{lf: x, vote: [a, a], any: w}]").find("'a' stands here twice"), std::string::npos);
  EXPECT_NE(complaint_in(task, "[{lf: x, vote: [], any: w}]").find("names no class"), std::string::npos);
  EXPECT_NE(complaint_in(task, "[{column: d, others: no}]").find("expected against, found 'no'"), std::string::npos);
}

}  // namespace
}  // namespace hone
