#include "hone/label_model/gold_counts_internal.h"

#include <algorithm>
#include <tuple>

namespace hone {

GoldCounts::GoldCounts(const VotePatterns& votes, std::span<const ClassId> gold) : rows_by_class_(votes.shape().classes) {
  std::vector<Cell> rows;
  for (std::size_t example = 0; example < gold.size(); ++example)
    if (gold[example] != kNoClass) rows.push_back({votes.pattern_of()[example], gold[example], 1});
  std::ranges::sort(rows, {}, [](const Cell& cell) { return std::tuple(cell.pattern, cell.truth); });
  for (const Cell& row : rows) {
    ++rows_by_class_[row.truth];
    if (!cells_.empty() && cells_.back().pattern == row.pattern && cells_.back().truth == row.truth)
      ++cells_.back().rows;
    else
      cells_.push_back(row);
  }
  rows_ = rows.size();
}

std::span<const GoldCounts::Cell> GoldCounts::of_patterns(std::size_t begin, std::size_t end) const {
  const auto first = std::ranges::lower_bound(cells_, begin, {}, &Cell::pattern);
  const auto last = std::ranges::lower_bound(cells_, end, {}, &Cell::pattern);
  return {cells_.data() + (first - cells_.begin()), static_cast<std::size_t>(last - first)};
}

GoldVotes count_gold_votes(const VotePatterns& votes, const GoldCounts& gold) {
  const std::size_t sources = votes.shape().sources, classes = votes.shape().classes;
  GoldVotes counts{std::vector<double>(sources), std::vector<double>(sources), std::vector<double>(sources * classes),
                   std::vector<double>(sources * classes)};
  for (const GoldCounts::Cell& cell : gold.cells()) {
    const ExampleVotes on = votes.votes(cell.pattern);
    for (std::size_t vote = 0; vote < on.size(); ++vote) {
      const double weight = static_cast<double>(cell.rows) * (on.confidence.empty() ? 1.0 : on.confidence[vote]);
      const double right = on.classes[vote] == cell.truth ? weight : 0.0;
      const std::size_t source = on.sources[vote], token = source * classes + on.classes[vote];
      counts.cast[source] += weight;
      counts.right[source] += right;
      counts.token_cast[token] += weight;
      counts.token_right[token] += right;
    }
  }
  return counts;
}

}  // namespace hone
