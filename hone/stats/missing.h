#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hone {

/// A missing score is no zero and no absence: it is counted, and a verdict must hold whatever it would have been.
using MaybeScores = std::span<const std::optional<double>>;

/// Lowest and highest score that the metric gives.
struct ScoreRange {
  double low = 0.0;
  double high = 1.0;
};

enum class Fill { kBestForA, kWorstForA };

/// Items of which A's score, B's or both are missing. Throws kInvalidArgument when there are not equally many of both.
std::uint64_t count_missing(MaybeScores a, MaybeScores b);

/// Numbers of the items that have both scores, ascending.
std::vector<std::uint32_t> items_with_both(MaybeScores a, MaybeScores b);

/// A's score less B's, of every item: missing ones are the highest for A and the lowest for B, or the reverse. Throws kInvalidArgument
/// for a score outside the range, and for a range whose low is not below its high.
std::vector<double> filled_differences(MaybeScores a, MaybeScores b, const ScoreRange& range, Fill fill);

}  // namespace hone
