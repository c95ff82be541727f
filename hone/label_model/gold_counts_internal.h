#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/answer_columns.h"
#include "hone/vote/vote_patterns.h"

namespace hone {

/// How many rows of each pattern have which gold class: gold, seen the way label models see votes.
class GoldCounts {
 public:
  struct Cell {
    std::uint32_t pattern = 0;
    ClassId truth = kNoClass;
    std::uint64_t rows = 0;
  };

  /// `gold` by example, kNoClass where unknown; may be empty. O(gold log gold).
  GoldCounts(const VotePatterns& votes, std::span<const ClassId> gold);

  /// The same cells with so many rows each; some may have none.
  GoldCounts with_rows(std::span<const std::uint64_t> rows_by_cell) const;

  /// All cells, by pattern and then class.
  std::span<const Cell> cells() const { return cells_; }
  /// Those of the patterns begin..end-1.
  std::span<const Cell> of_patterns(std::size_t begin, std::size_t end) const;

  std::uint64_t rows() const { return rows_; }
  std::span<const std::uint64_t> rows_by_class() const { return rows_by_class_; }

 private:
  std::vector<Cell> cells_;
  std::vector<std::uint64_t> rows_by_class_;
  std::uint64_t rows_ = 0;
};

/// Votes of one source on gold rows, in votes (a vote of confidence c counts as c), by source or by (source, answer). A vote is right when
/// it leaves the gold class possible.
struct GoldVotes {
  std::vector<double> cast, right;              // By source.
  std::vector<double> token_cast, token_right;  // By source x columns + column of the answer.
};
/// `columns` are those of the same votes, made here where no one else needs them.
GoldVotes count_gold_votes(const VotePatterns& votes, const GoldCounts& gold);
GoldVotes count_gold_votes(const VotePatterns& votes, const GoldCounts& gold, const AnswerColumns& columns);

}  // namespace hone
