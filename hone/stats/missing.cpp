#include "hone/stats/missing.h"

#include <string>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"

namespace hone {
namespace {

double score_or(const std::optional<double>& score, double otherwise, const ScoreRange& range) {
  if (!score) return otherwise;
  if (!(*score >= range.low && *score <= range.high))
    throw Error(ErrorCode::kInvalidArgument, "score " + std::to_string(*score) + " is not in the range from " + std::to_string(range.low) +
                                                 " to " + std::to_string(range.high));
  return *score;
}

}  // namespace

std::uint64_t count_missing(MaybeScores a, MaybeScores b) { return a.size() - items_with_both(a, b).size(); }

std::vector<std::uint32_t> items_with_both(MaybeScores a, MaybeScores b) {
  check_same_length(a.size(), b.size(), "scores of A and B");
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < a.size(); ++item)
    if (a[item] && b[item]) items.push_back(item);
  return items;
}

std::vector<double> filled_differences(MaybeScores a, MaybeScores b, const ScoreRange& range, Fill fill) {
  check_same_length(a.size(), b.size(), "scores of A and B");
  if (!(range.low < range.high)) throw Error(ErrorCode::kInvalidArgument, "the lowest score must be below the highest");
  const bool best = fill == Fill::kBestForA;
  std::vector<double> differences;
  differences.reserve(a.size());
  for (std::size_t item = 0; item < a.size(); ++item)
    differences.push_back(score_or(a[item], best ? range.high : range.low, range) -
                          score_or(b[item], best ? range.low : range.high, range));
  return differences;
}

}  // namespace hone
