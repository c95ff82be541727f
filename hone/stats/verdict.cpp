#include "hone/stats/verdict.h"

#include <cmath>

#include "hone/stats/check_internal.h"

namespace hone {
namespace {

bool has_too_few_clusters(const DifferenceSeen& seen, const VerdictOptions& options) {
  return seen.clusters < static_cast<double>(options.least_clusters) || seen.degrees_of_freedom < options.least_degrees_of_freedom ||
         seen.largest_share > options.largest_share;
}

}  // namespace

std::string_view to_string(ReportVerdict verdict) {
  switch (verdict) {
    case ReportVerdict::kNotComparable:
      return "not_comparable";
    case ReportVerdict::kNotDefined:
      return "not_defined";
    case ReportVerdict::kTooFewItems:
      return "too_few_items";
    case ReportVerdict::kTooFewClusters:
      return "too_few_clusters";
    case ReportVerdict::kNotDecided:
      return "not_decided";
    case ReportVerdict::kBetter:
      return "better";
    case ReportVerdict::kWorse:
      return "worse";
    case ReportVerdict::kSameWithinMargin:
      return "same_within_margin";
    case ReportVerdict::kNeverDiffer:
      return "never_differ";
    case ReportVerdict::kNoDifferenceDetectable:
      return "no_difference_detectable";
  }
  return "";
}

ReportVerdict decide(const DifferenceSeen& seen, const VerdictOptions& options) {
  check_between_0_and_1(options.alpha, "alpha");
  if (options.margin) check_positive(*options.margin, "the margin");
  if (!seen.comparable) return ReportVerdict::kNotComparable;
  if (seen.items == 0.0) return ReportVerdict::kTooFewItems;
  // One cluster has no interval, and that is why.
  if (!seen.interval && seen.clusters > 1.0) return ReportVerdict::kNotDefined;
  if (seen.items < static_cast<double>(options.least_items)) return ReportVerdict::kTooFewItems;
  if (!seen.interval || has_too_few_clusters(seen, options)) return ReportVerdict::kTooFewClusters;
  if (seen.p <= options.alpha && seen.interval->low > 0.0) return ReportVerdict::kBetter;
  if (seen.p <= options.alpha && seen.interval->high < 0.0) return ReportVerdict::kWorse;
  if (options.margin && seen.interval->low > -*options.margin && seen.interval->high < *options.margin)
    return ReportVerdict::kSameWithinMargin;
  return seen.differ ? ReportVerdict::kNoDifferenceDetectable : ReportVerdict::kNeverDiffer;
}

ReportVerdict as_filled(ReportVerdict seen, ReportVerdict best_for_a, ReportVerdict worst_for_a) {
  if (seen < ReportVerdict::kNotDecided || (seen == best_for_a && seen == worst_for_a)) return seen;
  return ReportVerdict::kNotDecided;
}

std::string_view to_string(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::kPasses:
      return "passes";
    case GateVerdict::kFails:
      return "fails";
    case GateVerdict::kUndecided:
      return "undecided";
  }
  return "";
}

Gate not_worse_than(double margin, const std::optional<Interval>& interval, std::uint64_t n, std::optional<double> smallest_detectable) {
  check_positive(margin, "the margin");
  if (interval && interval->low > -margin) return {.verdict = GateVerdict::kPasses};
  if (interval && interval->high < -margin) return {.verdict = GateVerdict::kFails};
  Gate gate;
  if (smallest_detectable)
    gate.items_needed = static_cast<std::uint64_t>(std::ceil(static_cast<double>(n) * std::pow(*smallest_detectable / margin, 2)));
  return gate;
}

}  // namespace hone
