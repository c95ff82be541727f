#include "hone/flow/prediction_file.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/data/inspect_log.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/values_in.h"

namespace hone {
namespace {

constexpr std::uint64_t kFirstLines = 1000;
constexpr std::size_t kRejectedKept = 10;
constexpr std::size_t kMostFilters = 100;
// More probabilities than that would take gigabytes: 2^28 of 8 bytes.
constexpr std::size_t kMostShares = std::size_t{1} << 28;
// Probabilities written with three digits, of many classes, do not sum to 1 exactly.
constexpr double kSumTolerance = 0.01;
// Larger scores could not be summed and squared.
constexpr double kLargestScore = 1e100;
constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();

ReadOptions read_options() { return {.python_numbers = true}; }

bool is_jsonl(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.find(".jsonl") != std::string::npos || name.find(".ndjson") != std::string::npos;
}

// The column of COLUMN.KEY, where there is one of that name and none of the whole name.
std::string column_of(const std::vector<std::string>& columns, const std::string& field) {
  if (field.empty() || std::ranges::find(columns, field) != columns.end()) return field;
  const std::string column = field.substr(0, field.find('.'));
  return column != field && std::ranges::find(columns, column) != columns.end() ? column : std::string();
}

bool says_not_finite(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  constexpr std::array<std::string_view, 10> kNames{"nan", "NaN", "NAN", "inf", "Inf", "INF", "infinity", "Infinity", "-nan", "NA"};
  return std::ranges::find(kNames, text) != kNames.end();
}

// A number as programs write it, true or false; NaN where it is none or not finite.
double number_in(std::string_view text) {
  if (text == "true" || text == "True") return 1.0;
  if (text == "false" || text == "False") return 0.0;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) ? number : kNoScore;
}

std::string_view class_as_read(std::string_view text) {
  const std::size_t point = text.find('.'), first = text.starts_with('-') ? 1 : 0;
  const bool is_whole = point != std::string_view::npos && point > first && point + 1 < text.size() &&
                        text.find_first_not_of('0', point + 1) == std::string_view::npos &&
                        text.substr(first, point - first).find_first_not_of("0123456789") == std::string_view::npos;
  return is_whole ? text.substr(0, point) : text;
}

// A field of a batch as text: a column, or a key of the objects that one holds.
class Field {
 public:
  Field() = default;
  Field(const arrow::RecordBatch& batch, const std::string& field) {
    if (field.empty()) return;
    const std::string column = column_of(batch.schema()->field_names(), field);
    if (column.empty()) return;
    values_ = batch.GetColumnByName(column);
    if (column != field) key_ = field.substr(column.size() + 1);
    text_ = std::make_unique<TextColumn>(*values_);
  }

  bool is_there() const { return values_ != nullptr; }

  /// Without blanks around it; empty where there is none. Valid until the next call.
  std::string_view at(std::int64_t row) const {
    const std::optional<std::string_view> text = text_->at(row);
    if (!text) return {};
    return trimmed(key_.empty() ? *text : member(*text));
  }

  /// Of a column of numbers, without the way through text.
  std::optional<double> number_at(std::int64_t row) const {
    if (values_->IsNull(row)) return std::nullopt;
    if (values_->type_id() == arrow::Type::DOUBLE) return static_cast<const arrow::DoubleArray&>(*values_).Value(row);
    if (values_->type_id() == arrow::Type::INT64) return static_cast<double>(static_cast<const arrow::Int64Array&>(*values_).Value(row));
    return std::nullopt;
  }

 private:
  std::string_view member(std::string_view object) const {
    try {
      for (const auto& [key, value] : json_.parse(object))
        if (key == key_ && value.kind != JsonKind::kNull) return value.text;
    } catch (const BadJson&) {
      return {};  // No object: it has no such key.
    }
    return {};
  }

