#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/record/release.h"

namespace hone {

/// A row that was judged then and is judged now.
struct MatchedRow {
  std::uint32_t now = 0;     // Its number in the dataset.
  std::uint32_t before = 0;  // In the dataset of the release.
};

/// The rows of a release that results of now can be compared on.
struct BaselineRows {
  std::vector<MatchedRow> rows;  // Ascending by the first.
  std::uint64_t fresh = 0;       // Rows that the release has not.
  std::uint64_t changed = 0;     // Whose text was another one.
  std::uint64_t other_gold = 0;  // Whose class was another one, or not known.
  std::string not_comparable{};  // Why, where nothing is.
};

/// Matches `rows` of the dataset, ascending and all with gold, by their ids. Reads ids, texts and gold of both datasets once.
BaselineRows match_baseline(Workspace& workspace, const Dataset& dataset, const std::vector<std::uint32_t>& rows, const Release& release);

/// The class that a release's system gave each of these rows, as the class of that name now; kNoClass for none, and for a class that is no
/// more. `of_model`: the trained model's, else the label model's, cross-fitted where that was. Nothing where the release has no model.
std::optional<std::vector<ClassId>> baseline_answers(Workspace& workspace, const Release& release, const std::vector<MatchedRow>& rows,
                                                     bool of_model);

}  // namespace hone
