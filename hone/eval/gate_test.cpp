#include "hone/eval/gate.h"

#include <gtest/gtest.h>

#include <vector>

#include "hone/core/complaint_testing.h"
#include "hone/core/random.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// Two classes; answers of A and of the baseline with so many rows right by both, by A alone, by the baseline alone, by none.
struct Judgements {
  std::vector<ClassId> gold, a, baseline;
  Judgements(const PairedCounts& counts) {
    add(counts.both, true, true), add(counts.only_a, true, false), add(counts.only_b, false, true), add(counts.neither, false, false);
  }
  void add(std::uint64_t rows, bool a_right, bool baseline_right) {
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto truth = static_cast<ClassId>(gold.size() % 2);
      gold.push_back(truth);
      a.push_back(a_right ? truth : static_cast<ClassId>(1 - truth));
      baseline.push_back(baseline_right ? truth : static_cast<ClassId>(1 - truth));
    }
  }
  GateRows rows(std::span<const std::uint32_t> clusters = {}) const { return {gold, a, clusters, 2}; }
};

TEST(Gate, PassesFailsAndStaysUndecidedByTangosInterval) {
  const Judgements made({.both = 70, .only_a = 15, .only_b = 5, .neither = 10});  // [0.013447, 0.192397] (statistics, 5).
  const GateFinding found = judge_against(made.rows(), made.baseline, 0.02, {});
  EXPECT_EQ(found.verdict, GateVerdict::kPasses);
  EXPECT_NEAR(found.value, 0.1, 1e-12);
  EXPECT_NEAR(found.interval->low, 0.013447, 1e-6);
  EXPECT_NEAR(found.interval->high, 0.192397, 1e-6);
  const Judgements other({.both = 70, .only_a = 5, .only_b = 15, .neither = 10});
  EXPECT_EQ(judge_against(other.rows(), other.baseline, 0.01, {}).verdict, GateVerdict::kFails);
  const GateFinding open = judge_against(other.rows(), other.baseline, 0.1, {});
  EXPECT_EQ(open.verdict, GateVerdict::kUndecided);
  EXPECT_EQ(open.why, "");
  ASSERT_TRUE(open.items_needed);
  EXPECT_GT(*open.items_needed, 100u);
}

TEST(Gate, OfTheSameAnswersPassesWhereThereAreRowsEnough) {
  const Judgements made({.both = 400, .neither = 100});
  EXPECT_EQ(judge_against(made.rows(), made.baseline, 0.02, {}).verdict, GateVerdict::kPasses);
  EXPECT_EQ(judge_against(made.rows(), made.baseline, 0.001, {}).verdict, GateVerdict::kUndecided);
}

TEST(Gate, IsHarderToDecideWhereManyAreLookedAt) {
  const Judgements made({.both = 70, .only_a = 5, .only_b = 15, .neither = 10});
  EXPECT_EQ(judge_against(made.rows(), made.baseline, 0.01, {.alpha = 0.05}).verdict, GateVerdict::kFails);
  EXPECT_EQ(judge_against(made.rows(), made.baseline, 0.01, {.alpha = 0.05 / 6.0}).verdict, GateVerdict::kUndecided);
}

TEST(Gate, NeedsRowsAndGroups) {
  const Judgements few({.both = 18});
  EXPECT_EQ(judge_against(few.rows(), few.baseline, 0.5, {}).why, "too few rows: 18 of 30 needed");
  EXPECT_EQ(judge_level(few.rows(), 0.5, {}).why, "too few rows: 18 of 30 needed");
  const Judgements made({.both = 40, .only_a = 20, .only_b = 20});
  std::vector<std::uint32_t> clusters;
  for (std::uint32_t row = 0; row < 80; ++row) clusters.push_back(row % 8);
  EXPECT_EQ(judge_against(made.rows(clusters), made.baseline, 0.5, {}).why, "too few groups: 8 of 10 needed");
  EXPECT_EQ(judge_against(made.rows(std::vector<std::uint32_t>(80, 3)), made.baseline, 0.5, {}).verdict, GateVerdict::kUndecided);
  EXPECT_EQ(judge_against(GateRows{{}, {}, {}, 2}, {}, 0.5, {}).why, "no rows to compare on");
}

