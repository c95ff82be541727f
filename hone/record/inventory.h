#pragma once

#include "hone/core/json.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// Parts of this program that are not ours: [{"name", "version", "digest", "date"}]. Versions are those that the build found; digest and
/// date are of the shared library that is loaded now, or "built in" for what has none, and "not loaded" for parts of hone-train.
nlohmann::json third_party_parts();

/// Writes admin.inventory where the newest one lists other parts. Hashes the loaded libraries: some hundred milliseconds.
void record_inventory(ProjectLedger& ledger);

}  // namespace hone
