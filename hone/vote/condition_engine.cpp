#include "hone/vote/condition_engine.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <cassert>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

#include "hone/core/error.h"
#include "hone/core/unicode.h"
#include "hone/data/value.h"
#include "hone/vote/field_values_internal.h"
#include "hone/vote/place_check_internal.h"
#include "hone/vote/text_scanner_internal.h"

namespace hone {
namespace {

// Rows are scanned in chunks whose texts, folded, stay in the second-level cache.
constexpr std::size_t kChunkBytes = 128 << 10;
constexpr std::size_t kChunkRows = 2048;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// A condition laid out flat: parts of a node are children_[first] to children_[first + count].
struct Node {
  Condition::Kind kind = Condition::Kind::kAllOf;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t leaf =
      kNone;  // kWord, kPattern: a term; kPresent, kEquals, kBound: a test; what PlaceCheck is for: a place in Plan::places.
};

struct Program {
  std::uint32_t root = 0;
  /// The answer where no term of it is found and nothing is known of its tests: kUnknown must be asked on every row.
  Truth at_rest = Truth::kFalse;
};

struct TextField {
  std::vector<std::string> columns;
  std::unique_ptr<TextScanner> scanner;
  std::vector<std::uint32_t> conditions;  // That read it.
};

struct Test {
  FieldTest test;
  std::uint32_t column = 0;  // Place in Plan::columns.
};

// The terms, by their place in test.terms().
struct PlacesAsked {
  PlaceCheck test;
  std::vector<std::string> columns;
  std::vector<std::uint32_t> terms;
  std::uint32_t field = 0;  // Place in Plan::fields.
};

}  // namespace

void EngineOptions::validate() const {
  if (text.empty()) throw Error(ErrorCode::kInvalidArgument, "text: a project needs at least one text field");
  if (decimal != '.' && decimal != ',') throw Error(ErrorCode::kInvalidArgument, "decimal: must be '.' or ','");
  if (!parse_time_zone(time_zone)) throw Error(ErrorCode::kInvalidArgument, "time_zone: '" + time_zone + "' is neither UTC nor ±HH:MM");
  if (max_text_bytes == 0 || max_text_bytes > std::size_t{1} << 28)
    throw Error(ErrorCode::kInvalidArgument, "max_text_bytes: must lie in 1 to 2^28");
}

// What one thread needs for one call; kept from call to call.
struct ConditionEngine::Scratch {
  std::vector<std::unique_ptr<TextScanner::Scratch>> scanners;
  std::vector<Finding> findings;
  std::vector<std::uint32_t> row_begin, terms;  // terms[row_begin[r]] on are the terms found in row r of the chunk.
  std::vector<std::uint64_t> term_row;          // By term: the last row, counted from 1 over all calls, where it was found.
  std::vector<std::uint64_t> condition_row;     // By condition: the last row on which it was asked.
  std::vector<std::uint32_t> affected;
  std::vector<std::vector<std::string_view>> texts;  // By text field, rows of the chunk.
  std::deque<std::string> made;                      // Texts that do not lie in a column as they are.
  std::size_t made_used = 0;
  std::vector<std::uint8_t> is_too_long;  // By row of the chunk.
  std::vector<SeenText> seen;             // By text field, of the row seen_row tells.
  std::vector<std::uint64_t> seen_row;    // Counted from 1 over all calls.
  std::vector<std::uint8_t> stands;
  PlaceCheck::Room room;
  std::uint64_t rows_before = 0;
};

struct ConditionEngine::Plan {
  EngineOptions options;
  std::vector<Condition> conditions;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> children;
  std::vector<Program> programs;
  std::vector<Test> tests;
  std::vector<PlacesAsked> places;
  std::vector<TextField> fields;
  std::vector<std::string> columns;
  std::size_t terms = 0;
  std::vector<std::vector<std::uint32_t>> conditions_of_term;
  std::vector<std::uint32_t> resting_true;  // Conditions that hold where nothing is found…
  std::vector<std::uint32_t> asked_always;  // …and those that hang on tests.

