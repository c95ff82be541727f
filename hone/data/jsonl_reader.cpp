// One JSON object a line (jsonlines.org).
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

constexpr std::size_t kMaxLine = 16 << 20;
constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;

// Rows of a JSONL file, one after the other, and the columns that they name.
class JsonlRows {
 public:
  enum class Outcome { kRow, kBad, kBatchEnd, kEnd };

  explicit JsonlRows(TextWindow window, JsonNumbers numbers = JsonNumbers::kStrict) : window_(std::move(window)), row_(numbers) {}

  const std::string& name() const { return window_.name(); }
  std::uint64_t bytes_read() const { return window_.bytes_read(); }
  std::uint64_t line() const { return line_; }           // Of the row just read.
  const std::string& reason() const { return reason_; }  // Why it is bad.
  const std::vector<std::string>& columns() const { return columns_; }
  std::uint64_t repeated_keys() const { return repeated_keys_; }

  /// By column, for those that the row has; columns may be fewer than columns().
  const std::vector<JsonValue>& cells() const { return cells_; }

  void add_column(const std::string& column) { column_of(column); }

  Outcome next() {
    std::string_view line;
    do {
      const Outcome outcome = next_line(line);
      if (outcome != Outcome::kRow) return outcome;
    } while (line.find_first_not_of(" \t\r") == std::string_view::npos);
    try {
      read_row(line);
      return Outcome::kRow;
    } catch (const BadJson& bad) {
      reason_ = bad.reason;
      return Outcome::kBad;
    }
  }

 private:
  // A line that is too long is passed over piece by piece and never held.
  Outcome next_line(std::string_view& line) {
    for (;;) {
      const std::string_view text = window_.text().substr(used_);
      const std::size_t end = text.find('\n', std::min(searched_, text.size()));
      if (end != std::string_view::npos || (is_last_ && !text.empty())) {
        line = text.substr(0, end);
        used_ += end == std::string_view::npos ? text.size() : end + 1;
        searched_ = 0;
        ++line_;
        return std::exchange(overlong_, false) || line.size() > kMaxLine ? too_long() : Outcome::kRow;
      }
      if (is_last_) return end_of_file();
      pass_read(text.size());
    }
  }

  Outcome end_of_file() {
    if (!std::exchange(overlong_, false)) return Outcome::kEnd;
    ++line_;
    return too_long();
  }

  Outcome too_long() {
    reason_ = "the line is longer than 16 MiB";
    return Outcome::kBad;
  }

  void pass_read(std::size_t unfinished) {
    overlong_ = overlong_ || unfinished > kMaxLine;
    window_.drop(overlong_ ? window_.text().size() : used_);
    used_ = 0;
    searched_ = window_.text().size();
    is_last_ = !window_.grow();
  }

  void read_row(std::string_view line) {
    const auto members = row_.parse(line);
    cells_.assign(columns_.size(), {});
    expected_ = 0;
    for (const auto& [key, value] : members) {
      const std::size_t column = column_of(key);
      if (column >= cells_.size()) cells_.resize(column + 1);
      repeated_keys_ += cells_[column].kind != JsonKind::kNone;
      cells_[column] = value;
    }
  }

  // Rows mostly name their columns in the same order.
  std::size_t column_of(std::string_view key) {
    if (expected_ < columns_.size() && columns_[expected_] == key) return expected_++;
    const auto known = places_.find(std::string(key));
    if (known != places_.end()) {
      expected_ = known->second + 1;
      return known->second;
    }
    if (columns_.size() == kMaxColumns)
      throw Error(ErrorCode::kCorruptData, name() + ":" + std::to_string(line_) + ": more than 10,000 different keys");
    places_.emplace(key, columns_.size());
    columns_.emplace_back(key);
    expected_ = columns_.size();
    return columns_.size() - 1;
  }

  TextWindow window_;
  JsonRow row_;
  bool is_last_ = false;
  bool overlong_ = false;
  std::size_t used_ = 0;
  std::size_t searched_ = 0;
  std::uint64_t line_ = 0;
  std::string reason_;
  std::vector<JsonValue> cells_;
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t expected_ = 0;
  std::uint64_t repeated_keys_ = 0;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool looks_whole(std::string_view text) { return text.find_first_of(".eE") == std::string_view::npos; }

double real_number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What the values of a column were so far.
struct Seen {
  bool whole = false, wide = false, real = false, boolean = false, other = false;

  void add(const JsonValue& cell) {
    if (cell.kind == JsonKind::kBool) boolean = true;
    if (cell.kind == JsonKind::kString || cell.kind == JsonKind::kNested) other = true;
    if (cell.kind == JsonKind::kNumber) add_number(cell.text);
  }

  void add_number(std::string_view text) {
    if (!looks_whole(text)) {
      real = true;
    } else if (const auto value = whole_number(text)) {
      whole = true;
      wide = wide || *value > kExactInDouble || *value < -kExactInDouble;
    } else {
      other = true;
    }
  }

