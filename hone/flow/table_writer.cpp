#include "hone/flow/table_writer.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/io_util.h>
#include <parquet/arrow/writer.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>

#include "hone/core/error.h"
#include "hone/core/file.h"

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

class ParquetWriter : public TableWriter {
 public:
  ParquetWriter(const std::filesystem::path& file, std::vector<TableColumn> columns, std::string to)
      : columns_(std::move(columns)), to_(std::move(to)) {
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const TableColumn& column : columns_) {
      fields.push_back(arrow::field(column.name, column.is_number ? arrow::float64() : arrow::utf8()));
      builders_.push_back(column.is_number ? std::unique_ptr<arrow::ArrayBuilder>(new arrow::DoubleBuilder())
                                           : std::unique_ptr<arrow::ArrayBuilder>(new arrow::StringBuilder()));
    }
    schema_ = arrow::schema(fields);
    auto out = arrow::io::FileOutputStream::Open(file.string());
    check(out.status());
    const auto properties = parquet::WriterProperties::Builder().compression(arrow::Compression::ZSTD)->build();
    auto writer = parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), *out, properties);
    check(writer.status());
    writer_ = std::move(*writer);
  }
  void add(const std::vector<nlohmann::json>& row) override {
    for (std::size_t column = 0; column < columns_.size(); ++column) append(*builders_[column], row[column], columns_[column].is_number);
    if (++rows_ == kBatchRows) flush();
  }
  void finish() override {
    flush();
    check(writer_->Close());
  }

 private:
  static constexpr std::int64_t kBatchRows = 65536;

  void check(const arrow::Status& status) const {
    if (status.ok()) return;
    const int cause = arrow::internal::ErrnoFromStatus(status);
    throw cannot_write(to_, cause != 0 ? std::strerror(cause) : status.message());
  }
  void append(arrow::ArrayBuilder& builder, const nlohmann::json& value, bool is_number) const {
    if (value.is_null())
      check(builder.AppendNull());
    else if (is_number)
      check(static_cast<arrow::DoubleBuilder&>(builder).Append(value.get<double>()));
    else
      check(static_cast<arrow::StringBuilder&>(builder).Append(cell_text(value)));
  }
  void flush() {
    if (rows_ == 0) return;
    std::vector<std::shared_ptr<arrow::Array>> arrays(builders_.size());
    for (std::size_t column = 0; column < builders_.size(); ++column) check(builders_[column]->Finish(&arrays[column]));
    check(writer_->WriteRecordBatch(*arrow::RecordBatch::Make(schema_, rows_, arrays)));
    rows_ = 0;
  }

  std::vector<TableColumn> columns_;
  std::string to_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_;
  std::shared_ptr<arrow::Schema> schema_;
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

std::unique_ptr<TableWriter> parquet_writer(const std::filesystem::path& file, std::vector<TableColumn> columns, const std::string& to) {
  return std::make_unique<ParquetWriter>(file, std::move(columns), to);
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
    if (shape.format == TableFormat::kParquet) return fill_and_finish(*parquet_writer(temporary, shape.columns, to), fill);
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
