// One JSON object a line (jsonlines.org), read with simdjson's On-Demand interface: Keiser and Lemire, On-Demand JSON: A
// Better Way to Parse Documents? (Software: Practice and Experience 54, 2024). On-Demand checks only what is asked for, so
// every value of a row is asked for here, nested ones too.
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <simdjson.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMaxLine = 16 << 20;
constexpr int kMaxDepth = 64;
constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;

enum class Kind { kNone, kNull, kBool, kNumber, kString, kNested };

struct Cell {
  Kind kind = Kind::kNone;
  std::string_view text;  // As it is written; of strings, what they mean. Valid until the next row is parsed.
};

// Why a row cannot be used.
struct BadJson {
  std::string reason;
};

void need(simdjson::error_code error) {
  if (error) throw BadJson{simdjson::error_message(error)};
}

template <typename T>
T need(simdjson::simdjson_result<T> result) {
  T value;
  need(std::move(result).get(value));
  return value;
}

// Tokens run up to the next one, blanks and all.
std::string_view without_blanks(std::string_view token) { return token.substr(0, token.find_last_not_of(" \t\r\n") + 1); }

void check_number(ondemand::value value, std::string_view text) {
  const auto error = value.get_number().error();
  // A whole number that fits no machine word is a number all the same; its text is kept.
  if (error && (error != simdjson::NUMBER_ERROR || text.find_first_not_of("0123456789", text.starts_with('-')) != std::string_view::npos ||
                text.size() < 19 || text[text.starts_with('-')] == '0'))
    throw BadJson{"'" + std::string(text.substr(0, 40)) + "' is not a number"};
}

void check_nested(ondemand::value value, int depth);

void check_scalar(ondemand::value value, ondemand::json_type type) {
  if (type == ondemand::json_type::string) {
    need(value.get_string());
  } else if (type == ondemand::json_type::number) {
    check_number(value, without_blanks(value.raw_json_token()));
  } else if (type == ondemand::json_type::boolean) {
    need(value.get_bool());
  } else if (!need(value.is_null())) {
    throw BadJson{"a value is none of null, true, false, a number, a string, a list or an object"};
  }
}

void check_nested(ondemand::value value, int depth) {
  if (depth > kMaxDepth) throw BadJson{"values are nested deeper than 64"};
  const auto type = need(value.type());
  if (type == ondemand::json_type::array) {
    for (auto item : need(value.get_array())) check_nested(need(std::move(item)), depth + 1);
  } else if (type == ondemand::json_type::object) {
    for (auto item : need(value.get_object())) {
      ondemand::field field = need(std::move(item));
      need(field.unescaped_key());
      check_nested(field.value(), depth + 1);
    }
  } else {
    check_scalar(value, type);
  }
}

Cell read_nested(ondemand::value value) {
  const char* begin = value.raw_json_token().data();
  check_nested(value, 2);
  const char* end = need(value.current_location());
  return {Kind::kNested, without_blanks({begin, static_cast<std::size_t>(end - begin)})};
}

Cell read_cell(ondemand::value value) {
  const auto type = need(value.type());
  if (type == ondemand::json_type::string) return {Kind::kString, need(value.get_string())};
  const std::string_view text = without_blanks(value.raw_json_token());
  if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
    return read_nested(value);
  }
  check_scalar(value, type);
  if (type == ondemand::json_type::number) return {Kind::kNumber, text};
  if (type == ondemand::json_type::boolean) return {Kind::kBool, text};
  return {Kind::kNull, {}};
}

// Rows of a JSONL file, one after the other, and the columns that they name.
class JsonlRows {
 public:
  enum class Outcome { kRow, kBad, kBatchEnd, kEnd };

  explicit JsonlRows(TextWindow window) : window_(std::move(window)) {}

  const std::string& name() const { return window_.name(); }
  std::uint64_t bytes_read() const { return window_.bytes_read(); }
  std::uint64_t line() const { return line_; }           // Of the row just read.
  const std::string& reason() const { return reason_; }  // Why it is bad.
  const std::vector<std::string>& columns() const { return columns_; }
  std::uint64_t repeated_keys() const { return repeated_keys_; }

