#include "hone/stats/judge_correction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

std::vector<double> digits(std::string_view text) {
  std::vector<double> values;
  for (const char each : text) values.push_back(each - '0');
  return values;
}

const std::vector<double> kTruth = digits("1011010110"), kJudge = digits("1011110010");

std::vector<double> fifty_with_33_ones() {
  std::vector<double> values(50, 0.0);
  std::fill(values.begin(), values.begin() + 33, 1.0);
  return values;
}

TEST(RoganGladen, GivesTheKnownAnswers) {
  const auto found = rogan_gladen(660, 1000, {90, 100, 85, 100});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->rate, 0.68, 1e-12);
  EXPECT_NEAR(found->standard_error, 0.037025, kDigits);
  expect_interval(found->interval, 0.610111, 0.760355);
}

TEST(RoganGladen, IsKeptInTheUnitInterval) {
  EXPECT_EQ(rogan_gladen(50, 1000, {90, 100, 85, 100})->rate, 0.0);
  EXPECT_EQ(rogan_gladen(990, 1000, {90, 100, 85, 100})->rate, 1.0);
  EXPECT_GE(rogan_gladen(50, 1000, {90, 100, 85, 100})->interval.low, 0.0);
}

TEST(RoganGladen, SaysWhyThereIsNone) {
  EXPECT_EQ(rogan_gladen(0, 0, {90, 100, 85, 100}).why(), NotDefined::kNoItems);
  EXPECT_EQ(rogan_gladen(6, 10, {9, 9, 85, 100}).why(), NotDefined::kTooFewLabels);
  EXPECT_EQ(rogan_gladen(6, 10, {90, 100, 9, 9}).why(), NotDefined::kTooFewLabels);
  EXPECT_EQ(rogan_gladen(6, 10, {55, 100, 55, 100}).why(), NotDefined::kJudgeNoBetter);
  EXPECT_TRUE(rogan_gladen(6, 10, {56, 100, 55, 100}));
  EXPECT_THROW(rogan_gladen(11, 10, {90, 100, 85, 100}), Error);
  EXPECT_THROW(rogan_gladen(6, 10, {101, 100, 85, 100}), Error);
  EXPECT_THROW(rogan_gladen(6, 10, {90, 100, 85, 100}, 0.0), Error);
}

TEST(PpiMean, GivesTheKnownAnswers) {
  const std::vector<double> unlabeled = fifty_with_33_ones();
  const auto found = ppi_mean({kTruth, kJudge, {}}, {unlabeled, {}});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->weight, 0.560304, kDigits);
  EXPECT_NEAR(found->mean, 0.633618, kDigits);
  EXPECT_NEAR(found->standard_error, 0.138002, kDigits);
  EXPECT_NEAR(found->labels_mean, 0.6, 1e-12);
  EXPECT_NEAR(found->labels_error, 0.163299, kDigits);
  EXPECT_NEAR(found->degrees_of_freedom, 9.0, 1e-9);
  EXPECT_NEAR(labels_worth(.8, 200, 5000), 2.6, 0.05);
}

TEST(PpiMean, TakesTheLabelsAloneWhereTheJudgeSaysNothing) {
  const std::vector<double> always(10, 1.0), others(50, 1.0);
  const auto found = ppi_mean({kTruth, always, {}}, {others, {}});
  EXPECT_EQ(found->weight, 0.0);
  EXPECT_NEAR(found->mean, 0.6, 1e-12);
  EXPECT_NEAR(found->standard_error, 0.163299, kDigits);
  EXPECT_EQ(ppi_mean({kTruth, kJudge, {}}, {})->weight, 0.0);
}

TEST(PpiMean, OfClustersOfOneIsThatOfItems) {
  const std::vector<double> unlabeled = fifty_with_33_ones();
  std::vector<std::uint32_t> alone, pairs;
  for (std::uint32_t item = 0; item < 10; ++item) {
    alone.push_back(item);
    pairs.push_back(item / 2);
  }
  const auto items = ppi_mean({kTruth, kJudge, {}}, {unlabeled, {}});
  EXPECT_NEAR(ppi_mean({kTruth, kJudge, alone}, {unlabeled, {}})->standard_error, items->standard_error, 1e-12);
  EXPECT_NEAR(ppi_mean({kTruth, kJudge, pairs}, {unlabeled, {}})->degrees_of_freedom, 4.0, 1e-9);
}

TEST(PpiMean, SaysWhyThereIsNone) {
  const std::vector<double> none, one{1.0}, same(10, 1.0);
  EXPECT_EQ(ppi_mean({none, none, {}}, {kJudge, {}}).why(), NotDefined::kTooFewLabels);
  EXPECT_EQ(ppi_mean({one, one, {}}, {kJudge, {}}).why(), NotDefined::kTooFewLabels);
  EXPECT_EQ(ppi_mean({same, kJudge, {}}, {kJudge, {}}).why(), NotDefined::kNoSpread);
  const std::vector<double> broken{std::nan(""), 1.0}, two{1.0, 0.0};
  EXPECT_THROW(ppi_mean({broken, two, {}}, {}), Error);
  EXPECT_THROW(ppi_mean({two, broken, {}}, {}), Error);
  EXPECT_THROW(ppi_mean({two, two, {}}, {broken, {}}), Error);
  EXPECT_THROW(ppi_mean({two, one, {}}, {}), Error);
}

}  // namespace
}  // namespace hone
