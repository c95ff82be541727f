#include "hone/stats/difference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kFirst{1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0}, kSecond{0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0};
const std::vector<std::uint32_t> kFourClusters{0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3};

ClusteredMean mean_of_rate(std::uint64_t right, std::uint64_t n) {
  std::vector<ClusterSum> items(n, {1, 0.0});
  for (std::uint64_t item = 0; item < right; ++item) items[item].sum = 1.0;
  return *clustered_mean(items);
}

TEST(PairedDifference, HasTheKnownInterval) {
  const PairedDifference found = paired_difference(kFirst, kSecond, kFourClusters);
  EXPECT_NEAR(found.mean.mean, 0.25, 1e-12);
  EXPECT_EQ(found.differing, 5u);
  EXPECT_NEAR(found.mean.standard_error, 0.203556, kDigits);
  ASSERT_TRUE(found.interval);
  expect_interval(*found.interval, -0.422938, 0.922938);
  EXPECT_NEAR(found.p, *p_of_zero(found.mean), 1e-12);
}

TEST(PairedDifference, OfSystemsThatNeverDifferHasTheWidthOfWhatCouldBe) {
  const PairedDifference found = paired_difference(kFirst, kFirst, kFourClusters);
  const double half = 1.959964 * 1.959964 / (4.0 + 1.959964 * 1.959964);
  EXPECT_EQ(found.differing, 0u);
  EXPECT_EQ(found.p, 1.0);
  expect_interval(*found.interval, -half, half, 1e-6);
  expect_interval(*paired_difference(kFirst, kFirst, kFourClusters, {.range = 10.0}).interval, -10.0 * half, 10.0 * half, 1e-5);
}

// The degenerate interval of one item per cluster is that of McNemar's table.
TEST(PairedDifference, NeverDifferingIsTangosIntervalOfItems) {
  const std::vector<double> right(50, 1.0);
  std::vector<std::uint32_t> alone(50);
  for (std::uint32_t item = 0; item < 50; ++item) alone[item] = item;
  expect_interval(*paired_difference(right, right, alone).interval, -0.071348, 0.071348);
}

TEST(PairedDifference, SaysWhyThereIsNoInterval) {
  EXPECT_EQ(paired_difference({}, {}, {}).interval.why(), NotDefined::kNoItems);
  const std::vector<double> a{1, 1, 0}, b{0, 0, 0}, c{0, 0, -1};
  EXPECT_EQ(paired_difference(a, b, std::vector<std::uint32_t>{7, 7, 7}).interval.why(), NotDefined::kOneCluster);
  EXPECT_EQ(paired_difference(a, a, std::vector<std::uint32_t>{7, 7, 7}).interval.why(), NotDefined::kOneCluster);
  EXPECT_EQ(paired_difference(a, c, std::vector<std::uint32_t>{0, 1, 2}).interval.why(), NotDefined::kNoSpread);
}

TEST(PairedDifference, RefusesWhatCannotBe) {
  const std::vector<double> two{1, 0}, broken{1, std::nan("")}, one{1};
  const std::vector<std::uint32_t> clusters{0, 1};
  EXPECT_THROW(paired_difference(two, broken, clusters), Error);
  EXPECT_THROW(paired_difference(broken, two, clusters), Error);
  EXPECT_THROW(paired_difference(two, one, clusters), Error);
  EXPECT_THROW(paired_difference(two, two, clusters, {.alpha = 0.0}), Error);
  EXPECT_THROW(paired_difference(two, two, clusters, {.range = 0.0}), Error);
}

TEST(NewcombeIndependent, GivesTheKnownAnswer) {
  expect_interval(newcombe_independent(45, 50, 38, 50), -0.009397, 0.285551);
  EXPECT_FALSE(newcombe_independent(0, 0, 38, 50));
  EXPECT_FALSE(newcombe_independent(38, 50, 0, 0));
}

TEST(DifferenceOfMeans, GivesTheKnownAnswerOfWelch) {
  const auto found = difference_of_means(mean_of_rate(7, 10), mean_of_rate(5, 12));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->difference / found->standard_error, 1.329320, kDigits);
  EXPECT_NEAR(found->degrees_of_freedom, 19.678205, kDigits);
  EXPECT_NEAR(found->p, 0.198949, kDigits);
}

TEST(DifferenceOfMeans, SaysWhyThereIsNone) {
  EXPECT_EQ(difference_of_means({}, mean_of_rate(5, 12)).why(), NotDefined::kNoItems);
  EXPECT_EQ(difference_of_means(mean_of_rate(1, 1), mean_of_rate(5, 12)).why(), NotDefined::kOneCluster);
  EXPECT_EQ(difference_of_means(mean_of_rate(9, 9), mean_of_rate(12, 12)).why(), NotDefined::kNoSpread);
  EXPECT_THROW(difference_of_means(mean_of_rate(7, 10), mean_of_rate(5, 12), 1.0), Error);
}

TEST(DifferenceOfMeans, HasTheDegreesOfFreedomOfTheOneThatSpreads) {
  EXPECT_NEAR(difference_of_means(mean_of_rate(10, 10), mean_of_rate(5, 12))->degrees_of_freedom, 11.0, 1e-9);
}

}  // namespace
}  // namespace hone
