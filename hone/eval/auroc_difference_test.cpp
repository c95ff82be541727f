#include "hone/eval/auroc_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/auroc.h"

namespace hone {
namespace {

struct Ranked {
  std::vector<double> a, b;
  std::vector<std::uint8_t> positive;
  std::vector<std::uint32_t> clusters;

  ScoreDifference difference(bool clustered = false) const {
    std::vector<std::uint32_t> rows(a.size());
    std::iota(rows.begin(), rows.end(), 0u);
    return auroc_difference({a, b, clustered ? std::span<const std::uint32_t>(clusters) : std::span<const std::uint32_t>()}, positive, rows,
                            {});
  }
};

// A's scores tell positives apart, B's hardly.
Ranked ranked(std::size_t items) {
  Ranked made;
  RandomStream random(7, "auroc");
  for (std::size_t item = 0; item < items; ++item) {
    const bool positive = random.uniform() < 0.4;
    made.positive.push_back(positive);
    made.a.push_back(std::floor(20 * (random.uniform() + (positive ? 0.5 : 0.0))));
    made.b.push_back(std::floor(20 * (random.uniform() + (positive ? 0.1 : 0.0))));
    made.clusters.push_back(static_cast<std::uint32_t>(item / 4));
  }
  return made;
}

double auroc_without(const Ranked& items, const std::vector<double>& scores, std::uint32_t cluster, bool clustered) {
  std::vector<double> left;
  std::vector<std::uint8_t> positive;
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if ((clustered ? items.clusters[item] : item) == cluster) continue;
    left.push_back(scores[item]);
    positive.push_back(items.positive[item]);
  }
  return auroc(left, positive)->value;
}

// The oracle computes each without the cluster from the items that are left.
TEST(AurocDifference, IsTheJackknifeOverItemsOrClusters) {
  const Ranked items = ranked(120);
  for (const bool clustered : {false, true}) {
    const std::uint32_t groups = clustered ? 30 : 120;
    std::vector<double> values;
    for (std::uint32_t group = 0; group < groups; ++group)
      values.push_back(auroc_without(items, items.a, group, clustered) - auroc_without(items, items.b, group, clustered));
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / groups;
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double error = std::sqrt(squares * (groups - 1.0) / groups);
    const ScoreDifference difference = items.difference(clustered);
    const double t = clustered ? 2.045230 : 1.980100;  // 29 and 119 degrees of freedom.
    ASSERT_TRUE(difference.interval);
    EXPECT_NEAR((difference.interval->high - difference.interval->low) / 2, t * error, 1e-5 * t);
    EXPECT_NEAR(difference.difference, auroc(items.a, items.positive)->value - auroc(items.b, items.positive)->value, 1e-12);
    EXPECT_EQ(difference.clusters, groups);
    EXPECT_EQ(difference.verdict, ReportVerdict::kBetter);
  }
}

TEST(AurocDifference, NeverDiffersFromItself) {
  Ranked items = ranked(60);
  items.b = items.a;
  EXPECT_EQ(items.difference().verdict, ReportVerdict::kNeverDiffer);
  EXPECT_TRUE(items.difference().interval);
}

TEST(AurocDifference, IsNotDefinedWithOneClassOrWithoutSomeItem) {
  Ranked items = ranked(60);
  items.positive.assign(60, 1);
  EXPECT_EQ(items.difference().verdict, ReportVerdict::kNotDefined);
  items.positive.assign(60, 0);
  items.positive[0] = 1;
  EXPECT_EQ(items.difference().verdict, ReportVerdict::kNotDefined);
}

TEST(AurocDifference, HoldsOnlyWhereMissingScoresCannotTurnIt) {
  Ranked items = ranked(120);
  items.b[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(items.difference().verdict, ReportVerdict::kBetter);
  EXPECT_EQ(items.difference().missing_b, 1u);
  for (std::size_t item = 0; item < 60; ++item) items.a[item] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(items.difference().verdict, ReportVerdict::kNotDecided);
}

TEST(AurocDifference, RefusesLengthsThatDoNotFit) {
  EXPECT_THROW(auroc_difference({{}, {}, {}}, std::vector<std::uint8_t>{1}, {}, {}), Error);
}

}  // namespace
}  // namespace hone
