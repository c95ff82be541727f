#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/record/baseline_internal.h"

namespace hone {

/// A row that was judged then and is judged now.
struct MatchedRow {
  std::uint32_t now = 0;     // Its number in the dataset.
  std::uint32_t before = 0;  // In the dataset of the baseline.
};

/// The rows of a baseline that results of now can be compared on.
struct BaselineRows {
  std::vector<MatchedRow> rows;  // Ascending by the first.
  std::uint64_t fresh = 0;       // Rows that the baseline has not.
  std::uint64_t changed = 0;     // Whose text was another one.
  std::uint64_t other_gold = 0;  // Whose classes were other ones, or not known.
  std::string not_comparable{};  // Why, where nothing is.
};

/// Rows of one split of a dataset.
struct JudgedRows {
  const Dataset& dataset;
  Split split = Split::kTest;
  std::span<const std::uint32_t> rows;  // Ascending, all with gold.
};

/// Matches the rows by their ids. Reads ids, texts and gold of both datasets once.
BaselineRows match_baseline(Workspace& workspace, const JudgedRows& judged, const Baseline& baseline);

/// What the baseline's system said of these rows, in their order, by classes of now; those that are no more are left out. `of_model`: the
/// trained model, else the label model, cross-fitted where that was. Nothing where the baseline has no model.
std::optional<ClassSets> baseline_answers(Workspace& workspace, const Baseline& baseline, std::span<const MatchedRow> rows, bool of_model);

}  // namespace hone
