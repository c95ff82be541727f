#include <algorithm>
#include <numeric>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/eval/comparison.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/source_worth.h"

namespace hone {
namespace {

std::string model_name(const Project& project) {
  return project.label_model.empty() ? std::string(default_label_model()) : project.label_model;
}

nlohmann::json belief_json(const SourceBelief& belief) {
  const auto number = [](const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
  return {{"accuracy", number(belief.accuracy)},
          {"low", number(belief.low)},
          {"high", number(belief.high)},
          {"assumed", belief.assumed},
          {"weight", belief.weight}};
}

nlohmann::json copies_json(const std::vector<CopyGroup>& groups) {
  nlohmann::json list = nlohmann::json::array();
  for (const CopyGroup& group : groups)
    list.push_back({{"sources", group.sources}, {"checked", group.checked}, {"counted_as", group.worth}});
  return list;
}

nlohmann::json fit_json(const std::string& name, const nlohmann::json& options, const FitReport& fit, const VotePatterns& patterns) {
  nlohmann::json sources = nlohmann::json::array();
  for (const SourceBelief& belief : fit.sources) sources.push_back(belief_json(belief));
  return {{"format", "hone-fit/1"},
          {"name", name},
          {"options", options},
          {"iterations", fit.iterations},
          {"converged", fit.converged},
          {"used_gold", fit.used_gold},
          {"assumed_balance", fit.assumed_balance},
          {"class_prior", fit.class_prior},
          {"sources", sources},
          {"copies", copies_json(fit.copies)},
          {"warnings", fit.warnings},
          {"patterns", patterns.size()}};
}

std::vector<SourceKind> source_kinds(const Project& project) {
  std::vector<SourceKind> kinds;
  for (const Source& source : project.sources) kinds.push_back(label_kind(source));
  return kinds;
}

constexpr std::size_t kBlockPatterns = 4096, kMostBlocks = 64;

// How far the labels are from those of majority vote, over all rows.
nlohmann::json beside_majority(const VotePatterns& votes, const LabelEvidence& evidence, const SoftLabels& labels, int threads) {
  const auto majority = make_label_model("majority");
  majority->fit(votes, evidence);
  std::vector<std::uint64_t> differ(std::clamp<std::size_t>(votes.size() / kBlockPatterns, 1, kMostBlocks));
  parallel_for(differ.size(), threads, [&](std::size_t block) {
    const BlockRange range = block_range(votes.size(), differ.size(), block);
    const LabelModel::LabelRow label = majority->label_row();
    std::vector<double> distribution(votes.shape().classes);
    for (std::size_t pattern = range.begin; pattern < range.end; ++pattern)
      if (label(votes.votes(pattern), distribution) != labels.hard_of_pattern(pattern)) differ[block] += votes.count(pattern);
  });
  return {{"rows", votes.shape().examples}, {"differ", std::accumulate(differ.begin(), differ.end(), std::uint64_t{0})}};
}

// Of all rows with gold, the share that is right with the source and not without it, less the share where it is the other way round.
nlohmann::json gain_json(const GoldWorth& worth, const LabelEvidence& evidence, std::span<const std::uint32_t> rows) {
  const Comparison gain = compare_changes({.gained = worth.gained, .lost = worth.lost}, evidence.groups, rows);
  const auto end = [&](double Interval::*which) { return gain.interval ? nlohmann::json((*gain.interval).*which) : nlohmann::json(); };
  return {{"value", gain.difference}, {"low", end(&Interval::low)}, {"high", end(&Interval::high)}, {"n", gain.n}};
}

nlohmann::json worth_json(const SourcesWorth& worth, const std::vector<GoldWorth>& on_gold, const LabelEvidence& evidence) {
  const std::vector<std::uint32_t> rows = rows_with_gold(evidence.gold);
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t source = 0; source < worth.sources.size(); ++source) {
    const SourceWorth& here = worth.sources[source];
    nlohmann::json entry = {{"votes", here.votes}, {"changes", here.changes}, {"vanishes", here.vanishes}, {"gain", nullptr}};
    if (!rows.empty()) entry["gain"] = gain_json(on_gold[source], evidence, rows);
    list.push_back(std::move(entry));
  }
  return {{"rows", worth.rows}, {"sources", list}};
}

void put_labels(const StageContext& context, const std::string& name, const SoftLabels& labels, RunRecord& record) {
  put_by_pattern(
      context, name, [&](const auto& patterns, const auto& examples) { write_soft_labels(labels, patterns, examples); }, record);
}

std::uint64_t covered_rows(const SoftLabels& labels) {
  std::uint64_t covered = 0;
  for (std::size_t example = 0; example < labels.examples(); ++example) covered += labels.hard(example) != kNoClass;
  return covered;
}

}  // namespace

void put_by_pattern(const StageContext& context, const std::string& name, const WriteByPattern& write, RunRecord& record) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  write(folder.path() / "patterns", folder.path() / "examples");
  ObjectStore& objects = context.workspace.objects();
  for (const std::string part : {"patterns", "examples"})
    record.outputs.push_back({name + "." + part, objects.put_file(folder.path() / part, kParquetMedia)});
}