  std::shared_ptr<arrow::Array> values_;
  std::unique_ptr<TextColumn> text_;
  std::string key_;
  mutable JsonRow json_{JsonNumbers::kPythons};
};

std::shared_ptr<arrow::Schema> texts_named(const std::vector<std::string>& names) {
  arrow::FieldVector fields;
  for (const std::string& name : names) fields.push_back(arrow::field(name, arrow::utf8()));
  return arrow::schema(std::move(fields));
}

std::unique_ptr<TableReader> reader_of(const PredictionLayout& layout, const std::vector<std::string>& columns) {
  if (layout.kind == PredictionKind::kInspect) return open_inspect_log(layout.file);
  return open_table(layout.file, read_options(), is_jsonl(layout.file) ? texts_named(columns) : nullptr);
}

// --- A first look.

bool has_all(const std::vector<std::string>& columns, std::initializer_list<std::string_view> names) {
  return std::ranges::all_of(names, [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); });
}

// Numbers and gaps alone, and at least one number.
bool holds_numbers(const arrow::RecordBatch& batch, const std::string& column) {
  const Field field(batch, column);
  bool has_one = false;
  if (!field.is_there()) return false;  // A column without a name is asked for by none.
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    const std::string_view text = field.at(row);
    if (text.empty() || says_not_finite(text)) continue;
    if (std::isnan(number_in(text))) return false;
    has_one = true;
  }
  return has_one;
}

// lm-eval lists the names of an item's scores; some of them are no numbers but parts of one.
std::vector<std::string> scores_named(const arrow::RecordBatch& batch, const std::vector<std::string>& numbers) {
  const Field metrics(batch, "metrics");
  if (!metrics.is_there() || batch.num_rows() == 0) return {};
  const nlohmann::json listed = nlohmann::json::parse(metrics.at(0), nullptr, false);
  std::vector<std::string> scores;
  if (!listed.is_array()) return scores;
  for (const nlohmann::json& name : listed)
    if (name.is_string() && std::ranges::find(numbers, name.get<std::string>()) != numbers.end()) scores.push_back(name.get<std::string>());
  return scores;
}

std::vector<std::string> scorers_of(const std::vector<std::string>& numbers) {
  std::vector<std::string> scorers;
  for (const std::string& column : numbers)
    if (column != "id" && column != "epoch" && column != "target" && column != "answer" && !column.starts_with("metadata."))
      scorers.push_back(column);
  return scorers;
}

std::string no_rows(const PredictionLayout& layout) {
  return "'" + layout.file.string() +
         "' has no rows; a file of predictions has a row for each item, with its id and its prediction or score";
}

// --- Reading.

class PredictionReading {
 public:
  PredictionReading(const PredictionLayout& layout, const PredictionRequest& request) : layout_(layout), request_(request) {
    if (request.conditions.empty()) return;
    engine_ = std::make_unique<ConditionEngine>(request.conditions, EngineOptions{.text = {"text"}});
    table_.holding.resize(request.conditions.size());
    failures_.resize(request.conditions.size());
  }

