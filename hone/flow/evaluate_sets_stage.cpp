// The evaluate stage of a multi-label task. Its object has the keys of every evaluation, so that all that reads one reads this: rows are
// right when every class of them is, and what has no meaning here is null or empty.
#include <algorithm>
#include <iterator>
#include <map>

#include "hone/core/json.h"
#include "hone/data/row_texts.h"
#include "hone/eval/comparison.h"
#include "hone/eval/set_evaluation.h"
#include "hone/flow/criteria_internal.h"
#include "hone/flow/drawn_gold_internal.h"
#include "hone/flow/evaluation_json_internal.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/slice_findings_internal.h"
#include "hone/flow/slice_rows_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/analysis.h"
#include "hone/vote/source_pairs.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

struct MeasuredSets {
  const StageContext& context;
  Dataset dataset;
  Gold gold;
  std::vector<std::uint32_t> groups;
  std::vector<Split> splits;
  Rows split_rows[kSplits];  // Rows with gold.
  VoteMatrix votes;
  SoftSets labels;  // Cross-fitted where the label model used gold.
  std::vector<std::string> answers;

  const Project& project() const { return context.project(); }
  const Rows& rows(Split split) const { return split_rows[static_cast<std::size_t>(split)]; }
  JudgedSets judged() const { return {labels, gold.sets, groups}; }
  // The first of these splits that has gold.
  std::optional<Split> first_of(std::initializer_list<Split> wanted) const {
    for (const Split split : wanted)
      if (!rows(split).empty()) return split;
    return std::nullopt;
  }
};

MeasuredSets gather(const StageContext& context) {
  MeasuredSets measured{context, context.workspace.dataset(context.data()), {}, {}, {}, {}, {}, {}, {}};
  measured.gold = read_gold(context.project(), measured.dataset, GoldUse::kEvaluation);
  if (measured.gold.sets.empty()) measured.gold.sets = ClassSets(measured.dataset.rows());
  measured.groups = read_clusters(context, measured.dataset);
  measured.splits = measured.dataset.splits();
  for (std::uint32_t row = 0; row < measured.splits.size(); ++row)
    if (measured.gold.sets.known(row)) measured.split_rows[static_cast<std::size_t>(measured.splits[row])].push_back(row);
  measured.votes = context.workspace.vote_matrix(context.of("vote"), measured.dataset.rows());
  measured.labels = context.workspace.judged_sets(context.of("label"));
  measured.answers = context.project().task.answer_names();
  return measured;
}

nlohmann::json metrics_json(const MeasuredSets& measured, const Rows& rows) {
  const auto metrics = measure_sets(measured.judged(), rows);
  return metrics ? nlohmann::json(*metrics) : nlohmann::json();
}

template <typename Of>
nlohmann::json by_split(const MeasuredSets& measured, const Of& of) {
  nlohmann::json splits = nlohmann::json::object();
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    splits[std::string(to_string(split))] = measured.rows(split).empty() ? nlohmann::json() : of(measured.rows(split));
  return splits;
}

nlohmann::json class_results(const MeasuredSets& measured, const Rows& rows) {
  return measure_set_classes(measured.judged(), rows, measured.project().task.classes);
}

// Rows whose label is wrong, of those that may be read, in the order of the data.
Rows wrong_rows(const MeasuredSets& measured, const Rows& rows) {
  Rows wrong;
  for (const std::uint32_t row : rows)
    if (wrong.size() < kErrorsToRead && measured.labels.labeled(row) &&
        !std::ranges::equal(measured.labels.hard(row), measured.gold.sets.of(row)))
      wrong.push_back(row);
  return wrong;
}

