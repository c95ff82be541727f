#include <algorithm>
#include <iterator>
#include <map>
#include <ranges>
#include <set>

#include "hone/core/json.h"
#include "hone/eval/comparison.h"
#include "hone/eval/evaluation.h"
#include "hone/eval/levels.h"
#include "hone/flow/criteria_internal.h"
#include "hone/flow/drawn_gold_internal.h"
#include "hone/flow/evaluation_json_internal.h"
#include "hone/flow/measured_internal.h"
#include "hone/flow/rows_to_read_internal.h"
#include "hone/flow/slice_rows_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/analysis.h"
#include "hone/vote/source_pairs.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

// Pairs of sources: those that differ most, and those of copies.
constexpr std::size_t kPairs = 2000, kCopyPairs = 500;
nlohmann::json metrics_json(const Judged& judged, const Rows& rows) {
  const auto metrics = measure(judged, rows);
  return metrics ? nlohmann::json(*metrics) : nlohmann::json();
}

nlohmann::json by_split(const Measured& measured, const SoftLabels& of) {
  nlohmann::json splits = nlohmann::json::object();
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    splits[std::string(to_string(split))] = metrics_json(measured.judged(of), measured.rows(split));
  return splits;
}

nlohmann::json best_source_json(const Measured& measured) {
  if (!measured.best_source) return nullptr;
  nlohmann::json json = by_split(measured, measured.best_labels);
  json["name"] = measured.project().sources[*measured.best_source].name;
  return json;
}

nlohmann::json classes_by_split(const Measured& measured, const SoftLabels& of) {
  nlohmann::json splits = nlohmann::json::object();
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    const Rows& rows = measured.rows(split);
    splits[std::string(to_string(split))] =
        rows.empty() ? nlohmann::json() : nlohmann::json(measure_classes(measured.judged(of), rows, measured.project().task.classes));
  }
  return splits;
}

// What gold says of the label model itself, whether or not something was trained on its labels.
nlohmann::json label_model_json(const Measured& measured, const ShownRows& shown) {
  const auto split = measured.judged_split();
  nlohmann::json json = {
      {"against_majority", measured.against_majority}, {"reliability", nullptr}, {"contested", contested_json(measured, shown)}};
  if (split)
    json["reliability"] = {{"split", to_string(*split)}, {"bins", reliability(measured.judged(measured.labels), measured.rows(*split))}};
  return json;
}

nlohmann::json pair_json(const Measured& measured, const SourcePair& pair) {
  const auto name = [&](std::uint32_t source) { return measured.project().sources[source].name; };
  return {{"a", name(pair.a)}, {"b", name(pair.b)}, {"both", pair.both}, {"differ", pair.differ}};
}

// The pairs within each group of copies, as the label model has the groups.
nlohmann::json copies_json(const Measured& measured, const std::vector<SourcePair>& pairs) {
  nlohmann::json groups = nlohmann::json::array();
  std::map<std::uint32_t, std::size_t> group_of;
  for (const nlohmann::json& group : measured.fit.at("copies")) {
    for (const nlohmann::json& source : group.at("sources")) group_of[source] = groups.size();
    groups.push_back(nlohmann::json::array());
  }
  std::size_t listed = 0;
  for (const SourcePair& pair : pairs) {
    const auto a = group_of.find(pair.a), b = group_of.find(pair.b);
    if (a == group_of.end() || b == group_of.end() || a->second != b->second || listed++ >= kCopyPairs) continue;
    groups[a->second].push_back(pair_json(measured, pair));
  }
  return groups;
}

nlohmann::json pairs_json(const Measured& measured) {
  const SourcePairs found = source_pairs(measured.votes, {.most_pairs = SIZE_MAX, .threads = measured.context.threads});
  nlohmann::json list = nlohmann::json::array();
  for (const SourcePair& pair : found.pairs | std::views::take(kPairs)) list.push_back(pair_json(measured, pair));
  return {
      {"list", list}, {"left_out", found.pairs.size() - list.size()}, {"rows", found.rows}, {"copies", copies_json(measured, found.pairs)}};
}

