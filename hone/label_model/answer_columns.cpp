#include "hone/label_model/answer_columns.h"

#include <algorithm>

namespace hone {

AnswerColumns::AnswerColumns(std::size_t classes, std::span<const Vote> kinds) : classes_(classes) {
  for (const Vote& kind : kinds)
    if (kind.class_id >= classes) sets_.push_back(kind.class_id);
  std::ranges::sort(sets_);
  sets_.erase(std::ranges::unique(sets_).begin(), sets_.end());
}

bool AnswerColumns::fits(const Answers& answers) const {
  return classes_ == answers.classes() && std::ranges::all_of(sets_, [&](ClassId set) { return set >= classes_ && set < answers.size(); });
}

std::size_t AnswerColumns::column_of_set(ClassId answer) const {
  const auto place = std::ranges::lower_bound(sets_, answer);
  return place == sets_.end() || *place != answer ? kNone : classes_ + static_cast<std::size_t>(place - sets_.begin());
}

}  // namespace hone
