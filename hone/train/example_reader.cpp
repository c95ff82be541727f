#include "hone/train/example_reader.h"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <map>
#include <memory>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/suggest.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

// Rows of a batch: enough work for every thread, little memory.
constexpr std::int64_t kBatchRows = 8192;

[[noreturn]] void corrupt(const std::filesystem::path& file, const std::string& trouble) {
  throw Error(ErrorCode::kCorruptData, "'" + file.filename().string() + "': " + trouble);
}

template <typename Value>
Value value_of(arrow::Result<Value> result, const std::filesystem::path& file) {
  if (!result.ok()) corrupt(file, "cannot be read as Parquet: " + result.status().message());
  return std::move(result).ValueUnsafe();
}

// The Parquet library throws what is none of ours.
template <typename Work>
auto reading(const std::filesystem::path& file, const Work& work) {
  try {
    return work();
  } catch (const parquet::ParquetException& error) {
    corrupt(file, std::string("cannot be read as Parquet: ") + error.what());
  }
}

std::unique_ptr<parquet::arrow::FileReader> open(const std::filesystem::path& file) {
  stamp_of(file);
  return reading(file, [&] {
    parquet::arrow::FileReaderBuilder builder;
    if (const auto status = builder.OpenFile(file.string()); !status.ok()) corrupt(file, "cannot be read as Parquet: " + status.message());
    parquet::ArrowReaderProperties properties(/*use_threads=*/false);
    properties.set_batch_size(kBatchRows);
    builder.properties(properties);
    return value_of(builder.Build(), file);
  });
}

// Places of the named columns among the leaves of the file; all ours are flat.
std::vector<int> places_of(parquet::arrow::FileReader& reader, std::span<const std::string> names, const std::filesystem::path& file) {
  std::shared_ptr<arrow::Schema> schema;
  if (const auto status = reader.GetSchema(&schema); !status.ok()) corrupt(file, status.message());
  const std::vector<std::string> known = schema->field_names();
  std::vector<int> places;
  for (const std::string& name : names) {
    const int place = reader.parquet_reader()->metadata()->schema()->ColumnIndex(name);
    if (place < 0)
      throw Error(ErrorCode::kNotFound, "'" + file.filename().string() + "' has no column '" + name + "'" + suggestion(name, known));
    places.push_back(place);
  }
  return places;
}

using VisitBatch = std::function<void(const arrow::RecordBatch&)>;

void for_each_batch(const std::filesystem::path& file, std::span<const std::string> columns, const VisitBatch& visit) {
  const auto reader = open(file);
  const std::vector<int> places = places_of(*reader, columns, file);
  std::vector<int> groups;
  for (int group = 0; group < reader->num_row_groups(); ++group) groups.push_back(group);
  const auto batches = reading(file, [&] { return value_of(reader->GetRecordBatchReader(groups, places), file); });
  for (;;) {
    const auto batch = reading(file, [&] { return value_of(batches->Next(), file); });
    if (!batch) return;
    visit(*batch);
  }
}

void join_texts(const arrow::RecordBatch& batch, std::span<const std::string> columns, std::vector<std::string>& texts) {
  texts.assign(static_cast<std::size_t>(batch.num_rows()), {});
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const auto values = batch.GetColumnByName(columns[column]);
    const TextColumn text(*values);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      if (column > 0) texts[row] += '\n';
      texts[row] += text.at(static_cast<std::int64_t>(row)).value_or("");
    }
  }
}

void take_splits(const arrow::RecordBatch& batch, const std::filesystem::path& file, std::vector<Split>& splits) {
  const auto column = batch.GetColumnByName(std::string(kSplitColumn));
  if (column->type_id() != arrow::Type::UINT8 || column->null_count() > 0) corrupt(file, "column 'hone_split' is not uint8 without nulls");
  const auto& values = static_cast<const arrow::UInt8Array&>(*column);
  splits.clear();
  for (std::int64_t row = 0; row < values.length(); ++row) {
    if (values.Value(row) >= kSplits)
      corrupt(file, "column 'hone_split' holds " + std::to_string(values.Value(row)) + ", which is no split");
    splits.push_back(static_cast<Split>(values.Value(row)));
  }
}

// Certain labels: one pattern for each class in use, and one for rows without gold.
class GoldLabels {
 public:
  explicit GoldLabels(std::size_t classes) : labels_(classes), distribution_(classes) {}

  void add(ClassId gold) {
    const auto [place, is_new] = pattern_of_.try_emplace(gold, static_cast<std::uint32_t>(labels_.patterns()));
    if (is_new) add_pattern(gold);
    examples_.push_back(place->second);
  }

  SoftLabels take() {
    labels_.set_examples(std::move(examples_));
    return std::move(labels_);
  }

 private:
  void add_pattern(ClassId gold) {
    if (gold == kNoClass) {
      labels_.add_pattern({}, kNoClass);
      return;
    }
    distribution_[gold] = 1.0;
    labels_.add_pattern(distribution_, gold);
    distribution_[gold] = 0.0;
  }

  SoftLabels labels_;
  std::vector<double> distribution_;
  std::map<ClassId, std::uint32_t> pattern_of_;
  std::vector<std::uint32_t> examples_;
};

}  // namespace

std::uint64_t read_examples(std::span<const std::filesystem::path> parts, std::span<const std::string> text_columns, WithSplits with_splits,
                            const std::function<void(const TextBatch&)>& visit) {
  std::vector<std::string> columns(text_columns.begin(), text_columns.end());
  if (with_splits == WithSplits::kYes) columns.emplace_back(kSplitColumn);
  TextBatch batch;
  for (const std::filesystem::path& part : parts) {
    for_each_batch(part, columns, [&](const arrow::RecordBatch& records) {
      join_texts(records, text_columns, batch.texts);
      if (with_splits == WithSplits::kYes) take_splits(records, part, batch.splits);
      visit(batch);
      batch.first_row += batch.texts.size();
    });
  }
  return batch.first_row;
}

SoftLabels read_gold(const std::filesystem::path& file, std::size_t classes) {
  GoldLabels labels(classes);
  const std::string column = "gold";
  for_each_batch(file, {&column, 1}, [&](const arrow::RecordBatch& records) {
    const auto values = records.GetColumnByName(column);
    if (values->type_id() != arrow::Type::UINT16) corrupt(file, "column 'gold' is not uint16");
    const auto& gold = static_cast<const arrow::UInt16Array&>(*values);
    for (std::int64_t row = 0; row < gold.length(); ++row) {
      if (!gold.IsNull(row) && gold.Value(row) >= classes)
        corrupt(file, "column 'gold' holds class " + std::to_string(gold.Value(row)) + ", which is not there");
      labels.add(gold.IsNull(row) ? kNoClass : gold.Value(row));
    }
  });
  return labels.take();
}

}  // namespace hone
