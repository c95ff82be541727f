#include "hone/data/inspect_log.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "hone/core/file.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

constexpr std::size_t kRowsOfABatch = 1024;

// What stands between the brackets of a list, element by element; the list has been read as JSON before.
class ElementsOfList {
 public:
  explicit ElementsOfList(std::string_view list) : rest_(list.substr(1, list.size() - 2)) {}

  /// Empty at the end.
  std::string_view next() {
    const std::size_t begin = rest_.find_first_not_of(" \t\r\n,");
    if (begin == std::string_view::npos) return {};
    rest_.remove_prefix(begin);
    const std::size_t end = end_of_element();
    const std::string_view element = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return element;
  }

 private:
  std::size_t end_of_element() const {
    int depth = 0;
    bool in_string = false;
    for (std::size_t place = 0; place < rest_.size(); ++place) {
      const char c = rest_[place];
      if (in_string) {
        if (c == '\\') ++place;
        in_string = c != '"';
      } else if (c == '"') {
        in_string = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        --depth;
      } else if (c == ',' && depth == 0) {
        return place;
      }
    }
    return rest_.size();
  }

  std::string_view rest_;
};

bool is_json_object(const JsonValue& value) { return value.kind == JsonKind::kNested && value.text.starts_with('{'); }
bool is_json_list(const JsonValue& value) { return value.kind == JsonKind::kNested && value.text.starts_with('['); }
bool is_absent(const JsonValue& value) {
  return value.kind == JsonKind::kNone || value.kind == JsonKind::kNull || (value.kind == JsonKind::kNumber && value.text == "NaN");
}

// The number that the log's own metrics take a value for; what is none of these stands as it is.
std::string_view score_of(const JsonValue& value) {
  struct Meaning {
    std::string_view written, number;
  };
  static constexpr Meaning kMeanings[]{{"C", "1"}, {"I", "0"}, {"P", "0.5"}, {"N", "0"}, {"true", "1"}, {"false", "0"}};
  const auto* known = std::ranges::find(kMeanings, value.text, &Meaning::written);
  return known == std::end(kMeanings) ? value.text : known->number;
}

// One sample as cells by column name.
class SampleCells {
 public:
  /// Calls see(name, text) for each cell. Throws BadJson.
  template <typename See>
  void read(std::string_view sample, const See& see) {
    bool has_answer = false;
    for (const auto& [key, value] : sample_.parse(sample)) {
      if (is_absent(value)) continue;
      if (key == "id" || key == "epoch") see(std::string(key), value.text);
      if (key == "target") see("target", target(value));
      if (key == "scores" && is_json_object(value)) read_scores(value.text, see, has_answer);
      if (key == "metadata" && is_json_object(value)) read_metadata(value.text, see);
    }
  }

 private:
  static std::string_view target(const JsonValue& value) {
    if (!is_json_list(value)) return value.text;
    ElementsOfList elements(value.text);
    const std::string_view first = elements.next();
    const bool is_only =
        elements.next().empty() && first.size() >= 2 && first.starts_with('"') && first.find('\\') == std::string_view::npos;
    return is_only ? first.substr(1, first.size() - 2) : value.text;
  }

  template <typename See>
  void read_scores(std::string_view scores, const See& see, bool& has_answer) {
    for (const auto& [scorer, score] : scores_.parse(scores)) {
      if (!is_json_object(score)) continue;
      for (const auto& [key, value] : score_.parse(score.text)) {
        if (is_absent(value)) continue;
        if (key == "value" && is_json_object(value)) {
          for (const auto& [part, number] : values_.parse(value.text))
            if (!is_absent(number)) see(std::string(scorer) + "." + std::string(part), score_of(number));
        } else if (key == "value") {
          see(std::string(scorer), score_of(value));
        } else if (key == "answer" && !has_answer) {
          has_answer = true;
          see("answer", value.text);
        }
      }
    }
  }

  template <typename See>
  void read_metadata(std::string_view metadata, const See& see) {
    for (const auto& [key, value] : metadata_.parse(metadata))
      if (value.kind != JsonKind::kNested && !is_absent(value)) see("metadata." + std::string(key), value.text);
  }

  JsonRow sample_{JsonNumbers::kPythons}, scores_{JsonNumbers::kPythons}, score_{JsonNumbers::kPythons}, values_{JsonNumbers::kPythons},
      metadata_{JsonNumbers::kPythons};
};

// The columns of a log, in the order in which samples name them.
class LogColumns {
 public:
  void see(const std::string& name) {
    if (places_.contains(name)) return;
    if (names_.size() == kMaxColumns) throw Error(ErrorCode::kCorruptData, "more than 10,000 different scores and keys of metadata");
    places_.emplace(name, names_.size());
    names_.push_back(name);
  }