  PredictionTable read() {
    table_.slices.resize(request_.slices.size());
    const std::unique_ptr<TableReader> reader = reader_of(layout_, columns_read());
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) take(batch);
    finish(*reader);
    return std::move(table_);
  }

 private:
  std::vector<std::string> columns_read() const {
    std::vector<std::string> fields{request_.id,      request_.prediction, request_.gold, request_.score, request_.probabilities,
                                    request_.cluster, request_.version,    "epoch",       "filter"};
    fields.insert(fields.end(), request_.slices.begin(), request_.slices.end());
    if (engine_)
      for (const std::string& column : engine_->columns()) fields.push_back(column);
    std::vector<std::string> columns;
    for (const std::string& field : fields) {
      const std::string column = column_of(layout_.columns, field);
      if (!column.empty() && std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
    }
    // Flat columns of probabilities.
    if (!request_.probabilities.empty())
      for (const std::string& column : layout_.columns)
        if (column.starts_with(request_.probabilities + ".") && std::ranges::find(columns, column) == columns.end())
          columns.push_back(column);
    return columns;
  }

  std::string place(std::size_t row) const { return "'" + layout_.file.string() + "':" + std::to_string(lines_[row]) + ": "; }
  [[noreturn]] void fail(std::size_t row, const std::string& what) const { throw Error(ErrorCode::kCorruptData, place(row) + what); }

  void take(const TableBatch& batch) {
    lines_ = batch.lines;
    rows_.clear();
    new_rows_.clear();
    choose_rows(*batch.rows);
    take_names(*batch.rows, request_.prediction, rows_, table_.prediction, read_answer_);
    take_scores(*batch.rows);
    take_probabilities(*batch.rows);
    const auto as_written = [](std::string_view text) { return text; };
    take_names(*batch.rows, request_.gold, new_rows_, table_.gold, read_answer_);
    take_names(*batch.rows, request_.cluster, new_rows_, table_.cluster, as_written);
    take_names(*batch.rows, request_.version, new_rows_, table_.version, as_written);
    for (std::size_t slice = 0; slice < request_.slices.size(); ++slice) {
      take_names(*batch.rows, request_.slices[slice], new_rows_, table_.slices[slice], as_written);
      if (table_.slices[slice].names.size() > kMostSlices) refuse_slices(request_.slices[slice]);
    }
    if (engine_) take_conditions(*batch.rows);
    table_.rows += lines_.size();
  }

  // Which rows of a batch are answers, of which items, and which of them are the first of their item.
  void choose_rows(const arrow::RecordBatch& batch) {
    const Field id(batch, request_.id), epoch(batch, "epoch"), filter(batch, "filter");
    const std::size_t items_before = table_.ids.size();
    items_before_ = items_before;
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto place = static_cast<std::size_t>(row);
      if (layout_.kind == PredictionKind::kLmEval && filter.is_there() && !is_chosen(filter.at(row))) continue;
      const std::string_view name = id.at(row);
      if (name.empty()) {
        reject({layout_.file.filename().string(), lines_[place], "no id"});
        continue;
      }
      const std::size_t known = table_.ids.size();
      const std::uint32_t item = table_.ids.of(name);
      if (item == known) {
        table_.lines.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(lines_[place], kNoName)));
        new_rows_.push_back(row);
      } else if (!epoch.is_there()) {
        refuse_repeated(place, name, item);
      }
      if (epoch.is_there()) take_epoch(place, name, item, epoch.at(row));
      if (item != known && table_.item_of.empty()) {
        table_.item_of.resize(answers_);
        for (std::uint32_t answer = 0; answer < answers_; ++answer) table_.item_of[answer] = answer;
      }
      if (item != known || !table_.item_of.empty()) table_.item_of.push_back(item);
      ++answers_;
      rows_.push_back(row);
    }
  }

  // Of the filters of lm-eval one is read.
  bool is_chosen(std::string_view filter) {
    if (filters_.size() < kMostFilters) filters_.of(filter);
    if (!request_.filter.empty()) return filter == request_.filter;
    return filter == filters_.name(0);
  }

  [[noreturn]] void refuse_repeated(std::size_t row, std::string_view name, std::uint32_t item) const {
    fail(row, "the id '" + std::string(name) + "' stands there a second time (first in line " + std::to_string(table_.lines[item]) +
                  "); an item has one row, or several that a column 'epoch' tells apart");
  }

  void take_epoch(std::size_t row, std::string_view name, std::uint32_t item, std::string_view epoch) {
    const std::size_t known = answered_.size();
    if (answered_.of(std::string(name) + '\x1F' + std::string(epoch)) != known)
      fail(row, "the id '" + std::string(name) + "' stands there a second time in epoch '" + std::string(epoch) +
                    "' (the id is first in line " + std::to_string(table_.lines[item]) + ")");
  }

  template <typename Read>
  void take_names(const arrow::RecordBatch& batch, const std::string& name, const std::vector<std::int64_t>& rows, NameColumn& column,
                  Read&& read) {
    if (name.empty()) return;
    const Field field(batch, name);
    for (const std::int64_t row : rows) {
      const std::string_view text = field.is_there() ? read(field.at(row)) : std::string_view();
      column.of.push_back(text.empty() ? kNoName : column.names.of(text));
    }
  }

  void take_scores(const arrow::RecordBatch& batch) {
    if (request_.score.empty()) return;
    const Field field(batch, request_.score);
    for (const std::int64_t row : rows_) table_.score.push_back(field.is_there() ? score_at(field, row) : kNoScore);
  }

  double score_at(const Field& field, std::int64_t row) {
    const auto place = static_cast<std::size_t>(row);
    double score = kNoScore;
    bool is_missing = false;
    if (const std::optional<double> number = field.number_at(row)) {
      score = std::isfinite(*number) ? *number : kNoScore;
    } else {
      const std::string_view text = field.at(row);
      is_missing = text.empty();
      if (!is_missing && !says_not_finite(text)) {
        score = number_in(text);
        if (std::isnan(score)) fail(place, "'" + std::string(text.substr(0, 40)) + "' in '" + request_.score + "' is not a number");
      }
    }
    if (std::abs(score) > kLargestScore) fail(place, "the score in '" + request_.score + "' is beyond 1e100, and cannot be summed");
    if (std::isnan(score) && !is_missing && table_.not_finite++ == 0) table_.not_finite_line = static_cast<std::uint32_t>(lines_[place]);
    return score;
  }

  // --- Probabilities: an object of classes in one column, or a column for each class.

  void take_probabilities(const arrow::RecordBatch& batch) {
    if (request_.probabilities.empty()) return;
    const Field objects(batch, request_.probabilities);
    const std::vector<std::pair<std::uint32_t, Field>> flat = objects.is_there() ? decltype(flat){} : flat_columns(batch);
    for (const std::int64_t row : rows_) {
      double sum = 0.0;
      const std::size_t begin = table_.probabilities.shares.size();
      if (objects.is_there()) {
        sum = take_object(row, objects.at(row));
      } else {
        for (const auto& [of_class, field] : flat)
          if (const std::string_view text = field.at(row); !text.empty()) sum += add_share(row, of_class, text);
      }
      if (table_.probabilities.shares.size() != begin && std::abs(sum - 1.0) > kSumTolerance)
        fail(static_cast<std::size_t>(row), "the probabilities sum to " + nlohmann::json(std::round(sum * 1e4) / 1e4).dump() +
                                                ", not to 1; name every class that has one");
      table_.probabilities.begins.push_back(table_.probabilities.shares.size());
      if (table_.probabilities.shares.size() > kMostShares)
        throw Error(ErrorCode::kInvalidArgument, "'" + layout_.file.string() + "' has more than " + with_commas(kMostShares) +
                                                     " probabilities; leave out classes that have none, or compare a part of the items");
    }
  }

  std::vector<std::pair<std::uint32_t, Field>> flat_columns(const arrow::RecordBatch& batch) {
    std::vector<std::pair<std::uint32_t, Field>> columns;
    const std::string start = request_.probabilities + ".";
    for (const std::string& column : batch.schema()->field_names())
      if (column.starts_with(start))
        columns.emplace_back(table_.probabilities.names.of(read_answer_(column.substr(start.size()))), Field(batch, column));
    return columns;
  }

  double take_object(std::int64_t row, std::string_view text) {
    double sum = 0.0;
    if (text.empty()) return sum;
    try {
      for (const auto& [name, value] : json_.parse(text))
        sum += add_share(row, table_.probabilities.names.of(read_answer_(trimmed(name))), value.text);
    } catch (const BadJson& bad) {
      fail(static_cast<std::size_t>(row), "'" + request_.probabilities +
                                              "' is not an object of classes with their probabilities, such as {\"card\": 0.9, "
                                              "\"loan\": 0.1}: " +
                                              bad.reason);
    }
    return sum;
  }

  double add_share(std::int64_t row, std::uint32_t of_class, std::string_view text) {
    const double share = number_in(text);
    if (!(share >= 0.0 && share <= 1.0 + 1e-6))
      fail(static_cast<std::size_t>(row), "the probability '" + std::string(text.substr(0, 40)) + "' of '" +
                                              std::string(table_.probabilities.names.name(of_class)) + "' is no number from 0 to 1");
    table_.probabilities.classes.push_back(of_class);
    table_.probabilities.shares.push_back(static_cast<float>(share));
    return share;
  }

  // --- Slices.

  [[noreturn]] void refuse_slices(const std::string& field) const {
    throw Error(ErrorCode::kInvalidArgument,
                "'" + field + "' has more than " + with_commas(kMostSlices) + " different values in '" + layout_.file.string() +
                    "', each of which would be a slice; give a condition on it, such as {where: {field: " + field + ", above: 10}}");
  }

  void take_conditions(const arrow::RecordBatch& batch) {
    std::vector<std::vector<std::uint32_t>> hits;
    std::vector<ConditionFailure> failures;
    engine_->evaluate(batch, hits, &failures);
    std::vector<std::uint32_t> item_of_row(static_cast<std::size_t>(batch.num_rows()), kNoName);
    for (std::size_t place = 0; place < new_rows_.size(); ++place)
      item_of_row[static_cast<std::size_t>(new_rows_[place])] = static_cast<std::uint32_t>(items_before_ + place);
    for (std::size_t condition = 0; condition < hits.size(); ++condition)
      for (const std::uint32_t row : hits[condition])
        if (item_of_row[row] != kNoName) table_.holding[condition].push_back(item_of_row[row]);
    for (const ConditionFailure& failure : failures)
      if (item_of_row[failure.row] != kNoName && failures_[failure.condition].count++ == 0)
        failures_[failure.condition].first = place(failure.row) + failure.what;
  }

  // --- The end.

  void reject(BadRow row) {
    ++table_.rejected_rows;
    if (table_.rejected.size() < kRejectedKept) table_.rejected.push_back(std::move(row));
  }

  void finish(const TableReader& reader) {
    for (const BadRow& row : reader.bad_rows())
      if (table_.rejected.size() < kRejectedKept) table_.rejected.push_back(row);
    table_.rejected_rows += reader.bad_row_count();
    refuse_filters();
    refuse_too_many_bad_rows();
    if (table_.ids.size() == 0) throw Error(ErrorCode::kInvalidArgument, no_rows(layout_));
    for (const std::string& note : reader.notes()) table_.notes.push_back(note);
    if (reader.repaired_fields() > 0)
      table_.notes.push_back(counted(reader.repaired_fields(), "field", "fields") + " of '" + layout_.file.filename().string() +
                             "' had invalid UTF-8, replaced by U+FFFD");
    for (const ConditionFailed& failed : failures_)
      if (failed.count > 0)
        table_.notes.push_back(counted(failed.count, "item is", "items are") +
                               " in no slice of a condition that cannot read a value there, the first at " + failed.first);
  }

  void refuse_filters() const {
    std::vector<std::string> names;
    for (std::uint32_t filter = 0; filter < filters_.size(); ++filter) names.emplace_back(filters_.name(filter));
    if (request_.filter.empty() && names.size() > 1)
      throw Error(ErrorCode::kInvalidArgument, "'" + layout_.file.string() + "' has each item once for each of the filters " +
                                                   quoted_list(names) + "; choose one with --filter");
    if (!request_.filter.empty() && layout_.kind == PredictionKind::kLmEval && std::ranges::find(names, request_.filter) == names.end())
      throw Error(ErrorCode::kNotFound,
                  "'" + layout_.file.string() + "' has no filter '" + request_.filter + "'" + suggestion(request_.filter, names));
  }

  void refuse_too_many_bad_rows() const {
    const auto rows = static_cast<double>(table_.rows + table_.rejected_rows);
    if (static_cast<double>(table_.rejected_rows) <= request_.max_bad_rows * rows) return;
    std::string message = counted(table_.rejected_rows, "row", "rows") + " of '" + layout_.file.string() + "' could not be used:";
    for (const BadRow& row : table_.rejected) message += "\n  " + row.file + ":" + std::to_string(row.line) + ": " + row.reason;
    throw Error(ErrorCode::kCorruptData, message);
  }

  struct ConditionFailed {
    std::uint64_t count = 0;
    std::string first = {};
  };

  const PredictionLayout& layout_;
  const PredictionRequest& request_;
  std::unique_ptr<ConditionEngine> engine_;
  std::vector<ConditionFailed> failures_;  // By condition.
  PredictionTable table_;
  NameTable answered_;  // Ids with their epochs, where there are epochs.
  NameTable filters_;
  JsonRow json_{JsonNumbers::kPythons};
  AnswerReader read_answer_;
  std::uint32_t answers_ = 0;
  // Of the batch at hand.
  std::vector<std::uint64_t> lines_;
  std::vector<std::int64_t> rows_, new_rows_;  // Answers, and the first ones of their items.
  std::size_t items_before_ = 0;
};

}  // namespace

