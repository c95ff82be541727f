#include "hone/flow/table_writer.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <arrow/util/io_util.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/checked_memory.h"

namespace hone {
namespace {

std::string json_text(const nlohmann::json& value) { return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

// A cell as text: strings as they are, other values as JSON.
std::string cell_text(const nlohmann::json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

Error cannot_write(const std::string& to, const std::string& cause) { return {ErrorCode::kIo, "cannot write to " + to + ": " + cause}; }

// Right after an operation on the stream, whose cause errno then still holds.
void check_stream(const std::ostream& out, const std::string& to) {
  if (!out) throw cannot_write(to, std::strerror(errno != 0 ? errno : EIO));
}

class JsonlWriter : public TableWriter {
 public:
  JsonlWriter(std::ostream& out, std::vector<TableColumn> columns, std::string to)
      : out_(out), columns_(std::move(columns)), to_(std::move(to)) {}
  void add(const std::vector<nlohmann::json>& row) override {
    std::string line = "{";
    for (std::size_t column = 0; column < columns_.size(); ++column)
      line += (column > 0 ? ", " : "") + json_text(columns_[column].name) + ": " + json_text(row[column]);
    out_ << line << "}\n";
    check_stream(out_, to_);
  }
  void finish() override { check_stream(out_.flush(), to_); }

 private:
  std::ostream& out_;
  std::vector<TableColumn> columns_;
  std::string to_;
};

// What a spreadsheet may take for a formula, full-width forms included (OWASP: CSV injection).
bool looks_like_formula(std::string_view text) {
  for (const std::string_view start : {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})
    if (text.starts_with(start)) return true;
  return false;
}

class CsvWriter : public TableWriter {
 public:
  CsvWriter(std::ostream& out, std::vector<TableColumn> columns, bool guard, std::string to)
      : out_(out), columns_(std::move(columns)), guard_(guard), to_(std::move(to)) {
    std::vector<nlohmann::json> header;
    for (const TableColumn& column : columns_) header.emplace_back(column.name);
    add(header);
  }
  void add(const std::vector<nlohmann::json>& row) override {
    std::string line;
    for (std::size_t column = 0; column < columns_.size(); ++column) line += (column > 0 ? "," : "") + field(row[column]);
    out_ << line << "\n";
    check_stream(out_, to_);
  }
  void finish() override { check_stream(out_.flush(), to_); }

 private:
  std::string field(const nlohmann::json& value) const {
    std::string text = cell_text(value);
    if (guard_ && value.is_string() && looks_like_formula(text)) text.insert(0, "'");
    if (text.find_first_of(",\"\r\n") == std::string::npos && !guard_) return text;
    if (value.is_number()) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
  }

  std::ostream& out_;
  std::vector<TableColumn> columns_;
  bool guard_;
  std::string to_;
};

std::shared_ptr<arrow::DataType> arrow_type(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return arrow::utf8();
    case ColumnType::kNumber:
      return arrow::float64();
    case ColumnType::kInteger:
    case ColumnType::kClass:
      return arrow::int64();
    case ColumnType::kShares:
      return arrow::list(arrow::float64());
    case ColumnType::kNames:
      return arrow::list(arrow::utf8());
    case ColumnType::kClasses:
      return arrow::list(arrow::int64());
  }
  return arrow::utf8();
}

// What Hugging Face datasets reads under the key "huggingface" (datasets.Features.from_arrow_schema): columns of classes know their names.
nlohmann::json hugging_face_features(const TableShape& shape) {
  nlohmann::json features = nlohmann::json::object();
  for (const TableColumn& column : shape.columns)
    if (column.type == ColumnType::kClass) features[column.name] = {{"names", shape.classes}, {"_type", "ClassLabel"}};
  return {{"info", {{"features", features}}}};
}

std::shared_ptr<arrow::Schema> arrow_schema(const TableShape& shape) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const TableColumn& column : shape.columns) fields.push_back(arrow::field(column.name, arrow_type(column.type)));
  if (shape.classes.empty()) return arrow::schema(fields);
  return arrow::schema(fields, arrow::key_value_metadata(
                                   {{"hone.classes", json_text(shape.classes)}, {"huggingface", json_text(hugging_face_features(shape))}}));
}

class ParquetWriter : public TableWriter {
 public:
  ParquetWriter(const std::filesystem::path& file, const TableShape& shape, std::string to)
      : columns_(shape.columns),
        batch_rows_(std::clamp<std::int64_t>(kBatchValues / static_cast<std::int64_t>(shape.classes.size() + 1), 1, kBatchRows)),
        to_(std::move(to)),
        schema_(arrow_schema(shape)) {
    check(arrow::RecordBatchBuilder::Make(schema_, arrow::default_memory_pool()).Value(&builders_));
    auto out = arrow::io::FileOutputStream::Open(file.string());
    check(out.status());
    const auto properties =
        parquet::WriterProperties::Builder().memory_pool(checked_memory())->compression(arrow::Compression::ZSTD)->build();
    auto writer = parquet::arrow::FileWriter::Open(*schema_, checked_memory(), *out, properties,
                                                   parquet::ArrowWriterProperties::Builder().store_schema()->build());
    check(writer.status());
    writer_ = std::move(*writer);
  }
  void add(const std::vector<nlohmann::json>& row) override {
    for (std::size_t column = 0; column < columns_.size(); ++column) append(column, row[column]);
    if (++rows_ == batch_rows_) flush();
  }
  void finish() override {
    flush();
    check(writer_->Close());
  }

