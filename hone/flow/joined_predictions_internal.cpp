#include "hone/flow/joined_predictions_internal.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>

#include "hone/core/config.h"
#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/vote/condition_engine.h"

namespace hone {
namespace {

struct BuiltInMetric {
  std::string_view name;
  MetricKind kind;
};
constexpr std::array kBuiltIn{BuiltInMetric{"accuracy", MetricKind::kAccuracy}, BuiltInMetric{"macro-f1", MetricKind::kMacroF1},
                              BuiltInMetric{"log-loss", MetricKind::kLogLoss}, BuiltInMetric{"brier", MetricKind::kBrier},
                              BuiltInMetric{"auroc", MetricKind::kAuroc}};

constexpr std::size_t kIdsShown = 3;

std::optional<MetricKind> built_in(const std::string& name) {
  for (const BuiltInMetric& metric : kBuiltIn)
    if (metric.name == name) return metric.kind;
  return std::nullopt;
}

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

// A slice as it was asked for: a field, or a condition with its name.
struct AskedSlice {
  std::string text;
  std::optional<Condition> condition = {};
};

AskedSlice asked_slice(const std::string& typed) {
  const std::string text(trimmed(typed));
  if (!text.starts_with('{')) return {text};
  const ConfigNode node = ConfigNode::parse_yaml(text, "--slice");
  const ConfigNode* name = node.find("slice");
  return {name ? name->text() : text, parse_condition(node, {"slice"})};
}

// --- The files that may hold a field, and what is read of each.

// One of the three files, or the two.
struct PredictionSide {
  PredictionLayout layout;
  PredictionRequest request = {};
  PredictionTable table = {};
};

class Joining {
 public:
  Joining(const std::filesystem::path& a, const std::filesystem::path& b, const ComparePredictionsOptions& options) : options_(options) {
    for (const std::string& slice : options.slices) asked_.push_back(asked_slice(slice));
    std::vector<std::filesystem::path> files{a, b};
    if (!options.gold.empty()) files.push_back(options.gold);
    sides_.resize(files.size());
    parallel_for(files.size(), options.threads, [&](std::size_t side) { sides_[side].layout = look_at_predictions(files[side]); });
  }

  JoinedPredictions join() {
    JoinedPredictions joined;
    for (PredictionSide& side : sides_) name_id(side);
    joined.metric = choose_metric();
    ask_for_scores(joined.metric);
    ask_for_gold(joined.metric);
    ask_for_versions();
    if (!options_.cluster.empty())
      clusters_at_ = ask(options_.cluster, [&](PredictionRequest& request) { request.cluster = options_.cluster; });
    ask_for_slices();
    parallel_for(sides_.size(), options_.threads,
                 [&](std::size_t side) { sides_[side].table = read_predictions(sides_[side].layout, sides_[side].request); });
    join_items(joined);
    join_slices(joined);
    add_warnings(joined);
    joined.layout_a = std::move(sides_[kA].layout);
    joined.layout_b = std::move(sides_[kB].layout);
    joined.a = std::move(sides_[kA].table);
    joined.b = std::move(sides_[kB].table);
    return joined;
  }

 private:
  static constexpr std::size_t kA = 0, kB = 1, kGold = 2;
  static constexpr std::size_t kNowhere = 3;

  // Where a field is looked for, in this order: known answers, A, B.
  std::vector<std::size_t> order() const {
    return sides_.size() > kGold ? std::vector<std::size_t>{kGold, kA, kB} : std::vector<std::size_t>{kA, kB};
  }

  void name_id(PredictionSide& side) {
    side.request.id = options_.id;
    side.request.filter = options_.filter;
    if (options_.id.empty()) side.request.id = side.layout.kind == PredictionKind::kLmEval ? "doc_id" : "id";
    if (options_.id.empty() && &side == sides_.data() + kGold)
      for (const char* name : {"item", "example", "id"})
        if (contains(side.layout.columns, name)) side.request.id = name;
    if (!has_field(side.layout, side.request.id)) throw Error(ErrorCode::kNotFound, missing_field(side.layout, side.request.id, "--id"));
  }

