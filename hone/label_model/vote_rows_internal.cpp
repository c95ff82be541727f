// Rows of a table of votes, wide or long, into numbers.
#include "hone/label_model/vote_rows_internal.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

constexpr std::size_t kMostWideClasses = 1000, kMostLongClasses = 65534, kMostRejectedKept = 1000;
// More sources are the ids of rows or of visits; half a kilobyte is kept of each.
constexpr std::size_t kMostSources = 1000000;
// Classes may be called 1.5 or 2.5, as grades are; more of such names are probabilities or measurements.
constexpr std::size_t kMostFractions = 20;

// The names of each part of a table, the usual one first.
using Names = std::span<const std::string_view>;
constexpr std::string_view kIdNames[]{"id", "example", "item"};
constexpr std::string_view kLongExampleNames[]{"example", "item", "id"};
constexpr std::string_view kSourceNames[]{"source", "worker"};
constexpr std::string_view kClassNames[]{"class", "label"};
constexpr std::string_view kTruthNames[]{"truth", "gold", "label", "class"};
constexpr std::string_view kConfidenceNames[]{"confidence"};
constexpr std::string_view kSawNames[]{"saw"};
constexpr std::string_view kSplitNames[]{"split"};
constexpr std::string_view kGoldNames[]{"gold"};

std::string lower(std::string_view name) {
  std::string result(name);
  for (char& letter : result)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return result;
}

// A column of a batch as names: without blanks around them; "" where there is nothing, and everywhere in a column that is not there.
class NameColumn {
 public:
  NameColumn() = default;
  NameColumn(std::string name, std::shared_ptr<arrow::Array> values)
      : name_(std::move(name)), values_(std::move(values)), text_(std::make_shared<TextColumn>(*values_)) {}

  bool is_there() const { return values_ != nullptr; }
  const std::string& name() const { return name_; }

  /// Valid until the next call.
  std::string_view at(std::int64_t row) const {
    const std::optional<std::string_view> text = text_ ? text_->at(row) : std::nullopt;
    if (!text || (*text == "nan" && values_->type_id() == arrow::Type::DOUBLE)) return {};
    return trimmed(*text);
  }

 private:
  std::string name_;
  std::shared_ptr<arrow::Array> values_;
  std::shared_ptr<const TextColumn> text_;  // Borrows from values_.
};

std::vector<std::string> column_names(const arrow::RecordBatch& batch) { return batch.schema()->field_names(); }

// The place of the first of these names that a batch has, or -1.
int place_of(const arrow::RecordBatch& batch, Names wanted) {
  const std::vector<std::string> columns = column_names(batch);
  for (std::string_view name : wanted) {
    const auto found = std::ranges::find(columns, name, lower);
    if (found != columns.end()) return static_cast<int>(found - columns.begin());
  }
  return -1;
}

NameColumn column_at(const arrow::RecordBatch& batch, int place) {
  return place < 0 ? NameColumn() : NameColumn(batch.column_name(place), batch.column(place));
}

NameColumn column_named(const arrow::RecordBatch& batch, Names wanted) { return column_at(batch, place_of(batch, wanted)); }

// Whether a number stands there with a point and nothing but zeros behind it.
bool has_idle_fraction(std::string_view text) {
  const std::size_t point = text.find('.'), first = text.starts_with('-') ? 1 : 0;
  return point != std::string_view::npos && point > first && point + 1 < text.size() &&
         text.substr(first, point - first).find_first_not_of("0123456789") == std::string_view::npos &&
         text.find_first_not_of('0', point + 1) == std::string_view::npos;
}

// The name of a class as it is voted for; "" for none. Tools that know gaps in floating point alone write the class 1 as 1.0.
std::string_view class_in(std::string_view text) {
  if (has_idle_fraction(text)) text = text.substr(0, text.find('.'));
  return text == "-1" ? std::string_view() : text;
}

bool is_number_with_fraction(std::string_view text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) && number != std::floor(number);
}

std::optional<float> confidence_from(std::string_view text) {
  if (text.empty()) return 1.0f;
  float value = 0.0f;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0.0f && value <= 1.0f)) return std::nullopt;
  return value;
}

class VoteRowsReading {
 public:
  VoteRowsReading(const std::filesystem::path& file, const VoteTableOptions& options) : file_(file), options_(options) {}