std::string_view AnswerReader::operator()(std::string_view text) {
  if (!text.starts_with('[')) return class_as_read(text);
  std::vector<std::string> values = values_in(text, "");
  if (values.size() == 1 && values.front() == text) return text;  // No list.
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  return list_ = nlohmann::json(values).dump();
}

PredictionLayout look_at_predictions(const std::filesystem::path& file) {
  PredictionLayout layout{.file = file};
  if (file.extension() == ".json") layout.kind = PredictionKind::kInspect;
  if (file.extension() == ".eval")
    throw Error(ErrorCode::kInvalidArgument, "'" + file.string() +
                                                 "' is a packed log of inspect_ai; write it as JSON first: inspect log convert --to json "
                                                 "--output-dir json " +
                                                 file.string());
  std::vector<std::string> columns;
  if (layout.kind == PredictionKind::kTable) columns = first_columns(file, read_options(), kFirstLines)->field_names();
  const std::unique_ptr<TableReader> reader = reader_of(layout, columns);
  layout.columns = reader->schema()->field_names();
  const TableBatch batch = reader->next();
  if (!batch.rows) {
    if (reader->bad_row_count() == 0) throw Error(ErrorCode::kInvalidArgument, no_rows(layout));
    const BadRow& bad = reader->bad_rows().front();
    throw Error(ErrorCode::kCorruptData, "'" + file.string() + "' has no row that could be used; the first, in line " +
                                             std::to_string(bad.line) + ": " + bad.reason);
  }
  for (const std::string& column : layout.columns)
    if (holds_numbers(*batch.rows, column)) layout.numbers.push_back(column);
  if (layout.kind == PredictionKind::kTable && has_all(layout.columns, {"doc_id", "target", "resps"})) {
    layout.kind = PredictionKind::kLmEval;
    layout.scores = scores_named(*batch.rows, layout.numbers);
  } else if (layout.kind == PredictionKind::kInspect) {
    layout.scores = scorers_of(layout.numbers);
  }
  return layout;
}

bool has_field(PredictionLayout& layout, const std::string& field) {
  if (!column_of(layout.columns, field).empty()) return true;
  if (!is_jsonl(layout.file)) return false;
  layout.columns = first_columns(layout.file, read_options(), std::numeric_limits<std::uint64_t>::max())->field_names();
  return !column_of(layout.columns, field).empty();
}

PredictionTable read_predictions(const PredictionLayout& layout, const PredictionRequest& request) {
  if (column_of(layout.columns, request.id).empty()) throw Error(ErrorCode::kNotFound, missing_field(layout, request.id, "--id"));
  return PredictionReading(layout, request).read();
}

std::string missing_field(const PredictionLayout& layout, const std::string& field, std::string_view option) {
  return "'" + layout.file.string() + "' has no field '" + field + "'" + suggestion(field, layout.columns) +
         (option.empty() ? "" : " (" + std::string(option) + " names another)");
}

}  // namespace hone
