#include "hone/stats/unequal_draws.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kAnswers{1, 0, 1, 1, 0, 1, 1, 0}, kChances{1, 1, 1, .8, .5, .1, .1, .1};

TEST(HajekMean, GivesTheKnownAnswers) {
  const auto found = hajek_mean(kAnswers, kChances);
  EXPECT_NEAR(found->mean, 0.641379, kDigits);
  EXPECT_NEAR(found->standard_error, 0.245632, kDigits);
  EXPECT_NEAR(found->kish, 4.258659, kDigits);
  EXPECT_TRUE(found->is_too_few());
  EXPECT_EQ(hajek_rate_interval(*found).why(), NotDefined::kTooFewItems);
}

std::vector<double> ones_and_zeros(std::size_t ones, std::size_t zeros) {
  std::vector<double> values(ones, 1.0);
  values.resize(ones + zeros, 0.0);
  return values;
}

// All chances alike: the usual mean, and for a rate nearly Wilson's interval.
TEST(HajekMean, OfEvenDrawsIsTheMean) {
  const std::vector<double> values = ones_and_zeros(60, 20), chances(80, 0.2);
  const auto found = hajek_mean(values, chances);
  EXPECT_NEAR(found->mean, 0.75, 1e-12);
  EXPECT_NEAR(found->standard_error, std::sqrt(.75 * .25 / 79.0), 1e-12);
  EXPECT_NEAR(found->kish, 80.0, 1e-9);
  const auto interval = hajek_rate_interval(*found);
  ASSERT_TRUE(interval);
  expect_interval(*interval, wilson(60, 80)->low, wilson(60, 80)->high, 2e-3);
}

TEST(HajekMean, TakesClustersTogether) {
  const std::vector<double> values = ones_and_zeros(40, 40), chances(80, 0.2);
  std::vector<std::uint32_t> pairs, one(80, 3);
  for (std::uint32_t item = 0; item < 80; ++item) pairs.push_back(item / 2);
  EXPECT_EQ(hajek_mean(values, chances, pairs)->clusters, 40u);
  EXPECT_NEAR(hajek_mean(values, chances, pairs)->standard_error, std::sqrt(.25 / 39.0), 1e-12);
  EXPECT_EQ(hajek_rate_interval(*hajek_mean(values, chances, one)).why(), NotDefined::kOneCluster);
}

TEST(HajekMean, WithoutSpreadGoesByKishsNumber) {
  const std::vector<double> values(80, 1.0);
  std::vector<double> chances(80, 0.2);
  for (std::size_t item = 0; item < 20; ++item) chances[item] = 0.6;
  const auto found = hajek_mean(values, chances);
  EXPECT_EQ(found->standard_error, 0.0);
  const Interval expected = wilson_effective(1.0, found->kish, 1.959964);
  expect_interval(*hajek_rate_interval(*found), expected.low, 1.0);
}

TEST(HajekMean, OfOneHeavyItemIsTooFew) {
  std::vector<double> values = ones_and_zeros(50, 50), chances(100, 0.5);
  chances[0] = 0.5 / 12.0;
  const auto found = hajek_mean(values, chances);
  EXPECT_GT(found->kish, 30.0);
  EXPECT_GT(found->largest_weight, 0.1);
  EXPECT_TRUE(found->is_too_few());
}

TEST(HajekMean, SaysWhyThereIsNoneAndRefusesWhatCannotBe) {
  EXPECT_EQ(hajek_mean({}, {}).why(), NotDefined::kNoRandomStratum);
  const std::vector<double> one{1.0}, broken{std::nan("")};
  for (const double wrong : {0.0, -0.1, 1.1, std::nan("")}) EXPECT_THROW(hajek_mean(one, std::vector{wrong}), Error) << wrong;
  EXPECT_THROW(hajek_mean(broken, one), Error);
  EXPECT_THROW(hajek_mean(one, kChances), Error);
  EXPECT_THROW(hajek_rate_interval({}, 0.0), Error);
}

TEST(InclusionProbability, IsOfEitherDraw) {
  EXPECT_NEAR(inclusion_probability(0.1, 0.5), 0.55, 1e-12);
  EXPECT_EQ(inclusion_probability(0.1, 1.0), 1.0);
  EXPECT_NEAR(inclusion_probability(0.1, 0.0), 0.1, 1e-12);
}

TEST(CertainStratum, AddsWhatIsKnownToAPartThatIsDrawn) {
  const auto found = certain_stratum_rate({.population = 1000, .hard = 200, .hard_count = 100, .sampled = 80, .sampled_count = 72});
  EXPECT_NEAR(found->rate, 0.1 + 0.8 * 0.9, 1e-12);
  expect_interval(found->interval, 0.1 + 0.8 * wilson(72, 80)->low, 0.1 + 0.8 * wilson(72, 80)->high);
}

TEST(CertainStratum, KnowsItsEnds) {
  EXPECT_EQ(certain_stratum_rate({}).why(), NotDefined::kNoItems);
  EXPECT_EQ(certain_stratum_rate({.population = 10, .hard = 4, .hard_count = 1}).why(), NotDefined::kNoRandomStratum);
  const auto all = certain_stratum_rate({.population = 10, .hard = 10, .hard_count = 3});
  expect_interval(all->interval, 0.3, 0.3);
  EXPECT_THROW(certain_stratum_rate({.population = 10, .hard = 11}), Error);
  EXPECT_THROW(certain_stratum_rate({.population = 10, .hard = 4, .sampled = 7}), Error);
  EXPECT_THROW(certain_stratum_rate({.population = 10, .hard = 4, .hard_count = 5}), Error);
}

TEST(Rounds, OfOneWithNothingAnsweredIsHajeks) {
  const auto open = *hajek_mean(ones_and_zeros(60, 20), std::vector<double>(80, 0.2));
  const auto found = rate_over_rounds(std::vector<QueueRound>{{.open = open}}, 400);
  EXPECT_NEAR(found->rate, open.mean, 1e-12);
  EXPECT_NEAR(found->standard_error, open.standard_error, 1e-12);
}

TEST(Rounds, EachSpeaksForThePopulation) {
  HajekMean open{.mean = 0.8, .standard_error = 0.05, .kish = 60, .largest_weight = 0.02, .items = 60, .clusters = 60};
  const auto found = rate_over_rounds(std::vector<QueueRound>{{.open = open}, {.answered_sum = 20, .answered = 50, .open = open}}, 200);
  EXPECT_NEAR(found->rate, (0.8 + (20 + 150 * 0.8) / 200) / 2, 1e-12);
  EXPECT_NEAR(found->standard_error, std::sqrt(1.0 + .75 * .75) * .05 / 2, 1e-12);
}

TEST(Rounds, SayWhyThereIsNone) {
  EXPECT_EQ(rate_over_rounds({}, 100).why(), NotDefined::kNoRandomStratum);
  const HajekMean few{.mean = 0.8, .standard_error = 0.05, .kish = 12, .largest_weight = 0.02, .items = 12, .clusters = 12};
  EXPECT_EQ(rate_over_rounds(std::vector<QueueRound>{{.open = few}}, 100).why(), NotDefined::kTooFewItems);
  EXPECT_THROW(rate_over_rounds(std::vector<QueueRound>{{.answered = 101, .open = few}}, 100), Error);
}

}  // namespace
}  // namespace hone