  // --- Which metric.

  std::string gold_field_of(PredictionSide& side) const {
    const bool is_gold = &side == sides_.data() + kGold;
    if (!options_.gold_field.empty()) return has_field(side.layout, options_.gold_field) ? options_.gold_field : "";
    if (side.layout.kind != PredictionKind::kTable) return contains(side.layout.columns, "target") ? "target" : "";
    if (contains(side.layout.columns, "gold")) return "gold";
    if (is_gold)
      for (const char* name : {"truth", "target", "label", "class"})
        if (contains(side.layout.columns, name)) return name;
    return has_field(side.layout, "gold") ? "gold" : "";
  }

  std::string prediction_field_of(const PredictionSide& side) const {
    if (!options_.prediction.empty()) return options_.prediction;
    if (side.layout.kind == PredictionKind::kLmEval) return "filtered_resps";
    return side.layout.kind == PredictionKind::kInspect ? "answer" : "prediction";
  }

  bool has_gold() {
    return std::ranges::any_of(sides_, [&](PredictionSide& side) { return !gold_field_of(side).empty(); });
  }

  bool is_a_number_in_both(const std::string& field) const {
    return contains(sides_[kA].layout.numbers, field) && contains(sides_[kB].layout.numbers, field);
  }

  // Numbers that both files have and that are no names or known answers.
  std::vector<std::string> common_numbers() {
    std::vector<std::string> common;
    for (const std::string& field : sides_[kA].layout.numbers) {
      const bool is_other = field == sides_[kA].request.id || field == prediction_field_of(sides_[kA]) ||
                            field == gold_field_of(sides_[kA]) || field == options_.cluster || field == "epoch" ||
                            contains(options_.slices, field);
      if (!is_other && contains(sides_[kB].layout.numbers, field)) common.push_back(field);
    }
    return common;
  }

  ChosenMetric choose_metric() {
    if (!options_.metric.empty()) return metric_named(options_.metric);
    for (const std::string& score : sides_[kA].layout.scores)
      if (contains(sides_[kB].layout.scores, score)) return {MetricKind::kField, score};
    const bool have_predictions = std::ranges::all_of(std::array{kA, kB}, [&](std::size_t side) {
      return sides_[side].layout.kind == PredictionKind::kTable && has_field(sides_[side].layout, prediction_field_of(sides_[side]));
    });
    if (have_predictions && (has_gold() || !options_.gold_field.empty())) return {MetricKind::kAccuracy, "accuracy"};
    if (is_a_number_in_both("score")) return {MetricKind::kField, "score"};
    const std::vector<std::string> common = common_numbers();
    if (common.size() == 1) return {MetricKind::kField, common.front()};
    if (common.size() > 1)
      throw Error(ErrorCode::kInvalidArgument, "choose with --metric what '" + name_of(kA) + "' and '" + name_of(kB) +
                                                   "' are compared by; both have: " + quoted_list(common));
    if (have_predictions) throw Error(ErrorCode::kInvalidArgument, needs_gold("accuracy"));
    throw Error(ErrorCode::kInvalidArgument, nothing_to_compare());
  }

  std::string name_of(std::size_t side) const { return sides_[side].layout.file.string(); }

  std::string needs_gold(const std::string& metric) const {
    return metric + " needs known answers: give --gold FILE with 'id' and 'gold', or a field 'gold' in '" + name_of(kA) +
           "' (--gold-field names another)";
  }

  std::string nothing_to_compare() const {
    for (const std::size_t side : {kA, kB}) {
      const std::string field = prediction_field_of(sides_[side]);
      if (!contains(sides_[side].layout.columns, field))
        return missing_field(sides_[side].layout, field, "--prediction") + ", and no score that the other file has too";
    }
    return "'" + name_of(kA) + "' and '" + name_of(kB) + "' have no score in common: '" + name_of(kA) + "' has " +
           quoted_list(sides_[kA].layout.columns) + ", '" + name_of(kB) + "' has " + quoted_list(sides_[kB].layout.columns);
  }