  mutable std::mutex mutex;
  mutable std::vector<std::unique_ptr<Scratch>> idle;

  std::unique_ptr<Scratch> borrow() const {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        auto scratch = std::move(idle.back());
        idle.pop_back();
        return scratch;
      }
    }
    auto scratch = std::make_unique<Scratch>();
    for (const TextField& field : fields) scratch->scanners.push_back(std::make_unique<TextScanner::Scratch>(*field.scanner));
    scratch->texts.resize(fields.size());
    scratch->seen.resize(fields.size());
    scratch->seen_row.resize(fields.size());
    scratch->term_row.resize(terms);
    scratch->condition_row.resize(programs.size());
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch) const {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(scratch));
  }
};

namespace {

// Walks the conditions once and gives every distinct word, pattern and test one number.
class PlanBuilder {
 public:
  explicit PlanBuilder(const EngineOptions& options) : options_(options) {}

  std::uint32_t add(const Condition& condition, std::uint32_t number) {
    Node node{.kind = condition.kind};
    switch (condition.kind) {
      case Condition::Kind::kAllOf:
      case Condition::Kind::kAnyOf:
      case Condition::Kind::kNot:
        add_parts(condition, number, node);
        break;
      case Condition::Kind::kWord:
      case Condition::Kind::kPattern:
        node.leaf = term_of(condition, number);
        break;
      case Condition::Kind::kCount:
      case Condition::Kind::kPosition:
      case Condition::Kind::kContext:
      case Condition::Kind::kCapture:
        node.leaf = places_of(condition, number);
        break;
      default:
        node.leaf = test_of(condition);
    }
    nodes.push_back(node);
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }

  struct Field {
    std::vector<std::string> columns;
    TextTerms terms;
    std::set<std::uint32_t> conditions;
  };
  std::vector<Node> nodes;
  std::vector<std::uint32_t> children;
  std::vector<std::pair<FieldTest, std::string>> tests;
  std::vector<PlacesAsked> places;
  std::map<std::vector<std::string>, Field> fields;
  std::vector<std::set<std::uint32_t>> conditions_of_term;

 private:
  void add_parts(const Condition& condition, std::uint32_t number, Node& node) {
    std::vector<std::uint32_t> parts;
    for (const Condition& part : condition.parts) parts.push_back(add(part, number));
    node.first = static_cast<std::uint32_t>(children.size());
    node.count = static_cast<std::uint32_t>(parts.size());
    children.insert(children.end(), parts.begin(), parts.end());
  }

  std::vector<std::string> columns_of(const std::string& field) const {
    return field.empty() ? options_.text : std::vector<std::string>{field};
  }

  std::uint32_t term_of(const Condition& condition, std::uint32_t number) {
    Field& field = fields[columns_of(condition.field)];
    field.columns = columns_of(condition.field);
    field.conditions.insert(number);
    const auto [place, is_new] = terms_.try_emplace({field.columns, condition.kind, condition.text, condition.case_sensitive},
                                                    static_cast<std::uint32_t>(conditions_of_term.size()));
    if (is_new) {
      conditions_of_term.emplace_back();
      if (condition.kind == Condition::Kind::kWord)
        field.terms.words.push_back({place->second, condition.text, condition.case_sensitive});
      else
        field.terms.patterns.push_back({place->second, condition.text});
    }
    conditions_of_term[place->second].insert(number);
    return place->second;
  }

  std::uint32_t places_of(const Condition& condition, std::uint32_t number) {
    PlacesAsked asked{PlaceCheck(condition, options_.decimal, options_.time_zone), columns_of(condition.field), {}};
    for (const TermFinder& finder : asked.test.terms()) asked.terms.push_back(term_of(finder.term(), number));
    places.push_back(std::move(asked));
    return static_cast<std::uint32_t>(places.size() - 1);
  }

  std::uint32_t test_of(const Condition& condition) {
    tests.emplace_back(FieldTest(condition, options_.decimal, options_.time_zone), condition.field);
    return static_cast<std::uint32_t>(tests.size() - 1);
  }

