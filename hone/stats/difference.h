#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/clustered.h"
#include "hone/stats/not_defined.h"

namespace hone {

/// The mean of A less that of B over the same items: the mean of their differences, by cluster. Pairing gains the covariance of the two,
/// so two separate intervals are never compared.
struct PairedDifference {
  ClusteredMean mean;           // Of a - b; without items all 0.
  std::uint64_t differing = 0;  // Items on which the two scores are not the same.
  Defined<Interval> interval;   // Else kNoItems, kOneCluster or kNoSpread.
  double p = 1.0;               // Two-sided, by the same t; 1 where the two never differ or there is no interval.
};

struct PairedDifferenceOptions {
  double alpha = 0.05;
  double range = 1.0;  // Highest possible score less the lowest: how much one item may differ. Of use only where none does.
};

/// `cluster_of` has a number per item; equal numbers are one cluster. Where no item differs the interval is that of Tango (1998) for
/// clusters that never differ, +-z^2/(G + z^2) of the range, for the rate at which they could. O(n log n).
/// Throws kInvalidArgument for a score that is not finite, lengths that differ, alpha not in (0, 1) or a range not above 0.
PairedDifference paired_difference(std::span<const double> a, std::span<const double> b, std::span<const std::uint32_t> cluster_of,
                                   const PairedDifferenceOptions& options = {});

/// A rate less another one, of different items (Newcombe 1998, method 10 for independent samples); nothing when either has no items.
/// REQUIRES: counts no more than their items.
std::optional<Interval> newcombe_independent(std::uint64_t count_a, std::uint64_t n_a, std::uint64_t count_b, std::uint64_t n_b,
                                             double z = kZ95);

/// The mean of A less that of B on different items, each with its clusters.
struct UnpairedDifference {
  double difference = 0.0;
  double standard_error = 0.0;
  double degrees_of_freedom = 0.0;
  Interval interval;
  double p = 1.0;
};

/// With one item per cluster the test of Welch (1947). Else kOneCluster, or kNoSpread when neither has any; where only one has, the
/// degrees of freedom are its own. Throws kInvalidArgument for alpha not in (0, 1).
Defined<UnpairedDifference> difference_of_means(const ClusteredMean& a, const ClusteredMean& b, double alpha = 0.05);

}  // namespace hone
