#pragma once

#include <string>

#include "hone/core/json.h"
#include "hone/flow/project.h"

namespace hone::cli {

/// What a run ends with, from the report's JSON: best source, label model and trained model on test (valid where
/// there is no test gold) with intervals, the paired verdicts, and what to do next.
std::string result_text(const nlohmann::json& report, const Project& project);

/// What the stage near-duplicates found and did, in two or three lines.
std::string near_duplicates_text(const nlohmann::json& found);

}  // namespace hone::cli
