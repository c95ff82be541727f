#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/data/import.h"

namespace hone {

/// Some rows of a file with where each began.
struct TableBatch {
  std::shared_ptr<arrow::RecordBatch> rows;
  std::vector<std::uint64_t> lines;  // By row: its first line, from 1 (Parquet: row number, from 1).
};

/// Reads one file batch by batch, never whole. Not thread-safe.
class TableReader {
 public:
  virtual ~TableReader() = default;

  /// The next batch of at most about 8,192 rows or 8 MiB, or one with `rows` null at the end. Batches of one file
  /// may differ in their columns (JSONL): each has those that its rows name.
  virtual TableBatch next() = 0;

  /// Malformed rows seen so far, in order; they are left out of the batches. At most 1,000 are kept, all are counted.
  const std::vector<BadRow>& bad_rows() const { return bad_rows_; }
  std::uint64_t bad_row_count() const { return bad_row_count_; }

  /// Fields whose invalid UTF-8 was replaced by U+FFFD.
  std::uint64_t repaired_fields() const { return repaired_fields_; }

  /// Bytes of the file read so far (compressed ones, for .gz and .zst), for progress.
  virtual std::uint64_t bytes_read() const = 0;

 protected:
  std::vector<BadRow> bad_rows_;
  std::uint64_t bad_row_count_ = 0;
  std::uint64_t repaired_fields_ = 0;
};

/// Chooses by the file name's ending: .csv .tsv .jsonl .ndjson .parquet, each of the text ones also with .gz or .zst.
/// Throws kInvalidArgument for another ending, naming those known; kNotFound; kCorruptData for a header that cannot be.
std::unique_ptr<TableReader> open_table(const std::filesystem::path& file, const ReadOptions& options);

}  // namespace hone
