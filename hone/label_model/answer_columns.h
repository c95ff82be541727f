#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// Where tables by source and answer keep an answer: each class has a column of its own, and behind them each set of classes that is
/// voted for, since of all that could be said little is.
class AnswerColumns {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  AnswerColumns() = default;
  /// `kinds` are those of the votes (VoteMatrix::kinds()).
  AnswerColumns(std::size_t classes, std::span<const Vote> kinds);

  std::size_t size() const { return classes_ + sets_.size(); }
  /// kNone for a set that nobody voted for.
  std::size_t of(ClassId answer) const { return answer < classes_ ? answer : column_of_set(answer); }
  ClassId answer(std::size_t column) const { return column < classes_ ? static_cast<ClassId>(column) : sets_[column - classes_]; }

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.classes_, self.sets_);
  }
  /// Whether these are columns of such answers, as they are where nobody meddled with them.
  bool fits(const Answers& answers) const;

 private:
  std::size_t column_of_set(ClassId answer) const;

  std::size_t classes_ = 0;
  std::vector<ClassId> sets_;  // Ascending.
};

}  // namespace hone
