#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <vector>

namespace hone {

/// Rows that belong together: a number for each row, equal for rows of one group, or kNoGroup for a row that stands alone.
using RowGroups = std::vector<std::uint32_t>;
inline constexpr std::uint32_t kNoGroup = std::numeric_limits<std::uint32_t>::max();

/// The groups of rows that hang together through either of two groupings, or a chain of both. Numbered from 0 by their first rows. An empty
/// grouping groups nothing. REQUIRES: as many rows in both, unless one is empty.
///
///     join_groups({0, 0, kNoGroup, kNoGroup}, {kNoGroup, 7, 7, kNoGroup});   // {0, 0, 0, kNoGroup}
RowGroups join_groups(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// The same with a number of its own for each row that stands alone, above those of the groups: what statistics by cluster take.
void number_rows_alone(RowGroups& groups);

/// A Parquet file of the rows that are in a group: columns `row` and `group` (uint32), rows ascending. Same groups, same bytes. Throws kIo.
void write_row_groups(std::span<const std::uint32_t> groups, const std::filesystem::path& file);

/// Throws kCorruptData, naming the file, unless it holds such columns over fewer than `rows` rows.
RowGroups read_row_groups(const std::filesystem::path& file, std::uint64_t rows);

}  // namespace hone