std::string joined(const nlohmann::json& names) {
  std::string text;
  for (const nlohmann::json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text.empty() ? "none" : text;
}

nlohmann::json error_json(const MeasuredSets& measured, std::uint32_t row, const RowTexts& texts) {
  const std::vector<ClassId> held = measured.labels.hard(row);
  nlohmann::json votes = nlohmann::json::object();
  for (const Vote vote : measured.votes.on(row)) {
    nlohmann::json& said = votes[measured.project().sources[vote.source].name];
    said = (said.is_string() ? said.get<std::string>() + ", " : "") + measured.answers[vote.class_id];
  }
  const std::string label = joined(class_names(held, measured.project().task.classes));
  std::string text;
  for (std::size_t field = 1; field < texts.size(); ++field) text += (field > 1 ? "\n" : "") + texts[field].value_or("");
  return {{"row", row},         {"id", texts[0].value_or("")},
          {"text", text},       {"gold", joined(class_names(measured.gold.sets.of(row), measured.project().task.classes))},
          {"predicted", label}, {"confidence", confidence_of(measured.labels, row)},
          {"label", label},     {"said", in_conflict(measured.votes.on(row), measured.votes.answers()) ? "wrong-in-conflict" : "wrong"},
          {"votes", votes}};
}

// Rows as the report shows them, by row.
std::map<std::uint32_t, nlohmann::json> shown_rows(const MeasuredSets& measured, Rows rows) {
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  std::vector<std::string> columns{std::string(kIdColumn)};
  columns.insert(columns.end(), measured.project().data.text.begin(), measured.project().data.text.end());
  const std::vector<RowTexts> texts = row_texts(measured.dataset, rows, columns);
  std::map<std::uint32_t, nlohmann::json> shown;
  for (std::size_t place = 0; place < rows.size(); ++place) shown[rows[place]] = error_json(measured, rows[place], texts[place]);
  return shown;
}

void add_errors(const MeasuredSets& measured, nlohmann::json& json) {
  const auto split = measured.first_of({Split::kValid, Split::kTrain});
  if (!split) return;
  json["errors_split"] = to_string(*split);
  const Rows wrong = wrong_rows(measured, measured.rows(*split));
  const auto shown = shown_rows(measured, wrong);
  for (const std::uint32_t row : wrong) json["errors"].push_back(shown.at(row));
}

void add_discovered_slices(const MeasuredSets& measured, nlohmann::json& json) {
  const Rows& rows = measured.rows(Split::kValid);
  if (rows.empty()) return;
  const SliceFindings found = find_slices(
      measured.context, measured.dataset, rows, measured.groups,
      {"label_model", [&](std::uint32_t row) { return !std::ranges::equal(measured.labels.hard(row), measured.gold.sets.of(row)); },
       [&](std::uint32_t row) { return confidence_of(measured.labels, row); }});
  const auto shown = shown_rows(measured, found.examples());
  json["discovered_slices"] = to_json(found, [&](std::uint32_t row) { return shown.at(row); });
}

bool whole_row_right(const MeasuredSets& measured, std::uint32_t row) {
  return measured.labels.labeled(row) && std::ranges::equal(measured.labels.hard(row), measured.gold.sets.of(row));
}

nlohmann::json drawn_json(const MeasuredSets& measured) {
  DrawnSystem labels{"label_model", {}};
  for (std::uint32_t row = 0; row < measured.splits.size(); ++row) labels.right.push_back(whole_row_right(measured, row));
  return drawn_gold_json(measured.project(), measured.dataset, std::span(&labels, 1), measured.split_rows, measured.groups);
}

nlohmann::json notes_json(const MeasuredSets& measured, const nlohmann::json& drawn) {
  nlohmann::json notes = {"A row is right when every class of it is: accuracy is that of whole rows (subset accuracy)."};
  for (const std::string& note : drawn_gold_notes(drawn)) notes.push_back(note);
  for (const Source& source : measured.project().sources)
    if (reads_gold(measured.project(), source))
      notes.push_back("The source '" + source.name + "' reads the gold column: it votes on train rows alone and is not measured.");
  return notes;
}

nlohmann::json evaluation_json(const MeasuredSets& measured) {
  const nlohmann::json drawn = drawn_json(measured);
  nlohmann::json json = evaluation_without_numbers(intervals_in_words(!measured.groups.empty()), notes_json(measured, drawn));
  json["drawn"] = drawn;
  if (!measured.first_of({Split::kTest, Split::kValid, Split::kTrain})) return json;
  json["label_model"] = by_split(measured, [&](const Rows& rows) { return metrics_json(measured, rows); });
  json["per_class"] = {{"label_model", by_split(measured, [&](const Rows& rows) { return class_results(measured, rows); })},
                       {"model", {{"train", nullptr}, {"valid", nullptr}, {"test", nullptr}}}};
  add_errors(measured, json);
  add_discovered_slices(measured, json);
  return json;
}

nlohmann::json slice_json(const MeasuredSets& measured, const std::string& name, const Rows& members) {
  nlohmann::json json = slice_without_numbers(name, members, measured.splits);
  const auto split = measured.first_of({Split::kTest, Split::kValid, Split::kTrain});
  if (!split) return json;
  Rows rows;
  std::ranges::set_intersection(members, measured.rows(*split), std::back_inserter(rows));
  json["label_model"] = metrics_json(measured, rows);
  json["note"] = note_on_slice(rows.size());
  return json;
}

nlohmann::json slices_json(const MeasuredSets& measured, const DerivedSlices& derived) {
  const auto members = measured.context.workspace.slices(measured.context.of("vote"));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t slice = 0; slice < members.size(); ++slice)
    list.push_back(slice_json(measured, measured.project().slices[slice].name, members[slice]));
  for (const DerivedRows& slice : derived.slices) list.push_back(with_definition(slice_json(measured, slice.name, slice.rows), slice));
  return list;
}

