#include "hone/data/table_reader.h"

#include <arrow/io/file.h>
#include <arrow/type.h>

#include <algorithm>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/file_advice_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

constexpr std::size_t kKeptBadRows = 1000;
constexpr const char* kEndings = ".csv, .tsv, .jsonl, .ndjson, .parquet, and the text ones with .gz or .zst";

TextWindow open_text(const std::filesystem::path& file, Packing packing, const ReadOptions& options) {
  const std::string name = file.filename().string();
  auto stream = value_of(arrow::io::ReadableFile::Open(file.string()), "cannot open '" + file.string() + "'", ErrorCode::kIo);
  const auto bytes = static_cast<std::size_t>(stream->GetSize().ValueOr(TextWindow::kBlock));
  const std::size_t block = std::clamp(bytes, TextWindow::kSmallBlock, TextWindow::kBlock);  // A small file needs no large window.
  return {std::move(stream), packing, options.encoding, name, block};
}

char delimiter_of(const ReadOptions& options, std::string_view name) {
  if (options.delimiter != 0) return options.delimiter;
  return name.ends_with(".tsv") ? '\t' : ',';
}

JsonNumbers json_numbers(const ReadOptions& options) { return options.python_numbers ? JsonNumbers::kPythons : JsonNumbers::kStrict; }

struct Format {
  enum Kind { kCsv, kJsonl, kParquet };
  Kind kind = kCsv;
  Packing packing = Packing::kNone;
  char delimiter = ',';
};

Format format_of(const std::filesystem::path& file, const ReadOptions& options) {
  options.validate();
  require_file(file);
  const auto [name, packing] = packing_of(file.filename().string());
  if (name.ends_with(".csv") || name.ends_with(".tsv")) return {Format::kCsv, packing, delimiter_of(options, name)};
  if (name.ends_with(".jsonl") || name.ends_with(".ndjson")) return {Format::kJsonl, packing};
  if (name.ends_with(".parquet") && packing == Packing::kNone) return {Format::kParquet};
  throw Error(ErrorCode::kInvalidArgument,
              "cannot tell the format of '" + file.filename().string() + "' by its ending; known are " + kEndings + advice_on_format(file));
}

}  // namespace

void require_file(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) throw Error(ErrorCode::kNotFound, "no file '" + file.string() + "'" + advice_on_missing_file(file));
  if (std::filesystem::is_directory(file))
    throw Error(ErrorCode::kInvalidArgument,
                "'" + file.string() + "' is a folder; name the files in it, as in '" + (file / "*.csv").string() + "'");
}

std::shared_ptr<arrow::Schema> text_for_null(const arrow::Schema& schema) {
  arrow::FieldVector fields = schema.fields();
  for (auto& field : fields)
    if (field->type()->id() == arrow::Type::NA) field = arrow::field(field->name(), arrow::utf8());
  return arrow::schema(std::move(fields));
}

void TableReader::add_bad_row(std::uint64_t line, std::string reason) {
  ++bad_row_count_;
  if (bad_rows_.size() < kKeptBadRows) bad_rows_.push_back({.file = name_, .line = line, .reason = std::move(reason)});
}

std::unique_ptr<TableReader> open_table(const std::filesystem::path& file, const ReadOptions& options,
                                        const std::shared_ptr<arrow::Schema>& types) {
  const Format format = format_of(file, options);
  if (format.kind == Format::kParquet) return make_parquet_reader(file);
  if (format.kind == Format::kCsv) return make_csv_reader(open_text(file, format.packing, options), format.delimiter);
  const JsonNumbers numbers = json_numbers(options);
  const auto schema = types ? types : text_for_null(*scan_jsonl(open_text(file, format.packing, options), numbers));
  return make_jsonl_reader(open_text(file, format.packing, options), schema, numbers);
}

std::shared_ptr<arrow::Schema> first_columns(const std::filesystem::path& file, const ReadOptions& options, std::uint64_t most_lines) {
  const Format format = format_of(file, options);
  if (format.kind != Format::kJsonl) return open_table(file, options)->schema();
  return text_for_null(*scan_jsonl(open_text(file, format.packing, options), json_numbers(options), most_lines));
}

std::shared_ptr<arrow::Schema> column_types(const std::filesystem::path& file, const ReadOptions& options) {
  const Format format = format_of(file, options);
  if (format.kind == Format::kJsonl) return scan_jsonl(open_text(file, format.packing, options), json_numbers(options));
  return open_table(file, options)->schema();
}

}  // namespace hone
