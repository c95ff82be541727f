#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "hone/record/project_ledger.h"
#include "hone/store/object_store.h"

namespace hone {

/// Every object that an event names, also by way of a list of refs, as the event has it: by hash. Reads the whole log.
std::map<std::string, ObjectRef> refs_in_ledger(ProjectLedger& ledger);

/// Whether an object shows a row: a Parquet file with a column of ids that holds `id`, or any other file in which one of `marks` stands, as
/// it is or as JSON writes it. Reads the file.
bool holds_row(const std::filesystem::path& file, const std::string& id, const std::set<std::string>& marks);

}  // namespace hone
