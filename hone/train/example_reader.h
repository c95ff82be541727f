#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/vote/soft_labels.h"

namespace hone {

/// Examples read batch by batch from the Parquet parts of a dataset.
struct TextBatch {
  std::vector<std::string> texts;  // The text columns joined by a line feed; a missing value is empty.
  std::vector<Split> splits;       // Empty unless asked for.
  std::uint64_t first_row = 0;     // Of the whole dataset.
};

enum class WithSplits { kNo, kYes };

/// Calls visit for every batch in order and returns the number of rows. Memory: a row group of these columns.
/// Throws kNotFound for a missing file or column (naming the nearest), kCorruptData for what is not Parquet or no split.
std::uint64_t read_examples(std::span<const std::filesystem::path> parts, std::span<const std::string> text_columns, WithSplits with_splits,
                            const std::function<void(const TextBatch&)>& visit);

/// The gold file of a job (column `gold`, uint16, null where unknown) as labels that are certain.
/// Throws kNotFound, or kCorruptData for another form or a class outside `classes`.
SoftLabels read_gold(const std::filesystem::path& file, std::size_t classes);

}  // namespace hone
