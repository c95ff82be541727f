#include "hone/stats/difference.h"

#include <cassert>
#include <cmath>

#include "hone/stats/check_internal.h"
#include "hone/stats/proportion.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

// Of the part of the variance with its own degrees of freedom; none from what has no spread.
double share_of_degrees(const ClusteredMean& mean) {
  if (mean.standard_error == 0.0) return 0.0;
  return std::pow(mean.standard_error, 4) / mean.degrees_of_freedom;
}

Interval never_differing(std::uint64_t clusters, double alpha, double range) {
  const double z2 = std::pow(two_sided_z(alpha), 2), half = range * z2 / (static_cast<double>(clusters) + z2);
  return {-half, half};
}

}  // namespace

PairedDifference paired_difference(std::span<const double> a, std::span<const double> b, std::span<const std::uint32_t> cluster_of,
                                   const PairedDifferenceOptions& options) {
  check_same_length(a.size(), b.size(), "scores of A and B");
  check_between_0_and_1(options.alpha, "alpha");
  check_positive(options.range, "the range of the scores");
  check_finite(a, "scores of A");
  check_finite(b, "scores of B");
  PairedDifference result;
  std::vector<double> differences(a.size());
  for (std::size_t item = 0; item < a.size(); ++item) {
    differences[item] = a[item] - b[item];
    result.differing += a[item] != b[item];
  }
  const auto mean = clustered_mean(sum_by_cluster(differences, cluster_of));
  if (!mean) return result;
  result.mean = *mean;
  if (mean->clusters < 2) {
    result.interval = NotDefined::kOneCluster;
  } else if (result.differing == 0) {
    result.interval = never_differing(mean->clusters, options.alpha, options.range);
  } else if (const auto interval = interval_of(*mean, options.alpha)) {
    result.interval = *interval;
    result.p = *p_of_zero(*mean);
  } else {
    result.interval = NotDefined::kNoSpread;
  }
  return result;
}

std::optional<Interval> newcombe_independent(std::uint64_t count_a, std::uint64_t n_a, std::uint64_t count_b, std::uint64_t n_b, double z) {
  const auto a = wilson(count_a, n_a, z), b = wilson(count_b, n_b, z);
  if (!a || !b) return std::nullopt;
  const double p_a = static_cast<double>(count_a) / static_cast<double>(n_a), p_b = static_cast<double>(count_b) / static_cast<double>(n_b);
  return Interval{p_a - p_b - std::hypot(p_a - a->low, b->high - p_b), p_a - p_b + std::hypot(a->high - p_a, p_b - b->low)};
}

Defined<UnpairedDifference> difference_of_means(const ClusteredMean& a, const ClusteredMean& b, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  if (a.items == 0 || b.items == 0) return NotDefined::kNoItems;
  if (a.clusters < 2 || b.clusters < 2) return NotDefined::kOneCluster;
  UnpairedDifference result;
  result.difference = a.mean - b.mean;
  result.standard_error = std::hypot(a.standard_error, b.standard_error);
  if (result.standard_error == 0.0) return NotDefined::kNoSpread;
  result.degrees_of_freedom = std::pow(result.standard_error, 4) / (share_of_degrees(a) + share_of_degrees(b));
  const double half = two_sided_t(alpha, result.degrees_of_freedom) * result.standard_error;
  result.interval = {result.difference - half, result.difference + half};
  result.p = two_sided_p(result.difference / result.standard_error, result.degrees_of_freedom);
  return result;
}

}  // namespace hone