  const EngineOptions& options_;
  std::map<std::tuple<std::vector<std::string>, Condition::Kind, std::string, bool>, std::uint32_t> terms_;
};

// The value of a node, where `leaf` answers for words, patterns and tests.
template <typename Leaf>
Truth value_of(const std::vector<Node>& nodes, const std::vector<std::uint32_t>& children, std::uint32_t number, const Leaf& leaf) {
  const Node& node = nodes[number];
  if (node.leaf != kNone) return leaf(node);
  if (node.kind == Condition::Kind::kNot) {
    const Truth inner = value_of(nodes, children, children[node.first], leaf);
    return inner == Truth::kUnknown ? inner : truth(inner == Truth::kFalse);
  }
  // The answer that settles the whole; without one, a part that is unknown leaves the whole unknown.
  const Truth settling = truth(node.kind == Condition::Kind::kAnyOf);
  Truth whole = truth(node.kind == Condition::Kind::kAllOf);
  for (std::uint32_t part = 0; part < node.count; ++part) {
    const Truth value = value_of(nodes, children, children[node.first + part], leaf);
    if (value == settling) return settling;
    if (value == Truth::kUnknown) whole = value;
  }
  return whole;
}

bool is_term(const Node& node) { return node.kind == Condition::Kind::kWord || node.kind == Condition::Kind::kPattern; }

// What is known where no term stands in a text and nothing is known of other fields.
Truth at_rest(const Node& node, const std::vector<PlacesAsked>& places) {
  if (is_term(node)) return Truth::kFalse;
  if (!PlaceCheck::is_for(node.kind)) return Truth::kUnknown;
  return places[node.leaf].test.holds_for_none() ? Truth::kUnknown : Truth::kFalse;  // The text may be absent.
}

std::shared_ptr<arrow::Array> column_of(const arrow::RecordBatch& batch, const std::string& name) {
  auto column = batch.GetColumnByName(name);
  if (!column) throw Error(ErrorCode::kNotFound, "a condition reads the field '" + name + "', which the data does not have");
  return column;
}

}  // namespace

ConditionEngine::ConditionEngine(std::span<const Condition* const> conditions, const EngineOptions& options) {
  options.validate();
  auto plan = std::make_unique<Plan>();
  plan->options = options;
  PlanBuilder builder(options);
  for (const Condition* condition : conditions) {
    plan->conditions.push_back(*condition);
    plan->programs.push_back({builder.add(*condition, static_cast<std::uint32_t>(plan->programs.size()))});
  }
  plan->nodes = std::move(builder.nodes);
  plan->children = std::move(builder.children);
  plan->terms = builder.conditions_of_term.size();
  for (const auto& users : builder.conditions_of_term) plan->conditions_of_term.emplace_back(users.begin(), users.end());

  std::set<std::string> columns;
  for (const auto& [names, field] : builder.fields) columns.insert(names.begin(), names.end());
  for (const auto& [test, column] : builder.tests) columns.insert(column);
  plan->columns.assign(columns.begin(), columns.end());
  for (auto& [test, column] : builder.tests)
    plan->tests.push_back(
        {std::move(test), static_cast<std::uint32_t>(std::ranges::lower_bound(plan->columns, column) - plan->columns.begin())});
  for (auto& [names, field] : builder.fields)
    plan->fields.push_back({names, std::make_unique<TextScanner>(field.terms), {field.conditions.begin(), field.conditions.end()}});
  plan->places = std::move(builder.places);
  for (PlacesAsked& asked : plan->places)
    asked.field = static_cast<std::uint32_t>(std::ranges::find(plan->fields, asked.columns, &TextField::columns) - plan->fields.begin());

  for (std::uint32_t condition = 0; condition < plan->programs.size(); ++condition) {
    Program& program = plan->programs[condition];
    program.at_rest = value_of(plan->nodes, plan->children, program.root, [&](const Node& node) { return at_rest(node, plan->places); });
    if (program.at_rest == Truth::kTrue) plan->resting_true.push_back(condition);
    if (program.at_rest == Truth::kUnknown) plan->asked_always.push_back(condition);
  }
  plan_ = std::move(plan);
}