TEST(Gate, IsWiderWhereRowsHangTogether) {
  const Judgements made({.both = 400, .only_a = 40, .only_b = 60});
  std::vector<std::uint32_t> clusters;  // All rows on which they differ lie in a few groups.
  for (std::uint32_t row = 0; row < 500; ++row) clusters.push_back(row / 20);
  const GateFinding alone = judge_against(made.rows(), made.baseline, 0.02, {}),
                    together = judge_against(made.rows(clusters), made.baseline, 0.02, {});
  ASSERT_TRUE(alone.interval && together.interval);
  EXPECT_GT(together.interval->high - together.interval->low, 1.5 * (alone.interval->high - alone.interval->low));
  EXPECT_EQ(together.clusters, 25u);
}

TEST(Gate, OnALevelGoesByTheMetricsOwnInterval) {
  const Judgements made({.both = 45, .neither = 5});  // Wilson [0.786398, 0.956524].
  EXPECT_EQ(judge_level(made.rows(), 0.78, {}).verdict, GateVerdict::kPasses);
  EXPECT_EQ(judge_level(made.rows(), 0.9, {}).verdict, GateVerdict::kUndecided);
  EXPECT_EQ(judge_level(made.rows(), 0.96, {}).verdict, GateVerdict::kFails);
}

TEST(Gate, OnMacroF1CountsARowWithoutAnswerAsWrongAndAsNoClass) {
  std::vector<ClassId> gold, answers;
  for (std::uint32_t row = 0; row < 200; ++row) {
    gold.push_back(static_cast<ClassId>(row % 2));
    answers.push_back(row % 10 == 0 ? kNoClass : gold.back());
  }
  const GateFinding found = judge_level({gold, answers, {}, 2}, 0.9, {.metric = "macro-f1"});
  EXPECT_NEAR(found.value, 0.5 * (2.0 * 80 / 180 + 1.0), 1e-12);  // Class 0 has 20 misses, class 1 none.
  ASSERT_TRUE(found.interval);
  EXPECT_EQ(found.verdict, GateVerdict::kPasses);
  EXPECT_EQ(judge_against({gold, answers, {}, 2}, gold, 0.01, {.metric = "macro-f1"}).verdict, GateVerdict::kFails);
  EXPECT_EQ(judge_against({gold, gold, {}, 2}, gold, 0.01, {.metric = "macro-f1"}).verdict,
            GateVerdict::kUndecided);  // No spread: it says so.
}

TEST(Gate, RefusesWhatDoesNotFit) {
  const Judgements made({.both = 40});
  EXPECT_THROW(judge_against(made.rows(), made.baseline, 0.0, {}), Error);
  EXPECT_THROW(judge_against(made.rows(), made.baseline, 0.1, {.alpha = 0.0}), Error);
  EXPECT_THROW(judge_against(made.rows(), std::vector<ClassId>{0}, 0.1, {}), Error);
  EXPECT_THROW(judge_level(made.rows(), 0.1, {.metric = "charm"}), Error);
  EXPECT_THROW(judge_level({made.gold, made.a, {}, 1}, 0.1, {}), Error);
}

// Looks after each of ten batches of the same rows, two gates, a true difference right at the margin: a gate that may fail at 5 % a look
// does so in far more than 5 % of the series, one whose looks share the 5 % does not.
TEST(Gate, LooksThatShareTheirAlphaRaiseNoFalseAlarms) {
  RandomStream random(7, "test.gates");
  int alone = 0, shared = 0;
  constexpr int kSeries = 300, kLooks = 10;
  for (int series = 0; series < kSeries; ++series) {
    bool failed_alone = false, failed_shared = false;
    PairedCounts counts;
    for (int look = 1; look <= kLooks; ++look) {
      for (int row = 0; row < 100; ++row) {
        const double draw = random.uniform();  // Differ on a tenth of the rows, 4 points worse: the margin.
        ++(draw < 0.03 ? counts.only_a : draw < 0.1 ? counts.only_b : counts.both);
      }
      const Judgements made(counts);
      failed_alone |= judge_against(made.rows(), made.baseline, 0.04, {}).verdict == GateVerdict::kFails;
      failed_shared |=
          judge_against(made.rows(), made.baseline, 0.04, {.alpha = 0.05 / (look * (look + 1))}).verdict == GateVerdict::kFails;
    }
    alone += failed_alone, shared += failed_shared;
  }
  EXPECT_GT(alone, kSeries * 6 / 100);
  EXPECT_LT(shared, kSeries * 5 / 100);
}

}  // namespace
}  // namespace hone
