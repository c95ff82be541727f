#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <vector>

#include "hone/eval/evaluation.h"
#include "hone/vote/taxonomy.h"

namespace hone {

/// How labels do at one level of a taxonomy. A class that ends higher up stands for itself at the levels below it.
struct LevelResult {
  int level = 1;                 // 1 at the top.
  Measure accuracy;              // Rows whose label lies below the right node, or is it.
  Measure answered;              // Rows whose label is certain enough down to this level.
  std::optional<Measure> right;  // Of these, rows where it is right at this level; nothing when there are none.
};

/// By level, from the top. `judged.gold` may hold inner nodes (answers from the number of classes on) where the class is not known: these
/// rows count at their node's level and above. A row without a label is wrong and unanswered. Levels without rows are left out.
/// Throws kInvalidArgument where gold or groups do not fit the labels.
///
///   const auto levels = measure_levels({labels, gold, groups}, rows, task.taxonomy, task.certainty);
std::vector<LevelResult> measure_levels(const Judged& judged, std::span<const std::uint32_t> rows, const Taxonomy& taxonomy,
                                        double certainty);

void to_json(nlohmann::json& json, const LevelResult& result);

}  // namespace hone
