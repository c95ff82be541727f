#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

std::string model_name(const Project& project, bool has_gold) {
  return project.label_model.empty() ? std::string(default_label_model(has_gold)) : project.label_model;
}

nlohmann::json belief_json(const SourceBelief& belief) {
  const auto number = [](const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
  return {{"accuracy", number(belief.accuracy)}, {"low", number(belief.low)}, {"high", number(belief.high)}, {"weight", belief.weight}};
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
          {"class_prior", fit.class_prior},
          {"sources", sources},
          {"warnings", fit.warnings},
          {"patterns", patterns.size()}};
}

// Whether there is gold that says something about a source.
bool meets_votes(const Gold& gold, const VoteMatrix& votes) {
  for (std::size_t row = 0; row < gold.classes.size(); ++row)
    if (gold.classes[row] != kNoClass && votes.on(row).size() > 0) return true;
  return false;
}

void check_votes(const VoteMatrix& votes, const Project& project) {
  if (votes.size() > 0) return;
  throw Error(ErrorCode::kInvalidArgument,
              "none of the " + std::to_string(project.sources.size()) + " sources voted on any of the " +
                  std::to_string(votes.shape().examples) +
                  " rows; `hone lf NAME` shows what a labeling function looks for, and data.text names the column they read");
}

void put_labels(const StageContext& context, const std::string& name, const SoftLabels& labels, RunRecord& record) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  write_soft_labels(labels, folder.path() / "patterns", folder.path() / "examples");
  ObjectStore& objects = context.workspace.objects();
  record.outputs.push_back({name + ".patterns", objects.put_file(folder.path() / "patterns", kParquetMedia)});
  record.outputs.push_back({name + ".examples", objects.put_file(folder.path() / "examples", kParquetMedia)});
}

std::uint64_t covered_rows(const SoftLabels& labels) {
  std::uint64_t covered = 0;
  for (std::size_t example = 0; example < labels.examples(); ++example) covered += labels.hard(example) != kNoClass;
  return covered;
}

}  // namespace

std::string gold_part(const StageContext& context) {
  const GoldOptions& gold = context.project().gold;
  if (gold.field.empty()) return "none";
  std::string part = "column " + gold.field + " of " + context.of("import").output("dataset").hash + " for";
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (gold.use[static_cast<std::size_t>(split)]) part += " " + std::string(to_string(split));
  return part;
}

StageParts label_parts(const StageContext& context) {
  const Project& project = context.project();
  return {{"the votes", context.of("vote").output("votes").hash},
          {"label_model", project.label_model + " " + project.label_model_options.dump()},
          {"task.classes", nlohmann::json(project.task.classes).dump()},
          {"task.class_balance", nlohmann::json(project.task.class_balance).dump()},
          {"gold", gold_part(context)}};
}

void run_label(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  const Dataset dataset = context.workspace.dataset(context.of("import"));
  const VoteMatrix votes(dataset.rows(), project.task.classes.size(), context.workspace.votes(context.of("vote")));
  check_votes(votes, project);
  const VotePatterns patterns(votes);

  Gold gold = read_gold(project, dataset, GoldUse::kLearning);
  const std::string name = model_name(project, meets_votes(gold, votes));
  LabelEvidence evidence{.gold = {}, .prior = project.task.declared_prior()};
  if (gold.any()) evidence.gold = std::move(gold.classes);
  const auto model = make_label_model(name, project.label_model_options);
  const FitReport& fit = model->fit(patterns, evidence, context.threads);
  const SoftLabels labels = model->predict(patterns);
  put_labels(context, "labels", labels, record);
  if (fit.used_gold) {
    evidence.groups = read_groups(dataset);  // Rows of one group hang together: a fold holds all of them.
    const SoftLabels crossed = cross_fitted_labels(name, project.label_model_options, patterns, evidence, labels, 5, context.threads);
    put_labels(context, "cross-fitted", crossed, record);
  }
  record.outputs.push_back({"fit", context.workspace.objects().put_json(fit_json(name, project.label_model_options, fit, patterns))});
  record.options = {{"name", name}, {"options", project.label_model_options}};
  record.counts = {{"rows", dataset.rows()}, {"covered", covered_rows(labels)}, {"patterns", patterns.size()}};
}

}  // namespace hone
