#include "hone/stats/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/clustered.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kFiveScores{1, 2, 3, 5, 9};

// The means of all 5^5 samples, ascending.
std::vector<double> all_samples() {
  std::vector<double> sums{0.0};
  for (int draw = 0; draw < 5; ++draw) {
    std::vector<double> more;
    for (const double sum : sums)
      for (const double score : kFiveScores) more.push_back(sum + score);
    sums = std::move(more);
  }
  for (double& sum : sums) sum /= 5.0;
  std::ranges::sort(sums);
  return sums;
}

double deviation(const std::vector<double>& values) {
  double mean = 0.0, squares = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

std::vector<double> normal_scores(int n, std::uint64_t seed) {
  RandomStream draw(seed, "bootstrap.test");
  std::vector<double> scores;
  for (int item = 0; item < n; ++item) scores.push_back(draw.normal());
  return scores;
}

TEST(Bootstrap, GivesTheKnownAnswersOfAllSamples) {
  const std::vector<double> all = all_samples();
  ASSERT_EQ(all.size(), 3125u);
  EXPECT_NEAR(deviation(all), 1.264911, kDigits);
  const auto without = jackknife(mean_cells(kFiveScores, {}), ratio);
  EXPECT_NEAR(without->acceleration, 0.059293, kDigits);
  const BcaShares shares = bca_shares(all, 4.0, without->acceleration, 0.05);
  EXPECT_NEAR(shares.z0, 0.068635, kDigits);
  EXPECT_NEAR(shares.low, 0.051342, kDigits);
  EXPECT_NEAR(shares.high, 0.991216, kDigits);
  expect_interval(percentile_interval(all, 0.05), 1.8, 6.6);
  expect_interval(bca_interval(all, 4.0, without->acceleration, 0.05), 2.0, 7.4);
}

// The share below plus half the ties, by counting.
TEST(Bootstrap, TiesCountByHalf) {
  const std::vector<double> all = all_samples();
  const auto below = std::ranges::count_if(all, [](double mean) { return mean < 4.0 - 1e-9; });
  const auto tied = std::ranges::count_if(all, [](double mean) { return std::abs(mean - 4.0) <= 1e-9; });
  EXPECT_NEAR((static_cast<double>(below) + 0.5 * static_cast<double>(tied)) / 3125.0, 0.52736, 1e-9);
}

// The spread of a spread over 40,000 replicates is 0.35 %; the bound is four of them.
TEST(Bootstrap, DrawsHaveTheSpreadOfAllSamples) {
  const BootstrapValues drawn = bootstrap(mean_cells(kFiveScores, {}), ratio, {.replicates = 40'000, .seed = 1});
  EXPECT_NEAR(deviation(drawn.values), 1.264911, 0.018);
  EXPECT_EQ(drawn.undefined, 0u);
  EXPECT_EQ(drawn.estimate, 4.0);
}

// Many equal clusters go through binomial numbers, all different ones through draws one by one; both are the same experiment.
TEST(Bootstrap, OfCellsIsThatOfClusters) {
  std::vector<double> right(400, 0.0);
  std::fill(right.begin(), right.begin() + 300, 1.0);
  const BootstrapValues drawn = bootstrap(mean_cells(right, {}), ratio, {.replicates = 40'000, .seed = 2});
  EXPECT_NEAR(deviation(drawn.values), std::sqrt(.75 * .25 / 400.0), 0.0003);
  EXPECT_NEAR(quantile_of(drawn.values, 0.5), 0.75, 0.003);
}

TEST(Bootstrap, GivesTheSameBytesWithOneAndEightThreads) {
  for (const auto& scores : {normal_scores(80, 1), std::vector<double>{0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0}}) {
    const ClusterCells cells = mean_cells(scores, {});
    const auto one = bootstrap(cells, ratio, {.replicates = 999, .seed = 3, .threads = 1});
    EXPECT_EQ(one.values, bootstrap(cells, ratio, {.replicates = 999, .seed = 3, .threads = 8}).values);
    EXPECT_NE(one.values, bootstrap(cells, ratio, {.replicates = 999, .seed = 4}).values);
  }
}

TEST(Bootstrap, DoesNotDependOnTheOrderOfItems) {
  std::vector<double> scores = normal_scores(50, 2);
  const auto before = bootstrap(mean_cells(scores, {}), ratio, {.replicates = 200});
  std::ranges::reverse(scores);
  EXPECT_EQ(before.values, bootstrap(mean_cells(scores, {}), ratio, {.replicates = 200}).values);
}

TEST(Jackknife, OfAMeanIsItsStandardError) {
  const std::vector<double> scores = normal_scores(25, 3);
  std::vector<ClusterSum> items;
  for (const double score : scores) items.push_back({1, score});
  EXPECT_NEAR(jackknife(mean_cells(scores, {}), ratio)->standard_error, clustered_mean(items)->standard_error, 1e-12);
}

TEST(Jackknife, SaysWhyThereIsNone) {
  EXPECT_EQ(jackknife(mean_cells({}, {}), ratio).why(), NotDefined::kNoItems);
  EXPECT_EQ(jackknife(mean_cells(std::vector{1.0}, {}), ratio).why(), NotDefined::kOneCluster);
  // Only one cluster has anything to divide by.
  const ClusterCells one_has_items(2, {{{{0, 1.0}, {1, 1.0}}, 1}, {{}, 3}});
  EXPECT_EQ(jackknife(one_has_items, ratio).why(), NotDefined::kTooManyUndefined);
}

TEST(ResampledInterval, ChoosesByTheNumberOfClusters) {
  EXPECT_EQ(resampled_interval(mean_cells({}, {}), ratio).why(), NotDefined::kNoItems);
  EXPECT_EQ(resampled_interval(mean_cells(normal_scores(5, 4), {}), ratio).why(), NotDefined::kTooFewClusters);
  EXPECT_EQ(resampled_interval(mean_cells(normal_scores(19, 4), {}), ratio)->method, IntervalMethod::kJackknife);
  const auto many = resampled_interval(mean_cells(normal_scores(20, 4), {}), ratio);
  EXPECT_EQ(many->method, IntervalMethod::kBca);
  EXPECT_LT(many->interval.low, many->estimate);
  EXPECT_LT(many->estimate, many->interval.high);
}

TEST(ResampledInterval, OfAFewClustersIsTheTInterval) {
  const std::vector<double> scores = normal_scores(12, 5);
  std::vector<ClusterSum> items;
  for (const double score : scores) items.push_back({1, score});
  const Interval expected = *interval_of(*clustered_mean(items));
  expect_interval(resampled_interval(mean_cells(scores, {}), ratio)->interval, expected.low, expected.high, 1e-9);
}

TEST(ResampledInterval, IsNeverOfNoWidth) {
  EXPECT_EQ(resampled_interval(mean_cells(std::vector(30, 1.0), {}), ratio).why(), NotDefined::kNoSpread);
  EXPECT_EQ(resampled_interval(mean_cells(std::vector(10, 0.1), {}), ratio).why(), NotDefined::kNoSpread);
}

TEST(ResampledInterval, LeavesOutWhatIsNotDefinedAndStopsWhereThatIsMuch) {
  // One of 30 clusters, and three of them, have anything to divide by: none is drawn in 36 % and 4 % of replicates.
  const auto with = [](std::uint64_t clusters) {
    return ClusterCells(2, {{{{0, 1.0}, {1, 1.0}}, 1}, {{{1, 1.0}}, clusters - 1}, {{}, 30 - clusters}});
  };
  EXPECT_EQ(resampled_interval(with(2), ratio).why(), NotDefined::kTooManyUndefined);
  const auto found = resampled_interval(with(4), ratio);
  ASSERT_TRUE(found);
  EXPECT_GT(found->undefined, 0u);
  const Metric never = [](std::span<const double>) { return std::numeric_limits<double>::quiet_NaN(); };
  EXPECT_EQ(resampled_interval(with(4), never).why(), NotDefined::kOneClass);
}

TEST(Bootstrap, RefusesWhatCannotBe) {
  const ClusterCells cells = mean_cells(kFiveScores, {});
  EXPECT_THROW(bootstrap(cells, ratio, {.replicates = 0}), Error);
  EXPECT_THROW(bootstrap(cells, ratio, {.alpha = 1.0}), Error);
  EXPECT_THROW(mean_cells(std::vector{std::nan("")}, {}), Error);
  EXPECT_THROW(ClusterCells(1, {{{{1, 1.0}}, 1}}), Error);
  EXPECT_THROW(ClusterCells(2, {{{{1, 1.0}, {0, 1.0}}, 1}}), Error);
}

}  // namespace
}  // namespace hone
