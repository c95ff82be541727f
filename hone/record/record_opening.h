#pragma once

#include <cstdint>
#include <optional>

#include "hone/flow/run_benchmark.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// Writes down, durably, that sealed items of a benchmark are read: the event read.export of format `sealed-benchmark`, whose object names
/// benchmark, version and digest, and whose purpose has the reason. Its number; nothing where the project has no ledger.
std::optional<std::uint64_t> record_opening(Workspace& workspace, ProjectLedger& ledger, const SealedOpening& opening);

}  // namespace hone
