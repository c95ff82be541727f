#pragma once

#include <cstdint>
#include <span>

#include "hone/eval/score_difference.h"

namespace hone {

/// The area under the ROC curve of A less that of B on the rows that have both scores. `positive` says of each row whether it is one.
///
/// The jackknife over clusters (items, where each stands alone) with Student's t; a missing score is filled with the highest or the lowest
/// place. Not defined where one class occurs alone, also without some cluster, or where the two rank all alike. The names of the fields
/// that options have of ranges do not matter. O(n log n). Throws kInvalidArgument where lengths do not fit.
ScoreDifference auroc_difference(const PairedScores& scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> rows,
                                 const ScoreDifferenceOptions& options);

}  // namespace hone
