#include "hone/label_model/vote_table.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
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

// Numbers names in the order in which they are first seen.
class Numbering {
 public:
  std::uint32_t of(std::string_view name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(name, number);
    names_.emplace_back(name);
    return number;
  }
  std::uint32_t find(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? kNone : found->second;
  }
  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;  // Looked up only, never walked.
  std::vector<std::string> names_;
};

std::string lower(std::string_view name) {
  std::string result(name);
  for (char& letter : result)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
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

// The votes of one source as they come; examples usually ascend.
struct RawVotes {
  std::vector<std::uint32_t> examples, classes;
  std::vector<float> confidence;   // Empty while all are 1.
  std::vector<std::uint32_t> saw;  // Number of the name of the source whose vote each saw, kNone; empty while none did.
  bool ascending = true;

  void add(std::uint32_t example, std::uint32_t class_number, float sure, std::uint32_t shown = kNone) {
    if (!examples.empty() && examples.back() >= example) ascending = false;
    if (sure != 1.0f && confidence.empty()) confidence.assign(examples.size(), 1.0f);
    if (shown != kNone && saw.empty()) saw.assign(examples.size(), kNone);
    if (shown != kNone || !saw.empty()) saw.push_back(shown);
    examples.push_back(example);
    classes.push_back(class_number);
    if (sure != 1.0f || !confidence.empty()) confidence.push_back(sure);
  }
};

// Answers that are known, as they come.
struct KnownAnswers {
  std::vector<std::uint32_t> classes;  // By example: class number, kNone. May be shorter than there are examples.
  std::uint64_t contradictions = 0;

  void set(std::uint32_t example, std::uint32_t class_number) {
    if (classes.size() <= example) classes.resize(example + std::size_t{1}, kNone);
    contradictions += classes[example] != kNone && classes[example] != class_number;
    classes[example] = class_number;
  }
};

// The places of the votes that count: by example, of several on one the last.
std::vector<std::size_t> counting_votes(const RawVotes& raw) {
  std::vector<std::size_t> order(raw.examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (raw.ascending) return order;
  std::ranges::stable_sort(order, {}, [&](std::size_t vote) { return raw.examples[vote]; });
  std::vector<std::size_t> last;
  for (std::size_t place = 0; place < order.size(); ++place)
    if (place + 1 == order.size() || raw.examples[order[place]] != raw.examples[order[place + 1]]) last.push_back(order[place]);
  return last;
}

// A vote that was cast after seeing that of another source, and says the same, says nothing of its own.
class Suggestions {
 public:
  /// `saw`: by source and vote, the source whose vote was seen, kNone where none was; empty where a source saw none.
  Suggestions(const std::vector<SourceVotes>& votes, const std::vector<std::vector<std::uint32_t>>& saw) : votes_(votes), saw_(saw) {}

  /// Whether a vote repeats the one it saw, or one that this one repeats. Of votes that saw each other in a circle all count.
  bool repeats(std::uint32_t source, std::size_t vote) const {
    const std::uint32_t example = votes_[source].examples[vote];
    const ClassId voted = votes_[source].classes[vote];
    std::uint32_t at = source;
    for (int step = 0; step < kLongestChain; ++step) {
      at = saw_[at].empty() ? kNone : saw_[at][vote];
      if (at == source) return false;
      if (at == kNone || !find(at, example, vote) || votes_[at].classes[vote] != voted) return step > 0;
    }
    return true;
  }

 private:
  static constexpr int kLongestChain = 100;  // A longer one runs in a circle.

  bool find(std::uint32_t source, std::uint32_t example, std::size_t& vote) const {
    const std::vector<std::uint32_t>& examples = votes_[source].examples;
    const auto found = std::ranges::lower_bound(examples, example);
    vote = static_cast<std::size_t>(found - examples.begin());
    return found != examples.end() && *found == example;
  }

  const std::vector<SourceVotes>& votes_;
  const std::vector<std::vector<std::uint32_t>>& saw_;
};

// Keeps the votes for which keep(vote) holds.
template <typename Keep>
SourceVotes kept_votes(const SourceVotes& votes, const Keep& keep) {
  SourceVotes kept;
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    if (!keep(vote)) continue;
    kept.examples.push_back(votes.examples[vote]);
    kept.classes.push_back(votes.classes[vote]);
    if (!votes.confidence.empty()) kept.confidence.push_back(votes.confidence[vote]);
  }
  return kept;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void sort_class_names(std::vector<std::string>& names) {
  const bool all_numbers = std::ranges::all_of(names, [](const std::string& name) { return whole_number(name).has_value(); });
  if (all_numbers)
    std::ranges::sort(names, {}, [](const std::string& name) { return std::tuple(*whole_number(name), name); });
  else
    std::ranges::sort(names);
}

std::optional<float> confidence_from(std::string_view text) {
  if (text.empty()) return 1.0f;
  float value = 0.0f;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0.0f && value <= 1.0f)) return std::nullopt;
  return value;
}

