#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <span>

#include "hone/data/revise_dataset.h"

namespace hone {

/// The column hone_split of rows.
std::shared_ptr<arrow::Array> split_column(std::span<const RowFate> fates);

/// The part at `path` with other splits and all its rows. Every other column is copied as it lies there, encoded and compressed, so that it
/// costs little more than the copying. REQUIRES: one fate a row, none of them kDropped. Same part and fates, same bytes. Memory: the
/// largest column of a row group. Throws kCorruptData, naming the part, when it is not such as PartWriter writes; kIo.
ObjectRef part_with_splits(ObjectStore& objects, const std::filesystem::path& path, std::span<const RowFate> fates);

}  // namespace hone
