#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hone/stats/missing.h"
#include "hone/stats/paired.h"
#include "hone/stats/verdict.h"

namespace hone {

/// What was asked of a difference, by what it is a difference of.
enum class DifferenceTest {
  kNone,       // No item has both scores.
  kMcNemar,    // Right or wrong, one item per cluster: mid-p, and Tango's interval.
  kPairedT,    // Any score, one item per cluster: Student's t of the differences.
  kClusterT,   // Any score, clusters of several items: CR2 standard error, Student's t with its own degrees of freedom.
  kJackknife,  // AUROC: the difference without each cluster in turn, Student's t.
  kSwap,       // A metric that is no mean of items: A's and B's answers swapped, by cluster; bootstrap interval over clusters.
};
std::string_view to_string(DifferenceTest test);  // "mcnemar_mid_p", "paired_t", "cluster_t", "jackknife_t", "swap"

/// One item per row. Borrows everything for the call.
struct PairedScores {
  std::span<const double> a, b;             // NaN: missing.
  std::span<const std::uint32_t> clusters;  // By row; rows of one number hang together. Empty: each stands alone.
};

struct ScoreDifferenceOptions {
  VerdictOptions verdict = {};
  ScoreRange range = {};         // Of scores; missing ones may be anything in it.
  bool lower_is_better = false;  // Of losses.
};

/// How far the differences of one cluster are alike, and what that costs.
struct ClusteringEffect {
  std::optional<double> intracluster_correlation = {};  // Of the differences of items, where the metric is their mean and it can be told.
  std::optional<double> effective_items = {};           // So many independent items would tell as much of their mean.
  double largest_share = 0.0;                           // Of the items, in one cluster.
};

struct MeasuredScore {
  double value = 0.0;                     // Mean over the items that have both scores.
  std::optional<Interval> interval = {};  // Nothing with one cluster or without spread.
};

/// A less B over the items that have both scores.
struct ScoreDifference {
  std::uint64_t items = 0;
  std::uint64_t clusters = 0;  // The items, where each stands alone.
  MeasuredScore a = {}, b = {};
  double difference = 0.0;
  std::optional<Interval> interval = {};
  double p = 1.0;
  DifferenceTest test = DifferenceTest::kNone;
  std::uint64_t differing = 0;                      // Items on which the scores are not the same.
  std::optional<PairedCounts> counts = {};          // Where all scores are right or wrong.
  std::optional<ClusteringEffect> clustering = {};  // Where a cluster has several items.
  double degrees_of_freedom = 0.0;                  // Of the t tests.
  std::optional<double> smallest_detectable = {};   // With 80 % power; nothing where no difference could be detected at all.
  std::uint64_t missing_a = 0, missing_b = 0;
  ReportVerdict verdict = ReportVerdict::kTooFewItems;

  /// What the verdict rests on, as things are and with the missing scores filled best and worst for A; for with_corrected_p(). A score
  /// that is better when lower is turned round in these.
  DifferenceSeen seen, best, worst;
};

/// Of the given rows. O(rows log rows). Throws kInvalidArgument where lengths do not fit, and as missing.h and clustered.h do.
ScoreDifference score_difference(const PairedScores& scores, std::span<const std::uint32_t> rows, const ScoreDifferenceOptions& options);
/// Of all of them.
ScoreDifference score_difference(const PairedScores& scores, const ScoreDifferenceOptions& options);
/// The same of items that each stand alone and are right or wrong, from how many there are of each kind. O(1) but for the tail of a
/// binomial.
ScoreDifference score_difference(const PairedCounts& counts, const ScoreDifferenceOptions& options);

/// Corrects the p of those that are tested for how many they are (Holm), and their verdicts with it: by difference, the corrected p, and 1
/// for those that are not tested.
std::vector<double> correct_for_many(std::span<ScoreDifference> differences, const VerdictOptions& options);

}  // namespace hone
