#include "hone/data/dataset.h"

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/row_texts.h"

namespace hone {
namespace {

constexpr std::string_view kFormat = "hone-dataset/1";

DatasetManifest read_manifest(const ObjectStore& objects, const ObjectRef& ref) {
  const nlohmann::json json = objects.get_json(ref);
  try {
    return json.get<DatasetManifest>();
  } catch (const nlohmann::json::exception& broken) {
    throw Error(ErrorCode::kCorruptData, "object " + ref.hash + " is no dataset: " + broken.what());
  }
}

// One part, opened. Names the object in whatever goes wrong with it.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& path) : what_("cannot read the dataset part '" + path.string() + "'") {
    guarded([&] {
      auto file = value_of(arrow::io::ReadableFile::Open(path.string()), what_, ErrorCode::kIo);
      parquet::arrow::FileReaderBuilder builder;
      check(builder.Open(std::move(file)), what_);
      reader_ = value_of(builder.Build(), what_);
      reader_->set_use_threads(false);
    });
  }

  int groups() const { return reader_->num_row_groups(); }
  std::uint64_t group_rows(int group) const {
    return static_cast<std::uint64_t>(reader_->parquet_reader()->metadata()->RowGroup(group)->num_rows());
  }

  /// Calls visit(batch) for the row group's batches with these columns, in this order, until it returns false.
  template <typename Visit>
  bool scan(int group, std::span<const std::string> columns, std::int64_t batch_rows, const Visit& visit) {
    std::unique_ptr<arrow::RecordBatchReader> batches;
    guarded([&] {
      reader_->set_batch_size(batch_rows);
      batches = value_of(reader_->GetRecordBatchReader({group}, leaves(columns)), what_);
    });
    for (std::shared_ptr<arrow::RecordBatch> batch;;) {
      guarded([&] { check(batches->ReadNext(&batch), what_); });
      if (!batch) return true;
      if (batch->num_rows() > 0 && !visit(*ordered(*batch, columns))) return false;
    }
  }

 private:
  template <typename Work>
  void guarded(const Work& work) const {
    try {
      work();
    } catch (const parquet::ParquetException& broken) {
      throw Error(ErrorCode::kCorruptData, what_ + ": " + broken.what());
    }
  }

  // Every column of ours is flat, so that columns and leaves are the same.
  std::vector<int> leaves(std::span<const std::string> columns) const {
    std::vector<int> leaves;
    const parquet::SchemaDescriptor& schema = *reader_->parquet_reader()->metadata()->schema();
    for (int leaf = 0; leaf < schema.num_columns(); ++leaf)
      if (std::find(columns.begin(), columns.end(), schema.Column(leaf)->name()) != columns.end()) leaves.push_back(leaf);
    return leaves;
  }

  std::shared_ptr<arrow::RecordBatch> ordered(const arrow::RecordBatch& batch, std::span<const std::string> columns) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const std::string& column : columns) {
      arrays.push_back(batch.GetColumnByName(column));
      if (!arrays.back()) throw Error(ErrorCode::kCorruptData, what_ + ": column '" + column + "' of its manifest is not there");
      fields.push_back(arrow::field(column, arrays.back()->type()));
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(), std::move(arrays));
  }

  std::string what_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
};

std::optional<std::string> text_at(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return std::nullopt;
  const auto one = array.Slice(row, 1);
  const auto text = value_of(arrow::compute::Cast(*one, arrow::utf8()), "a value of type " + array.type()->ToString() + " has no text");
  return static_cast<const arrow::StringArray&>(*text).GetString(0);
}

// Appends the texts of those `rows` that lie in the batch; they ascend, and `next` is the first that is not yet read.
void take_texts(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<const std::uint32_t> rows, std::size_t& next,
                std::vector<RowTexts>& taken) {
  const std::uint64_t end = first_row + static_cast<std::uint64_t>(batch.num_rows());
  for (; next < rows.size() && rows[next] < end; ++next) {
    taken.emplace_back();
    for (int column = 0; column < batch.num_columns(); ++column)
      taken.back().push_back(text_at(*batch.column(column), static_cast<std::int64_t>(rows[next] - first_row)));
  }
}

}  // namespace

std::string_view to_string(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValid:
      return "valid";
    case Split::kTest:
      return "test";
  }
  return "unknown";
}

