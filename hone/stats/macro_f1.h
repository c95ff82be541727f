#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/cluster_cells.h"

namespace hone {

/// Classes as the statistics know them: 0..classes-1.
using ClassNumber = std::uint32_t;

/// F1 of a class is 2 tp / (2 tp + fp + fn). Its statistics add up: what was right of each class, then what was gold or predicted of each
/// (an item counts in both), so that F1 = 2 right / counted.
struct ClassF1 {
  std::optional<double> f1;  // Nothing for a class that is neither gold nor predicted.
  std::uint64_t gold = 0;    // Items.
};

/// Per class. Throws kInvalidArgument for lengths that differ or a class that is none of `classes`.
std::vector<ClassF1> f1_by_class(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted, std::size_t classes);

/// Classes with gold, but fewer than 5 items of it: their F1 moves by a fifth with one item, and is named beside the mean.
std::vector<ClassNumber> classes_with_little_gold(std::span<const ClassF1> found);

/// The mean F1 over classes that occur, from summed statistics: a Metric. Not a number when none occurs.
double macro_f1(std::span<const double> totals);

/// Statistics of macro_f1(). `cluster_of` as of mean_cells(). O(n log n) with clusters; O(n + classes^2) without. Throws as f1_by_class().
ClusterCells macro_f1_cells(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted,
                            std::span<const std::uint32_t> cluster_of, std::size_t classes);
/// A's, then B's: for difference_of(macro_f1) and swap_test().
ClusterCells macro_f1_cells(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted_a,
                            std::span<const ClassNumber> predicted_b, std::span<const std::uint32_t> cluster_of, std::size_t classes);

}  // namespace hone