ConditionEngine::~ConditionEngine() = default;
ConditionEngine::ConditionEngine(ConditionEngine&&) noexcept = default;
ConditionEngine& ConditionEngine::operator=(ConditionEngine&&) noexcept = default;

std::size_t ConditionEngine::size() const { return plan_->programs.size(); }

std::vector<std::string> ConditionEngine::columns() const { return plan_->columns; }

// One call of evaluate().
class ConditionEngine::Evaluation {
 public:
  Evaluation(const Plan& plan, const arrow::RecordBatch& batch, Scratch& scratch, std::vector<std::vector<std::uint32_t>>& hits,
             std::vector<ConditionFailure>* failures)
      : plan_(plan), scratch_(scratch), hits_(hits), failures_(failures) {
    for (const std::string& name : plan.columns) {
      arrays_.push_back(column_of(batch, name));
      columns_.emplace_back(*arrays_.back());
    }
    hits_.resize(plan.programs.size());
    for (auto& rows : hits_) rows.clear();
  }

  void run(std::int64_t rows) {
    for (std::int64_t begin = 0; begin < rows;) begin = run_chunk(begin, rows);
  }

 private:
  // 1. The texts of some rows, until they fill a chunk. 2. One scan per field. 3. The findings by row. 4. Each row's conditions.
  std::int64_t run_chunk(std::int64_t begin, std::int64_t rows) {
    const std::int64_t end = gather(begin, rows);
    const auto count = static_cast<std::size_t>(end - begin);
    scratch_.findings.clear();
    for (std::size_t field = 0; field < plan_.fields.size(); ++field)
      plan_.fields[field].scanner->scan(scratch_.texts[field], *scratch_.scanners[field], scratch_.findings);
    sort_findings(count);
    for (std::size_t row = 0; row < count; ++row) evaluate_row(begin + static_cast<std::int64_t>(row), row);
    scratch_.rows_before += count;
    return end;
  }

  std::int64_t gather(std::int64_t begin, std::int64_t rows) {
    for (auto& texts : scratch_.texts) texts.clear();
    scratch_.is_too_long.clear();
    scratch_.made_used = 0;
    const std::int64_t last = std::min<std::int64_t>(rows, begin + static_cast<std::int64_t>(kChunkRows));
    std::size_t bytes = 0;
    std::int64_t row = begin;
    for (; row < last && bytes < kChunkBytes; ++row) {
      scratch_.is_too_long.push_back(0);
      for (std::size_t field = 0; field < plan_.fields.size(); ++field) {
        scratch_.texts[field].push_back(text_within_limit(field, row));
        bytes += scratch_.texts[field].back().size();
      }
    }
    return row;
  }

  std::string_view text_within_limit(std::size_t field, std::int64_t row) {
    const std::string_view text = plan_.fields[field].columns.size() == 1 ? single_text(field, row) : joined_text(field, row);
    if (text.size() <= plan_.options.max_text_bytes) return text;
    scratch_.is_too_long.back() = 1;
    return {};
  }

  // No data: absent.
  std::string_view single_text(std::size_t field, std::int64_t row) {
    const std::uint32_t column = column_number(plan_.fields[field].columns.front());
    const std::optional<std::string_view> value = columns_[column].at(row);
    if (!value) return {};
    if (!is_text_column(*arrays_[column])) return made_text() = *value;
    return value->data() ? *value : std::string_view("");
  }

  std::string_view joined_text(std::size_t field, std::int64_t row) {
    std::string& joined = made_text();
    bool is_absent = true;
    for (const std::string& name : plan_.fields[field].columns) {
      const std::optional<std::string_view> value = columns_[column_number(name)].at(row);
      if (!value) continue;
      if (!is_absent) joined += '\n';
      joined += *value;
      is_absent = false;
    }
    return is_absent ? std::string_view() : joined;
  }