nlohmann::json pairs_json(const MeasuredSets& measured) {
  const SourcePairs found = source_pairs(measured.votes, {.threads = measured.context.threads});
  const auto name = [&](std::uint32_t source) { return measured.project().sources[source].name; };
  nlohmann::json list = nlohmann::json::array();
  for (const SourcePair& pair : found.pairs)
    list.push_back({{"a", name(pair.a)}, {"b", name(pair.b)}, {"both", pair.both}, {"differ", pair.differ}});
  return {{"list", list}, {"left_out", found.left_out}, {"rows", found.rows}, {"copies", nlohmann::json::array()}};
}

nlohmann::json class_counts(const MeasuredSets& measured) {
  const std::vector<std::string>& classes = measured.project().task.classes;
  std::vector<std::uint64_t> gold(classes.size() * kSplits), labeled(classes.size());
  for (std::size_t split = 0; split < kSplits; ++split)
    for (const std::uint32_t row : measured.split_rows[split])
      for (const ClassId id : measured.gold.sets.of(row)) ++gold[id * kSplits + split];
  for (std::size_t row = 0; row < measured.labels.examples(); ++row)
    for (const ClassId id : measured.labels.hard(row)) ++labeled[id];
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t id = 0; id < classes.size(); ++id)
    list.push_back({{"class", classes[id]},
                    {"train", gold[id * kSplits]},
                    {"valid", gold[id * kSplits + 1]},
                    {"test", gold[id * kSplits + 2]},
                    {"labeled", labeled[id]}});
  return list;
}

nlohmann::json analysis_json(const MeasuredSets& measured) {
  std::vector<std::string> names;
  for (const Source& source : measured.project().sources) names.push_back(source.name);
  return to_json(analyze_set_votes(measured.votes, names, measured.gold.sets, measured.splits, measured.context.threads), measured.answers);
}

}  // namespace

void run_evaluate_sets(const StageContext& context, RunRecord& record) {
  const MeasuredSets measured = gather(context);
  const Gold& gold = measured.gold;
  const DerivedSlices derived = derive_slices(context.project().derived_slices, measured.dataset, systems_said(measured.labels));
  const nlohmann::json no_wrong_votes(std::vector<nlohmann::json>(context.project().sources.size(), nlohmann::json::array()));
  const nlohmann::json result = {
      {"format", "hone-evaluation/1"},
      {"evaluation", evaluation_json(measured)},
      {"label_model", {{"against_majority", nullptr}, {"reliability", nullptr}, {"contested", nlohmann::json::array()}}},
      {"wrong_votes", no_wrong_votes},
      {"pairs", pairs_json(measured)},
      {"slices", slices_json(measured, derived)},
      {"slices_by_value", derived.values},
      {"criteria", criteria_json(context, measured.dataset, measured.groups)},
      {"gold",
       {{"train", gold.rows[0]},
        {"valid", gold.rows[1]},
        {"test", gold.rows[2]},
        {"unknown_values", gold.unknown_values},
        {"nodes", 0},
        {"first_unknown", gold.first_unknown}}},
      {"class_counts", class_counts(measured)},
      {"analysis", analysis_json(measured)}};
  record.outputs.push_back({"evaluation", context.workspace.objects().put_json(result)});
  record.counts = {{"gold", gold.rows[0] + gold.rows[1] + gold.rows[2]}};
}

}  // namespace hone
