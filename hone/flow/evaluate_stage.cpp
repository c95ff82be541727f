#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/eval/comparison.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/analysis.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

// How many confusions and errors a report carries, and how many texts with each: enough for one sitting.
constexpr std::size_t kConfusions = 10, kConfusionTexts = 3, kErrors = 20;
// A slice with fewer rows with gold gets no verdict (statistics: least items).
constexpr std::uint64_t kLeastItems = 30;
// Longer texts are cut in the report; the dataset has them whole.
constexpr std::size_t kShownBytes = 2000;

// Everything the measures look at, held once.
struct Measured {
  const StageContext& context;
  Dataset dataset;
  Gold gold;
  std::vector<std::uint32_t> groups;
  Rows split_rows[kSplits];  // Rows with gold.
  std::vector<SourceVotes> votes;
  SoftLabels labels;  // Cross-fitted where the label model used gold.
  std::optional<SoftLabels> predictions;
  std::optional<std::size_t> best_source;
  SoftLabels best_labels;

  const Project& project() const { return context.project(); }
  // The split that comparisons, slices and errors are about: test, else valid, else train.
  std::optional<Split> judged_split() const {
    for (const Split split : {Split::kTest, Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  // The split whose rows may be read while sources are written: never test.
  std::optional<Split> readable_split() const {
    for (const Split split : {Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  const Rows& rows(Split split) const { return split_rows[static_cast<std::size_t>(split)]; }
  Judged judged(const SoftLabels& of) const { return {of, gold.classes, groups}; }
  // What is read first where there is a trained model: that, else the label model.
  const SoftLabels& main_system() const { return predictions ? *predictions : labels; }
};

// A source's votes as labels: certain where it voted, none elsewhere.
SoftLabels labels_of(const SourceVotes& votes, std::size_t examples, std::size_t classes) {
  SoftLabels labels(classes);
  std::vector<double> distribution(classes, 0.0);
  for (std::size_t id = 0; id < classes; ++id) {
    distribution[id] = 1.0;
    labels.add_pattern(distribution, static_cast<ClassId>(id));
    distribution[id] = 0.0;
  }
  const std::uint32_t silent = labels.add_pattern({}, kNoClass);
  std::vector<std::uint32_t> pattern_of(examples, silent);
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) pattern_of[votes.examples[vote]] = votes.classes[vote];
  labels.set_examples(std::move(pattern_of));
  return labels;
}

// The source that is right on most rows of the valid split, of equal ones the first; nothing when none is right on any.
std::optional<std::size_t> best_on_valid(const Measured& measured, const std::vector<Split>& splits) {
  if (measured.rows(Split::kValid).empty() || measured.votes.empty()) return std::nullopt;
  std::size_t best = 0;
  std::uint64_t most = 0;
  for (std::size_t source = 0; source < measured.votes.size(); ++source) {
    const SourceVotes& votes = measured.votes[source];
    std::uint64_t right = 0;
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
      right += splits[votes.examples[vote]] == Split::kValid && measured.gold.classes[votes.examples[vote]] == votes.classes[vote];
    if (right > most) {
      most = right;
      best = source;
    }
  }
  if (most == 0) return std::nullopt;
  return best;
}

SoftLabels judged_labels(const StageContext& context) {
  const RunRecord& label = context.of("label");
  for (const NamedRef& output : label.outputs)
    if (output.name == "cross-fitted.patterns") return context.workspace.labels(label, "cross-fitted");
  return context.workspace.labels(label);
}

void take_rows(Measured& measured, const std::vector<Split>& splits) {
  for (std::uint32_t row = 0; row < measured.gold.classes.size(); ++row)
    if (measured.gold.classes[row] != kNoClass) measured.split_rows[static_cast<std::size_t>(splits[row])].push_back(row);
}

Measured gather(const StageContext& context, const std::vector<Split>& splits) {
  Measured measured{context, context.workspace.dataset(context.of("import")), {}, {}, {}, {}, {}, {}, {}, {}};
  measured.gold = read_gold(context.project(), measured.dataset, GoldUse::kEvaluation);
  if (measured.gold.classes.empty()) measured.gold.classes.assign(measured.dataset.rows(), kNoClass);
  measured.groups = read_groups(measured.dataset);
  take_rows(measured, splits);
  measured.votes = context.workspace.votes(context.of("vote"));
  measured.labels = judged_labels(context);
  if (context.project().trains()) measured.predictions = context.workspace.predictions(context.of("train"));
  measured.best_source = best_on_valid(measured, splits);
  if (measured.best_source)
    measured.best_labels = labels_of(measured.votes[*measured.best_source], measured.dataset.rows(), context.project().task.classes.size());
  return measured;
}

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

nlohmann::json example_json(const Measured& measured, const SoftLabels& of, std::uint32_t row) {
  const std::vector<std::string>& classes = measured.project().task.classes;
  std::string id, text;
  for (const auto& [name, value] : measured.dataset.row(row)) {
    if (name == kIdColumn) id = value.value_or("");
    for (const std::string& column : measured.project().data.text)
      if (name == column) text += (text.empty() ? "" : "\n") + value.value_or("");
  }
  if (text.size() > kShownBytes) {
    std::size_t end = kShownBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.replace(end, std::string::npos, "…");
  }
  const ClassId hard = of.hard(row);
  return {{"row", row},
          {"id", id},
          {"text", text},
          {"gold", classes[measured.gold.classes[row]]},
          {"predicted", hard == kNoClass ? nlohmann::json() : nlohmann::json(classes[hard])},
          {"confidence", of.confidence(row)}};
}

nlohmann::json confusions_json(const Measured& measured, const SoftLabels& of, const Rows& rows) {
  const std::vector<std::string>& classes = measured.project().task.classes;
  nlohmann::json list = nlohmann::json::array();
  for (const Confusion& confusion : worst_confusions(measured.judged(of), rows, kConfusions, kConfusionTexts)) {
    nlohmann::json examples = nlohmann::json::array();
    for (const std::uint32_t row : confusion.examples) examples.push_back(example_json(measured, of, row));
    list.push_back({{"gold", classes[confusion.gold]},
                    {"predicted", classes[confusion.predicted]},
                    {"count", confusion.count},
                    {"share_of_gold", confusion.share_of_gold},
                    {"examples", examples}});
  }
  return list;
}

nlohmann::json comparisons_json(const Measured& measured) {
  nlohmann::json list = nlohmann::json::array();
  const auto add = [&](const System& a, const System& b, Split split) {
    list.push_back(compare(a, b, measured.gold.classes, measured.groups, measured.rows(split), std::string(to_string(split))));
  };
  const System label_model{"label model", measured.labels};
  for (const Split split : {Split::kTest, Split::kValid}) {
    if (measured.rows(split).empty()) continue;
    if (measured.best_source) add(label_model, {"best source", measured.best_labels}, split);
    if (!measured.predictions) continue;
    const System model{"trained model", *measured.predictions};
    add(model, label_model, split);
    if (measured.best_source) add(model, {"best source", measured.best_labels}, split);
  }
  return list;
}

// What is to be read and learned from, so of valid or train rows alone.
void add_errors(const Measured& measured, nlohmann::json& json) {
  const auto split = measured.readable_split();
  if (!split) return;
  const Rows& rows = measured.rows(*split);
  const SoftLabels& main = measured.main_system();
  json["errors_split"] = to_string(*split);
  json["worst_confusions"] = confusions_json(measured, main, rows);
  for (const std::uint32_t row : most_confident_errors(measured.judged(main), rows, kErrors))
    json["most_confident_errors"].push_back(example_json(measured, main, row));
}

bool learned_from_train_gold(const Measured& measured) { return measured.gold.rows[static_cast<std::size_t>(Split::kTrain)] > 0; }

nlohmann::json notes_json(const Measured& measured) {
  nlohmann::json notes = nlohmann::json::array();
  for (const Source& source : measured.project().sources)
    if (reads_gold(measured.project(), source))
      notes.push_back("The source '" + source.name + "' reads the gold column: it votes on train rows alone and is not measured.");
  if (!measured.predictions) return notes;
  if (!measured.rows(Split::kValid).empty())
    notes.push_back("Training of the model ended by its loss on the valid split, so its numbers there flatter it a little.");
  if (learned_from_train_gold(measured)) notes.push_back("The model learned from gold of the train split and is not measured there.");
  return notes;
}

nlohmann::json evaluation_json(const Measured& measured) {
  const auto split = measured.judged_split();
  nlohmann::json json = {{"best_source", nullptr},
                         {"label_model", nullptr},
                         {"model", nullptr},
                         {"per_class", nullptr},
                         {"confusion", {{"label_model", nullptr}, {"model", nullptr}}},
                         {"worst_confusions", nlohmann::json::array()},
                         {"most_confident_errors", nlohmann::json::array()},
                         {"comparisons", nlohmann::json::array()},
                         {"reliability", nlohmann::json::array()},
                         {"errors_split", nullptr},
                         {"notes", notes_json(measured)}};
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
  add_errors(measured, json);
  json["comparisons"] = comparisons_json(measured);
  json["reliability"] = reliability(measured.judged(measured.main_system()), rows);
  return json;
}

Rows common(const Rows& a, const Rows& b) {
  Rows both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

nlohmann::json slice_json(const Measured& measured, const std::vector<Split>& splits, const Slice& slice, const Rows& members) {
  std::uint64_t counts[kSplits] = {0, 0, 0};
  for (const std::uint32_t row : members) ++counts[static_cast<std::size_t>(splits[row])];
  nlohmann::json json = {{"slice", slice.name},    {"rows", {{"train", counts[0]}, {"valid", counts[1]}, {"test", counts[2]}}},
                         {"best_source", nullptr}, {"label_model", nullptr},
                         {"model", nullptr},       {"note", "no gold"}};
  const auto split = measured.judged_split();
  if (!split) return json;
  const Rows rows = common(members, measured.rows(*split));
  if (measured.best_source) json["best_source"] = metrics_json(measured.judged(measured.best_labels), rows);
  json["label_model"] = metrics_json(measured.judged(measured.labels), rows);
  if (measured.predictions) json["model"] = metrics_json(measured.judged(*measured.predictions), rows);
  json["note"] = rows.size() >= kLeastItems
                     ? ""
                     : "too few rows with gold: " + std::to_string(rows.size()) + " of " + std::to_string(kLeastItems) + " needed";
  return json;
}

nlohmann::json slices_json(const Measured& measured, const std::vector<Split>& splits) {
  const auto members = measured.context.workspace.slices(measured.context.of("vote"));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t slice = 0; slice < members.size(); ++slice)
    list.push_back(slice_json(measured, splits, measured.project().slices[slice], members[slice]));
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
  return {{"train", gold.rows[0]},
          {"valid", gold.rows[1]},
          {"test", gold.rows[2]},
          {"unknown_values", gold.unknown_values},
          {"first_unknown", gold.first_unknown}};
}

std::vector<std::string> source_names(const Project& project) {
  std::vector<std::string> names;
  for (const Source& source : project.sources) names.push_back(source.name);
  return names;
}

}  // namespace

std::vector<std::uint32_t> read_groups(const Dataset& dataset) {
  if (dataset.manifest().groups == 0) return {};
  std::vector<std::uint32_t> groups;
  groups.reserve(dataset.rows());
  std::map<std::string, std::uint32_t, std::less<>> numbers;
  std::uint32_t alone = static_cast<std::uint32_t>(dataset.rows());  // Rows without a group get numbers of their own from here on.
  dataset.for_each_batch(std::vector<std::string>{std::string(kGroupColumn)}, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn names(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto name = names.at(row);
      if (!name || name->empty()) {
        groups.push_back(alone++);
        continue;
      }
      const auto known = numbers.find(*name);
      groups.push_back(known != numbers.end() ? known->second
                                              : numbers.emplace(*name, static_cast<std::uint32_t>(numbers.size())).first->second);
    }
  });
  return groups;
}

StageParts evaluate_parts(const StageContext& context) {
  const RunRecord& label = context.of("label");
  StageParts parts{{"the dataset", context.of("import").output("dataset").hash},
                   {"the votes", context.of("vote").output("votes").hash},
                   {"the slices", context.of("vote").output("slices").hash},
                   {"the labels", label.output("labels.patterns").hash + " " + label.output("labels.examples").hash},
                   {"task.classes", nlohmann::json(context.project().task.classes).dump()},
                   {"gold", gold_part(context)}};
  if (context.project().trains()) parts.emplace_back("the predictions", context.of("train").output("predictions").hash);
  return parts;
}

void run_evaluate(const StageContext& context, RunRecord& record) {
  const std::vector<Split> splits = context.workspace.dataset(context.of("import")).splits();
  const Measured measured = gather(context, splits);
  const VoteMatrix votes(measured.dataset.rows(), context.project().task.classes.size(), measured.votes);
  nlohmann::json result = {{"format", "hone-evaluation/1"},
                           {"evaluation", evaluation_json(measured)},
                           {"slices", slices_json(measured, splits)},
                           {"gold", gold_json(measured.gold)},
                           {"class_counts", class_counts(measured)},
                           {"analysis", to_json(analyze_votes(votes, source_names(context.project()), measured.gold.classes, splits),
                                                context.project().task.classes)}};
  ObjectStore& objects = context.workspace.objects();
  record.outputs.push_back({"evaluation", objects.put_json(result)});
  record.counts = {{"gold", measured.gold.rows[0] + measured.gold.rows[1] + measured.gold.rows[2]}};
}

}  // namespace hone