  // An empty string that stays in its place while the chunk lasts.
  std::string& made_text() {
    if (scratch_.made_used == scratch_.made.size()) scratch_.made.emplace_back();
    std::string& text = scratch_.made[scratch_.made_used++];
    text.clear();
    return text;
  }

  std::uint32_t column_number(const std::string& name) const {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(plan_.columns, name) - plan_.columns.begin());
  }

  // Counting sort; the counts stand two places on, so that filling moves each row's begin to where it belongs.
  void sort_findings(std::size_t rows) {
    std::vector<std::uint32_t>& begin = scratch_.row_begin;
    begin.assign(rows + 2, 0);
    for (const Finding& finding : scratch_.findings) ++begin[finding.row + 2];
    for (std::size_t row = 0; row < rows; ++row) begin[row + 2] += begin[row + 1];
    scratch_.terms.resize(scratch_.findings.size());
    for (const Finding& finding : scratch_.findings) scratch_.terms[begin[finding.row + 1]++] = finding.term;
  }

  void evaluate_row(std::int64_t row, std::size_t row_of_chunk) {
    serial_ = scratch_.rows_before + row_of_chunk + 1;
    row_ = row;
    row_of_chunk_ = row_of_chunk;
    is_too_long_ = scratch_.is_too_long[row_of_chunk] != 0;
    scratch_.affected.clear();
    for (std::uint32_t place = scratch_.row_begin[row_of_chunk]; place < scratch_.row_begin[row_of_chunk + 1]; ++place) {
      const std::uint32_t term = scratch_.terms[place];
      scratch_.term_row[term] = serial_;
      affect(plan_.conditions_of_term[term]);
    }
    if (is_too_long_)
      for (const TextField& field : plan_.fields) affect(field.conditions);
    affect(plan_.asked_always);
    if (failures_) std::ranges::sort(scratch_.affected);
    for (const std::uint32_t condition : scratch_.affected) evaluate_condition(condition);
    for (const std::uint32_t condition : plan_.resting_true)
      if (scratch_.condition_row[condition] != serial_) hits_[condition].push_back(static_cast<std::uint32_t>(row_));
  }

  void affect(const std::vector<std::uint32_t>& conditions) {
    for (const std::uint32_t condition : conditions) {
      if (scratch_.condition_row[condition] == serial_) continue;
      scratch_.condition_row[condition] = serial_;
      scratch_.affected.push_back(condition);
    }
  }

  void evaluate_condition(std::uint32_t condition) {
    failed_test_ = kNone;
    unreadable_.clear();
    const Truth value =
        value_of(plan_.nodes, plan_.children, plan_.programs[condition].root, [this](const Node& node) { return leaf(node); });
    if (value == Truth::kTrue) hits_[condition].push_back(static_cast<std::uint32_t>(row_));
    if (value == Truth::kUnknown && failures_) failures_->push_back({static_cast<std::uint32_t>(row_), condition, complaint()});
  }

  Truth leaf(const Node& node) {
    if (is_term(node)) return is_too_long_ ? Truth::kUnknown : truth(scratch_.term_row[node.leaf] == serial_);
    if (PlaceCheck::is_for(node.kind)) return is_too_long_ ? Truth::kUnknown : stand_as_asked(plan_.places[node.leaf]);
    const Test& test = plan_.tests[node.leaf];
    const Truth value = test.test.holds(*arrays_[test.column], columns_[test.column], row_);
    if (value == Truth::kUnknown) failed_test_ = node.leaf;
    return value;
  }

  // The text is looked at only where terms of it were found.
  Truth stand_as_asked(const PlacesAsked& asked) {
    if (!scratch_.texts[asked.field][row_of_chunk_].data()) return Truth::kFalse;
    scratch_.stands.clear();
    for (const std::uint32_t term : asked.terms) scratch_.stands.push_back(scratch_.term_row[term] == serial_);
    const Truth holds = asked.test.holds(seen(asked.field), scratch_.stands, scratch_.room);
    if (holds == Truth::kUnknown) unreadable_ = asked.test.complaint(scratch_.room.unreadable);
    return holds;
  }

  SeenText& seen(std::uint32_t field) {
    SeenText& seen = scratch_.seen[field];
    if (scratch_.seen_row[field] == serial_) return seen;
    scratch_.seen_row[field] = serial_;
    std::string_view text = scratch_.texts[field][row_of_chunk_];
    // Import lets no other text through, but folding would throw on it.
    if (!is_valid_utf8(text)) text = made_text() = replace_invalid_utf8(text);
    seen.assign(text);
    return seen;
  }

  std::string complaint() const {
    if (!unreadable_.empty()) return unreadable_;
    if (failed_test_ == kNone) return "the text is longer than " + std::to_string(plan_.options.max_text_bytes) + " bytes";
    const Test& test = plan_.tests[failed_test_];
    return test.test.complaint(columns_[test.column].at(row_).value_or(""));
  }

  const Plan& plan_;
  Scratch& scratch_;
  std::vector<std::vector<std::uint32_t>>& hits_;
  std::vector<ConditionFailure>* failures_;
  std::vector<std::shared_ptr<arrow::Array>> arrays_;  // By place in Plan::columns.
  std::vector<TextColumn> columns_;
  std::uint64_t serial_ = 0;
  std::int64_t row_ = 0;
  std::size_t row_of_chunk_ = 0;
  bool is_too_long_ = false;
  std::uint32_t failed_test_ = kNone;
  std::string unreadable_;  // What a capture complains of.
};

