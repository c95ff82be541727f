#include "hone/label_model/weighted_majority.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

// One source, two gold rows: right on a vote for 0, wrong on a vote for 1. By hand: a_s = (1 + 2.1) / 5 = 0.62;
// a_0 = (1 + 1.86) / 4 = 0.715, a_1 = 1.86 / 4 = 0.465; the class shares are (2 + 1) / 4 and 1 / 4.
TEST(WeightedMajority, WeighsVotesByTheFormula) {
  const VotePatterns votes(votes_in_rows({{0}, {1}, {1}}, 2, 1));
  WeightedMajority model;
  const FitReport report = model.fit(votes, {.gold = {0, 0, kNoClass}, .prior = {}});
  EXPECT_TRUE(report.used_gold);
  EXPECT_NEAR(report.sources[0].accuracy.value(), 0.62, 1e-12);
  EXPECT_NEAR(report.sources[0].weight, std::log(0.62 / 0.38), 1e-12);
  EXPECT_NEAR(model.accuracy(0, 0), 0.715, 1e-12);
  EXPECT_NEAR(model.accuracy(0, 1), 0.465, 1e-12);
  EXPECT_NEAR(report.class_prior[0], 0.75, 1e-12);
  const double odds = (0.25 / 0.75) * (0.465 / 0.535);
  EXPECT_NEAR(model.predict(votes).probability(2, 1), odds / (1.0 + odds), 1e-6);
}

TEST(WeightedMajority, WithoutGoldIsMajorityAndSaysSo) {
  const VotePatterns votes(votes_in_rows({{0, 1, 1}}, 2, 3));
  WeightedMajority model;
  const FitReport report = model.fit(votes);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_NE(report.warnings[0].find("equal those of majority"), std::string::npos);
  EXPECT_FALSE(report.used_gold);
  EXPECT_FALSE(report.sources[0].accuracy.has_value());
  EXPECT_NEAR(model.predict(votes).probability(0, 1), 2.0 / 3.0, 1e-6);
}

TEST(WeightedMajority, ForgetsGoldOfAnEarlierFit) {
  const VotePatterns votes(votes_in_rows({{0, 1, 1}, {0, 1, 1}}, 2, 3));
  WeightedMajority model;
  model.fit(votes, {.gold = {0, 0}, .prior = {}});
  EXPECT_EQ(model.predict(votes).hard(0), 0);
  model.fit(votes);
  EXPECT_EQ(model.predict(votes).hard(0), 1);
}

// The standard error of an accuracy from 800 gold votes is below 0.018; the bound is three of them.
TEST(WeightedMajority, FindsTheAccuraciesThatMadeTheVotes) {
  const std::vector<double> accuracies{0.9, 0.8, 0.7, 0.6, 0.4};
  const KnownVotes known = votes_of_known_sources(accuracies, 2000, 3, 0.5, 11);
  WeightedMajority model;
  const FitReport report = model.fit(VotePatterns(votes_in_rows(known.rows, 3, 5)), {.gold = known.truth, .prior = {}});
  for (std::size_t source = 0; source < 5; ++source) {
    EXPECT_NEAR(report.sources[source].accuracy.value(), accuracies[source], 0.055) << "source " << source;
    EXPECT_LT(report.sources[source].low.value(), report.sources[source].accuracy.value());
    EXPECT_GT(report.sources[source].high.value(), report.sources[source].accuracy.value());
  }
}

TEST(WeightedMajority, TakesADeclaredBalanceAsOneRowPerClass) {
  WeightedMajority model;
  const FitReport report = model.fit(VotePatterns(votes_in_rows({{0}, {1}}, 2, 1)), {.gold = {0, 1}, .prior = {0.9, 0.1}});
  EXPECT_NEAR(report.class_prior[0], (1 + 1.8) / 4, 1e-12);
}

TEST(WeightedMajority, RefusesOptionsOutOfRange) {
  EXPECT_THROW(WeightedMajority({.assumed_accuracy = 0.0}), Error);
  EXPECT_THROW(WeightedMajority({.strength = 0.0}), Error);
  EXPECT_THROW(WeightedMajority({.strength = NAN}), Error);
}

// Of 20 gold rows 0 to 3 by turns, one source says not 0 wherever that is right: 15 votes, all right. Its accuracy begins at
// (15 + 3 x 0.7) / 18 = 0.95, in terms of a set of three classes of four 1 - 0.05 / 3, and would end at (15 + 3 x 0.98333) / 18 = 0.9972,
// but no source is believed beyond 0.98, here 1 - 0.02 / 3.
TEST(WeightedMajority, WeighsAVoteAgainstAClass) {
  SourceVotes against;
  std::vector<ClassId> gold;
  for (std::uint32_t example = 0; example < 20; ++example) {
    gold.push_back(static_cast<ClassId>(example % 4));
    if (example % 4 == 0) continue;
    against.examples.push_back(example);
    against.classes.push_back(4);
  }
  const VotePatterns votes(VoteMatrix(20, Answers(4, {}), std::vector{against}));
  WeightedMajority model;
  model.fit(votes, {.gold = gold, .prior = {}});
  EXPECT_NEAR(model.accuracy(0, 4), 1.0 - 0.02 / 3.0, 1e-9);
  const SoftLabels labels = model.predict(votes);
  EXPECT_LT(labels.probability(1, 0), 0.02);
  EXPECT_NEAR(labels.probability(1, 1), labels.probability(1, 2), 1e-6);
}

}  // namespace
}  // namespace hone
