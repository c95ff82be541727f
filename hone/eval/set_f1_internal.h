#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/eval/set_evaluation.h"
#include "hone/stats/linear_f1.h"

namespace hone {

/// Those of `asked` that have gold. Throws kInvalidArgument when gold does not fit the labels.
std::vector<std::uint32_t> rows_with_gold_sets(const JudgedSets& judged, std::span<const std::uint32_t> asked);

/// By class, of rows with gold.
std::vector<ClassCounts> count_held(const JudgedSets& judged, std::span<const std::uint32_t> rows);

/// Of each row with gold.
std::vector<double> f1_scores(const LinearF1& f1, const JudgedSets& judged, std::span<const std::uint32_t> rows);

}  // namespace hone
