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

GoldCounts GoldCounts::with_rows(std::span<const std::uint64_t> rows_by_cell) const {
  GoldCounts some = *this;
  std::ranges::fill(some.rows_by_class_, 0u);
  some.rows_ = 0;
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    some.cells_[cell].rows = rows_by_cell[cell];
    some.rows_by_class_[cells_[cell].truth] += rows_by_cell[cell];
    some.rows_ += rows_by_cell[cell];
  }
  return some;
}

std::span<const GoldCounts::Cell> GoldCounts::of_patterns(std::size_t begin, std::size_t end) const {
  const auto first = std::ranges::lower_bound(cells_, begin, {}, &Cell::pattern);
  const auto last = std::ranges::lower_bound(cells_, end, {}, &Cell::pattern);
  return {cells_.data() + (first - cells_.begin()), static_cast<std::size_t>(last - first)};
}

GoldVotes count_gold_votes(const VotePatterns& votes, const GoldCounts& gold) {
  return count_gold_votes(votes, gold, AnswerColumns(votes.shape().classes, votes.kinds()));
}

GoldVotes count_gold_votes(const VotePatterns& votes, const GoldCounts& gold, const AnswerColumns& columns) {
  const std::size_t sources = votes.shape().sources, tokens = sources * columns.size();
  GoldVotes counts{std::vector<double>(sources), std::vector<double>(sources), std::vector<double>(tokens), std::vector<double>(tokens)};
  for (const GoldCounts::Cell& cell : gold.cells()) {
    for (const Vote vote : votes.votes(cell.pattern)) {
      const double weight = static_cast<double>(cell.rows) * vote.confidence;
      const double right = votes.answers().allows(vote.class_id, cell.truth) ? weight : 0.0;
      const std::size_t token = vote.source * columns.size() + columns.of(vote.class_id);
      counts.cast[vote.source] += weight;
      counts.right[vote.source] += right;
      counts.token_cast[token] += weight;
      counts.token_right[token] += right;
    }
  }
  return counts;
}

}  // namespace hone
