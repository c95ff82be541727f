#include "hone/eval/score_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Two systems that are right or wrong on so many items.
struct Table {
  std::vector<double> a, b;
  void add(int times, double right_a, double right_b) {
    a.insert(a.end(), static_cast<std::size_t>(times), right_a);
    b.insert(b.end(), static_cast<std::size_t>(times), right_b);
  }
};

Table table_of(int both, int only_a, int only_b, int neither) {
  Table table;
  table.add(both, 1, 1);
  table.add(only_a, 1, 0);
  table.add(only_b, 0, 1);
  table.add(neither, 0, 0);
  return table;
}

ScoreDifference difference_of(const Table& table, const ScoreDifferenceOptions& options = {},
                              std::span<const std::uint32_t> clusters = {}) {
  return score_difference({table.a, table.b, clusters}, options);
}

// Known answers of section 5 of the statistics.
TEST(ScoreDifference, TestsRightAndWrongOnSingleItemsByMcNemarAndTango) {
  const ScoreDifference difference = difference_of(table_of(70, 15, 5, 10));
  EXPECT_EQ(difference.test, DifferenceTest::kMcNemar);
  EXPECT_NEAR(difference.difference, 0.1, 1e-12);
  EXPECT_NEAR(difference.p, 0.026604, 5.1e-7);
  EXPECT_NEAR(difference.interval->low, 0.013447, 5.1e-7);
  EXPECT_NEAR(difference.interval->high, 0.192397, 5.1e-7);
  EXPECT_EQ(difference.verdict, ReportVerdict::kBetter);
  EXPECT_EQ(difference.counts->only_a, 15u);
  EXPECT_NEAR(difference.a.value, 0.85, 1e-12);
  EXPECT_TRUE(difference.a.interval && difference.b.interval);
  EXPECT_FALSE(difference.clustering);
}

TEST(ScoreDifference, SeesWhatAnUnpairedTestDoesNot) {
  const ScoreDifference difference = difference_of(table_of(108, 32, 14, 66));
  EXPECT_NEAR(difference.p, 0.007943, 5.1e-7);
  EXPECT_EQ(difference.verdict, ReportVerdict::kBetter);
}

TEST(ScoreDifference, TurnsTheVerdictWithTheSystemsAndWhereLowerIsBetter) {
  EXPECT_EQ(difference_of(table_of(70, 5, 15, 10)).verdict, ReportVerdict::kWorse);
  EXPECT_EQ(difference_of(table_of(70, 5, 15, 10), {.lower_is_better = true}).verdict, ReportVerdict::kBetter);
}

TEST(ScoreDifference, SaysThatSystemsNeverDifferWithTheRateAtWhichTheyCould) {
  const ScoreDifference difference = difference_of(table_of(50, 0, 0, 0));
  EXPECT_EQ(difference.verdict, ReportVerdict::kNeverDiffer);
  EXPECT_EQ(difference.p, 1.0);
  EXPECT_NEAR(difference.interval->high, 0.071348, 5.1e-7);
}

// d of K1 in section 3 of the statistics.
TEST(ScoreDifference, TakesClustersForTheUnitWhereOneHasSeveralItems) {
  const Table table{.a = {1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0}, .b = {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}};
  const std::vector<std::uint32_t> clusters{0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3};
  const ScoreDifference difference = difference_of(table, {.verdict = {.least_items = 1, .least_clusters = 2}}, clusters);
  EXPECT_EQ(difference.test, DifferenceTest::kClusterT);
  EXPECT_EQ(difference.clusters, 4u);
  EXPECT_NEAR(difference.difference, 0.25, 1e-12);
  EXPECT_NEAR(difference.interval->low, -0.422938, 5.1e-7);
  EXPECT_NEAR(difference.interval->high, 0.922938, 5.1e-7);
  EXPECT_EQ(difference.verdict, ReportVerdict::kTooFewClusters);  // 2.8 degrees of freedom.
  ASSERT_TRUE(difference.clustering);
  EXPECT_NEAR(difference.clustering->largest_share, 1.0 / 3.0, 1e-12);
  EXPECT_LE(*difference.clustering->effective_items, 12.0);
}