  ChosenMetric metric_named(const std::string& name) {
    const std::optional<MetricKind> kind = built_in(name);
    if (kind && (has_gold() || !is_a_number_in_both(name))) return {*kind, name};
    const std::array<bool, 2> there{has_field(sides_[kA].layout, name), has_field(sides_[kB].layout, name)};
    if (there[0] && there[1]) return {MetricKind::kField, name};
    if (there[0] || there[1]) throw Error(ErrorCode::kNotFound, missing_field(sides_[there[0] ? kB : kA].layout, name, ""));
    std::vector<std::string> known = built_in_metrics();
    for (const std::string& field : common_numbers()) known.push_back(field);
    throw Error(ErrorCode::kNotFound, "no metric '" + name + "'" + suggestion(name, known));
  }

  // --- What is read.

  void ask_for_scores(const ChosenMetric& metric) {
    for (const std::size_t place : {kA, kB}) {
      PredictionSide& side = sides_[place];
      if (metric.kind == MetricKind::kField) side.request.score = metric.name;
      if (metric.needs_predictions()) {
        if (side.layout.kind == PredictionKind::kLmEval && options_.prediction.empty())
          throw Error(ErrorCode::kInvalidArgument,
                      "'" + name_of(place) + "' is of lm-eval, whose answers are no classes; compare its scores with --metric: " +
                          quoted_list(side.layout.scores) + ", or name the field of the answer with --prediction");
        side.request.prediction = prediction_field_of(side);
        if (!has_field(side.layout, side.request.prediction))
          throw Error(ErrorCode::kNotFound, missing_field(side.layout, side.request.prediction, "--prediction"));
      }
      if (metric.needs_probabilities()) ask_for_probabilities(metric, side);
    }
  }

  void ask_for_probabilities(const ChosenMetric& metric, PredictionSide& side) const {
    const std::string field = options_.probabilities.empty() ? "probabilities" : options_.probabilities;
    const bool has_flat =
        std::ranges::any_of(side.layout.columns, [&](const std::string& column) { return column.starts_with(field + "."); });
    if (has_flat || has_field(side.layout, field)) {
      side.request.probabilities = field;
      return;
    }
    if (metric.kind != MetricKind::kAuroc || !has_field(side.layout, "score") || !options_.probabilities.empty())
      throw Error(ErrorCode::kNotFound, missing_field(side.layout, field, "--probabilities"));
    side.request.score = "score";
  }

  void ask_for_gold(const ChosenMetric& metric) {
    if (!metric.needs_gold()) return;
    for (PredictionSide& side : sides_)
      if (sides_.size() <= kGold || &side == &sides_[kGold]) side.request.gold = gold_field_of(side);
    const bool none = std::ranges::all_of(sides_, [](const PredictionSide& side) { return side.request.gold.empty(); });
    if (!none) return;
    if (sides_.size() > kGold)
      throw Error(ErrorCode::kNotFound,
                  missing_field(sides_[kGold].layout, options_.gold_field.empty() ? "gold" : options_.gold_field, "--gold-field"));
    if (!options_.gold_field.empty()) throw Error(ErrorCode::kNotFound, missing_field(sides_[kA].layout, options_.gold_field, ""));
    throw Error(ErrorCode::kInvalidArgument, needs_gold(metric.name));
  }

  // lm-eval says what it asked by a hash, so that items of other data under the same numbers are seen.
  void ask_for_versions() {
    for (const std::size_t side : {kA, kB})
      if (sides_[side].layout.kind != PredictionKind::kLmEval || !contains(sides_[side].layout.columns, "doc_hash")) return;
    for (const std::size_t side : {kA, kB}) sides_[side].request.version = "doc_hash";
  }

  // Asks the first file that has the field; gives its place.
  template <typename Ask>
  std::size_t ask(const std::string& field, const Ask& ask) {
    for (const std::size_t side : order()) {
      if (!has_field(sides_[side].layout, field)) continue;
      ask(sides_[side].request);
      return side;
    }
    throw Error(ErrorCode::kNotFound, in_no_file(field));
  }

