#include "hone/vote/parquet_internal.h"

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/chunked_array.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <charconv>
#include <limits>

#include "hone/core/error.h"
#include "hone/data/checked_memory.h"

namespace hone::parquet_files {
namespace {

// Everything on disk is a row group by intention, never because a writer's own limit cut it.
std::shared_ptr<parquet::WriterProperties> writer_properties(const std::string& spread) {
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(checked_memory())
      ->compression(parquet::Compression::ZSTD)
      ->max_row_group_length(std::numeric_limits<std::int64_t>::max());
  if (!spread.empty()) builder.disable_dictionary(spread)->encoding(spread, parquet::Encoding::DELTA_BINARY_PACKED);
  return builder.build();
}

void check(const arrow::Status& status, const std::filesystem::path& path) {
  if (!status.ok()) throw Error(ErrorCode::kIo, "writing '" + path.string() + "' failed: " + status.ToString());
}

template <typename T>
T check(arrow::Result<T> result, const std::filesystem::path& path) {
  check(result.status(), path);
  return std::move(result).ValueUnsafe();
}

}  // namespace

Writer::Writer(const std::filesystem::path& path, std::shared_ptr<arrow::Schema> schema, const std::string& spread)
    : path_(path), file_(check(arrow::io::FileOutputStream::Open(path.string()), path)) {
  writer_ = check(parquet::arrow::FileWriter::Open(*schema, checked_memory(), file_, writer_properties(spread)), path);
}

void Writer::add(const arrow::Table& group) {
  if (group.num_rows() > 0) check(writer_->WriteTable(group, group.num_rows()), path_);
}

void Writer::finish(const std::map<std::string, std::string>& metadata) {
  auto pairs = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [key, value] : metadata) pairs->Append(key, value);
  check(writer_->AddKeyValueMetadata(pairs), path_);
  check(writer_->Close(), path_);
  check(file_->Close(), path_);
}

Reader::Reader(const std::filesystem::path& path) : name_(path.string()) {
  if (!std::filesystem::exists(path)) throw Error(ErrorCode::kNotFound, "no file '" + name_ + "'");
  auto input = arrow::io::ReadableFile::Open(name_);
  if (!input.ok()) fail(input.status().message());
  try {
    auto opened = parquet::arrow::OpenFile(*input, arrow::default_memory_pool());
    if (!opened.ok()) fail(opened.status().message());
    file_ = std::move(opened).ValueUnsafe();
  } catch (const parquet::ParquetException& error) {
    fail(error.what());
  }
}

std::string Reader::metadata(const std::string& key) const {
  const auto& pairs = file_->parquet_reader()->metadata()->key_value_metadata();
  const int place = pairs ? pairs->FindKey(key) : -1;
  if (place < 0) fail("it does not say '" + key + "'");
  return pairs->value(place);
}

std::uint64_t Reader::number(const std::string& key, std::uint64_t limit) const {
  const std::string text = metadata(key);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > limit) fail("'" + key + "' is '" + text + "'");
  return value;
}

int Reader::groups() const { return file_->num_row_groups(); }

std::shared_ptr<arrow::Table> Reader::group(int number) const {
  try {
    auto table = file_->ReadRowGroup(number);
    if (!table.ok()) fail(table.status().message());
    return std::move(table).ValueUnsafe();
  } catch (const parquet::ParquetException& error) {
    fail(error.what());
  }
}

std::shared_ptr<arrow::Array> Reader::column(const arrow::Table& table, const std::string& name, const arrow::DataType& type) const {
  auto array = whole_column(table, name);
  if (!array->type()->Equals(type)) fail("column '" + name + "' is " + array->type()->ToString() + ", not " + type.ToString());
  return array;
}

std::shared_ptr<arrow::Array> Reader::list_column(const arrow::Table& table, const std::string& name,
                                                  const arrow::DataType& element) const {
  auto array = whole_column(table, name);
  if (array->type_id() != arrow::Type::LIST) fail("column '" + name + "' holds no lists");
  const auto& values = static_cast<const arrow::ListArray&>(*array).values();
  if (!values->type()->Equals(element)) fail("column '" + name + "' holds " + values->type()->ToString() + ", not " + element.ToString());
  if (array->null_count() > 0 || values->null_count() > 0) fail("column '" + name + "' has gaps");
  return array;
}

std::shared_ptr<arrow::Array> Reader::whole_column(const arrow::Table& table, const std::string& name) const {
  const auto chunks = table.GetColumnByName(name);
  if (!chunks) fail("it has no column '" + name + "'");
  auto whole = chunks->num_chunks() == 0 ? arrow::MakeEmptyArray(chunks->type()) : arrow::Concatenate(chunks->chunks());
  if (!whole.ok()) fail(whole.status().message());
  return std::move(whole).ValueUnsafe();
}

void Reader::fail(const std::string& what) const { throw Error(ErrorCode::kCorruptData, "'" + name_ + "' is damaged: " + what); }

}  // namespace hone::parquet_files