nlohmann::json comparisons_json(const Measured& measured) {
  nlohmann::json list = nlohmann::json::array();
  const auto add = [&](const System& a, const System& b, Split split) {
    list.push_back(compare(a, b, measured.gold.classes, measured.groups, measured.rows(split), std::string(to_string(split))));
  };
  const System label_model{"label model", measured.labels};
  const nlohmann::json& beside = measured.against_majority.at("splits");
  for (const Split split : {Split::kTest, Split::kValid}) {
    if (measured.rows(split).empty()) continue;
    if (measured.best_source) add(label_model, {"best source", measured.best_labels}, split);
    if (const nlohmann::json& majority = beside.at(std::string(to_string(split))); majority.is_object()) list.push_back(majority);
    if (!measured.predictions) continue;
    const System model{"trained model", *measured.predictions};
    add(model, label_model, split);
    if (measured.best_source) add(model, {"best source", measured.best_labels}, split);
  }
  return list;
}

// How intervals and verdicts came about.
std::string method(const Measured& measured) {
  const bool clustered = !measured.groups.empty();
  return intervals_in_words(clustered) + " Systems are compared on the same rows: " +
         (clustered ? "Student's t of the groups (CR2)." : "McNemar's mid-p, Tango's interval.");
}

bool learned_from_train_gold(const Measured& measured) { return measured.gold.rows[static_cast<std::size_t>(Split::kTrain)] > 0; }

std::vector<bool> right_answers(const Measured& measured, const SoftLabels& of) {
  std::vector<bool> right;
  for (std::size_t row = 0; row < measured.gold.classes.size(); ++row)
    right.push_back(measured.gold.classes[row] != kNoClass && of.hard(row) == measured.gold.classes[row]);
  return right;
}

nlohmann::json drawn_json(const Measured& measured) {
  if (measured.project().gold.drawn.empty()) return nullptr;
  std::vector<DrawnSystem> systems{{"label_model", right_answers(measured, measured.labels)}};
  if (measured.predictions) systems.push_back({"model", right_answers(measured, *measured.predictions)});
  return drawn_gold_json(measured.project(), measured.dataset, systems, measured.split_rows, measured.groups);
}

nlohmann::json notes_json(const Measured& measured, const nlohmann::json& drawn) {
  nlohmann::json notes = drawn_gold_notes(drawn);
  for (const Source& source : measured.project().sources)
    if (reads_gold(measured.project(), source))
      notes.push_back("The source '" + source.name + "' reads the gold column: it votes on train rows alone and is not measured.");
  if (!measured.predictions) return notes;
  if (!measured.rows(Split::kValid).empty())
    notes.push_back("Training of the model ended by its loss on the valid split, so its numbers there flatter it a little.");
  if (learned_from_train_gold(measured)) notes.push_back("The model learned from gold of the train split and is not measured there.");
  return notes;
}

// How labels and predictions do at each level of the taxonomy, rows of which a node alone is known included.
nlohmann::json levels_json(const Measured& measured, const std::vector<Split>& splits) {
  const Task& task = measured.project().task;
  if (task.taxonomy.empty()) return nullptr;
  const std::vector<ClassId> known = measured.gold.answers();
  for (const Split split : {Split::kTest, Split::kValid, Split::kTrain}) {
    Rows rows;
    for (std::uint32_t row = 0; row < known.size(); ++row)
      if (known[row] != kNoClass && splits[row] == split) rows.push_back(row);
    if (rows.empty()) continue;
    const auto of = [&](const SoftLabels& labels) {
      return nlohmann::json(measure_levels({labels, known, measured.groups}, rows, task.taxonomy, task.certainty));
    };
    return {{"split", to_string(split)},
            {"certainty", task.certainty},
            {"label_model", of(measured.labels)},
            {"model", measured.predictions ? of(*measured.predictions) : nlohmann::json()}};
  }
  return nullptr;
}

