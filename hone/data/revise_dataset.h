#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/data/dataset.h"

namespace hone {

/// What becomes of a row.
enum class RowFate : std::uint8_t { kTrain = 0, kValid = 1, kTest = 2, kDropped = 3 };  // The splits by their own numbers, or out.

inline RowFate in_split(Split split) { return static_cast<RowFate>(split); }

/// A dataset with other splits and without some rows. `fates` has one for each row; `notes` are added to the manifest's. A part in which
/// nothing changes is the same object; others are written anew, several at a time. Rows keep their order. Counts of rows, splits, empty
/// values and groups are those of the rows that stay, but `files` still say how many rows were read from each.
///
/// Same dataset and fates, same bytes. Memory: a row group of a part per thread. Throws kInvalidArgument when no row stays, and kIo.
ObjectRef revise_dataset(ObjectStore& objects, const Dataset& dataset, std::span<const RowFate> fates,
                         const std::vector<std::string>& notes, int threads = 0);

}  // namespace hone