std::string count_of(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

class VoteTableReading {
 public:
  VoteTableReading(const std::filesystem::path& file, const VoteTableOptions& options) : file_(file), options_(options) {}

  VoteTable read() {
    each_batch(file_, [this](const TableBatch& batch) { take(batch); });
    if (rows_ == 0)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' has no rows of votes; it needs a column per source, or rows of example, source and class");
    if (!options_.gold.empty()) gold_answers_ = read_answers(options_.gold);
    if (!options_.known.empty()) known_answers_ = read_answers(options_.known);
    refuse_too_many_bad_rows();
    return finish();
  }

 private:
  enum class Form { kUnknown, kWide, kLong };

  template <typename Visit>
  void each_batch(const std::filesystem::path& file, const Visit& visit) {
    const std::unique_ptr<TableReader> reader = open_table(file, options_.read);
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) visit(batch);
    for (const BadRow& row : reader->bad_rows()) keep_rejected(row);
    bad_rows_ += reader->bad_row_count();
    for (const std::string& note : reader->notes()) notes_.push_back(note);
    if (reader->repaired_fields() > 0)
      notes_.push_back(count_of(reader->repaired_fields(), "field", "fields") + " of '" + file.filename().string() +
                       "' had invalid UTF-8, replaced by U+FFFD");
  }

  void keep_rejected(BadRow row) {
    if (rejected_.size() < kMostRejectedKept) rejected_.push_back(std::move(row));
  }

  void reject(const std::filesystem::path& file, std::uint64_t line, std::string reason) {
    ++bad_rows_;
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
        if (example_of[row] != kNone && !voted.empty()) raw.add(example_of[row], class_number(voted, column.name()), 1.0f);
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
      example_of.push_back(name.empty() ? kNone : examples_.of(name));
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
        const std::uint32_t number = examples_.of(example_name);
        take_known(number, row);
        RawVotes& raw = votes_of(source_name);
        const std::string_view shown = saw.at(row);
        if (!class_name.empty()) raw.add(number, class_number(class_name, voted.name()), *sure, shown.empty() ? kNone : shown_.of(shown));
      }
    }
  }

  void note_other_columns(const arrow::RecordBatch& batch, std::initializer_list<const NameColumn*> used) {
    if (rows_ > 0) return;
    std::vector<std::string> others;
    for (const std::string& name : column_names(batch))
      if (std::ranges::none_of(used, [&](const NameColumn* column) { return column->is_there() && column->name() == name; }))
        others.push_back(name);
    if (!others.empty()) notes_.push_back("columns left out: " + quoted_list(others));
  }

  RawVotes& votes_of(std::string_view source) {
    const std::uint32_t number = sources_.of(source);
    if (number == kMostSources)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' has votes of more than 1,000,000 sources, such as '" + std::string(source.substr(0, 40)) +
                      "'; what tells a source is how it votes on many examples: name who or what voted, not when");
    if (number == raw_.size()) raw_.emplace_back();
    return raw_[number];
  }

  std::uint32_t class_number(std::string_view name, const std::string& column) {
    const std::uint32_t known = classes_.find(name);
    return known != kNone ? known : new_class_number(name, column);
  }

  std::uint32_t new_class_number(std::string_view name, const std::string& column) {
    const std::uint32_t number = classes_.of(name);
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
      splits_.resize(std::max<std::size_t>(splits_.size(), example + std::size_t{1}));
      splits_[example] = split_.at(row);
    }
    if (gold_.is_there()) {
      const std::string_view name = class_in(gold_.at(row));
      if (!name.empty()) gold_answers_.set(example, class_number(name, gold_.name()));
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
    if (unmatched > 0 && unmatched == gold_rows_ - before && examples_.size() > 0)
      throw Error(ErrorCode::kInvalidArgument, "no row of '" + file.string() + "' names an example of '" + file_.string() +
                                                   "'; ids are compared as they are written, and those of the votes begin with '" +
                                                   examples_.names().front().substr(0, 40) + "'");
    if (unmatched > 0)
      notes_.push_back(count_of(unmatched, "row of gold names no example of the votes and is left out",
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
      const std::uint32_t example = examples_.find(item.at(row));
      unmatched += example == kNone;
      if (example != kNone && !name.empty()) answers.set(example, class_number(name, truth.name()));
    }
    gold_rows_ += static_cast<std::uint64_t>(batch.rows->num_rows());
    return unmatched;
  }

  void refuse_too_many_bad_rows() const {
    if (static_cast<double>(bad_rows_) <= options_.max_bad_rows * static_cast<double>(rows_ + gold_rows_ + bad_rows_)) return;
    std::string message = count_of(bad_rows_, "row", "rows") + " of '" + file_.string() + "' could not be used:";
    for (std::size_t row = 0; row < std::min<std::size_t>(rejected_.size(), 10); ++row)
      message += "\n  " + rejected_[row].file + ":" + std::to_string(rejected_[row].line) + ": " + rejected_[row].reason;
    throw Error(ErrorCode::kCorruptData, message);
  }

  VoteTable finish() {
    VoteTable table;
    const std::vector<std::string> denied = take_votes_against(table.classes);
    sort_class_names(table.classes);
    if (table.classes.size() < 2)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' names " +
                      (table.classes.empty() ? "no class at all" : "one class only, '" + table.classes[0] + "'") +
                      "; a label model needs at least two to tell apart");
    const Answers answers = denied.empty() ? Answers(table.classes.size()) : Answers(table.classes.size(), {});
    const std::vector<ClassId> id_of = answer_ids(table.classes, denied, answers);
    note_classes_of_gold_only(table);
    table.votes = matrix(table, id_of, answers);
    table.gold = known_ids(gold_answers_, id_of);
    table.known = known_ids(known_answers_, id_of);
    if (!splits_.empty()) table.split = std::move(splits_);
    if (!table.split.empty()) table.split.resize(examples_.size());
    table.examples = examples_.take();
    table.sources = sources_.take();
    table.rejected = std::move(rejected_);
    table.rejected_rows = bad_rows_;
    add_notes(table);
    return table;
  }

  // What stands behind "not " or "!", else nothing.
  static std::string_view denied_by(std::string_view name) {
    for (const std::string_view start : {std::string_view("not "), std::string_view("!")})
      if (name.starts_with(start)) return trimmed(name.substr(start.size()));
    return {};
  }

  bool is_known_answer(std::uint32_t number) const {
    const auto holds = [&](const KnownAnswers& answers) { return std::ranges::find(answers.classes, number) != answers.classes.end(); };
    return holds(gold_answers_) || holds(known_answers_);
  }

  // "not fraud" beside "fraud" is a vote against it, unless some row is known to be "not fraud", or fewer than two classes would be left:
  // then it is a class. Gives the names of these, and all others as classes.
  std::vector<std::string> take_votes_against(std::vector<std::string>& classes) {
    std::vector<std::string> denied;
    for (const std::string& name : classes_.names()) {
      const bool is_against = classes_.find(denied_by(name)) != kNone && !is_known_answer(classes_.find(name));
      (is_against ? denied : classes).push_back(name);
    }
    if (!denied.empty() && classes.size() >= 2 && classes.size() <= Answers::kMostWithNot) {
      notes_.push_back("votes for " + quoted_list(denied, 5) + " are taken as votes against these classes, for all others");
      return denied;
    }
    classes = classes_.names();
    return {};
  }

  // By the number of a name: the class, or what a vote against one leaves.
  std::vector<ClassId> answer_ids(const std::vector<std::string>& sorted, const std::vector<std::string>& denied,
                                  const Answers& answers) const {
    std::vector<ClassId> id_of(classes_.size());
    for (std::size_t id = 0; id < sorted.size(); ++id) id_of[classes_.find(sorted[id])] = static_cast<ClassId>(id);
    for (const std::string& name : denied) {
      const ClassId against = answers.against(id_of[classes_.find(denied_by(name))]);
      ClassId& id = id_of[classes_.find(name)] = against;
      if (answers.breadth(against) == 1) answers.for_each_class(against, [&](ClassId only) { id = only; });
    }
    return id_of;
  }

  void note_classes_of_gold_only(const VoteTable& table) {
    std::vector<bool> voted(classes_.size());
    for (const RawVotes& raw : raw_)
      for (std::uint32_t number : raw.classes) voted[number] = true;
    std::vector<std::string> unvoted;
    for (const std::string& name : table.classes)
      if (!voted[classes_.find(name)]) unvoted.push_back(name);
    if (!unvoted.empty()) notes_.push_back("no source votes for " + quoted_list(unvoted) + ", known from gold alone");
  }

  VoteMatrix matrix(VoteTable& table, const std::vector<ClassId>& id_of, const Answers& answers) {
    std::vector<SourceVotes> by_source(raw_.size());
    std::vector<std::vector<std::uint32_t>> saw(raw_.size());
    for (std::size_t source = 0; source < raw_.size(); ++source) {
      const RawVotes raw = std::move(raw_[source]);
      const std::vector<std::size_t> counting = counting_votes(raw);
      table.repeated_votes += raw.examples.size() - counting.size();
      for (std::size_t vote : counting) {
        by_source[source].examples.push_back(raw.examples[vote]);
        by_source[source].classes.push_back(id_of[raw.classes[vote]]);
        if (!raw.confidence.empty()) by_source[source].confidence.push_back(raw.confidence[vote]);
        if (!raw.saw.empty()) saw[source].push_back(raw.saw[vote] == kNone ? kNone : sources_.find(shown_.names()[raw.saw[vote]]));
      }
    }
    if (shown_.size() > 0) leave_out_repeats(table, by_source, saw);
    return VoteMatrix(examples_.size(), answers, by_source);
  }

  void leave_out_repeats(VoteTable& table, std::vector<SourceVotes>& by_source, const std::vector<std::vector<std::uint32_t>>& saw) {
    const Suggestions suggestions(by_source, saw);
    std::vector<SourceVotes> kept(by_source.size());
    for (std::uint32_t source = 0; source < by_source.size(); ++source) {
      const std::size_t votes = by_source[source].examples.size();
      table.led.push_back(2 * (saw[source].size() - static_cast<std::size_t>(std::ranges::count(saw[source], kNone))) > votes);
      if (saw[source].empty()) continue;
      kept[source] = kept_votes(by_source[source], [&](std::size_t vote) { return !suggestions.repeats(source, vote); });
      table.echoes += votes - kept[source].examples.size();
    }
    for (std::size_t source = 0; source < by_source.size(); ++source)
      if (!saw[source].empty()) by_source[source] = std::move(kept[source]);
    note_unknown_suggestions();
  }

  void note_unknown_suggestions() {
    std::vector<std::string> unknown;
    for (const std::string& name : shown_.names())
      if (sources_.find(name) == kNone) unknown.push_back(name);
    if (!unknown.empty())
      notes_.push_back("column 'saw' names " + quoted_list(unknown, 5) +
                       ", of which the table has no votes: votes that saw these count in full");
  }

  // By example; empty when no answer is known.
  std::vector<ClassId> known_ids(const KnownAnswers& answers, const std::vector<ClassId>& id_of) const {
    if (answers.classes.empty()) return {};
    std::vector<ClassId> ids(examples_.size(), kNoClass);
    for (std::size_t example = 0; example < answers.classes.size(); ++example)
      if (answers.classes[example] != kNone) ids[example] = id_of[answers.classes[example]];
    return ids;
  }

  void add_notes(VoteTable& table) {
    if (table.repeated_votes > 0)
      notes_.push_back(count_of(table.repeated_votes, "vote was", "votes were") +
                       " followed by another of the same source on the same example; the last counts");
    if (table.echoes > 0)
      notes_.push_back(count_of(table.echoes, "vote repeats", "votes repeat") + " one of another source that was seen first, and " +
                       (table.echoes == 1 ? "is" : "are") + " left out");
    if (const std::uint64_t contradictions = gold_answers_.contradictions + known_answers_.contradictions; contradictions > 0)
      notes_.push_back(count_of(contradictions, "row of gold contradicts", "rows of gold contradict") +
                       " an earlier one of the same example; the last counts");
    if (bad_rows_ > 0)
      notes_.push_back(count_of(bad_rows_, "row that could not be used is left out", "rows that could not be used are left out"));
    table.notes = std::move(notes_);
  }

  const std::filesystem::path file_;
  const VoteTableOptions options_;
  Form form_ = Form::kUnknown;
  bool has_ids_ = false;
  NameColumn split_, gold_;  // Of the batch at hand.
  Numbering examples_, sources_, classes_;
  Numbering shown_;            // Names of sources whose votes others saw.
  std::vector<RawVotes> raw_;  // By source.
  KnownAnswers gold_answers_, known_answers_;
  std::vector<std::string> splits_;  // By example. May be shorter.
  std::vector<BadRow> rejected_;
  std::vector<std::string> notes_;
  std::uint64_t rows_ = 0, gold_rows_ = 0, bad_rows_ = 0;
  std::size_t fractions_ = 0;  // Classes whose name is a number with a fraction.
};

}  // namespace

VoteTable read_vote_table(const std::filesystem::path& file, const VoteTableOptions& options) {
  return VoteTableReading(file, options).read();
}

}  // namespace hone