  // Whole numbers that a double cannot hold are not rounded to sit beside reals.
  std::shared_ptr<arrow::DataType> type() const {
    const bool number = whole || real;
    if (other || (boolean && number) || (real && wide)) return arrow::utf8();
    if (boolean) return arrow::boolean();
    if (real) return arrow::float64();
    return whole ? arrow::int64() : arrow::null();
  }
};

class JsonlReader : public TableReader {
 public:
  JsonlReader(TextWindow window, const std::shared_ptr<arrow::Schema>& schema, JsonNumbers numbers) : rows_(std::move(window), numbers) {
    name_ = rows_.name();
    schema_ = schema;
    for (const std::string& column : schema_->field_names()) rows_.add_column(column);
  }

  TableBatch next() override {
    std::unique_ptr<arrow::RecordBatchBuilder> builder =
        value_of(arrow::RecordBatchBuilder::Make(schema_, arrow::default_memory_pool()), name_, ErrorCode::kIo);
    TableBatch batch;
    std::size_t bytes = 0;
    while (batch.lines.size() < kBatchRows && bytes < kBatchBytes) {
      const auto outcome = rows_.next();
      if (outcome == JsonlRows::Outcome::kEnd) break;
      if (outcome == JsonlRows::Outcome::kBad) {
        add_bad_row(rows_.line(), rows_.reason());
        continue;
      }
      bytes += append(*builder);
      batch.lines.push_back(rows_.line());
    }
    if (!batch.lines.empty()) batch.rows = flush(*builder, static_cast<std::int64_t>(batch.lines.size()));
    return batch;
  }

  std::vector<std::string> notes() const override {
    if (rows_.repeated_keys() == 0) return notes_;
    return {name_ + ": " + std::to_string(rows_.repeated_keys()) + " times a row names a key twice; the last value is taken"};
  }

  std::uint64_t bytes_read() const override { return rows_.bytes_read(); }

 private:
  // The builder takes the number of rows from its columns; rows that name none, `{}`, are rows too.
  std::shared_ptr<arrow::RecordBatch> flush(arrow::RecordBatchBuilder& builder, std::int64_t rows) const {
    if (schema_->num_fields() == 0) return arrow::RecordBatch::Make(schema_, rows, arrow::ArrayVector());
    return value_of(builder.Flush(), name_, ErrorCode::kIo);
  }

  // Returns the bytes that the row took, to know when a batch is large enough.
  std::size_t append(arrow::RecordBatchBuilder& builder) {
    std::size_t bytes = 0;
    for (int column = 0; column < schema_->num_fields(); ++column) {
      const auto place = static_cast<std::size_t>(column);
      const JsonValue cell = place < rows_.cells().size() ? rows_.cells()[place] : JsonValue{};
      bytes += 8 + cell.text.size();
      check(append_cell(cell, *schema_->field(column)->type(), *builder.GetField(column)), name_, ErrorCode::kIo);
    }
    return bytes;
  }

  static arrow::Status append_cell(const JsonValue& cell, const arrow::DataType& type, arrow::ArrayBuilder& builder) {
    const bool number = cell.kind == JsonKind::kNumber;
    if (cell.kind == JsonKind::kNone || cell.kind == JsonKind::kNull) return builder.AppendNull();
    switch (type.id()) {
      case arrow::Type::INT64: {
        const auto value = number ? whole_number(cell.text) : std::nullopt;
        auto& numbers = static_cast<arrow::Int64Builder&>(builder);
        return value ? numbers.Append(*value) : numbers.AppendNull();
      }
      case arrow::Type::DOUBLE: {
        auto& numbers = static_cast<arrow::DoubleBuilder&>(builder);
        return number ? numbers.Append(real_number(cell.text)) : numbers.AppendNull();
      }
      case arrow::Type::BOOL: {
        auto& truths = static_cast<arrow::BooleanBuilder&>(builder);
        return cell.kind == JsonKind::kBool ? truths.Append(cell.text == "true") : truths.AppendNull();
      }
      default:
        return static_cast<arrow::StringBuilder&>(builder).Append(cell.text);
    }
  }

  JsonlRows rows_;
};

}  // namespace

std::shared_ptr<arrow::Schema> scan_jsonl(TextWindow window, JsonNumbers numbers, std::uint64_t most_lines) {
  JsonlRows rows(std::move(window), numbers);
  std::vector<Seen> seen;
  for (auto outcome = rows.next(); outcome != JsonlRows::Outcome::kEnd && rows.line() <= most_lines; outcome = rows.next()) {
    if (outcome != JsonlRows::Outcome::kRow) continue;
    if (seen.size() < rows.cells().size()) seen.resize(rows.cells().size());
    for (std::size_t column = 0; column < rows.cells().size(); ++column) seen[column].add(rows.cells()[column]);
  }
  arrow::FieldVector fields;
  for (std::size_t column = 0; column < seen.size(); ++column) fields.push_back(arrow::field(rows.columns()[column], seen[column].type()));
  return arrow::schema(std::move(fields));
}

std::unique_ptr<TableReader> make_jsonl_reader(TextWindow window, const std::shared_ptr<arrow::Schema>& schema, JsonNumbers numbers) {
  return std::make_unique<JsonlReader>(std::move(window), schema, numbers);
}

}  // namespace hone
