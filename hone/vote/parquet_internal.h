#pragma once

#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace hone::parquet_files {

/// Writes the groups one after another, a row group for each; same tables, same bytes. `metadata` goes into the
/// file's key-value metadata. Throws kIo, naming the file.
void write(const std::filesystem::path& path, std::span<const std::shared_ptr<arrow::Table>> groups,
           const std::map<std::string, std::string>& metadata);

/// A file of ours, open for reading. Every trouble throws kCorruptData, naming the file; a missing one kNotFound.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path);

  /// The value of a metadata key.
  std::string metadata(const std::string& key) const;
  /// The same as a whole number of at most `limit`.
  std::uint64_t number(const std::string& key, std::uint64_t limit) const;

  int groups() const;
  std::shared_ptr<arrow::Table> group(int number) const;
  std::shared_ptr<arrow::Table> all() const;

  /// A column of one table in one piece, checked to be there with this type.
  std::shared_ptr<arrow::Array> column(const arrow::Table& table, const std::string& name, const arrow::DataType& type) const;

  /// The same for lists of `element`; neither a list nor an element is null.
  std::shared_ptr<arrow::Array> list_column(const arrow::Table& table, const std::string& name, const arrow::DataType& element) const;

  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::shared_ptr<arrow::Array> whole_column(const arrow::Table& table, const std::string& name) const;

  std::string name_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
};

}  // namespace hone::parquet_files
