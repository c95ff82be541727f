#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "hone/flow/project.h"

namespace hone::cli {

/// What a run ends with, from the report's JSON: best source, label model and trained model on test (valid where
/// there is no test gold) with intervals, the paired verdicts, and what to do next.
std::string result_text(const nlohmann::json& report, const Project& project);

}  // namespace hone::cli
