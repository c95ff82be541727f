#pragma once

#include <memory>
#include <string>

#include "hone/data/json_row_internal.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_window_internal.h"

namespace hone {

// Limits that keep a hostile or broken file from taking the machine's memory.
inline constexpr std::size_t kMaxField = 16 << 20;
inline constexpr std::size_t kMaxRow = 64 << 20;
inline constexpr std::size_t kMaxColumns = 10'000;

// A batch ends at any of these.
inline constexpr std::size_t kBatchRows = 8192;
inline constexpr std::size_t kBatchBytes = 8 << 20;
inline constexpr std::size_t kBatchFields = 1 << 20;

std::unique_ptr<TableReader> make_csv_reader(TextWindow window, char delimiter);

/// Throws kNotFound for a file that is not there, kInvalidArgument for a folder.
void require_file(const std::filesystem::path& file);

/// A column in which no row has a value becomes one of text.
std::shared_ptr<arrow::Schema> text_for_null(const arrow::Schema& schema);

/// The columns of a file with the types that its own values call for; JSONL is read whole for it, and a column of it
/// without any value is of type null. Throws as open_table().
std::shared_ptr<arrow::Schema> column_types(const std::filesystem::path& file, const ReadOptions& options);

/// The same for JSONL alone, of its first lines alone where `most_lines` says so.
std::shared_ptr<arrow::Schema> scan_jsonl(TextWindow window, JsonNumbers numbers = JsonNumbers::kStrict,
                                          std::uint64_t most_lines = UINT64_MAX);
std::unique_ptr<TableReader> make_jsonl_reader(TextWindow window, const std::shared_ptr<arrow::Schema>& schema,
                                               JsonNumbers numbers = JsonNumbers::kStrict);

std::unique_ptr<TableReader> make_parquet_reader(const std::filesystem::path& file);

}  // namespace hone
