#include "hone/vote/analysis.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"

namespace hone {
namespace {

const std::vector<std::string> kNames{"a", "b", "c"};

// Example 0: a and b agree; 1: a and b differ; 2: a alone; 3: nobody.
VoteMatrix votes() { return VoteMatrix(4, 2, std::vector<SourceVotes>{{{0, 1, 2}, {0, 0, 1}, {}}, {{0, 1}, {0, 1}, {}}, {}}); }

TEST(VoteAnalysis, CountsCoverageOverlapAndConflict) {
  const VoteAnalysis analysis = analyze_votes(votes(), kNames, {}, {});
  EXPECT_EQ(analysis.examples, 4u);
  EXPECT_EQ(analysis.covered, 3u);
  EXPECT_EQ(analysis.overlapping, 2u);
  EXPECT_EQ(analysis.conflicting, 1u);
  EXPECT_EQ(analysis.votes, 5u);
  const SourceAnalysis& a = analysis.sources[0];
  EXPECT_EQ(a.votes, 3u);
  EXPECT_EQ(a.overlapping, 2u);
  EXPECT_EQ(a.conflicting, 1u);
  EXPECT_EQ(a.votes_by_class, (std::vector<std::uint64_t>{2, 1}));
  EXPECT_FALSE(a.precision());
  EXPECT_EQ(analysis.sources[2].votes, 0u);
}

TEST(VoteAnalysis, MeasuresPrecisionOnTrainAndValidAlone) {
  const std::vector<ClassId> gold{0, 0, 0, kNoClass};
  const VoteAnalysis seen = analyze_votes(votes(), kNames, gold, std::vector{Split::kTrain, Split::kValid, Split::kTest, Split::kTrain});
  EXPECT_EQ(seen.sources[0].votes_on_gold, 2u) << "the wrong vote lies in test";
  EXPECT_EQ(seen.sources[0].precision(), 1.0);
  EXPECT_EQ(seen.sources[1].precision(), 0.5);
  EXPECT_FALSE(seen.sources[2].precision_interval());
  const VoteAnalysis all = analyze_votes(votes(), kNames, gold, std::vector(4, Split::kTrain));
  EXPECT_EQ(all.sources[0].right_on_gold, 2u);
  EXPECT_EQ(all.sources[0].votes_on_gold, 3u);
}

TEST(VoteAnalysis, BecomesJson) {
  const std::vector<ClassId> gold{0, 0, 0, kNoClass};
  const auto json = to_json(analyze_votes(votes(), kNames, gold, std::vector(4, Split::kTrain)), std::vector<std::string>{"card", "loan"});
  EXPECT_EQ(json.at("covered"), 0.75);
  EXPECT_EQ(json.at("conflict"), 0.25);
  const auto& a = json.at("sources").at(0);
  EXPECT_EQ(a.at("coverage"), 0.75);
  EXPECT_EQ(a.at("votes_by_class").at("card"), 2);
  EXPECT_EQ(a.at("precision").at("n"), 3);
  // Wilson 95 % of 2 in 3.
  EXPECT_NEAR(a.at("precision").at("low").get<double>(), 0.2077, 5e-5);
  EXPECT_NEAR(a.at("precision").at("high").get<double>(), 0.9385, 5e-5);
  EXPECT_TRUE(json.at("sources").at(2).at("precision").is_null());
}

TEST(VoteAnalysis, CountsVotesByGoldClass) {
  const std::vector<ClassId> gold{0, 1, 0, kNoClass};
  const auto json = to_json(analyze_votes(votes(), kNames, gold, std::vector(4, Split::kTrain)), std::vector<std::string>{"card", "loan"});
  // a votes 0, 0, 1 on rows of 0, 1, 0; b votes 0, 1 on rows of 0, 1.
  EXPECT_EQ(json.at("sources").at(0).at("gold_votes"), (nlohmann::json{{"card", 2}, {"loan", 1}}));
  EXPECT_EQ(json.at("sources").at(0).at("gold_right"), (nlohmann::json{{"card", 1}}));
  EXPECT_EQ(json.at("sources").at(1).at("gold_right"), (nlohmann::json{{"card", 1}, {"loan", 1}}));
  EXPECT_TRUE(json.at("sources").at(2).at("gold_votes").empty());
}

TEST(VoteAnalysis, OfNoExamplesHasNoShares) {
  const auto json =
      to_json(analyze_votes(VoteMatrix(0, 2, std::vector<SourceVotes>(3)), kNames, {}, {}), std::vector<std::string>{"card", "loan"});
  EXPECT_EQ(json.at("covered"), 0.0);
}

// 200,000 examples, so that they are counted in several blocks.
TEST(VoteAnalysis, IsTheSameOnAnyNumberOfThreads) {
  std::vector<SourceVotes> sources(3);
  std::vector<ClassId> gold;
  for (std::uint32_t example = 0; example < 200000; ++example) gold.push_back(example % 5 == 0 ? kNoClass : example % 2);
  for (std::uint32_t source = 0; source < 3; ++source)
    for (std::uint32_t example = source; example < 200000; example += source + 1) {
      sources[source].examples.push_back(example);
      sources[source].classes.push_back(static_cast<ClassId>(example / 3 % 2));
      sources[source].confidence.push_back(example % 4 == 0 ? 0.5f : 1.0f);
    }
  const VoteMatrix many(200000, 2, sources);
  const std::vector<Split> splits(200000, Split::kValid);
  const std::vector<std::string> classes{"card", "loan"};
  const VoteAnalysis alone = analyze_votes(many, kNames, gold, splits), together = analyze_votes(many, kNames, gold, splits, 8);
  EXPECT_EQ(to_json(alone, classes), to_json(together, classes));
  EXPECT_EQ(alone.sources[1].votes, 100000u);
  EXPECT_EQ(alone.votes, many.size());
  EXPECT_EQ(alone.sources[0].votes_on_gold, 160000u);
}

TEST(VoteAnalysis, OfSomeExamplesAlone) {
  const std::vector<std::uint32_t> slice{1, 3};
  const VoteAnalysis analysis = analyze_votes(votes().only(slice), kNames, {}, {});
  EXPECT_EQ(analysis.examples, 2u);
  EXPECT_EQ(analysis.covered, 1u);
  EXPECT_EQ(analysis.conflicting, 1u);
  EXPECT_EQ(analysis.sources[0].votes, 1u);
}

// Classes 0 to 2, then not 0 to not 2: a says 0 on all rows; b says not 0 on row 0 and not 1 on row 1.
TEST(VoteAnalysis, OfSetsCountsAConflictWhereNoClassIsLeft) {
  const VoteMatrix votes(3, Answers(3, {}), std::vector<SourceVotes>{{{0, 1, 2}, {0, 0, 0}, {}}, {{0, 1}, {3, 4}, {}}});
  const std::vector<ClassId> gold{1, 0, kNoClass};
  const VoteAnalysis analysis = analyze_votes(votes, std::vector<std::string>{"a", "b"}, gold, std::vector(3, Split::kTrain));
  EXPECT_EQ(analysis.overlapping, 2u);
  EXPECT_EQ(analysis.conflicting, 1u);
  EXPECT_EQ(analysis.sources[0].conflicting, 1u);
  EXPECT_EQ(analysis.sources[0].right_on_gold, 1u);
  EXPECT_EQ(analysis.sources[1].right_on_gold, 2u);
  EXPECT_EQ(analysis.sources[1].votes_by_class[4], 1u);
}

// 4 is the group of 0 and 1: a vote for 0 is neither right nor wrong, one for 2 is wrong, one for the group right.
TEST(VoteAnalysis, CountsAKnownNodeWhereItDecides) {
  const VoteMatrix votes(1, Answers(4, {{0, 2}, {2, 4}}), std::vector<SourceVotes>{{{0}, {0}, {}}, {{0}, {2}, {}}, {{0}, {4}, {}}});
  const VoteAnalysis analysis = analyze_votes(votes, kNames, std::vector<ClassId>{4}, std::vector{Split::kValid});
  EXPECT_EQ(analysis.sources[0].votes_on_gold, 0u);
  EXPECT_EQ(analysis.sources[1].precision(), 0.0);
  EXPECT_EQ(analysis.sources[2].precision(), 1.0);
}

// Row 0: a says 0 and 1, b not 1; row 1: a says 2, b 0.
TEST(VoteAnalysis, WhereRowsHoldSeveralClassesTakesEachByItself) {
  const Answers answers(3, {}, Answers::Rows::kSeveral);
  const VoteMatrix votes(2, answers, std::vector<SourceVotes>{{{0, 0, 1}, {0, 1, 2}, {}}, {{0, 1}, {4, 0}, {}}});
  ClassSets gold;
  gold.add(std::vector<ClassId>{0});
  gold.add_unknown();
  const VoteAnalysis analysis = analyze_set_votes(votes, std::vector<std::string>{"a", "b"}, gold, std::vector(2, Split::kTrain));
  EXPECT_EQ(analysis.votes, 5u);
  EXPECT_EQ(analysis.covered, 2u);
  EXPECT_EQ(analysis.overlapping, 1u) << "on row 1 they speak of different classes";
  EXPECT_EQ(analysis.conflicting, 1u);
  EXPECT_EQ(analysis.sources[0].voted, 2u);
  EXPECT_EQ(analysis.sources[0].votes_on_gold, 2u);
  EXPECT_EQ(analysis.sources[0].right_on_gold, 1u);
  EXPECT_EQ(analysis.sources[1].precision(), 1.0) << "not 1";
}

}  // namespace
}  // namespace hone
