#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/json.h"

namespace hone {

/// Rows of named values out as JSONL, CSV or Parquet. A row has one JSON value per column: text, number, or null for absent;
/// objects and lists stay such in JSONL and become their JSON text elsewhere.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual void add(const std::vector<nlohmann::json>& row) = 0;
  /// Ends the table; throws kIo when something could not be written.
  virtual void finish() = 0;
};

/// What Parquet needs to know of a column.
enum class ColumnType {
  kText,
  kNumber,   // double
  kInteger,  // int64
  kClass,    // int64: the place of a class in TableShape::classes
  kShares,   // list of double: a share for each of TableShape::classes, as a JSON array
  kNames,    // list of text
  kClasses,  // list of int64: places of classes in TableShape::classes
};
struct TableColumn {
  std::string name;
  ColumnType type = ColumnType::kText;
};

enum class TableFormat { kJsonl, kCsv, kParquet };

struct TableShape {
  std::vector<TableColumn> columns;
  TableFormat format = TableFormat::kJsonl;
  bool guard = false;                // CSV: as in csv_writer().
  std::vector<std::string> classes;  // Parquet: named in the file's metadata, for Hugging Face datasets as a ClassLabel.
};

/// These borrow the stream, which must outlive them. `to` names it in errors ("standard output").
std::unique_ptr<TableWriter> jsonl_writer(std::ostream& out, std::vector<TableColumn> columns, const std::string& to = "the stream");
/// With `guard`, text cells that begin like a formula (= + - @ tab, return, or their full-width forms) get a leading apostrophe.
std::unique_ptr<TableWriter> csv_writer(std::ostream& out, std::vector<TableColumn> columns, bool guard,
                                        const std::string& to = "the stream");
/// `to` names the file in errors, where it is written under a temporary name.
std::unique_ptr<TableWriter> parquet_writer(const std::filesystem::path& file, const TableShape& shape, const std::string& to);

/// By the ending of a file name: .jsonl, .csv or .parquet. Throws kInvalidArgument naming them.
TableFormat format_of(const std::filesystem::path& file);

/// Throws kInvalidArgument naming what there is.
TableFormat format_named(std::string_view name);

/// Writes a table as a whole: `fill` adds its rows. The file is there with all of them or not at all. Throws kIo naming the file and
/// the cause ("No such file or directory").
void write_table(const TableShape& shape, const std::filesystem::path& file, const std::function<void(TableWriter&)>& fill);
/// The same to standard output or another stream. Throws kInvalidArgument for Parquet, which needs a file.
void write_table(const TableShape& shape, std::ostream& out, const std::function<void(TableWriter&)>& fill);

}  // namespace hone