  std::size_t place_of(const std::string& name) const { return places_.at(name); }

  std::shared_ptr<arrow::Schema> schema() const {
    arrow::FieldVector fields;
    for (const std::string& name : names_) fields.push_back(arrow::field(name, arrow::utf8()));
    return arrow::schema(std::move(fields));
  }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> places_;
};

class InspectLogReader : public TableReader {
 public:
  InspectLogReader(std::string text, const std::string& name) : text_(std::move(text)) {
    name_ = name;
    find_samples();
    find_columns();
    elements_ = ElementsOfList(samples_);
  }

  TableBatch next() override {
    TableBatch batch;
    std::vector<arrow::StringBuilder> builders(static_cast<std::size_t>(schema_->num_fields()));
    while (batch.lines.size() < kRowsOfABatch) {
      const std::string_view sample = elements_.next();
      if (sample.empty()) break;
      ++line_;
      append(sample, batch, builders);
    }
    if (!batch.lines.empty()) batch.rows = flush(builders, static_cast<std::int64_t>(batch.lines.size()));
    return batch;
  }

  std::uint64_t bytes_read() const override { return text_.size(); }

 private:
  static constexpr const char* kWayOut = "; `inspect log convert --to json` writes one that has all";

  void find_samples() {
    JsonRow log(JsonNumbers::kPythons);
    bool is_log = false;
    try {
      for (const auto& [key, value] : log.parse(text_)) {
        is_log = is_log || (key == "eval" && is_json_object(value));
        if (key == "samples" && is_json_list(value)) samples_ = value.text;
      }
    } catch (const BadJson& bad) {
      throw Error(ErrorCode::kCorruptData, "'" + name_ + "' is not a log of inspect_ai: as JSON, " + bad.reason);
    }
    if (!is_log)
      throw Error(ErrorCode::kInvalidArgument, "'" + name_ +
                                                   "' is JSON, but no log of inspect_ai: it has no object 'eval'; tables of other "
                                                   "programs are read as .jsonl, .csv or .parquet");
    if (samples_.empty() || ElementsOfList(samples_).next().empty())
      throw Error(ErrorCode::kInvalidArgument, "the log '" + name_ + "' has no samples" + kWayOut);
  }

  void find_columns() {
    columns_.see("id");
    ElementsOfList elements(samples_);
    for (std::string_view sample = elements.next(); !sample.empty(); sample = elements.next()) {
      try {
        cells_.read(sample, [&](const std::string& cell, std::string_view) { columns_.see(cell); });
      } catch (const BadJson&) {
        continue;  // Is told when it is read as a row.
      }
    }
    schema_ = columns_.schema();
  }

  void append(std::string_view sample, TableBatch& batch, std::vector<arrow::StringBuilder>& builders) {
    std::vector<std::pair<std::size_t, std::string>> row;
    try {
      cells_.read(sample, [&](const std::string& cell, std::string_view text) { row.emplace_back(columns_.place_of(cell), text); });
    } catch (const BadJson& bad) {
      return add_bad_row(line_, bad.reason);
    }
    if (std::ranges::none_of(row, [&](const auto& cell) { return cell.first == columns_.place_of("id"); }))
      return add_bad_row(line_, "the sample has no id");
    for (const auto& [place, text] : row)  // Of a key that comes twice the first counts.
      if (builders[place].length() == static_cast<std::int64_t>(batch.lines.size()))
        check(builders[place].Append(text), name_, ErrorCode::kIo);
    batch.lines.push_back(line_);
    for (arrow::StringBuilder& builder : builders)
      if (builder.length() < static_cast<std::int64_t>(batch.lines.size())) check(builder.AppendNull(), name_, ErrorCode::kIo);
  }

  std::shared_ptr<arrow::RecordBatch> flush(std::vector<arrow::StringBuilder>& builders, std::int64_t rows) const {
    arrow::ArrayVector columns;
    for (arrow::StringBuilder& builder : builders) columns.push_back(value_of(builder.Finish(), name_, ErrorCode::kIo));
    return arrow::RecordBatch::Make(schema_, rows, std::move(columns));
  }

  const std::string text_;
  std::string_view samples_;
  ElementsOfList elements_{"[]"};
  LogColumns columns_;
  SampleCells cells_;
  std::uint64_t line_ = 0;
};

}  // namespace

std::unique_ptr<TableReader> open_inspect_log(const std::filesystem::path& file) {
  require_file(file);
  return read_inspect_log(read_file(file, kMostLogBytes), file.filename().string());
}

std::unique_ptr<TableReader> read_inspect_log(std::string text, const std::string& name) {
  return std::make_unique<InspectLogReader>(std::move(text), name);
}

}  // namespace hone
