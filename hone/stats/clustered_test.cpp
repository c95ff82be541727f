#include "hone/stats/clustered.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

// Twelve scores in four clusters; the values behind come from the field's formulas worked out elsewhere.
const std::vector<ClusterSum> kScores{{4, 3}, {3, 1}, {2, 2}, {3, 1}};
const std::vector<double> kItems{1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0};
const std::vector<std::uint32_t> kClusterOf{0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3};
const std::vector<ClusterSum> kDifferences{{4, 2}, {3, -1}, {2, 1}, {3, 1}};

TEST(ClusteredMean, HasTheKnownErrorAndDegreesOfFreedom) {
  const ClusteredMean mean = clustered_mean(kScores).value();
  EXPECT_NEAR(mean.mean, 0.583333, kDigits);
  EXPECT_NEAR(mean.standard_error, 0.144338, kDigits);
  EXPECT_NEAR(cr1_standard_error(kScores), 0.144782, kDigits);
  EXPECT_NEAR(mean.degrees_of_freedom, 2.8125, 1e-9);
  const Interval interval = interval_of(mean).value();
  EXPECT_NEAR(interval.low, 0.106167, kDigits);
  EXPECT_NEAR(interval.high, 1.060499, kDigits);
  EXPECT_TRUE(mean.is_rough());
}

TEST(ClusteredMean, OfPairedDifferencesHasTheKnownInterval) {
  const ClusteredMean mean = clustered_mean(kDifferences).value();
  EXPECT_NEAR(mean.mean, 0.25, 1e-12);
  EXPECT_NEAR(mean.standard_error, 0.203556, kDigits);
  EXPECT_NEAR(cr1_standard_error(kDifferences), 0.201269, kDigits);
  EXPECT_NEAR(interval_of(mean)->low, -0.422938, kDigits);
  EXPECT_NEAR(interval_of(mean)->high, 0.922938, kDigits);
}

TEST(ClusteredMean, OfEqualClustersHasOneDegreeOfFreedomLessThanClusters) {
  EXPECT_NEAR(clustered_mean(std::vector<ClusterSum>{{5, 1}, {5, 2}, {5, 4}, {5, 5}, {5, 0}})->degrees_of_freedom, 4.0, 1e-9);
}

// Scores 1 2 3 4: the mean 2.5, the standard deviation sqrt(5/3), t of 3 degrees of freedom 3.182446.
TEST(ClusteredMean, OfSingleItemsIsTheTInterval) {
  const ClusteredMean mean = clustered_mean(std::vector<ClusterSum>{{1, 1}, {1, 2}, {1, 3}, {1, 4}}).value();
  EXPECT_NEAR(mean.standard_error, std::sqrt(5.0 / 3.0) / 2.0, 1e-12);
  EXPECT_NEAR(interval_of(mean)->high, 2.5 + 3.182446 * mean.standard_error, 1e-5);
  EXPECT_FALSE(clustered_mean(std::vector<ClusterSum>(6, {1, 1}))->is_rough());
}

TEST(ClusteredMean, HasNoIntervalWithoutSpreadOrWithOneCluster) {
  EXPECT_FALSE(interval_of(clustered_mean(std::vector<ClusterSum>{{3, 3}, {2, 2}}).value()));
  EXPECT_FALSE(p_of_zero(clustered_mean(std::vector<ClusterSum>{{3, 3}, {2, 2}}).value()));
  EXPECT_FALSE(interval_of(clustered_mean(std::vector<ClusterSum>{{3, 1}}).value()));
  EXPECT_FALSE(rate_interval(clustered_mean(std::vector<ClusterSum>{{3, 1}}).value()));
  EXPECT_FALSE(clustered_mean({}));
}

TEST(ClusteredMean, PIsThatOfTheSameT) {
  // t = 2 on 10 degrees of freedom: 0.073388.
  const ClusteredMean mean{.mean = 0.2, .standard_error = 0.1, .degrees_of_freedom = 10, .items = 22, .clusters = 11, .largest_share = 0.1};
  EXPECT_NEAR(p_of_zero(mean).value(), 0.073388, 1e-6);
}