SourceKind label_kind(const Source& source) {
  if (source.kind == Source::Kind::kModel && !source.at_least) return SourceKind::kComplete;
  return !source.votes.empty() ? SourceKind::kSelective : SourceKind::kUnknown;
}

std::vector<std::string> source_names(const Project& project) {
  std::vector<std::string> names;
  for (const Source& source : project.sources) names.push_back(source.name);
  return names;
}

LabelEvidence label_evidence(const Project& project, const Dataset& dataset) {
  Gold gold = read_gold(project, dataset, GoldUse::kLearning);
  LabelEvidence evidence{
      .gold = {}, .prior = project.task.declared_prior(), .kinds = source_kinds(project), .names = source_names(project)};
  if (gold.any()) evidence.gold = std::move(gold.classes);
  return evidence;
}

void check_some_vote(bool any, const Project& project, std::uint64_t rows) {
  if (any) return;
  throw Error(ErrorCode::kInvalidArgument,
              "none of the " + with_commas(project.sources.size()) + " sources voted on any of the " + with_commas(rows) +
                  " rows; `hone lf NAME` shows what a labeling function looks for, and data.text names the column they read");
}

std::string gold_part(const StageContext& context) {
  const GoldOptions& gold = context.project().gold;
  if (gold.field.empty()) return "none";
  std::string part = "column " + gold.field + " of " + context.data().output("dataset").hash;
  if (context.project().task.is_multi_label()) part += " by " + nlohmann::json({gold.separator, gold.none}).dump();
  if (!gold.classes.empty()) part += " as " + nlohmann::json(gold.classes).dump();
  part += " for";
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (gold.use[static_cast<std::size_t>(split)]) part += " " + std::string(to_string(split));
  return part;
}

std::string classes_part(const Task& task) {
  std::string part = nlohmann::json(task.classes).dump();
  for (const Taxonomy::Node& node : task.taxonomy.nodes())
    part += "; " + nlohmann::json({node.name, node.level, node.classes.begin, node.classes.end}).dump();
  return task.is_multi_label() ? task.kind + " " + part : part;
}

StageParts label_parts(const StageContext& context) {
  const Project& project = context.project();
  std::string kinds;
  for (const SourceKind kind : source_kinds(project))
    kinds += kind == SourceKind::kSelective ? 's' : kind == SourceKind::kComplete ? 'c' : '?';
  StageParts parts{{"the votes", context.of("vote").output("votes").hash},
                   {"the kinds of sources", kinds},
                   {"label_model", project.label_model + " " + project.label_model_options.dump()},
                   {"task.classes", classes_part(project.task)},
                   {"task.class_balance", nlohmann::json(project.task.class_balance).dump()},
                   {"gold", gold_part(context)}};
  add_near_duplicates_part(context, parts);
  return parts;
}

void run_label(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  if (project.task.is_multi_label()) return run_label_sets(context, record);
  const Dataset dataset = context.workspace.dataset(context.data());
  const VoteMatrix votes = context.workspace.vote_matrix(context.of("vote"), dataset.rows());
  check_some_vote(votes.size() > 0, project, dataset.rows());
  const VotePatterns patterns(votes);

  LabelEvidence evidence = label_evidence(project, dataset);
  const std::string name = model_name(project);
  const auto model = make_label_model(name, project.label_model_options);
  const FitReport& fit = model->fit(patterns, evidence, context.threads);
  const SoftLabels labels = model->predict(patterns, context.threads);
  put_labels(context, "labels", labels, record);
  // Rows of one cluster hang together: a fold holds all of them.
  if (!evidence.gold.empty()) evidence.groups = read_clusters(context, dataset);
  std::vector<GoldWorth> on_gold(votes.shape().sources);
  const auto judge = [&](const LabelModel& judging, std::span<const std::uint32_t> examples) {
    add_gold_worth(judging, patterns, evidence.gold, examples, on_gold, context.threads);
  };
  if (fit.used_gold)
    put_labels(context, "cross-fitted",
               cross_fitted_labels(name, project.label_model_options, patterns, evidence, labels, 5, context.threads, judge), record);
  else
    judge(*model, rows_with_gold(evidence.gold));
  nlohmann::json said = fit_json(name, project.label_model_options, fit, patterns);
  said["majority"] = beside_majority(patterns, evidence, labels, context.threads);
  said["worth"] = worth_json(worth_of_sources(*model, patterns, {.threads = context.threads}), on_gold, evidence);
  record.outputs.push_back({"fit", context.workspace.objects().put_json(said)});
  record.outputs.push_back({"learned", context.workspace.objects().put(model->learned(), "application/octet-stream")});
  record.options = {{"name", name}, {"options", project.label_model_options}};
  record.counts = {{"rows", dataset.rows()}, {"covered", covered_rows(labels)}, {"patterns", patterns.size()}};
}

}  // namespace hone