void ConditionEngine::evaluate(const arrow::RecordBatch& batch, std::vector<std::vector<std::uint32_t>>& hits,
                               std::vector<ConditionFailure>* failures) const {
  std::unique_ptr<Scratch> scratch = plan_->borrow();
  Evaluation(*plan_, batch, *scratch, hits, failures).run(batch.num_rows());
  plan_->give_back(std::move(scratch));
}

namespace {

// All that the condition is about and its neighbours, where it holds.
void add_places(const Condition& condition, SeenText& text, const EngineOptions& options, std::vector<TextSpan>& spans) {
  const PlaceCheck test(condition, options.decimal, options.time_zone);
  PlaceCheck::Room room;
  if (test.holds(text, std::vector<std::uint8_t>(test.terms().size(), 1), room) != Truth::kTrue) return;
  spans.insert(spans.end(), room.places.begin(), room.places.end());
  spans.insert(spans.end(), room.beside.begin(), room.beside.end());
}

void add_spans(const Condition& condition, std::string_view field, SeenText& text, const EngineOptions& options,
               std::vector<TextSpan>& spans) {
  if (condition.kind == Condition::Kind::kAllOf || condition.kind == Condition::Kind::kAnyOf)
    for (const Condition& part : condition.parts) add_spans(part, field, text, options, spans);
  if (condition.field != field) return;
  if (PlaceCheck::is_for(condition.kind)) add_places(condition, text, options, spans);
  if (condition.kind == Condition::Kind::kWord || condition.kind == Condition::Kind::kPattern) TermFinder(condition).find(text, spans);
}

std::vector<TextSpan> merged(std::vector<TextSpan> spans) {
  std::ranges::sort(spans, {}, [](const TextSpan& span) { return std::pair(span.begin, span.end); });
  std::vector<TextSpan> apart;
  for (const TextSpan& span : spans)
    if (apart.empty() || span.begin >= apart.back().end)
      apart.push_back(span);
    else
      apart.back().end = std::max(apart.back().end, span.end);
  return apart;
}

}  // namespace

std::vector<TextSpan> ConditionEngine::spans(std::size_t condition, std::string_view field, std::string_view text) const {
  assert(condition < size());
  std::vector<TextSpan> found;
  SeenText seen;
  seen.assign(text);
  add_spans(plan_->conditions[condition], field, seen, plan_->options, found);
  return merged(std::move(found));
}

}  // namespace hone