// 2.8016 standard errors, for many degrees of freedom.
TEST(ClusteredMean, SmallestDetectableHasEightyPercentPower) {
  const ClusteredMean mean{.mean = 0.0, .standard_error = 1.0, .degrees_of_freedom = 1e6, .items = 9, .clusters = 9, .largest_share = 0.1};
  EXPECT_NEAR(smallest_detectable(mean), 2.8016, 1e-4);
}

TEST(RateInterval, HasTheKnownEnds) {
  EXPECT_NEAR(effective_items(clustered_mean(kScores).value()), 11.666667, kDigits);
  const Interval interval = rate_interval(clustered_mean(kScores).value()).value();
  EXPECT_NEAR(interval.low, 0.197795, kDigits);
  EXPECT_NEAR(interval.high, 0.888259, kDigits);
}

TEST(RateInterval, OfAllRightGoesByClusters) {
  const Interval interval = rate_interval(clustered_mean(std::vector<ClusterSum>{{4, 4}, {3, 3}, {2, 2}, {3, 3}}).value()).value();
  EXPECT_NEAR(interval.low, 0.267935, kDigits);
  EXPECT_NEAR(interval.high, 1.0, 1e-12);
}

TEST(RateInterval, OfAllRightOrAllWrongEndsAtTheBoundItself) {
  const std::vector<ClusterSum> right{{4, 4}, {3, 3}, {2, 2}, {3, 3}}, wrong{{4, 0}, {3, 0}, {2, 0}, {3, 0}};
  EXPECT_EQ(effective_items(clustered_mean(right).value()), 4.0);
  EXPECT_EQ(rate_interval(clustered_mean(right).value())->high, 1.0);
  EXPECT_EQ(rate_interval(clustered_mean(wrong).value())->low, 0.0);
}

TEST(IntraclassCorrelation, HasTheKnownValue) {
  const auto found = intraclass_correlation(kItems, kClusterOf);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->typical_size, 2.944444, kDigits);
  EXPECT_NEAR(found->value, 0.022140, kDigits);
}

TEST(IntraclassCorrelation, IsOneWhereClustersAreOfOneMindAndZeroWhereTheyAreLessAlikeThanChance) {
  const std::vector<std::uint32_t> clusters{0, 0, 1, 1, 2, 2};
  EXPECT_NEAR(intraclass_correlation(std::vector<double>{1, 1, 2, 2, 7, 7}, clusters)->value, 1.0, 1e-12);
  EXPECT_EQ(intraclass_correlation(std::vector<double>{0, 1, 1, 0, 0, 1}, clusters)->value, 0.0);
}

TEST(IntraclassCorrelation, NeedsTwoClustersAPairAndSpread) {
  const std::vector<double> scores{1, 2, 3};
  EXPECT_FALSE(intraclass_correlation(scores, std::vector<std::uint32_t>{4, 4, 4}));
  EXPECT_FALSE(intraclass_correlation(scores, std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_FALSE(intraclass_correlation(std::vector<double>{5, 5, 5}, std::vector<std::uint32_t>{1, 1, 2}));
  EXPECT_FALSE(intraclass_correlation({}, {}));
}

TEST(SumByCluster, RefusesScoresThatAreNoNumbers) {
  const std::vector<std::uint32_t> two{0, 1}, one{0};
  EXPECT_THROW(sum_by_cluster(std::vector<double>{1.0, std::nan("")}, two), Error);
  EXPECT_THROW(sum_by_cluster(std::vector<double>{1.0, INFINITY}, two), Error);
  EXPECT_THROW(sum_by_cluster(std::vector<double>{1.0, 2.0}, one), Error);
}

TEST(SumByCluster, TakesEqualNumbersTogetherWhereverTheyStand) {
  const std::vector<ClusterSum> sums = sum_by_cluster(std::vector<double>{1, 2, 3, 4}, std::vector<std::uint32_t>{7, 3, 7, 9});
  ASSERT_EQ(sums.size(), 3u);
  EXPECT_EQ(sums[0].sum, 2.0);
  EXPECT_EQ(sums[1].items, 2u);
  EXPECT_EQ(sums[1].sum, 4.0);
}

}  // namespace
}  // namespace hone
