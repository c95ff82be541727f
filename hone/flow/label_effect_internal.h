#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/vote/source.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// A source that votes, or would.
struct VotingSource {
  const Source* source = nullptr;
  const SourceVotes* votes = nullptr;
};

/// The votes of a project and what a label model may know besides.
struct VotesOfProject {
  const Project& project;
  std::uint64_t rows = 0;
  const std::vector<ClassId>& gold;                     // That may be learned from, by row; empty: none.
  const std::vector<std::uint32_t>* counted = nullptr;  // Rows on which the effect is counted, ascending; null: all.
};

/// What the label model makes of the votes with one source and without it, fitted both times on the same rows: {"model", "rows" (looked at,
/// evenly spaced), "flips" (rows with another label), "new" (rows with their first), "gold" (rows of these with gold), "fixed" and
/// "broken" (of them, rows that become right and wrong)}. A model that uses gold is cross-fitted on the rows with gold. Looks at as many
/// rows as hold some 50,000 votes, so that it takes a moment however large the data; of these only those that are `counted` count. `others`
/// do not hold the one.
nlohmann::json label_effect_json(const VotesOfProject& of, std::span<const VotingSource> others, const VotingSource& one, int threads);

}  // namespace hone