nlohmann::json evaluation_json(const Measured& measured, const ShownRows& shown, const std::vector<Split>& splits) {
  const auto split = measured.judged_split();
  const nlohmann::json drawn = drawn_json(measured);
  nlohmann::json json = evaluation_without_numbers(method(measured), notes_json(measured, drawn));
  json["drawn"] = drawn;
  json["levels"] = levels_json(measured, splits);
  if (!split) return json;
  const Rows& rows = measured.rows(*split);
  const std::string split_name(to_string(*split));
  const std::vector<std::string>& classes = measured.project().task.classes;
  json["best_source"] = best_source_json(measured);
  json["label_model"] = by_split(measured, measured.labels);
  json["per_class"] = {{"label_model", classes_by_split(measured, measured.labels)},
                       {"model", {{"train", nullptr}, {"valid", nullptr}, {"test", nullptr}}}};
  json["confusion"]["label_model"] = confusion_matrix(measured.judged(measured.labels), rows, classes, split_name);
  if (measured.predictions) {
    json["model"] = by_split(measured, *measured.predictions);
    if (learned_from_train_gold(measured)) json["model"]["train"] = nullptr;
    json["per_class"]["model"] = classes_by_split(measured, *measured.predictions);
    if (learned_from_train_gold(measured)) json["per_class"]["model"]["train"] = nullptr;
    json["confusion"]["model"] = confusion_matrix(measured.judged(*measured.predictions), rows, classes, split_name);
  }
  add_errors(measured, shown, json);
  json["comparisons"] = comparisons_json(measured);
  json["reliability"] = reliability(measured.judged(measured.main_system()), rows);
  return json;
}

Rows common(const Rows& a, const Rows& b) {
  Rows both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

// The least difference of two systems that so many rows show; null where they show none.
nlohmann::json detectable_json(const Measured& measured, const Rows& rows) {
  const SoftLabels* const other = measured.predictions ? &measured.labels : nullptr;
  const auto least = smallest_detectable(measured.judged(measured.main_system()), other, rows);
  return least ? nlohmann::json(*least) : nlohmann::json();
}

nlohmann::json slice_json(const Measured& measured, const std::vector<Split>& splits, const std::string& name, const Rows& members) {
  nlohmann::json json = slice_without_numbers(name, members, splits);
  const auto split = measured.judged_split();
  if (!split) return json;
  const Rows rows = common(members, measured.rows(*split));
  if (measured.best_source) json["best_source"] = metrics_json(measured.judged(measured.best_labels), rows);
  json["label_model"] = metrics_json(measured.judged(measured.labels), rows);
  if (measured.predictions) json["model"] = metrics_json(measured.judged(*measured.predictions), rows);
  json["note"] = note_on_slice(rows.size());
  json["smallest_detectable"] = detectable_json(measured, rows);
  return json;
}

nlohmann::json slices_json(const Measured& measured, const std::vector<Split>& splits, const DerivedSlices& derived) {
  const auto members = measured.context.workspace.slices(measured.context.of("vote"));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t slice = 0; slice < members.size(); ++slice)
    list.push_back(slice_json(measured, splits, measured.project().slices[slice].name, members[slice]));
  for (const DerivedRows& slice : derived.slices)
    list.push_back(with_definition(slice_json(measured, splits, slice.name, slice.rows), slice));
  return list;
}

