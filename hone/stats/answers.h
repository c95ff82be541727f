#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/clustered.h"

namespace hone {

/// Several answers per item: the item is the cluster, and its mean answer the score. More answers help only while within/K is the larger
/// part of the variance; more items always do.
struct RepeatedAnswers {
  std::vector<double> item_means;  // Scores for everything else: clustered.h, bootstrap.h.
  double mean = 0.0;               // Of the item means.
  double standard_error = 0.0;     // Of that mean; 0 with one item.
  double within = 0.0;             // Mean variance between answers to one item; of items with two answers or more.
  double between = 0.0;            // Variance of the items' true means: that of the item means less what answers add; not below 0.
};

/// `item_of` has a number per answer; equal numbers are one item. Nothing without answers. O(n log n). Throws kInvalidArgument for scores
/// that are not finite or lengths that differ.
std::optional<RepeatedAnswers> repeated_answers(std::span<const double> scores, std::span<const std::uint32_t> item_of);

}  // namespace hone
