#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "hone/flow/workspace.h"

namespace hone {

/// Why a row came out as it did, from the current run, as plain data (docs/json.md: why):
///   where it lies (file, line, hash), its fields, split and group; each vote with its source, definition, the words that
///   matched, and what the label would be without it; the label with its distribution and whether majority vote agrees; gold, but
///   never of the test split; the model's prediction, and whether it was trained on the row; its near-duplicates; and the runs that made
///   all this.
/// `row` is an id, or a row number from 0 where no id is that. Throws kNotFound for a row that is not there or before the first run.
nlohmann::json explain_row(Workspace& workspace, std::string_view row);

}  // namespace hone
