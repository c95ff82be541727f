#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hone/eval/evaluation.h"

namespace hone {

/// What the votes on an example come to, beside gold: whether the label made of them is right, and whether they were of one mind.
/// It says what would help: a wrong label without conflict wants a source mended, one in conflict a source that decides, none a new one.
enum class VotesSaid { kRight, kRightInConflict, kWrongInConflict, kWrong, kNothing };
inline constexpr std::size_t kVotesSaid = 5;
std::string_view to_string(VotesSaid said);  // "right", "right-in-conflict", "wrong-in-conflict", "wrong", "nothing"

/// `label` is what the label model made of `votes`; kNoClass says nothing, whatever the votes.
VotesSaid votes_said(const ExampleVotes& votes, const Answers& answers, ClassId label, ClassId gold);

/// Rows of one gold class by what the votes said, and of these the rows that a system is right on.
struct ClassClarity {
  std::array<std::uint64_t, kVotesSaid> rows{};
  std::array<std::uint64_t, kVotesSaid> right{};
};

/// By class id, over those of `rows` that have gold. `labels` are those of the label model; `system` is who is right or not: the trained
/// model, or the label model again. Throws kInvalidArgument as measure() does.
///
///   const auto by_class = clarity(votes, labels, {predictions, gold, {}}, rows);
std::vector<ClassClarity> clarity(const VoteMatrix& votes, const SoftLabels& labels, const Judged& system,
                                  std::span<const std::uint32_t> rows);

}  // namespace hone
