#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/store/object_store.h"

namespace hone {

enum class Split : std::uint8_t { kTrain = 0, kValid = 1, kTest = 2 };
inline constexpr std::size_t kSplits = 3;
std::string_view to_string(Split split);

/// Columns that import adds in front of a file's own; names that begin with "hone_" are refused in files.
inline constexpr std::string_view kIdColumn = "hone_id";        // string, unique
inline constexpr std::string_view kSplitColumn = "hone_split";  // uint8, a Split
inline constexpr std::string_view kFileColumn = "hone_file";    // uint32, index into DatasetManifest::files
inline constexpr std::string_view kLineColumn = "hone_line";    // uint64, first line of the row in its file, from 1 (Parquet: row, from 1)
inline constexpr std::string_view kGroupColumn = "hone_group";  // string; only with `data.group`; the id where a row has none

/// A file that was imported. The name is the base name: folders never enter an object.
struct SourceFile {
  std::string name;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
};

/// A row that could not be used.
struct BadRow {
  std::string file;
  std::uint64_t line = 0;
  std::string reason;
};

/// What a dataset is made of: the JSON object that names it.
struct DatasetManifest {
  struct Part {
    ObjectRef ref;  // Parquet, zstd.
    std::uint64_t rows = 0;
  };
  struct Column {
    std::string name;
    std::string type;  // "string", "int64", "double", "bool"… Arrow's words. CSV and TSV columns are strings.
    std::uint64_t nulls = 0;
  };
  std::uint64_t rows = 0;
  std::vector<Column> columns;  // The file's own, in order of first appearance.
  std::vector<Part> parts;
  std::vector<SourceFile> files;
  std::uint64_t split_rows[kSplits] = {0, 0, 0};
  std::uint64_t groups = 0;        // Distinct groups; 0 without `data.group`.
  std::uint64_t empty_texts = 0;   // Rows whose text fields are all empty or missing.
  std::uint64_t skipped_rows = 0;  // The same, left out as ImportOptions::skip_empty_texts asks; not among `rows`.
  std::uint64_t erased_rows = 0;   // Left out since they were erased (ErasedRows).
  std::uint64_t bad_rows = 0;
  std::vector<BadRow> first_bad_rows;  // At most ten.
  std::vector<std::string> notes;      // What a user should know: columns missing in some files, invalid UTF-8 replaced, …
};
void to_json(nlohmann::json& json, const DatasetManifest& manifest);
/// Throws kCorruptData unless the JSON is a manifest of format "hone-dataset/1".
void from_json(const nlohmann::json& json, DatasetManifest& manifest);

/// An immutable table of examples: a manifest over Parquet objects, read batch by batch. Any number of threads may read.
class Dataset {
 public:
  /// Throws kNotFound or kCorruptData, naming the object.
  Dataset(const ObjectStore& objects, const ObjectRef& manifest);

  const ObjectRef& ref() const { return ref_; }
  const DatasetManifest& manifest() const { return manifest_; }
  std::uint64_t rows() const { return manifest_.rows; }

  /// Whether there is such a column, the added ones included.
  bool has_column(std::string_view name) const;
  /// Throws kNotFound naming the nearest column.
  void require_column(std::string_view name) const;
  /// The file's own columns.
  std::vector<std::string> column_names() const;

  /// Paths of the Parquet parts, in order of rows.
  std::vector<std::filesystem::path> part_paths() const;

  /// Calls visit(batch, first_row) for every batch of at most `batch_rows` rows in order, with these columns in this
  /// order. Memory: one row group of a part (65,536 rows) of these columns.
  using Visit = std::function<void(const arrow::RecordBatch& batch, std::uint64_t first_row)>;
  void for_each_batch(std::span<const std::string> columns, const Visit& visit, std::int64_t batch_rows = 8192) const;

  /// The split of every row, held whole (a byte a row).
  std::vector<Split> splits() const;

  /// One row by number, as text by column (null: absent). For explaining, not for loops.
  std::vector<std::pair<std::string, std::optional<std::string>>> row(std::uint64_t number) const;

  /// The row whose id is `id`, or nothing. Scans the id column.
  std::optional<std::uint64_t> find_id(std::string_view id) const;

 private:
  /// As for_each_batch(), until `visit` returns false.
  using VisitWhile = std::function<bool(const arrow::RecordBatch& batch, std::uint64_t first_row)>;
  void scan(std::span<const std::string> columns, const VisitWhile& visit, std::int64_t batch_rows) const;
  std::vector<std::string> all_columns() const;

  const ObjectStore* objects_;
  ObjectRef ref_;
  DatasetManifest manifest_;
};

}  // namespace hone