Dataset::Dataset(const ObjectStore& objects, const ObjectRef& manifest)
    : objects_(&objects), ref_(manifest), manifest_(read_manifest(objects, manifest)) {
  for (const DatasetManifest::Part& part : manifest_.parts) objects.path(part.ref);
}

std::vector<std::string> Dataset::all_columns() const {
  std::vector<std::string> columns{std::string(kIdColumn), std::string(kSplitColumn), std::string(kFileColumn), std::string(kLineColumn)};
  if (manifest_.groups > 0) columns.emplace_back(kGroupColumn);
  for (const DatasetManifest::Column& column : manifest_.columns) columns.push_back(column.name);
  return columns;
}

bool Dataset::has_column(std::string_view name) const {
  const std::vector<std::string> columns = all_columns();
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

void Dataset::require_column(std::string_view name) const {
  if (!has_column(name))
    throw Error(ErrorCode::kNotFound, "no column '" + std::string(name) + "' in the data" + suggestion(name, column_names()));
}

std::vector<std::string> Dataset::column_names() const {
  std::vector<std::string> names;
  for (const DatasetManifest::Column& column : manifest_.columns) names.push_back(column.name);
  return names;
}

std::vector<std::filesystem::path> Dataset::part_paths() const {
  std::vector<std::filesystem::path> paths;
  for (const DatasetManifest::Part& part : manifest_.parts) paths.push_back(objects_->path(part.ref));
  return paths;
}

void Dataset::scan(std::span<const std::string> columns, const VisitWhile& visit, std::int64_t batch_rows) const {
  for (const std::string& column : columns) require_column(column);
  std::uint64_t first_row = 0;
  for (const auto& path : part_paths()) {
    PartFile part(path);
    for (int group = 0; group < part.groups(); ++group) {
      const bool goes_on = part.scan(group, columns, batch_rows, [&](const arrow::RecordBatch& batch) {
        return visit(batch, std::exchange(first_row, first_row + static_cast<std::uint64_t>(batch.num_rows())));
      });
      if (!goes_on) return;
    }
  }
}

void Dataset::for_each_batch(std::span<const std::string> columns, const Visit& visit, std::int64_t batch_rows) const {
  const auto visit_all = [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    visit(batch, first_row);
    return true;
  };
  scan(columns, visit_all, batch_rows);
}

std::vector<Split> Dataset::splits() const {
  std::vector<Split> splits;
  splits.reserve(manifest_.rows);
  const std::string column(kSplitColumn);
  for_each_batch({&column, 1}, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const auto& values = static_cast<const arrow::UInt8Array&>(*batch.column(0));
    for (std::int64_t row = 0; row < values.length(); ++row) splits.push_back(static_cast<Split>(values.Value(row)));
  });
  return splits;
}

std::vector<std::pair<std::string, std::optional<std::string>>> Dataset::row(std::uint64_t number) const {
  if (number >= rows())
    throw Error(ErrorCode::kInvalidArgument, "no row " + std::to_string(number) + ": the dataset has " + std::to_string(rows()));
  const std::vector<std::string> columns = all_columns();
  std::vector<std::pair<std::string, std::optional<std::string>>> values;
  std::uint64_t first = 0;
  for (const auto& path : part_paths()) {
    PartFile part(path);
    for (int group = 0; group < part.groups(); ++group) {
      const std::uint64_t rows_here = part.group_rows(group);
      if (number >= first + rows_here) {
        first += rows_here;
        continue;
      }
      part.scan(group, columns, 8192, [&](const arrow::RecordBatch& batch) {
        const auto rows_of_batch = static_cast<std::uint64_t>(batch.num_rows());
        if (number >= first + rows_of_batch) return first += rows_of_batch, true;
        for (int column = 0; column < batch.num_columns(); ++column)
          values.emplace_back(columns[static_cast<std::size_t>(column)],
                              text_at(*batch.column(column), static_cast<std::int64_t>(number - first)));
        return false;
      });
      return values;
    }
  }
  throw Error(ErrorCode::kCorruptData, "the parts of dataset " + ref_.hash + " have fewer rows than its manifest says");
}

