#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

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

/// A column and whether it holds numbers, which Parquet needs to know.
struct TableColumn {
  std::string name;
  bool is_number = false;
};

/// These borrow the stream, which must outlive them.
std::unique_ptr<TableWriter> jsonl_writer(std::ostream& out, std::vector<TableColumn> columns);
/// With `guard`, text cells that begin like a formula (= + - @ tab, return, or their full-width forms) get a leading apostrophe.
std::unique_ptr<TableWriter> csv_writer(std::ostream& out, std::vector<TableColumn> columns, bool guard);
std::unique_ptr<TableWriter> parquet_writer(const std::filesystem::path& file, std::vector<TableColumn> columns);

}  // namespace hone
