#include "hone/data/row_groups.h"

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <algorithm>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/checked_memory.h"
#include "hone/data/forest_internal.h"

namespace hone {
namespace {

// One more than the greatest number of a group; 0 without groups.
std::uint32_t numbers_of(std::span<const std::uint32_t> groups) {
  std::uint32_t end = 0;
  for (const std::uint32_t group : groups)
    if (group != kNoGroup) end = std::max(end, group + 1);
  return end;
}

void unite(std::span<const std::uint32_t> groups, Forest& forest) {
  std::vector<std::uint32_t> first_rows(numbers_of(groups), kNoGroup);
  for (std::uint32_t row = 0; row < groups.size(); ++row) {
    if (groups[row] == kNoGroup) continue;
    std::uint32_t& first = first_rows[groups[row]];
    if (first == kNoGroup) first = row;
    forest.unite(row, first);
  }
}

std::shared_ptr<arrow::Array> column(const std::vector<std::uint32_t>& values) {
  arrow::UInt32Builder builder;
  check(builder.AppendValues(values), "out of memory", ErrorCode::kIo);
  return value_of(builder.Finish(), "out of memory", ErrorCode::kIo);
}

}  // namespace

RowGroups join_groups(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  const std::size_t rows = std::max(a.size(), b.size());
  Forest forest(rows);
  unite(a, forest);
  unite(b, forest);
  const auto is_grouped = [&](std::uint32_t row) {
    return (row < a.size() && a[row] != kNoGroup) || (row < b.size() && b[row] != kNoGroup);
  };
  RowGroups joined(rows, kNoGroup);
  std::uint32_t groups = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (!is_grouped(row)) continue;
    const std::uint32_t root = forest.find(row);  // The first row of its group.
    joined[row] = root == row ? groups++ : joined[root];
  }
  return joined;
}

void number_rows_alone(RowGroups& groups) {
  std::uint32_t next = numbers_of(groups);
  for (std::uint32_t& group : groups)
    if (group == kNoGroup) group = next++;
}

void write_row_groups(std::span<const std::uint32_t> groups, const std::filesystem::path& file) {
  std::vector<std::uint32_t> rows, numbers;
  for (std::uint32_t row = 0; row < groups.size(); ++row) {
    if (groups[row] == kNoGroup) continue;
    rows.push_back(row);
    numbers.push_back(groups[row]);
  }
  const auto schema = arrow::schema({arrow::field("row", arrow::uint32(), false), arrow::field("group", arrow::uint32(), false)});
  const auto table = arrow::Table::Make(schema, {column(rows), column(numbers)});
  const std::string trouble = "cannot write '" + file.string() + "'";
  const auto properties =
      parquet::WriterProperties::Builder().memory_pool(checked_memory())->compression(parquet::Compression::ZSTD)->build();
  const auto out = value_of(arrow::io::FileOutputStream::Open(file.string()), trouble, ErrorCode::kIo);
  check(parquet::arrow::WriteTable(*table, checked_memory(), out, 1 << 20, properties), trouble, ErrorCode::kIo);
  check(out->Close(), trouble, ErrorCode::kIo);
}

RowGroups read_row_groups(const std::filesystem::path& file, std::uint64_t rows) {
  const std::string trouble = "cannot read the groups in '" + file.string() + "'";
  RowGroups groups(rows, kNoGroup);
  try {
    auto input = value_of(arrow::io::ReadableFile::Open(file.string()), trouble, ErrorCode::kIo);
    const auto reader = value_of(parquet::arrow::OpenFile(std::move(input), arrow::default_memory_pool()), trouble);
    const auto table = value_of(reader->ReadTable(), trouble);
    arrow::TableBatchReader batches(*table);
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      check(batches.ReadNext(&batch), trouble);
      if (!batch) return groups;
      const auto row = std::dynamic_pointer_cast<arrow::UInt32Array>(batch->GetColumnByName("row"));
      const auto group = std::dynamic_pointer_cast<arrow::UInt32Array>(batch->GetColumnByName("group"));
      if (!row || !group) throw Error(ErrorCode::kCorruptData, trouble + ": it has no columns 'row' and 'group' of whole numbers");
      for (std::int64_t place = 0; place < batch->num_rows(); ++place) {
        if (row->Value(place) >= rows)
          throw Error(ErrorCode::kCorruptData, trouble + ": it names row " + std::to_string(row->Value(place)));
        groups[row->Value(place)] = group->Value(place);
      }
    }
  } catch (const parquet::ParquetException& broken) {
    throw Error(ErrorCode::kCorruptData, trouble + ": " + broken.what());
  }
}

}  // namespace hone
