#include "hone/flow/own_rows_internal.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/flow/main_path.h"

namespace hone {
namespace {

// Texts of some columns, joined as the gate joins those of an item.
std::vector<std::string> joined_texts(const arrow::RecordBatch& batch, std::span<const int> columns) {
  std::vector<std::string> joined(static_cast<std::size_t>(batch.num_rows()));
  for (const int number : columns) {
    const TextColumn column(*batch.column(number));
    for (std::size_t row = 0; row < joined.size(); ++row) {
      if (number != columns.front()) joined[row] += '\n';
      joined[row] += column.at(static_cast<std::int64_t>(row)).value_or("");
    }
  }
  return joined;
}

std::vector<int> columns_named(const arrow::Schema& schema, std::span<const std::string> names) {
  std::vector<int> columns;
  for (const std::string& name : names)
    if (const int column = schema.GetFieldIndex(name); column >= 0) columns.push_back(column);
  return columns;
}

}  // namespace

OwnRows::OwnRows(Workspace* workspace, std::vector<std::filesystem::path> files, std::vector<std::string> text)
    : files_(std::move(files)), text_(std::move(text)) {
  if (workspace)
    if (const auto record = workspace->current(data_stage(workspace->project()))) {
      dataset_ = workspace->dataset(*record);
      project_text_ = workspace->project().data.text;
      project_rows_ = dataset_->manifest().split_rows[static_cast<std::size_t>(Split::kTrain)];
    }
  for (const std::filesystem::path& file : files_) visit_file(file, [&](const Batch& batch) { file_rows_ += batch.texts.size(); });
}

OwnTexts OwnRows::texts() const {
  return {project_rows_ + file_rows_, [this](const TextVisit& each) { visit([&](const Batch& batch) { each(batch.texts); }, false); }};
}

std::map<std::uint64_t, std::string> OwnRows::places(const std::set<std::uint64_t>& numbers) const {
  std::map<std::uint64_t, std::string> places;
  if (numbers.empty()) return places;
  std::uint64_t first = 0;
  const Visit keep = [&](const Batch& batch) {
    for (auto number = numbers.lower_bound(first); number != numbers.end() && *number < first + batch.places.size(); ++number)
      places[*number] = batch.places[*number - first];
    first += batch.places.size();
  };
  visit(keep, true);
  return places;
}

void OwnRows::visit(const Visit& visit, bool with_places) const {
  if (dataset_) visit_project(visit, with_places);
  for (const std::filesystem::path& file : files_) visit_file(file, visit);
}

void OwnRows::visit_project(const Visit& visit, bool with_places) const {
  std::vector<std::string> columns{std::string(kSplitColumn), std::string(kIdColumn), std::string(kFileColumn), std::string(kLineColumn)};
  columns.insert(columns.end(), project_text_.begin(), project_text_.end());
  std::vector<std::string> kept, places;
  std::vector<std::string_view> texts;
  dataset_->for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(0));
    const TextColumn ids(*batch.column(1));
    const auto& files = static_cast<const arrow::UInt32Array&>(*batch.column(2));
    const auto& lines = static_cast<const arrow::UInt64Array&>(*batch.column(3));
    std::vector<int> numbers;
    for (int column = 4; column < batch.num_columns(); ++column) numbers.push_back(column);
    std::vector<std::string> joined = joined_texts(batch, numbers);
    kept.clear();
    places.clear();
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      if (splits.Value(row) != static_cast<std::uint8_t>(Split::kTrain)) continue;
      kept.push_back(std::move(joined[static_cast<std::size_t>(row)]));
      if (with_places)
        places.push_back(dataset_->manifest().files.at(files.Value(row)).name + ":" + std::to_string(lines.Value(row)) + " (train row " +
                         std::string(ids.at(row).value_or("")) + ")");
    }
    texts.assign(kept.begin(), kept.end());
    visit({texts, places});
  });
}

void OwnRows::visit_file(const std::filesystem::path& file, const Visit& visit) const {
  const auto reader = open_table(file, {});
  const std::vector<int> columns = columns_named(*reader->schema(), text_);
  if (columns.empty())
    throw Error(ErrorCode::kNotFound, "'" + file.string() + "' has none of the fields " + quoted_list(text_) +
                                          suggestion(text_.front(), reader->schema()->field_names()));
  std::vector<std::string_view> texts;
  for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) {
    const std::vector<std::string> joined = joined_texts(*batch.rows, columns);
    std::vector<std::string> places;
    for (const std::uint64_t line : batch.lines) places.push_back(file.string() + ":" + std::to_string(line));
    texts.assign(joined.begin(), joined.end());
    visit({texts, places});
  }
}

}  // namespace hone
