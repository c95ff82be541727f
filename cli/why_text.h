#pragma once

#include <string>

#include "hone/core/json.h"

namespace hone::cli {

/// What `hone why` prints of each answer (hone/record/why.h). All text of data, ids and names goes through one_line().
std::string row_text(const nlohmann::json& why);
std::string metric_text(const nlohmann::json& why);
std::string model_text(const nlohmann::json& why);
std::string release_text(const nlohmann::json& why);

}  // namespace hone::cli
