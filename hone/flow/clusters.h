#pragma once

#include <cstdint>
#include <vector>

#include "hone/flow/workspace.h"

namespace hone {

/// A number for each row, equal for rows that hang together: of one group (`data.group`) or, where the project looks for them, near
/// duplicates of each other. Empty where every row stands alone. `data` is the record of data_stage(), which made the dataset.
std::vector<std::uint32_t> read_clusters(Workspace& workspace, const RunRecord& data, const Dataset& dataset);

}  // namespace hone