  std::string in_no_file(const std::string& field) const {
    std::vector<std::string> known;
    for (const PredictionSide& side : sides_)
      for (const std::string& column : side.layout.columns)
        if (!contains(known, column)) known.push_back(column);
    return "no file has a field '" + field + "'" + suggestion(field, known);
  }

  void ask_for_slices() {
    for (const AskedSlice& slice : asked_) {
      if (!slice.condition) {
        slice_at_.push_back(ask(slice.text, [&](PredictionRequest& request) { request.slices.push_back(slice.text); }));
        place_there_.push_back(sides_[slice_at_.back()].request.slices.size() - 1);
        continue;
      }
      slice_at_.push_back(side_of(*slice.condition));
      std::vector<const Condition*>& conditions = sides_[slice_at_.back()].request.conditions;
      place_there_.push_back(conditions.size());
      conditions.push_back(&*slice.condition);
    }
  }

  // A condition is asked in one file, which has all that it reads; a text is the field `text` unless it names another.
  std::size_t side_of(const Condition& condition) {
    const Condition* const only[]{&condition};
    const std::vector<std::string> fields = ConditionEngine(only, {.text = {"text"}}).columns();
    for (const std::size_t side : order())
      if (std::ranges::all_of(fields, [&](const std::string& field) {
            return has_field(sides_[side].layout, field) && contains(sides_[side].layout.columns, field);
          }))
        return side;
    for (const std::string& field : fields)
      if (std::ranges::none_of(sides_, [&](const PredictionSide& side) { return contains(side.layout.columns, field); }))
        throw Error(ErrorCode::kNotFound, in_no_file(field));
    throw Error(ErrorCode::kInvalidArgument, "a slice reads the fields " + quoted_list(fields) + ", which are not all in one file");
  }

  // --- Joined.

  void join_items(JoinedPredictions& joined) {
    JoinedItems& items = joined.items;
    const PredictionTable &a = sides_[kA].table, &b = sides_[kB].table;
    items.of_a.assign(a.ids.size(), kNoName);
    items.of_b.assign(b.ids.size(), kNoName);
    find_gold(joined.metric, items);
    const std::vector<std::uint32_t> b_of_a = a.ids.numbers_in(b.ids);
    std::vector<bool> is_in_a(b.ids.size());
    for (std::uint32_t item = 0; item < a.ids.size(); ++item) {
      if (b_of_a[item] == kNoName) {
        items.only_in_a.add(a.ids.name(item));
        continue;
      }
      is_in_a[b_of_a[item]] = true;
      check_versions(items, item, b_of_a[item]);
      const std::uint32_t gold = joined.metric.needs_gold() ? gold_of(items, item, b_of_a[item]) : 0;
      if (gold == kNoName) {
        items.without_gold.add(a.ids.name(item));
        continue;
      }
      items.of_a[item] = items.of_b[b_of_a[item]] = static_cast<std::uint32_t>(items.in_a.size());
      items.in_a.push_back(item);
      items.in_b.push_back(b_of_a[item]);
      if (joined.metric.needs_gold()) items.gold.push_back(gold);
    }
    for (std::uint32_t item = 0; item < b.ids.size(); ++item)
      if (!is_in_a[item]) items.only_in_b.add(b.ids.name(item));
    refuse_nothing_in_common(items);
    take_clusters(items);
  }

  void refuse_nothing_in_common(const JoinedItems& items) const {
    const NameTable &a = sides_[kA].table.ids, &b = sides_[kB].table.ids;
    if (items.only_in_a.count == a.size())
      throw Error(ErrorCode::kInvalidArgument, "'" + name_of(kA) + "' and '" + name_of(kB) +
                                                   "' share no id; ids are compared as they are written: '" +
                                                   std::string(a.name(0).substr(0, 60)) + "' is the first of one, '" +
                                                   std::string(b.name(0).substr(0, 60)) + "' of the other (--id names the field)");
    if (items.size() > 0) return;
    const std::string what = items.without_gold.first.empty() ? "" : ", such as '" + items.without_gold.first.front() + "',";
    const std::string where = sides_.size() > kGold ? "'" + name_of(kGold) + "'" : "the files";
    throw Error(ErrorCode::kInvalidArgument,
                "no item that both files have" + what + " has a known answer in " + where + "; ids are compared as they are written");
  }