  VoteRows read() {
    each_batch(file_, [this](const TableBatch& batch) { take(batch); });
    if (rows_ == 0)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' has no rows of votes; it needs a column per source, or rows of example, source and class");
    if (!options_.gold.empty()) read_.gold = read_answers(options_.gold);
    if (!options_.known.empty()) read_.known = read_answers(options_.known);
    refuse_too_many_bad_rows();
    return std::move(read_);
  }

 private:
  enum class Form { kUnknown, kWide, kLong };

  template <typename Visit>
  void each_batch(const std::filesystem::path& file, const Visit& visit) {
    const std::unique_ptr<TableReader> reader = open_table(file, options_.read);
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) visit(batch);
    for (const BadRow& row : reader->bad_rows()) keep_rejected(row);
    read_.rejected_rows += reader->bad_row_count();
    for (const std::string& note : reader->notes()) read_.notes.push_back(note);
    if (reader->repaired_fields() > 0)
      read_.notes.push_back(counted(reader->repaired_fields(), "field", "fields") + " of '" + file.filename().string() +
                            "' had invalid UTF-8, replaced by U+FFFD");
  }

  void keep_rejected(BadRow row) {
    if (read_.rejected.size() < kMostRejectedKept) read_.rejected.push_back(std::move(row));
  }

  void reject(const std::filesystem::path& file, std::uint64_t line, std::string reason) {
    ++read_.rejected_rows;
    keep_rejected({file.filename().string(), line, std::move(reason)});
  }

  void take(const TableBatch& batch) {
    if (form_ == Form::kUnknown) form_ = form_of(*batch.rows);
    split_ = column_named(*batch.rows, kSplitNames);
    gold_ = column_named(*batch.rows, kGoldNames);
    form_ == Form::kWide ? take_wide(batch) : take_long(batch);
    rows_ += static_cast<std::uint64_t>(batch.rows->num_rows());
  }

  Form form_of(const arrow::RecordBatch& batch) const {
    const int source = place_of(batch, kSourceNames), voted = place_of(batch, kClassNames);
    if (source >= 0 && voted >= 0 && place_of(batch, kLongExampleNames) >= 0) return Form::kLong;
    if (source < 0 && voted < 0 && has_source_columns(batch)) return Form::kWide;
    throw Error(ErrorCode::kInvalidArgument,
                "the columns of '" + file_.string() +
                    "' are not those of votes: a wide table has a column per source beside 'id', 'split' and "
                    "'gold', a long one has 'item', 'worker' and 'label' or 'example', 'source' and 'class'; there are: " +
                    quoted_list(column_names(batch)));
  }

  static std::vector<int> source_places(const arrow::RecordBatch& batch) {
    const int id = place_of(batch, kIdNames);
    std::vector<int> places;
    for (int place = 0; place < batch.num_columns(); ++place) {
      const std::string name = lower(batch.column_name(place));
      if (place != id && name != "split" && name != "gold") places.push_back(place);
    }
    return places;
  }
  static bool has_source_columns(const arrow::RecordBatch& batch) { return !source_places(batch).empty(); }

  void take_wide(const TableBatch& batch) {
    const std::vector<std::uint32_t> example_of = wide_examples(batch);
    for (int place : source_places(*batch.rows)) {
      NameColumn column = column_at(*batch.rows, place);
      RawVotes& raw = votes_of(column.name());
      for (std::size_t row = 0; row < example_of.size(); ++row) {
        const std::string_view voted = class_in(column.at(static_cast<std::int64_t>(row)));
        if (example_of[row] != kNoName && !voted.empty()) raw.add(example_of[row], class_number(voted, column.name()), 1.0f);
      }
    }
  }

  std::vector<std::uint32_t> wide_examples(const TableBatch& batch) {
    NameColumn id = column_named(*batch.rows, kIdNames);
    if (rows_ == 0) has_ids_ = id.is_there();
    std::vector<std::uint32_t> example_of;
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      const std::string number = has_ids_ ? std::string() : std::to_string(rows_ + static_cast<std::uint64_t>(row) + 1);
      const std::string_view name = has_ids_ ? id.at(row) : std::string_view(number);
      if (name.empty()) reject(file_, batch.lines[static_cast<std::size_t>(row)], "no id");
      example_of.push_back(name.empty() ? kNoName : read_.examples.of(name));
      if (!name.empty()) take_known(example_of.back(), row);
    }
    return example_of;
  }

  void take_long(const TableBatch& batch) {
    NameColumn example = column_named(*batch.rows, kLongExampleNames), source = column_named(*batch.rows, kSourceNames);
    NameColumn voted = column_named(*batch.rows, kClassNames), confidence = column_named(*batch.rows, kConfidenceNames);
    NameColumn saw = column_named(*batch.rows, kSawNames);
    note_other_columns(*batch.rows, {&example, &source, &voted, &confidence, &saw, &split_, &gold_});
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      const std::uint64_t line = batch.lines[static_cast<std::size_t>(row)];
      const std::string_view example_name = example.at(row), source_name = source.at(row), class_name = class_in(voted.at(row));
      const std::optional<float> sure = confidence_from(confidence.at(row));
      if (example_name.empty() || source_name.empty()) {
        reject(file_, line, example_name.empty() ? "no example" : "no source");
      } else if (!sure) {
        reject(file_, line, "confidence '" + std::string(confidence.at(row)) + "' is not a number above 0 and up to 1");
      } else if (saw.at(row) == source_name) {
        reject(file_, line, "'" + std::string(source_name) + "' is said to have seen its own vote");
      } else {
        const std::uint32_t number = read_.examples.of(example_name);
        take_known(number, row);
        RawVotes& raw = votes_of(source_name);
        const std::string_view shown = saw.at(row);
        if (!class_name.empty())
          raw.add(number, class_number(class_name, voted.name()), *sure, shown.empty() ? kNoName : read_.shown.of(shown));
      }
    }
  }

  void note_other_columns(const arrow::RecordBatch& batch, std::initializer_list<const NameColumn*> used) {
    if (rows_ > 0) return;
    std::vector<std::string> others;
    for (const std::string& name : column_names(batch))
      if (std::ranges::none_of(used, [&](const NameColumn* column) { return column->is_there() && column->name() == name; }))
        others.push_back(name);
    if (!others.empty()) read_.notes.push_back("columns left out: " + quoted_list(others));
  }

  RawVotes& votes_of(std::string_view source) {
    const std::uint32_t number = read_.sources.of(source);
    if (number == kMostSources)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' has votes of more than 1,000,000 sources, such as '" + std::string(source.substr(0, 40)) +
                      "'; what tells a source is how it votes on many examples: name who or what voted, not when");
    if (number == read_.votes.size()) read_.votes.emplace_back();
    return read_.votes[number];
  }

  std::uint32_t class_number(std::string_view name, const std::string& column) {
    const std::uint32_t known = read_.classes.find(name);
    return known != kNoName ? known : new_class_number(name, column);
  }

  std::uint32_t new_class_number(std::string_view name, const std::string& column) {
    const std::uint32_t number = read_.classes.of(name);
    fractions_ += is_number_with_fraction(name);
    if (fractions_ > kMostFractions)
      throw Error(ErrorCode::kInvalidArgument,
                  "column '" + column + "' of '" + file_.string() + "' holds numbers with fractions, such as '" +
                      std::string(name.substr(0, 40)) +
                      "', and a vote names a class; how sure it is stands in the column 'confidence' of a table with a row per vote");
    const std::size_t most = form_ == Form::kWide ? kMostWideClasses : kMostLongClasses;
    if (number >= most)
      throw Error(ErrorCode::kInvalidArgument, "column '" + column + "' of '" + file_.string() + "' brings more than " +
                                                   std::to_string(most) + " different classes, such as '" +
                                                   std::string(name.substr(0, 40)) + "'; if it holds no votes, leave it out");
    return number;
  }

  // Split and gold, where the table has such columns.
  void take_known(std::uint32_t example, std::int64_t row) {
    if (split_.is_there()) {
      read_.splits.resize(std::max<std::size_t>(read_.splits.size(), example + std::size_t{1}));
      read_.splits[example] = split_.at(row);
    }
    if (gold_.is_there()) {
      const std::string_view name = class_in(gold_.at(row));
      if (!name.empty()) read_.gold.set(example, class_number(name, gold_.name()));
    }
  }

  // Refuses a wide table without ids: there is nothing to match by.
  KnownAnswers read_answers(const std::filesystem::path& file) {
    if (form_ == Form::kWide && !has_ids_)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' has no column 'id', so gold from '" + file.string() + "' has nothing to be matched by");
    KnownAnswers answers;
    std::uint64_t unmatched = 0;
    const std::uint64_t before = gold_rows_;
    each_batch(file, [&](const TableBatch& batch) { unmatched += take_answers(batch, file, answers); });
    if (unmatched > 0 && unmatched == gold_rows_ - before && read_.examples.size() > 0)
      throw Error(ErrorCode::kInvalidArgument, "no row of '" + file.string() + "' names an example of '" + file_.string() +
                                                   "'; ids are compared as they are written, and those of the votes begin with '" +
                                                   std::string(read_.examples.name(0).substr(0, 40)) + "'");
    if (unmatched > 0)
      read_.notes.push_back(counted(unmatched, "row of gold names no example of the votes and is left out",
                                    "rows of gold name no example of the votes and are left out"));
    return answers;
  }

  // Gives the number of rows that name no example of the votes.
  std::uint64_t take_answers(const TableBatch& batch, const std::filesystem::path& file, KnownAnswers& answers) {
    NameColumn item = column_named(*batch.rows, kLongExampleNames), truth = column_named(*batch.rows, kTruthNames);
    if (!item.is_there() || !truth.is_there())
      throw Error(ErrorCode::kInvalidArgument,
                  "gold in '" + file.string() +
                      "' needs the columns 'item' and 'truth' (or 'label'); there are: " + quoted_list(column_names(*batch.rows)));
    std::uint64_t unmatched = 0;
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      const std::string_view name = class_in(truth.at(row));
      const std::uint32_t example = read_.examples.find(item.at(row));
      unmatched += example == kNoName;
      if (example != kNoName && !name.empty()) answers.set(example, class_number(name, truth.name()));
    }
    gold_rows_ += static_cast<std::uint64_t>(batch.rows->num_rows());
    return unmatched;
  }

  void refuse_too_many_bad_rows() const {
    if (static_cast<double>(read_.rejected_rows) <= options_.max_bad_rows * static_cast<double>(rows_ + gold_rows_ + read_.rejected_rows))
      return;
    std::string message = counted(read_.rejected_rows, "row", "rows") + " of '" + file_.string() + "' could not be used:";
    for (std::size_t row = 0; row < std::min<std::size_t>(read_.rejected.size(), 10); ++row)
      message += "\n  " + read_.rejected[row].file + ":" + std::to_string(read_.rejected[row].line) + ": " + read_.rejected[row].reason;
    throw Error(ErrorCode::kCorruptData, message);
  }

  const std::filesystem::path file_;
  const VoteTableOptions options_;
  Form form_ = Form::kUnknown;
  bool has_ids_ = false;
  NameColumn split_, gold_;  // Of the batch at hand.
  VoteRows read_;
  std::uint64_t rows_ = 0, gold_rows_ = 0;
  std::size_t fractions_ = 0;  // Classes whose name is a number with a fraction.
};

}  // namespace

void RawVotes::add(std::uint32_t example, std::uint32_t class_number, float sure, std::uint32_t shown) {
  if (!examples.empty() && examples.back() >= example) ascending = false;
  if (sure != 1.0f && confidence.empty()) confidence.assign(examples.size(), 1.0f);
  if (shown != kNoName && saw.empty()) saw.assign(examples.size(), kNoName);
  if (shown != kNoName || !saw.empty()) saw.push_back(shown);
  examples.push_back(example);
  classes.push_back(class_number);
  if (sure != 1.0f || !confidence.empty()) confidence.push_back(sure);
}

void KnownAnswers::set(std::uint32_t example, std::uint32_t class_number) {
  if (classes.size() <= example) classes.resize(example + std::size_t{1}, kNoName);
  contradictions += classes[example] != kNoName && classes[example] != class_number;
  classes[example] = class_number;
}

VoteRows read_vote_rows(const std::filesystem::path& file, const VoteTableOptions& options) {
  return VoteRowsReading(file, options).read();
}

}  // namespace hone
