#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/flow/project.h"
#include "hone/vote/condition_engine.h"

namespace hone {

using RowFields = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// How conditions read this project's fields.
EngineOptions engine_options(const Project& project);

/// The project's text of a row: its text fields, joined by line feeds.
std::string text_of(const Project& project, const RowFields& fields);

/// The words and patterns of a source that stand in a row: [{"field", "begin", "end", "text"}], bytes of the field; the field is
/// empty for the project's text. Empty for a source that is no labeling function.
nlohmann::json matched_spans(const Project& project, const Source& source, const RowFields& fields);

}  // namespace hone
