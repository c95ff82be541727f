// The label stage of a multi-label task: a binary question per class on the same sources.
#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/set_labels.h"

namespace hone {
namespace {

std::vector<std::optional<double>> declared_shares(const Task& task) {
  if (task.class_balance.empty()) return {};
  std::vector<std::optional<double>> shares(task.classes.size());
  for (const auto& [name, share] : task.class_balance) shares[task.id_of(name)] = share;
  return shares;
}

nlohmann::json or_null(const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

nlohmann::json class_json(const Project& project, std::size_t id, const ClassFit& fit) {
  nlohmann::json sources = nlohmann::json::array();
  for (std::size_t place = 0; place < fit.sources.size(); ++place) {
    const SourceBelief& belief = fit.fit.sources.at(place);
    sources.push_back({{"source", project.sources[fit.sources[place]].name},
                       {"accuracy", or_null(belief.accuracy)},
                       {"low", or_null(belief.low)},
                       {"high", or_null(belief.high)},
                       {"assumed", belief.assumed}});
  }
  return {{"class", project.task.classes[id]},
          {"model", fit.model.empty() ? nlohmann::json() : nlohmann::json(fit.model)},
          {"votes_for", fit.votes_for},
          {"votes_against", fit.votes_against},
          {"rows", fit.voted},
          {"used_gold", fit.fit.used_gold},
          {"silent", fit.silent},
          {"silent_from", to_string(fit.silent_from)},
          {"sources", sources}};
}

// Mean probability of each class over labeled rows.
std::vector<double> class_shares(const SoftSets& labels) {
  std::vector<double> shares(labels.classes());
  double labeled = 0.0;
  std::vector<std::uint64_t> rows(labels.patterns());
  for (std::size_t row = 0; row < labels.examples(); ++row) ++rows[labels.pattern(row)];
  for (std::size_t pattern = 0; pattern < rows.size(); ++pattern) {
    if (!labels.labeled_pattern(pattern)) continue;
    labeled += static_cast<double>(rows[pattern]);
    for (std::size_t id = 0; id < shares.size(); ++id)
      shares[id] += static_cast<double>(rows[pattern]) * labels.probability_in_pattern(pattern, static_cast<ClassId>(id));
  }
  for (double& share : shares) share = labeled > 0.0 ? share / labeled : 0.0;
  return shares;
}

// In the form of every label model; what each class has of its own stands under "classes".
nlohmann::json fit_json(const Project& project, const SetLabels& made) {
  nlohmann::json classes = nlohmann::json::array(), sources = nlohmann::json::array(), worth = nlohmann::json::array();
  std::string name = project.label_model;
  for (std::size_t id = 0; id < made.classes.size(); ++id) {
    const ClassFit& fit = made.classes[id];
    classes.push_back(class_json(project, id, fit));
    if (name.empty()) name = fit.model;
  }
  for (std::size_t source = 0; source < project.sources.size(); ++source) {
    sources.push_back({{"accuracy", nullptr}, {"low", nullptr}, {"high", nullptr}, {"assumed", false}, {"weight", 1.0}});
    worth.push_back({{"votes", 0}, {"changes", 0}, {"vanishes", 0}, {"gain", nullptr}});
  }
  return {{"format", "hone-fit/1"},
          {"name", name},
          {"options", project.label_model_options},
          {"iterations", made.iterations()},
          {"converged", made.converged()},
          {"used_gold", made.used_gold()},
          {"class_prior", class_shares(made.labels)},
          {"assumed_balance", made.assumes_recall()},
          {"sources", sources},
          {"worth", {{"rows", 0}, {"sources", worth}}},
          {"copies", nlohmann::json::array()},
          {"warnings", made.warnings},
          {"patterns", made.labels.patterns()},
          {"classes", classes}};
}

void put_sets(const StageContext& context, const std::string& name, const SoftSets& sets, RunRecord& record) {
  put_by_pattern(
      context, name, [&](const auto& patterns, const auto& examples) { write_soft_sets(sets, patterns, examples); }, record);
}

std::uint64_t covered_rows(const SoftSets& labels) {
  std::uint64_t covered = 0;
  for (std::size_t row = 0; row < labels.examples(); ++row) covered += labels.labeled(row);
  return covered;
}

}  // namespace

SetQuestion set_question(const StageContext& context, const Dataset& dataset, std::span<const SourceVotes> votes) {
  const Project& project = context.project();
  SetQuestion question{.examples = dataset.rows(), .answers = project.task.answers(), .votes = votes};
  Gold gold = read_gold(project, dataset, GoldUse::kLearning);
  if (gold.any()) question.gold = std::move(gold.sets);
  question.shares = declared_shares(project.task);
  question.groups = read_clusters(context, dataset);
  for (const Source& source : project.sources) {
    question.kinds.push_back(label_kind(source));
    question.names.push_back(source.name);
  }
  question.classes = project.task.classes;
  return question;
}

void run_label_sets(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  const Dataset dataset = context.workspace.dataset(context.data());
  const std::vector<SourceVotes> votes = context.workspace.votes(context.of("vote"));
  check_some_vote(std::ranges::any_of(votes, [](const SourceVotes& of) { return !of.examples.empty(); }), project, dataset.rows());
  const SetLabels made =
      label_sets(set_question(context, dataset, votes), project.label_model, project.label_model_options, context.threads);
  put_sets(context, "labels", made.labels, record);
  if (made.crossed) put_sets(context, "cross-fitted", *made.crossed, record);
  const nlohmann::json fit = fit_json(project, made);
  record.outputs.push_back({"fit", context.workspace.objects().put_json(fit)});
  record.options = {{"name", fit.at("name")}, {"options", project.label_model_options}};
  record.counts = {{"rows", dataset.rows()}, {"covered", covered_rows(made.labels)}, {"patterns", made.labels.patterns()}};
}

}  // namespace hone
