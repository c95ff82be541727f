#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace hone::parquet_files {

/// A file being written; same tables, same bytes. Throws kIo, naming the file.
class Writer {
 public:
  /// `spread` names columns of ascending whole numbers, which are kept as the distances between them.
  Writer(const std::filesystem::path& path, std::shared_ptr<arrow::Schema> schema, const std::string& spread = {});

  /// Adds a row group. A table without rows adds none.
  void add(const arrow::Table& group);

  /// Ends the file; `metadata` goes into its key-value metadata.
  void finish(const std::map<std::string, std::string>& metadata);

 private:
  std::filesystem::path path_;
  std::shared_ptr<arrow::io::FileOutputStream> file_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

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
