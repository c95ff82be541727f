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

  /// The columns of every batch of this file, in order; none for a file without a byte. JSONL: in order of first appearance.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  /// The next batch of at most about 8,192 rows or 8 MiB (more only where one row is larger), or one with `rows` null at
  /// the end. A field that a row does not have (JSONL) is null. Throws kCorruptData where reading cannot go on.
  virtual TableBatch next() = 0;

  /// Malformed rows seen so far, in order; they are left out of the batches. At most 1,000 are kept, all are counted.
  const std::vector<BadRow>& bad_rows() const { return bad_rows_; }
  std::uint64_t bad_row_count() const { return bad_row_count_; }

  /// Fields whose invalid UTF-8 was replaced by U+FFFD.
  std::uint64_t repaired_fields() const { return repaired_fields_; }

  /// What a user should know about the file, in sentences: columns left out, keys named twice.
  virtual std::vector<std::string> notes() const { return notes_; }

  /// Bytes of the file read so far (compressed ones, for .gz and .zst), for progress.
  virtual std::uint64_t bytes_read() const = 0;

 protected:
  void add_bad_row(std::uint64_t line, std::string reason);

  std::string name_;  // Base name of the file.
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> notes_;
  std::vector<BadRow> bad_rows_;
  std::uint64_t bad_row_count_ = 0;
  std::uint64_t repaired_fields_ = 0;
};

/// Chooses by the file name's ending: .csv .tsv .jsonl .ndjson .parquet, each of the text ones also with .gz or .zst.
/// CSV and TSV (RFC 4180; LF, CRLF and CR) give strings, an empty field an empty one. JSONL gives int64, double, bool or
/// string by column: a column whose values are not of one kind, or nested, is a string of the text as it is written, which
/// takes a first reading of the whole file to know; with `types`, columns are as they say instead (others are left out).
/// Parquet keeps strings, whole numbers (as int64), reals (as double), booleans and timestamps; dates, decimals and wider
/// numbers become text; nested columns are left out with a note. Ignored for CSV and Parquet: `types`.
///
/// Throws kInvalidArgument for another ending, naming those known, and for a folder; kNotFound; kCorruptData for a header
/// that cannot be (two columns of one name, more than 10,000).
std::unique_ptr<TableReader> open_table(const std::filesystem::path& file, const ReadOptions& options,
                                        const std::shared_ptr<arrow::Schema>& types = nullptr);

/// The columns that the first `most_lines` lines of a file name, with the types that their values call for; of CSV and Parquet all of them.
/// A column of JSONL that has no value there is one of text. Throws as open_table().
std::shared_ptr<arrow::Schema> first_columns(const std::filesystem::path& file, const ReadOptions& options, std::uint64_t most_lines);

}  // namespace hone
