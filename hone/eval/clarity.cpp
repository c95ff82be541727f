#include "hone/eval/clarity.h"

#include <algorithm>

#include "hone/eval/judged_internal.h"
#include "hone/vote/analysis.h"

namespace hone {

std::string_view to_string(VotesSaid said) {
  switch (said) {
    case VotesSaid::kRight:
      return "right";
    case VotesSaid::kRightInConflict:
      return "right-in-conflict";
    case VotesSaid::kWrongInConflict:
      return "wrong-in-conflict";
    case VotesSaid::kWrong:
      return "wrong";
    case VotesSaid::kNothing:
      return "nothing";
  }
  return "";
}

VotesSaid votes_said(const ExampleVotes& votes, const Answers& answers, ClassId label, ClassId gold) {
  if (label == kNoClass) return VotesSaid::kNothing;
  const bool conflict = in_conflict(votes, answers);
  if (label == gold) return conflict ? VotesSaid::kRightInConflict : VotesSaid::kRight;
  return conflict ? VotesSaid::kWrongInConflict : VotesSaid::kWrong;
}

std::vector<ClassClarity> clarity(const VoteMatrix& votes, const SoftLabels& labels, const Judged& system,
                                  std::span<const std::uint32_t> asked) {
  check_judged({labels, system.gold, system.groups});
  std::vector<ClassClarity> by_class(labels.classes());
  for (const std::uint32_t row : with_gold(system, asked)) {
    const ClassId gold = system.gold[row];
    const auto said = static_cast<std::size_t>(votes_said(votes.on(row), votes.answers(), labels.hard(row), gold));
    ++by_class[gold].rows[said];
    by_class[gold].right[said] += system.labels.hard(row) == gold;
  }
  return by_class;
}

}  // namespace hone
