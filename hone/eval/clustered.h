#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/proportion.h"

namespace hone {

/// All that a mean needs to know of the items that hang together (one customer, one document).
struct ClusterSum {
  std::uint64_t items = 0;
  double sum = 0.0;  // Of the items' scores.
};

/// Sums by cluster: `cluster_of` has a number per score, any numbers; those that are equal are one cluster. In ascending
/// order of the numbers. O(n log n). REQUIRES: as many numbers as scores.
std::vector<ClusterSum> sum_by_cluster(std::span<const double> scores, std::span<const std::uint32_t> cluster_of);

/// A mean with the CR2 standard error of Bell and McCaffrey (2002): honest for few and for unequal clusters. With one item
/// per cluster it is the usual t interval.
struct ClusteredMean {
  double mean = 0.0;
  double standard_error = 0.0;      // 0 with one cluster, and when all clusters have the same mean.
  double degrees_of_freedom = 0.0;  // 0 with one cluster.
  std::uint64_t items = 0;
  std::uint64_t clusters = 0;
  double largest_share = 0.0;  // Of the items, in one cluster.

  /// Whether an interval is shown as rough and gives no verdict: half of the items in one cluster, or fewer than 4 degrees of freedom.
  bool is_rough() const { return largest_share > 0.5 || degrees_of_freedom < 4.0; }
};

/// Nothing without items.
std::optional<ClusteredMean> clustered_mean(std::span<const ClusterSum> clusters);

/// 95 %, by Student's t; nothing with one cluster or without spread, where a width of zero would be shown.
std::optional<Interval> interval_of(const ClusteredMean& mean);

/// Two-sided p of a mean of zero, by the same t; nothing where interval_of() gives nothing.
std::optional<double> p_of_zero(const ClusteredMean& mean);

/// The least true mean that such data show with 80 % power. REQUIRES: more than one cluster.
double smallest_detectable(const ClusteredMean& mean);

/// Of scores that are 0 or 1: Wilson's interval on the effective number of items, with t in place of z. Nothing with one
/// cluster or without items.
std::optional<Interval> rate_interval(const ClusteredMean& rate);

}  // namespace hone