TEST(ScoreDifference, FindsThatItemsOfOneClusterTellLess) {
  Table table;
  std::vector<std::uint32_t> clusters;
  for (std::uint32_t cluster = 0; cluster < 20; ++cluster) {
    const double right = cluster % 4 == 0 ? 1.0 : 0.0;
    table.add(10, right, 0.0);
    clusters.insert(clusters.end(), 10, cluster);
  }
  const ScoreDifference difference = difference_of(table, {}, clusters);
  EXPECT_NEAR(*difference.clustering->intracluster_correlation, 1.0, 1e-9);
  EXPECT_NEAR(*difference.clustering->effective_items, 20.0, 1.0);  // 199/200 of a variance over 19/20 of one.
  EXPECT_GT(difference.p, difference_of(table).p * 1e6);
}

TEST(ScoreDifference, TakesItemsAloneWhereClustersHoldOneEach) {
  const Table table = table_of(70, 15, 5, 10);
  std::vector<std::uint32_t> clusters;
  for (std::uint32_t item = 0; item < 100; ++item) clusters.push_back(item * 50'000'000u % 4'000'000'007u);
  EXPECT_EQ(difference_of(table, {}, clusters).test, DifferenceTest::kMcNemar);
}

TEST(ScoreDifference, TestsOtherScoresByTheirMeanDifference) {
  Table table;
  for (int item = 0; item < 40; ++item) table.add(1, 0.5 + 0.01 * (item % 7), 0.45 + 0.01 * (item % 5));
  const ScoreDifference difference = difference_of(table);
  EXPECT_EQ(difference.test, DifferenceTest::kPairedT);
  EXPECT_EQ(difference.verdict, ReportVerdict::kBetter);
  EXPECT_FALSE(difference.counts);
}

TEST(ScoreDifference, HasNoIntervalOfADifferenceWithoutSpread) {
  Table table;
  table.add(40, 0.5, 0.25);
  const ScoreDifference difference = difference_of(table);
  EXPECT_EQ(difference.verdict, ReportVerdict::kNotDefined);
  EXPECT_FALSE(difference.interval);
  EXPECT_NEAR(difference.difference, 0.25, 1e-12);
}

TEST(ScoreDifference, GivesNoVerdictBelowTheLeastNumbers) {
  EXPECT_EQ(difference_of(table_of(10, 9, 0, 10)).verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(difference_of({}).verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(difference_of({}).test, DifferenceTest::kNone);
  const Table table = table_of(20, 20, 0, 20);
  EXPECT_EQ(difference_of(table, {}, std::vector<std::uint32_t>(60, 7)).verdict, ReportVerdict::kTooFewClusters);
}

TEST(ScoreDifference, HoldsOnlyWhereMissingScoresCannotTurnIt) {
  Table table = table_of(70, 18, 5, 10);
  const ScoreDifference whole = difference_of(table);
  table.add(1, kNone, 1);
  EXPECT_EQ(difference_of(table).missing_a, 1u);
  EXPECT_EQ(difference_of(table).items, 103u);
  EXPECT_EQ(difference_of(table).p, whole.p);
  EXPECT_EQ(difference_of(table).verdict, ReportVerdict::kBetter);  // 18 to 6 is still seen.
  table.add(8, kNone, 1);
  table.add(2, 1, kNone);
  const ScoreDifference open = difference_of(table);
  EXPECT_EQ(open.missing_a, 9u);
  EXPECT_EQ(open.missing_b, 2u);
  EXPECT_EQ(open.verdict, ReportVerdict::kNotDecided);
}

TEST(ScoreDifference, IsNotDecidedWhereAllScoresAreMissingOrTooMany) {
  Table table;
  table.add(40, kNone, 1);
  EXPECT_EQ(difference_of(table).verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(difference_of(table).test, DifferenceTest::kNone);
}

TEST(ScoreDifference, LooksAtTheGivenRowsAlone) {
  const Table table = table_of(70, 15, 5, 10);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 70; row < 90; ++row) rows.push_back(row);
  const ScoreDifference difference = score_difference({table.a, table.b, {}}, rows, {});
  EXPECT_EQ(difference.items, 20u);
  EXPECT_EQ(difference.differing, 20u);
}

TEST(ScoreDifference, CorrectsManyForHowManyWereTested) {
  std::vector<ScoreDifference> slices{difference_of(table_of(70, 15, 5, 10)), difference_of(table_of(70, 25, 5, 10)),
                                      difference_of(table_of(5, 5, 0, 5)), difference_of(table_of(50, 0, 0, 0))};
  const std::vector<double> corrected = correct_for_many(slices, {});
  EXPECT_NEAR(corrected[0], 2 * slices[0].p, 1e-12);  // Second of three: the small one was not tested.
  EXPECT_NEAR(corrected[1], 3 * slices[1].p, 1e-12);
  EXPECT_EQ(corrected[2], 1.0);
  EXPECT_EQ(slices[0].verdict, ReportVerdict::kNoDifferenceDetectable);
  EXPECT_EQ(slices[1].verdict, ReportVerdict::kBetter);
  EXPECT_EQ(slices[2].verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(slices[3].verdict, ReportVerdict::kNeverDiffer);
}

TEST(ScoreDifference, RefusesScoresThatDoNotFitEachOther) {
  EXPECT_THROW(difference_of({.a = {1.0}, .b = {}}), Error);
  EXPECT_THROW(difference_of({.a = {1.0}, .b = {1.0}}, {}, std::vector<std::uint32_t>{1, 2}), Error);
}

// Tables on which the two disagree: no verdict is given on either side.
TEST(ScoreDifference, NeedsBothTheTestAndTheInterval) {
  int disagreements = 0;
  for (std::uint64_t b = 0; b <= 30; ++b)
    for (std::uint64_t c = 0; c < b; ++c) {
      const ScoreDifference seen = score_difference(PairedCounts{20, b, c, 20}, {});
      const bool by_test = seen.p <= 0.05, by_interval = seen.interval->low > 0.0;
      disagreements += by_test != by_interval;
      EXPECT_EQ(seen.verdict == ReportVerdict::kBetter, by_test && by_interval) << b << " " << c;
    }
  EXPECT_GT(disagreements, 0);
}

TEST(ScoreDifference, OfCountsIsThatOfTheirItems) {
  for (const PairedCounts counts :
       {PairedCounts{70, 15, 5, 10}, PairedCounts{60, 12, 9, 19}, PairedCounts{50, 0, 0, 0}, PairedCounts{1, 7, 1, 9}, PairedCounts{}}) {
    const auto number = [](std::uint64_t items) { return static_cast<int>(items); };
    const Table table = table_of(number(counts.both), number(counts.only_a), number(counts.only_b), number(counts.neither));
    const ScoreDifference by_items = difference_of(table), by_counts = score_difference(counts, {});
    EXPECT_EQ(by_counts.verdict, by_items.verdict);
    EXPECT_EQ(by_counts.items, by_items.items);
    EXPECT_EQ(by_counts.clusters, by_items.clusters);
    EXPECT_EQ(by_counts.test, by_items.test);
    EXPECT_EQ(by_counts.p, by_items.p);
    EXPECT_EQ(by_counts.difference, by_items.difference);
    EXPECT_EQ(by_counts.smallest_detectable, by_items.smallest_detectable);
    ASSERT_EQ(by_counts.interval.has_value(), by_items.interval.has_value());
    if (!by_counts.interval) continue;
    EXPECT_EQ(by_counts.interval->low, by_items.interval->low);
    EXPECT_EQ(by_counts.a.value, by_items.a.value);
    EXPECT_EQ(by_counts.b.interval->high, by_items.b.interval->high);
  }
}

}  // namespace
}  // namespace hone
