#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// The area under the ROC curve: how often a positive item scores above a negative one, ties by half.
struct Auroc {
  double value = 0.0;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  double standard_error = 0.0;  // DeLong's where items stand alone, else the jackknife's over clusters.
  Defined<Interval> interval;   // On the logit scale, so within (0, 1); else kSeparable, kOneCluster, kTooManyUndefined or kNoSpread.
};

/// `positive[i]` says whether item i is one. `cluster_of` has a number per item, equal ones being one cluster; empty: each item stands
/// alone. kNoItems, or kOneClass when there is no positive or no negative item. O(n log n). Throws kInvalidArgument for scores that are
/// not finite, lengths that differ, or alpha not in (0, 1).
Defined<Auroc> auroc(std::span<const double> scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> cluster_of = {},
                     double alpha = 0.05);

/// The value without each cluster in turn, in the order of their numbers: what a jackknife of it, or of a difference of two, goes by. Not a
/// number where a kind is missing then. O(n log n). Throws kInvalidArgument as above.
std::vector<double> auroc_without_each(std::span<const double> scores, std::span<const std::uint8_t> positive,
                                       std::span<const std::uint32_t> cluster_of = {});

}  // namespace hone
