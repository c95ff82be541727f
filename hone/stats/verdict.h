#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "hone/stats/proportion.h"

namespace hone {

/// What a report says of A against B, in the order in which the checks are made: the first that applies. "Better" and "worse" are of A.
enum class ReportVerdict {
  kNotComparable,   // Items, gold or metric are not the same.
  kNotDefined,      // The metric has no value here.
  kTooFewItems,     // Items, or their effective number.
  kTooFewClusters,  // Clusters, or degrees of freedom, or most items in one cluster.
  kNotDecided,      // It hangs on scores that are missing.
  kBetter,          // p <= alpha and the interval above 0: both are needed.
  kWorse,
  kSameWithinMargin,  // The interval lies inside +-margin.
  kNeverDiffer,       // On none of these items.
  kNoDifferenceDetectable,
};
/// As JSON shows it: "same_within_margin".
std::string_view to_string(ReportVerdict verdict);

/// Whether there was enough to seek a verdict by: only such are tests that others must be corrected for.
inline bool is_tested(ReportVerdict verdict) { return verdict >= ReportVerdict::kNotDecided; }

struct VerdictOptions {
  double alpha = 0.05;
  std::uint64_t least_items = 30;
  std::uint64_t least_clusters = 10;
  double least_degrees_of_freedom = 4.0;
  double largest_share = 0.5;      // More of the items in one cluster are too few clusters.
  std::optional<double> margin{};  // In the units of the difference.
};

/// What is known of a difference of A less B. Without clusters the defaults of the last three stand.
struct DifferenceSeen {
  bool comparable = true;
  double p = 1.0;                      // Corrected for other tests, where there are any.
  std::optional<Interval> interval{};  // Nothing where the metric or its interval is not defined.
  bool differ = true;                  // On any item.
  double items = 0.0;                  // Or their effective number (Kish), if that is less.
  double clusters = std::numeric_limits<double>::infinity();
  double degrees_of_freedom = std::numeric_limits<double>::infinity();
  double largest_share = 0.0;  // Of the items, in one cluster.
};

/// Never kNotDecided, which takes three of these: as_filled(). Throws kInvalidArgument for alpha not in (0, 1) or a margin not above 0.
ReportVerdict decide(const DifferenceSeen& seen, const VerdictOptions& options = {});

/// The verdict on what was seen, unless it is another one when missing scores are filled best for A, or worst. What comes before
/// kNotDecided in the order stays.
ReportVerdict as_filled(ReportVerdict seen, ReportVerdict best_for_a, ReportVerdict worst_for_a);

/// A gate: A is not worse than B by `margin` or more.
enum class GateVerdict { kPasses, kFails, kUndecided };
std::string_view to_string(GateVerdict verdict);  // "passes", "fails", "undecided"

struct Gate {
  GateVerdict verdict = GateVerdict::kUndecided;
  std::optional<std::uint64_t> items_needed{};  // With kUndecided: as many as would decide, if a smallest detectable effect is known.
};

/// Passes when the interval lies above -margin, fails when it lies below, of a difference A less B. The number of items that would decide
/// is n (smallest detectable effect / margin)^2; no interval leaves it undecided. Throws kInvalidArgument for a margin not above 0.
Gate not_worse_than(double margin, const std::optional<Interval>& interval, std::uint64_t n, std::optional<double> smallest_detectable);

}  // namespace hone
