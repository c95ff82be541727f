#pragma once

#include <nlohmann/json_fwd.hpp>

namespace hone {

/// What a reader sees first, made from the report's numbers alone: a headline, the result it is about, how that stands to the other
/// systems, whether it can be trusted and why, the weakest slice, at most five things to do next (most worthwhile first), and warnings.
/// `gold` is the evaluation's count of gold rows and of values that are no class.
nlohmann::json summary_json(const nlohmann::json& report, const nlohmann::json& gold);

}  // namespace hone
