#include "hone/eval/class_difference.h"

#include <gtest/gtest.h>

#include <numeric>

#include "hone/core/random.h"

namespace hone {
namespace {

struct Answers {
  std::vector<ClassNumber> gold, a, b;
  std::vector<std::uint32_t> clusters;
  std::size_t classes = 3;

  ScoreDifference difference(bool clustered = false, ClassDifferenceOptions options = {.replicates = 1000, .swaps = 999}) const {
    std::vector<std::uint32_t> rows(gold.size());
    std::iota(rows.begin(), rows.end(), 0u);
    return macro_f1_difference(
        {gold, a, b, clustered ? std::span<const std::uint32_t>(clusters) : std::span<const std::uint32_t>(), classes}, rows, options);
  }
};

// A is right nine times of ten, B six times.
Answers answers(std::size_t items) {
  Answers made;
  RandomStream random(3, "classes");
  for (std::size_t item = 0; item < items; ++item) {
    const auto gold = static_cast<ClassNumber>(random.uniform() * 3);
    const auto said = [&](double right) { return random.uniform() < right ? gold : (gold + 1) % 3; };
    made.gold.push_back(gold);
    made.a.push_back(said(0.9));
    made.b.push_back(said(0.6));
    made.clusters.push_back(static_cast<std::uint32_t>(item / 5));
  }
  return made;
}

// Known answer of section 9 of the statistics: macro-F1 of A is 0.694444.
TEST(ClassDifference, IsTheDifferenceOfMacroF1) {
  const Answers known{
      .gold = {0, 0, 0, 1, 1, 2, 2, 2, 2, 1}, .a = {0, 0, 1, 1, 1, 2, 2, 0, 2, 2}, .b = {0, 0, 0, 1, 1, 2, 2, 2, 2, 1}, .clusters = {}};
  const ScoreDifference difference = known.difference();
  EXPECT_NEAR(difference.a.value, 0.694444, 5.1e-7);
  EXPECT_NEAR(difference.difference, 0.694444 - 1.0, 1e-6);
  EXPECT_EQ(difference.test, DifferenceTest::kSwap);
  EXPECT_EQ(difference.verdict, ReportVerdict::kTooFewItems);
}

TEST(ClassDifference, FindsTheBetterOneByItemsAndByClusters) {
  const Answers made = answers(200);
  for (const bool clustered : {false, true}) {
    const ScoreDifference difference = made.difference(clustered);
    EXPECT_EQ(difference.verdict, ReportVerdict::kBetter);
    EXPECT_EQ(difference.p, 0.001);  // Of 999 swaps none is as large.
    EXPECT_EQ(difference.clusters, clustered ? 40u : 200u);
    EXPECT_EQ(difference.clustering.has_value(), clustered);
    ASSERT_TRUE(difference.interval && difference.smallest_detectable);
    EXPECT_GT(difference.interval->low, 0.1);
    EXPECT_LT(difference.interval->high, 0.5);
  }
}

TEST(ClassDifference, GivesTheSameWithAnyNumberOfThreads) {
  const Answers made = answers(100);
  const auto high = [&](int threads) {
    return made.difference(true, {.replicates = 500, .swaps = 499, .threads = threads}).interval->high;
  };
  EXPECT_EQ(high(1), high(8));
}

TEST(ClassDifference, NeverDiffersFromItself) {
  Answers made = answers(100);
  made.b = made.a;
  const ScoreDifference difference = made.difference();
  EXPECT_EQ(difference.verdict, ReportVerdict::kNeverDiffer);
  EXPECT_GT(difference.interval->high, 0.0);
}

TEST(ClassDifference, HoldsOnlyWhereMissingAnswersCannotTurnIt) {
  Answers made = answers(200);
  made.a[0] = kNoAnswer;
  EXPECT_EQ(made.difference().verdict, ReportVerdict::kBetter);
  EXPECT_EQ(made.difference().items, 199u);
  for (std::size_t item = 0; item < 90; ++item) made.a[item] = kNoAnswer;
  EXPECT_EQ(made.difference().missing_a, 90u);
  EXPECT_EQ(made.difference().verdict, ReportVerdict::kNotDecided);
}

TEST(ClassDifference, HasTooFewClustersBelowSix) {
  Answers made = answers(200);
  for (std::size_t item = 0; item < 200; ++item) made.clusters[item] = static_cast<std::uint32_t>(item / 50);
  EXPECT_EQ(made.difference(true).verdict, ReportVerdict::kTooFewClusters);
}

}  // namespace
}  // namespace hone
