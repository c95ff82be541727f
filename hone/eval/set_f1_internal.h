#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/eval/set_evaluation.h"

namespace hone {

/// Those of `asked` that have gold. Throws kInvalidArgument when gold does not fit the labels.
std::vector<std::uint32_t> rows_with_gold_sets(const JudgedSets& judged, std::span<const std::uint32_t> asked);

/// Rows that hold a class: by gold, by label, by both.
struct HeldCounts {
  std::uint64_t gold = 0, predicted = 0, right = 0;
  std::uint64_t named() const { return gold + predicted; }
  std::optional<double> f1() const;  // Nothing where neither names it.
};

/// By class, of rows with gold.
std::vector<HeldCounts> count_held(const JudgedSets& judged, std::span<const std::uint32_t> rows);
HeldCounts sum_of(std::span<const HeldCounts> counts);

/// An F1 of some rows with what each row does to it, so that it can be treated as a mean over rows: F = 2R / N is a ratio of sums, and to
/// first order (Taylor linearization: W. G. Cochran, Sampling Techniques, 1977, section 6.4) it moves with a row that adds r to R and n to
/// N by (2 r - F n) / N.
struct LinearF1 {
  double value = 0.0;                // 0 where nothing is named.
  std::vector<double> f1, by_class;  // By class: the F1 that a row's answer on it is held against, and how much it counts.

  /// By row: numbers whose mean is the value, and whose spread is that of the value.
  std::vector<double> scores(const JudgedSets& judged, std::span<const std::uint32_t> rows) const;
};
LinearF1 micro_f1(std::span<const HeldCounts> counts, std::size_t rows);
LinearF1 macro_f1(std::span<const HeldCounts> counts, std::size_t rows);  // Over classes that gold or a label names.
LinearF1 f1_of_class(std::span<const HeldCounts> counts, ClassId id, std::size_t rows);

/// With its interval: Wilson's on the number of independent rows that has the same spread, at most that of all. Rows of one group hang
/// together. REQUIRES: rows.
Measure measure_f1(const LinearF1& f1, const JudgedSets& judged, std::span<const std::uint32_t> rows);

}  // namespace hone