  /// By column, for those that the row has; columns may be fewer than columns().
  const std::vector<Cell>& cells() const { return cells_; }

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
    if (line.ends_with('\r')) line.remove_suffix(1);
    cells_.assign(columns_.size(), {});
    ondemand::document row = need(parser_.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING));
    if (need(row.type()) != ondemand::json_type::object) throw BadJson{"the line is not a JSON object"};
    expected_ = 0;
    for (auto item : need(row.get_object())) {
      ondemand::field field = need(std::move(item));
      const std::size_t column = column_of(need(field.unescaped_key()));
      if (column >= cells_.size()) cells_.resize(column + 1);
      repeated_keys_ += cells_[column].kind != Kind::kNone;
      cells_[column] = read_cell(field.value());
    }
    if (row.current_location().error() != simdjson::OUT_OF_BOUNDS) throw BadJson{"something follows the JSON object"};
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
  ondemand::parser parser_;
  bool is_last_ = false;
  bool overlong_ = false;
  std::size_t used_ = 0;
  std::size_t searched_ = 0;
  std::uint64_t line_ = 0;
  std::string reason_;
  std::vector<Cell> cells_;
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

  void add(const Cell& cell) {
    if (cell.kind == Kind::kBool) boolean = true;
    if (cell.kind == Kind::kString || cell.kind == Kind::kNested) other = true;
    if (cell.kind == Kind::kNumber) add_number(cell.text);
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
  JsonlReader(TextWindow window, const std::shared_ptr<arrow::Schema>& schema) : rows_(std::move(window)) {
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
    if (!batch.lines.empty()) batch.rows = value_of(builder->Flush(), name_, ErrorCode::kIo);
    return batch;
  }

  std::vector<std::string> notes() const override {
    if (rows_.repeated_keys() == 0) return notes_;
    return {name_ + ": " + std::to_string(rows_.repeated_keys()) + " times a row names a key twice; the last value is taken"};
  }

  std::uint64_t bytes_read() const override { return rows_.bytes_read(); }

 private:
  // Returns the bytes that the row took, to know when a batch is large enough.
  std::size_t append(arrow::RecordBatchBuilder& builder) {
    std::size_t bytes = 0;
    for (int column = 0; column < schema_->num_fields(); ++column) {
      const auto place = static_cast<std::size_t>(column);
      const Cell cell = place < rows_.cells().size() ? rows_.cells()[place] : Cell{};
      bytes += 8 + cell.text.size();
      check(append_cell(cell, *schema_->field(column)->type(), *builder.GetField(column)), name_, ErrorCode::kIo);
    }
    return bytes;
  }

  static arrow::Status append_cell(const Cell& cell, const arrow::DataType& type, arrow::ArrayBuilder& builder) {
    const bool number = cell.kind == Kind::kNumber;
    if (cell.kind == Kind::kNone || cell.kind == Kind::kNull) return builder.AppendNull();
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
        return cell.kind == Kind::kBool ? truths.Append(cell.text == "true") : truths.AppendNull();
      }
      default:
        return static_cast<arrow::StringBuilder&>(builder).Append(cell.text);
    }
  }

  JsonlRows rows_;
};

}  // namespace

std::shared_ptr<arrow::Schema> scan_jsonl(TextWindow window) {
  JsonlRows rows(std::move(window));
  std::vector<Seen> seen;
  for (auto outcome = rows.next(); outcome != JsonlRows::Outcome::kEnd; outcome = rows.next()) {
    if (outcome != JsonlRows::Outcome::kRow) continue;
    if (seen.size() < rows.cells().size()) seen.resize(rows.cells().size());
    for (std::size_t column = 0; column < rows.cells().size(); ++column) seen[column].add(rows.cells()[column]);
  }
  arrow::FieldVector fields;
  for (std::size_t column = 0; column < seen.size(); ++column) fields.push_back(arrow::field(rows.columns()[column], seen[column].type()));
  return arrow::schema(std::move(fields));
}

std::unique_ptr<TableReader> make_jsonl_reader(TextWindow window, const std::shared_ptr<arrow::Schema>& schema) {
  return std::make_unique<JsonlReader>(std::move(window), schema);
}

}  // namespace hone