  // By side: the classes of its gold as numbers of all.
  void find_gold(const ChosenMetric& metric, JoinedItems& items) {
    if (!metric.needs_gold()) return;
    gold_ids_.resize(sides_.size());
    for (std::size_t side = 0; side < sides_.size(); ++side) {
      const NameTable& names = sides_[side].table.gold.names;
      for (std::uint32_t name = 0; name < names.size(); ++name) gold_ids_[side].push_back(items.classes.of(names.name(name)));
    }
    if (sides_.size() > kGold) gold_row_of_a_ = sides_[kA].table.ids.numbers_in(sides_[kGold].table.ids);
  }

  std::uint32_t gold_in(std::size_t side, std::uint32_t item) const {
    const std::vector<std::uint32_t>& gold = sides_[side].table.gold.of;
    return gold.empty() || item == kNoName || gold[item] == kNoName ? kNoName : gold_ids_[side][gold[item]];
  }

  std::uint32_t gold_of(JoinedItems& items, std::uint32_t in_a, std::uint32_t in_b) const {
    if (sides_.size() > kGold) return gold_in(kGold, gold_row_of_a_[in_a]);
    const std::uint32_t a = gold_in(kA, in_a), b = gold_in(kB, in_b);
    if (a != kNoName && b != kNoName && a != b && items.other_gold++ == 0)
      items.first_other = "'" + std::string(sides_[kA].table.ids.name(in_a)) + "' is '" + std::string(items.classes.name(a)) +
                          "' in A and '" + std::string(items.classes.name(b)) + "' in B";
    return a != kNoName ? a : b;
  }

  void check_versions(JoinedItems& items, std::uint32_t in_a, std::uint32_t in_b) const {
    const NameColumn &a = sides_[kA].table.version, &b = sides_[kB].table.version;
    if (a.of.empty() || b.of.empty() || a.of[in_a] == kNoName || b.of[in_b] == kNoName) return;
    if (a.names.name(a.of[in_a]) != b.names.name(b.of[in_b]) && items.other_version++ == 0)
      items.first_other = "'" + std::string(sides_[kA].table.ids.name(in_a)) + "'";
  }

  // By item: its number in the file that has a field.
  std::vector<std::uint32_t> numbers_at(std::size_t side, const JoinedItems& items) const {
    if (side == kA) return items.in_a;
    if (side == kB) return items.in_b;
    const std::vector<std::uint32_t> there =
        gold_row_of_a_.empty() ? sides_[kA].table.ids.numbers_in(sides_[kGold].table.ids) : gold_row_of_a_;
    std::vector<std::uint32_t> numbers;
    for (const std::uint32_t item : items.in_a) numbers.push_back(there[item]);
    return numbers;
  }

  void take_clusters(JoinedItems& items) const {
    if (clusters_at_ == kNowhere) return;
    const NameColumn& column = sides_[clusters_at_].table.cluster;
    auto alone = static_cast<std::uint32_t>(column.names.size());
    for (const std::uint32_t number : numbers_at(clusters_at_, items)) {
      const std::uint32_t cluster = number == kNoName ? kNoName : column.of[number];
      items.without_cluster += cluster == kNoName;
      items.clusters.push_back(cluster == kNoName ? alone++ : cluster);
    }
  }

  void join_slices(JoinedPredictions& joined) const {
    for (std::size_t slice = 0; slice < asked_.size(); ++slice) {
      if (asked_[slice].condition)
        joined.slices.push_back({asked_[slice].text, items_that_hold(slice, joined.items)});
      else
        add_values(slice, joined);
      if (joined.slices.size() > kMostSlices)
        throw Error(ErrorCode::kInvalidArgument,
                    "there are more than " + with_commas(kMostSlices) + " slices; ask for fewer fields at once");
    }
  }