nlohmann::json class_counts(const Measured& measured) {
  const std::vector<std::string>& classes = measured.project().task.classes;
  std::vector<std::uint64_t> gold(classes.size() * kSplits), labeled(classes.size());
  for (std::size_t split = 0; split < kSplits; ++split)
    for (const std::uint32_t row : measured.split_rows[split]) ++gold[measured.gold.classes[row] * kSplits + split];
  for (std::size_t row = 0; row < measured.labels.examples(); ++row)
    if (const ClassId hard = measured.labels.hard(row); hard != kNoClass) ++labeled[hard];
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t id = 0; id < classes.size(); ++id)
    list.push_back({{"class", classes[id]},
                    {"train", gold[id * kSplits]},
                    {"valid", gold[id * kSplits + 1]},
                    {"test", gold[id * kSplits + 2]},
                    {"labeled", labeled[id]}});
  return list;
}

nlohmann::json gold_json(const Gold& gold) {
  return {{"train", gold.rows[0]}, {"valid", gold.rows[1]},
          {"test", gold.rows[2]},  {"unknown_values", gold.unknown_values},
          {"nodes", gold.nodes},   {"first_unknown", gold.first_unknown}};
}

}  // namespace

StageParts evaluate_parts(const StageContext& context) {
  const RunRecord& label = context.of("label");
  StageParts parts{{"the dataset", context.data().output("dataset").hash},
                   {"the votes", context.of("vote").output("votes").hash},
                   {"the slices", context.of("vote").output("slices").hash},
                   {"the labels", label.output("labels.patterns").hash + " " + label.output("labels.examples").hash},
                   {"the label model", label.output("fit").hash},
                   {"task.classes", classes_part(context.project().task)},
                   {"data.text", names_part(context.project().data.text)},
                   {"gold", gold_part(context)}};
  const std::set<std::string>& personal = context.project().about.personal;
  for (const DerivedSlice& slice : context.project().derived_slices) parts.emplace_back("slice " + slice.name, slice.definition.dump());
  if (!personal.empty()) parts.emplace_back("data.about.personal", names_part({personal.begin(), personal.end()}));
  if (!context.project().task.taxonomy.empty()) parts.emplace_back("task.certainty", std::to_string(context.project().task.certainty));
  if (context.project().trains()) parts.emplace_back("the predictions", context.of("train").output("predictions").hash);
  if (!context.project().gold.drawn.empty()) parts.emplace_back("gold.drawn", context.project().gold.drawn);
  if (!context.project().evaluate.criteria.empty()) parts.emplace_back("evaluate.criteria", criteria_part(context.project()));
  if (context.project().grades()) parts.emplace_back("the grades", context.of("grade").output("grades").hash);
  add_near_duplicates_part(context, parts);
  return parts;
}

void run_evaluate(const StageContext& context, RunRecord& record) {
  if (context.project().task.is_multi_label()) return run_evaluate_sets(context, record);
  const std::vector<Split> splits = context.workspace.dataset(context.data()).splits();
  const Measured measured = gather_measured(context, splits);
  const ShownRows shown = rows_to_read(measured, splits);
  const SystemsSaid said = systems_said(measured.labels, measured.predictions ? &*measured.predictions : nullptr);
  const DerivedSlices derived = derive_slices(context.project().derived_slices, measured.dataset, said);
  nlohmann::json result = {
      {"format", "hone-evaluation/1"},
      {"evaluation", evaluation_json(measured, shown, splits)},
      {"label_model", label_model_json(measured, shown)},
      {"wrong_votes", wrong_votes_json(measured, shown)},
      {"pairs", pairs_json(measured)},
      {"slices", slices_json(measured, splits, derived)},
      {"slices_by_value", derived.values},
      {"criteria", criteria_json(context, measured.dataset, measured.groups)},
      {"gold", gold_json(measured.gold)},
      {"class_counts", class_counts(measured)},
      {"analysis", to_json(analyze_votes(measured.votes, source_names(context.project()), measured.gold.answers(), splits, context.threads),
                           measured.answers)}};
  ObjectStore& objects = context.workspace.objects();
  record.outputs.push_back({"evaluation", objects.put_json(result)});
  record.counts = {{"gold", measured.gold.rows[0] + measured.gold.rows[1] + measured.gold.rows[2]}};
}

}  // namespace hone