std::optional<std::uint64_t> Dataset::find_id(std::string_view id) const {
  std::optional<std::uint64_t> found;
  const std::string column(kIdColumn);
  const auto look = [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    const auto& ids = static_cast<const arrow::StringArray&>(*batch.column(0));
    for (std::int64_t row = 0; row < ids.length() && !found; ++row)
      if (ids.GetView(row) == id) found = first_row + static_cast<std::uint64_t>(row);
    return !found;
  };
  scan({&column, 1}, look, 8192);
  return found;
}

std::vector<RowTexts> row_texts(const Dataset& dataset, std::span<const std::uint32_t> rows, std::span<const std::string> columns) {
  for (const std::string& column : columns) dataset.require_column(column);
  std::vector<RowTexts> taken;
  std::size_t next = 0;
  std::uint64_t first_row = 0;
  for (const auto& path : dataset.part_paths()) {
    PartFile part(path);
    for (int group = 0; group < part.groups() && next < rows.size(); ++group) {
      const std::uint64_t end = first_row + part.group_rows(group);
      if (rows[next] < end)
        part.scan(group, columns, 8192, [&](const arrow::RecordBatch& batch) {
          take_texts(batch, first_row, rows, next, taken);
          first_row += static_cast<std::uint64_t>(batch.num_rows());
          return next < rows.size();
        });
      first_row = end;
    }
  }
  return taken;
}

void to_json(nlohmann::json& json, const DatasetManifest& manifest) {
  json = {{"format", kFormat},
          {"rows", manifest.rows},
          {"groups", manifest.groups},
          {"empty_texts", manifest.empty_texts},
          {"skipped_rows", manifest.skipped_rows},
          {"bad_rows", manifest.bad_rows},
          {"notes", manifest.notes},
          {"split_rows", nlohmann::json::object()},
          {"columns", nlohmann::json::array()},
          {"parts", nlohmann::json::array()},
          {"files", nlohmann::json::array()},
          {"first_bad_rows", nlohmann::json::array()}};
  if (manifest.erased_rows > 0) json["erased_rows"] = manifest.erased_rows;
  for (std::size_t split = 0; split < kSplits; ++split)
    json["split_rows"][std::string(to_string(static_cast<Split>(split)))] = manifest.split_rows[split];
  for (const auto& column : manifest.columns)
    json["columns"].push_back({{"name", column.name}, {"type", column.type}, {"nulls", column.nulls}});
  for (const auto& part : manifest.parts) json["parts"].push_back({{"ref", part.ref}, {"rows", part.rows}});
  for (const auto& file : manifest.files)
    json["files"].push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}});
  for (const auto& bad : manifest.first_bad_rows)
    json["first_bad_rows"].push_back({{"file", bad.file}, {"line", bad.line}, {"reason", bad.reason}});
}

void from_json(const nlohmann::json& json, DatasetManifest& manifest) {
  if (!json.is_object() || json.value("format", "") != kFormat)
    throw Error(ErrorCode::kCorruptData, "this is no dataset of format 'hone-dataset/1'");
  manifest = {};
  json.at("rows").get_to(manifest.rows);
  json.at("groups").get_to(manifest.groups);
  json.at("empty_texts").get_to(manifest.empty_texts);
  manifest.skipped_rows = json.value("skipped_rows", std::uint64_t{0});  // Absent in manifests of older versions.
  manifest.erased_rows = json.value("erased_rows", std::uint64_t{0});    // Written only where there are some.
  json.at("bad_rows").get_to(manifest.bad_rows);
  json.at("notes").get_to(manifest.notes);
  for (std::size_t split = 0; split < kSplits; ++split)
    json.at("split_rows").at(std::string(to_string(static_cast<Split>(split)))).get_to(manifest.split_rows[split]);
  for (const auto& column : json.at("columns")) manifest.columns.push_back({column.at("name"), column.at("type"), column.at("nulls")});
  for (const auto& part : json.at("parts")) manifest.parts.push_back({part.at("ref"), part.at("rows")});
  for (const auto& file : json.at("files"))
    manifest.files.push_back({file.at("name"), file.at("sha256"), file.at("bytes"), file.at("rows")});
  for (const auto& bad : json.at("first_bad_rows")) manifest.first_bad_rows.push_back({bad.at("file"), bad.at("line"), bad.at("reason")});
}

}  // namespace hone