  std::vector<std::uint32_t> items_that_hold(std::size_t slice, const JoinedItems& items) const {
    const PredictionTable& table = sides_[slice_at_[slice]].table;
    std::vector<bool> holds(table.ids.size());
    for (const std::uint32_t item : table.holding[place_there_[slice]]) holds[item] = true;
    std::vector<std::uint32_t> holding;
    const std::vector<std::uint32_t> numbers = numbers_at(slice_at_[slice], items);
    for (std::uint32_t item = 0; item < numbers.size(); ++item)
      if (numbers[item] != kNoName && holds[numbers[item]]) holding.push_back(item);
    return holding;
  }

  void add_values(std::size_t slice, JoinedPredictions& joined) const {
    const NameColumn& column = sides_[slice_at_[slice]].table.slices[place_there_[slice]];
    std::vector<NamedSlice> values(column.names.size());
    for (std::uint32_t value = 0; value < values.size(); ++value)
      values[value].name = asked_[slice].text + "=" + std::string(column.names.name(value));
    const std::vector<std::uint32_t> numbers = numbers_at(slice_at_[slice], joined.items);
    for (std::uint32_t item = 0; item < numbers.size(); ++item)
      if (numbers[item] != kNoName && column.of[numbers[item]] != kNoName) values[column.of[numbers[item]]].items.push_back(item);
    std::erase_if(values, [](const NamedSlice& value) { return value.items.empty(); });
    std::ranges::sort(values, [](const NamedSlice& one, const NamedSlice& other) {
      return one.items.size() != other.items.size() ? one.items.size() > other.items.size() : one.name < other.name;
    });
    for (NamedSlice& value : values) joined.slices.push_back(std::move(value));
  }

  // --- Said.

  void add_warnings(JoinedPredictions& joined) const {
    for (const PredictionSide& side : sides_) {
      for (const std::string& note : side.table.notes) joined.warnings.push_back(note);
      if (side.table.rejected_rows > 0) {
        const BadRow& first = side.table.rejected.front();
        joined.warnings.push_back(counted(side.table.rejected_rows, "row that could not be used is", "rows that could not be used are") +
                                  " left out, the first at " + first.file + ":" + std::to_string(first.line) + ": " + first.reason);
      }
      if (side.table.not_finite > 0)
        joined.warnings.push_back(counted(side.table.not_finite, "score", "scores") + " of '" + side.layout.file.filename().string() +
                                  "' " + (side.table.not_finite == 1 ? "is" : "are") +
                                  " NaN or infinite and count as missing, the first in line " + std::to_string(side.table.not_finite_line));
    }
    if (joined.items.without_cluster > 0)
      joined.warnings.push_back(counted(joined.items.without_cluster, "item has", "items have") + " no '" + options_.cluster + "' and " +
                                (joined.items.without_cluster == 1 ? "stands" : "stand each") + " alone");
  }

  const ComparePredictionsOptions& options_;
  std::vector<AskedSlice> asked_;
  std::vector<PredictionSide> sides_;
  std::size_t clusters_at_ = kNowhere;
  std::vector<std::size_t> slice_at_, place_there_;  // By slice asked for: the file, and its place in what is asked of it.
  std::vector<std::vector<std::uint32_t>> gold_ids_;
  std::vector<std::uint32_t> gold_row_of_a_;
};

}  // namespace

std::vector<std::string> built_in_metrics() {
  std::vector<std::string> names;
  for (const BuiltInMetric& metric : kBuiltIn) names.emplace_back(metric.name);
  return names;
}

void LeftOut::add(std::string_view id) {
  if (count++ < kIdsShown) first.emplace_back(id.substr(0, 200));
}

JoinedPredictions join_predictions(const std::filesystem::path& a, const std::filesystem::path& b,
                                   const ComparePredictionsOptions& options) {
  return Joining(a, b, options).join();
}

}  // namespace hone
