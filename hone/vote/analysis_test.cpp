#include "hone/vote/analysis.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

TEST(VoteAnalysis, OfNoExamplesHasNoShares) {
  const auto json =
      to_json(analyze_votes(VoteMatrix(0, 2, std::vector<SourceVotes>(3)), kNames, {}, {}), std::vector<std::string>{"card", "loan"});
  EXPECT_EQ(json.at("covered"), 0.0);
}

}  // namespace
}  // namespace hone