 private:
  static constexpr std::int64_t kBatchRows = 65536;
  // Of shares held at once: 32 MiB.
  static constexpr std::int64_t kBatchValues = 4 << 20;

  void check(const arrow::Status& status) const {
    if (status.ok()) return;
    const int cause = arrow::internal::ErrnoFromStatus(status);
    throw cannot_write(to_, cause != 0 ? std::strerror(cause) : status.message());
  }
  void append(std::size_t column, const nlohmann::json& value) const {
    const int field = static_cast<int>(column);
    if (value.is_null()) return check(builders_->GetField(field)->AppendNull());
    switch (columns_[column].type) {
      case ColumnType::kText:
        return check(builders_->GetFieldAs<arrow::StringBuilder>(field)->Append(cell_text(value)));
      case ColumnType::kNumber:
        return check(builders_->GetFieldAs<arrow::DoubleBuilder>(field)->Append(value.get<double>()));
      case ColumnType::kInteger:
      case ColumnType::kClass:
        return check(builders_->GetFieldAs<arrow::Int64Builder>(field)->Append(value.get<std::int64_t>()));
      case ColumnType::kShares:
        return append_list<arrow::DoubleBuilder, double>(*builders_->GetFieldAs<arrow::ListBuilder>(field), value);
      case ColumnType::kNames:
        return append_list<arrow::StringBuilder, std::string>(*builders_->GetFieldAs<arrow::ListBuilder>(field), value);
      case ColumnType::kClasses:
        return append_list<arrow::Int64Builder, std::int64_t>(*builders_->GetFieldAs<arrow::ListBuilder>(field), value);
    }
  }
  template <typename Builder, typename Value>
  void append_list(arrow::ListBuilder& list, const nlohmann::json& items) const {
    check(list.Append());
    auto& values = static_cast<Builder&>(*list.value_builder());
    for (const nlohmann::json& item : items) check(values.Append(item.get<Value>()));
  }
  void flush() {
    if (rows_ == 0) return;
    auto batch = builders_->Flush();
    check(batch.status());
    check(writer_->WriteRecordBatch(**batch));
    rows_ = 0;
  }

  std::vector<TableColumn> columns_;
  std::int64_t batch_rows_;
  std::string to_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<arrow::RecordBatchBuilder> builders_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::int64_t rows_ = 0;
};

std::unique_ptr<TableWriter> text_writer(const TableShape& shape, std::ostream& out, const std::string& to) {
  return shape.format == TableFormat::kCsv ? csv_writer(out, shape.columns, shape.guard, to) : jsonl_writer(out, shape.columns, to);
}

void fill_and_finish(TableWriter& writer, const std::function<void(TableWriter&)>& fill) {
  fill(writer);
  writer.finish();
}

}  // namespace

std::unique_ptr<TableWriter> jsonl_writer(std::ostream& out, std::vector<TableColumn> columns, const std::string& to) {
  return std::make_unique<JsonlWriter>(out, std::move(columns), to);
}

std::unique_ptr<TableWriter> csv_writer(std::ostream& out, std::vector<TableColumn> columns, bool guard, const std::string& to) {
  return std::make_unique<CsvWriter>(out, std::move(columns), guard, to);
}

std::unique_ptr<TableWriter> parquet_writer(const std::filesystem::path& file, const TableShape& shape, const std::string& to) {
  return std::make_unique<ParquetWriter>(file, shape, to);
}

TableFormat format_named(std::string_view name) {
  if (name == "jsonl") return TableFormat::kJsonl;
  if (name == "csv") return TableFormat::kCsv;
  if (name == "parquet") return TableFormat::kParquet;
  throw Error(ErrorCode::kInvalidArgument, "no format '" + std::string(name) + "' to write; there are: jsonl, csv and parquet");
}

TableFormat format_of(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  return format_named(ending.empty() ? "" : ending.substr(1));
}

void write_table(const TableShape& shape, const std::filesystem::path& file, const std::function<void(TableWriter&)>& fill) {
  const std::string to = "'" + file.string() + "'";
  write_file_atomically(file, [&](const std::filesystem::path& temporary) {
    if (shape.format == TableFormat::kParquet) return fill_and_finish(*parquet_writer(temporary, shape, to), fill);
    errno = 0;
    std::ofstream out(temporary, std::ios::binary);
    check_stream(out, to);
    fill_and_finish(*text_writer(shape, out, to), fill);
  });
}

void write_table(const TableShape& shape, std::ostream& out, const std::function<void(TableWriter&)>& fill) {
  if (shape.format == TableFormat::kParquet)
    throw Error(ErrorCode::kInvalidArgument, "Parquet cannot go to standard output; give --out FILE");
  fill_and_finish(*text_writer(shape, out, "standard output"), fill);
}

}  // namespace hone
