#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hone {

/// Items of a class: by gold, as predicted, and both.
struct ClassCounts {
  std::uint64_t gold = 0, predicted = 0, right = 0;
  std::uint64_t named() const { return gold + predicted; }
  std::optional<double> f1() const;  // Nothing where neither names it.
};
ClassCounts sum_of(std::span<const ClassCounts> counts);

/// An F1 with what each item does to it, so that it can be treated as a mean over items, clusters and all (clustered.h): F = 2R / N is a
/// ratio of sums, and to first order (Taylor linearization: W. G. Cochran, Sampling Techniques, 1977, section 6.4) it moves with an item
/// that adds r to R and n to N by (2 r - F n) / N. Its interval is rate_interval() of the mean of the scores: Wilson's on the number of
/// independent items that has the same spread.
struct LinearF1 {
  double value = 0.0;                // 0 where nothing is named.
  std::vector<double> f1, by_class;  // By class: the F1 that an item's answer on it is held against, and how much it counts.
  std::vector<double> by_gold = {};  // By class: what an item of it adds by its weight alone; empty: nothing.

  /// Of an item with these classes in gold and predicted, each at most once. The mean over the items is the value, and their spread that of
  /// the value.
  template <typename Gold, typename Predicted>
  double score(const Gold& gold, const Predicted& predicted) const {
    double score = value;
    for (const auto id : gold) score += (by_gold.empty() ? 0.0 : by_gold[id]) - by_class[id] * f1[id];
    for (const auto id : predicted) score += by_class[id] * ((std::ranges::find(gold, id) != std::ranges::end(gold) ? 2.0 : 0.0) - f1[id]);
    return score;
  }
};

// Of so many items. Classes that neither gold nor a prediction names do not count.
LinearF1 linear_micro_f1(std::span<const ClassCounts> counts, std::size_t items);     // Over all classes at once.
LinearF1 linear_macro_f1(std::span<const ClassCounts> counts, std::size_t items);     // The mean over classes.
LinearF1 linear_weighted_f1(std::span<const ClassCounts> counts, std::size_t items);  // The same by gold items of the class.
LinearF1 linear_f1_of_class(std::span<const ClassCounts> counts, std::size_t id, std::size_t items);

}  // namespace hone
