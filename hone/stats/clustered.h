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
/// order of the numbers. O(n log n). Throws kInvalidArgument when there are not as many numbers as scores, or a score is not finite.
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

/// The usual standard error of a mean over clusters, CR1 (Liang and Zeger 1986, times G/(G-1)), too small where clusters are few or of
/// unequal size: to set ours beside other programs'. REQUIRES: more than one cluster.
double cr1_standard_error(std::span<const ClusterSum> clusters);

/// By Student's t; nothing with one cluster or without spread, where a width of zero would be shown. REQUIRES: alpha in (0, 1).
std::optional<Interval> interval_of(const ClusteredMean& mean, double alpha = 0.05);

/// Two-sided p of a mean of zero, by the same t; nothing where interval_of() gives nothing.
std::optional<double> p_of_zero(const ClusteredMean& mean);

/// The least true mean that such data show with 80 % power. REQUIRES: more than one cluster.
double smallest_detectable(const ClusteredMean& mean, double alpha = 0.05);

/// How many independent items would tell as much of a rate (Kish 1965, as Korn and Graubard 1998 use it): p(1-p)/SE^2, at most the items;
/// as many as there are clusters when all items or none are right. REQUIRES: more than one cluster.
double effective_items(const ClusteredMean& rate);

/// Of scores that are 0 or 1: Wilson's interval on the effective number of items, with t in place of z. Nothing with one
/// cluster or without items.
std::optional<Interval> rate_interval(const ClusteredMean& rate, double alpha = 0.05);

/// How alike the items of one cluster are, 0..1.
struct IntraclassCorrelation {
  double value = 0.0;         // Below 0 is shown as 0.
  double typical_size = 0.0;  // Of a cluster; the sizes' mean where all are equal.
};

/// By one-way analysis of variance (Fisher 1925; unequal sizes as in Donner 1986). Nothing with one cluster, without a cluster of two
/// items, or without spread. O(n log n). Throws kInvalidArgument as sum_by_cluster() does.
std::optional<IntraclassCorrelation> intraclass_correlation(std::span<const double> scores, std::span<const std::uint32_t> cluster_of);

}  // namespace hone
