#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "hone/flow/stages_internal.h"

namespace hone {

/// What a system answered, right or wrong by row; looked at where gold is known.
struct DrawnSystem {
  std::string_view name;  // "label_model".
  std::vector<bool> right;
};

/// Where gold was drawn unevenly, as by a review queue that prefers hard rows (gold.drawn names the column of each row's chance): accuracy
/// weighted back to all rows by Hajek's estimator, beside the raw share: {"column", "without_chance" (rows with gold that are left out, as
/// their chance is no number in (0, 1]), "rates": [{"system", "split", "raw", "accuracy" (measure or null), "kish", "note"}]}. Null where
/// the project does not say so. `rows` by split: those with gold. `clusters` as read_clusters() gives them.
nlohmann::json drawn_gold_json(const Project& project, const Dataset& dataset, std::span<const DrawnSystem> systems,
                               std::span<const std::vector<std::uint32_t>> rows, std::span<const std::uint32_t> clusters);

/// The same in sentences, for the notes of the evaluation.
std::vector<std::string> drawn_gold_notes(const nlohmann::json& drawn);

}  // namespace hone
