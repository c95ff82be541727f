#include "hone/eval/gate.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "hone/core/complaint_testing.h"
#include "hone/core/random.h"
#include "hone/eval/set_f1_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// A class each; kNoClass: no answer.
ClassSets one_each(const std::vector<ClassId>& classes) {
  ClassSets sets;
  for (const ClassId id : classes) id == kNoClass ? sets.add_unknown() : sets.add(std::vector{id});
  return sets;
}

ClassSets sets_of(const std::vector<std::vector<ClassId>>& rows) {
  ClassSets sets;
  for (const std::vector<ClassId>& row : rows) sets.add(row);
  return sets;
}

// Two classes; answers of A and of the baseline with so many rows right by both, by A alone, by the baseline alone, by none.
struct Judgements {
  ClassSets gold, a, baseline;
  Judgements(const PairedCounts& counts) {
    add(counts.both, true, true), add(counts.only_a, true, false), add(counts.only_b, false, true), add(counts.neither, false, false);
  }
  void add(std::uint64_t rows, bool a_right, bool baseline_right) {
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto truth = static_cast<ClassId>(gold.examples() % 2), other = static_cast<ClassId>(1 - truth);
      gold.add({&truth, 1});
      a.add({a_right ? &truth : &other, 1});
      baseline.add({baseline_right ? &truth : &other, 1});
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
  EXPECT_EQ(judge_against(GateRows{ClassSets(), ClassSets(), {}, 2}, ClassSets(), 0.5, {}).why, "no rows to compare on");
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
  std::vector<ClassId> true_classes, said;
  for (std::uint32_t row = 0; row < 200; ++row) {
    true_classes.push_back(static_cast<ClassId>(row % 2));
    said.push_back(row % 10 == 0 ? kNoClass : true_classes.back());
  }
  const ClassSets gold = one_each(true_classes), answers = one_each(said);
  const GateFinding found = judge_level({gold, answers, {}, 2}, 0.9, {.metric = "macro-f1"});
  EXPECT_NEAR(found.value, 0.5 * (2.0 * 80 / 180 + 1.0), 1e-12);  // Class 0 has 20 misses, class 1 none.
  ASSERT_TRUE(found.interval);
  EXPECT_EQ(found.verdict, GateVerdict::kPasses);
  EXPECT_EQ(judge_against({gold, answers, {}, 2}, gold, 0.01, {.metric = "macro-f1"}).verdict, GateVerdict::kFails);
  EXPECT_EQ(judge_against({gold, gold, {}, 2}, gold, 0.01, {.metric = "macro-f1"}).verdict,
            GateVerdict::kUndecided);  // No spread: it says so.
}

// Of 60 rows class 0 is right on all 20 that hold it; class 1 on 20, missed on 20 and said without cause on 20.
TEST(Gate, OfRowsOfSeveralClassesCountsWholeRowsAndClasses) {
  std::vector<std::vector<ClassId>> gold, answers;
  for (int row = 0; row < 20; ++row) {
    gold.insert(gold.end(), {{0, 1}, {1}, {}});
    answers.insert(answers.end(), {{0, 1}, {}, {1}});
  }
  const ClassSets truth = sets_of(gold), said = sets_of(answers);
  const GateRows rows{truth, said, {}, 3};  // A class that nobody names is no class to average over.
  EXPECT_NEAR(judge_level(rows, 0.5, {}).value, 1.0 / 3.0, 1e-12);
  const GateFinding micro = judge_level(rows, 0.5, {.metric = "micro-f1"}), macro = judge_level(rows, 0.5, {.metric = "macro-f1"});
  EXPECT_NEAR(micro.value, 2.0 * 40 / (60 + 60), 1e-12);
  EXPECT_NEAR(macro.value, (1.0 + 2.0 * 20 / 80) / 2.0, 1e-12);
  ASSERT_TRUE(micro.interval && macro.interval);
  EXPECT_LT(micro.interval->low, micro.value);
  EXPECT_GT(micro.interval->high, micro.value);
  const GateFinding worse = judge_against(rows, truth, 0.05, {.metric = "micro-f1"});
  EXPECT_NEAR(worse.value, micro.value - 1.0, 1e-12);
  EXPECT_EQ(worse.verdict, GateVerdict::kFails);
  EXPECT_EQ(judge_against({truth, truth, {}, 3}, said, 0.05, {.metric = "micro-f1"}).verdict, GateVerdict::kPasses);
}

// To first order it is a mean over rows: the linearization of the report is another way to the interval.
TEST(Gate, OfMicroF1HasTheIntervalThatLinearizationGives) {
  RandomStream random(11, "test.gates.micro");
  ClassSets gold, answers;
  SoftSets labels(std::vector<float>(4, 0.0F));
  std::vector<std::uint32_t> rows(1000);
  std::iota(rows.begin(), rows.end(), 0U);
  for ([[maybe_unused]] const std::uint32_t row : rows) {
    std::vector<ClassId> held, said;
    for (ClassId id = 0; id < 4; ++id) {
      if (random.uniform() < 0.3) held.push_back(id);
      if (random.uniform() < (!held.empty() && held.back() == id ? 0.8 : 0.1)) said.push_back(id);
    }
    gold.add(held);
    answers.add(said);
    labels.add_pattern(said, std::vector<float>(said.size(), 1.0F));
  }
  const JudgedSets judged{labels, gold, {}};
  const std::vector<double> scores = f1_scores(linear_micro_f1(count_held(judged, rows), rows.size()), judged, rows);
  const auto mean = clustered_mean(sum_by_cluster(scores, rows));
  const Interval linear = interval_of(*mean).value();
  const GateFinding micro = judge_level({gold, answers, {}, 4}, 0.5, {.metric = "micro-f1"});
  EXPECT_NEAR(micro.value, mean->mean, 1e-12);
  EXPECT_NEAR(micro.interval->low, linear.low, 0.001);
  EXPECT_NEAR(micro.interval->high, linear.high, 0.001);
  EXPECT_NEAR(judge_level({gold, answers, {}, 4}, 0.5, {.metric = "macro-f1"}).value, measure_sets(judged, rows)->macro_f1.value, 1e-12);
}

TEST(Gate, OnRowsWithoutAnyClassARowWithoutAnswerIsWrong) {
  ClassSets gold, silent, none;
  for (int row = 0; row < 40; ++row) gold.add({}), silent.add_unknown(), none.add({});
  EXPECT_EQ(judge_level({gold, none, {}, 2}, 0.5, {}).value, 1.0);
  EXPECT_EQ(judge_level({gold, silent, {}, 2}, 0.5, {}).value, 0.0);
  EXPECT_EQ(judge_level({gold, none, {}, 2}, 0.5, {.metric = "micro-f1"}).verdict, GateVerdict::kUndecided);
}

TEST(Gate, RefusesWhatDoesNotFit) {
  const Judgements made({.both = 40});
  EXPECT_THROW(judge_against(made.rows(), made.baseline, 0.0, {}), Error);
  EXPECT_THROW(judge_against(made.rows(), made.baseline, 0.1, {.alpha = 0.0}), Error);
  EXPECT_THROW(judge_against(made.rows(), one_each({0}), 0.1, {}), Error);
  EXPECT_THROW(judge_level({one_each({0, kNoClass}), one_each({0, 1}), {}, 2}, 0.1, {}), Error);
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
