#include "hone/flow/label_comparison.h"

#include <algorithm>
#include <optional>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/eval/comparison.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/gold_needed_internal.h"
#include "hone/flow/label_choice_internal.h"
#include "hone/flow/set_label_comparison_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_table.h"
#include "hone/vote/task.h"

namespace hone {
namespace {

using nlohmann::json;

// What all models get.
struct Given {
  VotePatterns votes;
  LabelEvidence evidence;
  std::string own;    // The model that stands unless another is better: the project's, or the default.
  json own_options;   // Of that one; the others have their defaults.
  bool named = true;  // Whether somebody chose it.

  // By gold row, in order.
  std::vector<std::uint32_t> gold_rows = {};
  std::vector<ClassId> gold = {};
  std::vector<std::uint32_t> groups = {};  // Empty: each stands alone.
  std::vector<std::uint32_t> all = {};     // 0, 1, 2…
};

void take_gold_rows(Given& given) {
  given.gold_rows = rows_with_gold(given.evidence.gold);
  for (const std::uint32_t row : given.gold_rows) {
    given.all.push_back(static_cast<std::uint32_t>(given.gold.size()));
    given.gold.push_back(given.evidence.gold[row]);
    if (!given.evidence.groups.empty()) given.groups.push_back(given.evidence.groups[row]);
  }
  if (given.gold_rows.empty()) given.evidence.gold.clear();
}

// What one model made of the votes.
struct TriedModel {
  LabelModelInfo info;
  json options;
  FitReport fit;
  SoftLabels labels;                  // Of the gold rows, cross-fitted where the model learned from gold.
  std::vector<ClassId> hard;          // By pattern, of the fit on everything.
  std::optional<std::string> failed;  // Why there is nothing.
};

json options_for(const Given& given, std::string_view name) { return name == given.own ? given.own_options : json::object(); }

void fit(const Given& given, int threads, TriedModel& tried) {
  const auto model = make_label_model(tried.info.name, tried.options);
  tried.fit = model->fit(given.votes, given.evidence, threads);
  SoftLabels labels = model->predict(given.votes, threads);
  for (std::size_t pattern = 0; pattern < given.votes.size(); ++pattern) tried.hard.push_back(labels.hard_of_pattern(pattern));
  if (tried.fit.used_gold) labels = cross_fitted_labels(tried.info.name, tried.options, given.votes, given.evidence, labels, 5, threads);
  tried.labels = labels.only(given.gold_rows);
}

// A model that these votes are too much for is left out with its reason; the others are compared.
TriedModel try_model(const Given& given, const LabelModelInfo& info, int threads) {
  TriedModel tried{.info = info, .options = options_for(given, info.name), .fit = {}, .labels = {}, .hard = {}, .failed = {}};
  try {
    fit(given, threads, tried);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument) throw;
    tried.failed = error.what();
  }
  return tried;
}

std::vector<TriedModel> try_all(const Given& given, int threads, const Progress& progress) {
  std::vector<TriedModel> all;
  for (const LabelModelInfo& info : label_models()) {
    if (progress)
      progress(
          {.stage = "label models", .done = all.size(), .total = label_models().size(), .unit = "models", .note = std::string(info.name)});
    all.push_back(try_model(given, info, threads));
  }
  return all;
}

const TriedModel* named(const std::vector<TriedModel>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, [](const TriedModel& tried) { return tried.info.name; });
  return found == all.end() || found->failed ? nullptr : &*found;
}

std::uint64_t rows_with_votes(const VotePatterns& votes) {
  std::uint64_t rows = 0;
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern)
    if (!votes.votes(pattern).empty()) rows += votes.count(pattern);
  return rows;
}

std::uint64_t rows_that_differ(const TriedModel& a, const TriedModel& b, const VotePatterns& votes) {
  std::uint64_t rows = 0;
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern)
    if (a.hard[pattern] != b.hard[pattern]) rows += votes.count(pattern);
  return rows;
}

// Of the rows with votes, the share on which two models name the same class; null beside a model that failed.
json agreement_json(const std::vector<TriedModel>& all, const VotePatterns& votes) {
  const std::uint64_t covered = rows_with_votes(votes);
  json names = json::array(), shares = json::array();
  for (const TriedModel& a : all) {
    names.push_back(a.info.name);
    json row = json::array();
    for (const TriedModel& b : all) {
      const bool known = covered > 0 && !a.failed && !b.failed;
      row.push_back(known ? json(1.0 - static_cast<double>(rows_that_differ(a, b, votes)) / static_cast<double>(covered)) : json());
    }
    shares.push_back(row);
  }
  return {{"models", names}, {"shares", shares}};
}

Comparison against(const Given& given, const TriedModel& a, const TriedModel& b, double alpha = 0.05) {
  return compare({std::string(a.info.name), a.labels}, {std::string(b.info.name), b.labels}, given.gold, given.groups, given.all,
                 "train and valid", {.alpha = alpha});
}

json measured_json(const Given& given, const TriedModel& tried, const TriedModel* majority) {
  json result = {
      {"accuracy", nullptr}, {"accuracy_on_covered", nullptr}, {"log_loss", nullptr}, {"ece", nullptr}, {"against_majority", nullptr}};
  if (given.gold_rows.empty()) return result;
  const json metrics = *measure({tried.labels, given.gold, given.groups}, given.all);
  for (const char* key : {"accuracy", "accuracy_on_covered", "log_loss", "ece"}) result[key] = metrics.at(key);
  if (majority && majority != &tried) result["against_majority"] = against(given, tried, *majority);
  return result;
}

json copies_json(const FitReport& fit, const std::vector<std::string>& names) {
  json list = json::array();
  for (const CopyGroup& group : fit.copies) {
    json members = json::array();
    for (const std::uint32_t source : group.sources) members.push_back(names.at(source));
    list.push_back({{"sources", members}, {"checked", group.checked}, {"counted_as", group.worth}});
  }
  return list;
}

json model_json(const Given& given, const TriedModel& tried, const TriedModel* majority) {
  json model = {{"name", tried.info.name}, {"what", tried.info.what}, {"options", tried.options}, {"failed", nullptr}};
  if (tried.failed) {
    model["failed"] = *tried.failed;
    return model;
  }
  model.update(measured_json(given, tried, majority));
  model["used_gold"] = tried.fit.used_gold;
  model["iterations"] = tried.fit.iterations;
  model["converged"] = tried.fit.converged;
  model["assumed_balance"] = tried.fit.assumed_balance;
  model["copies"] = copies_json(tried.fit, given.evidence.names);
  model["warnings"] = tried.fit.warnings;
  return model;
}

json choice_json(const Given& given, const std::vector<TriedModel>& all) {
  LabelChoice among{.own = given.own, .named = given.named, .worked = {}, .tried = all.size(), .has_gold = !given.gold_rows.empty()};
  for (const TriedModel& tried : all)
    if (!tried.failed) among.worked.emplace_back(tried.info.name);
  among.compare = [&](const std::string& a, const std::string& b, double alpha) {
    return against(given, *named(all, a), *named(all, b), alpha);
  };
  return label_choice_json(among);
}

// Between majority and the model that stands; where that is majority, the one that differs from it on most rows.
json needed_json(const Given& given, const std::vector<TriedModel>& all) {
  const TriedModel* majority = named(all, kMajority);
  if (!majority) return nullptr;
  const TriedModel* other = named(all, given.own);
  if (!other || other == majority) {
    other = nullptr;
    for (const TriedModel& tried : all)
      if (!tried.failed && &tried != majority &&
          (!other || rows_that_differ(tried, *majority, given.votes) > rows_that_differ(*other, *majority, given.votes)))
        other = &tried;
  }
  if (!other) return nullptr;
  return gold_needed_json({.a = std::string(other->info.name),
                           .b = "majority vote",
                           .rows = given.votes.shape().examples,
                           .differ = rows_that_differ(*other, *majority, given.votes)});
}

json compared(const Given& given, int threads, const Progress& progress) {
  const std::vector<TriedModel> all = try_all(given, threads, progress);
  json models = json::array();
  for (const TriedModel& tried : all) models.push_back(model_json(given, tried, named(all, kMajority)));
  return {{"kind", "classification"},
          {"rows", given.votes.shape().examples},
          {"covered", rows_with_votes(given.votes)},
          {"sources", given.votes.shape().sources},
          {"classes", given.votes.shape().classes},
          {"gold", given.gold_rows.size()},
          {"models", models},
          {"agreement", agreement_json(all, given.votes)},
          {"choice", choice_json(given, all)},
          {"gold_needed", needed_json(given, all)}};
}

Given given_by(const Project& project, const StageContext& context) {
  const Dataset dataset = context.workspace.dataset(context.data());
  Given given{.votes = VotePatterns(context.workspace.vote_matrix(context.of("vote"), dataset.rows())),
              .evidence = label_evidence(project, dataset),
              .own = project.label_model,
              .own_options = project.label_model_options,
              .named = !project.label_model.empty()};
  given.evidence.groups = read_clusters(context, dataset);
  take_gold_rows(given);
  if (!given.named) given.own = default_label_model();
  return given;
}

// Test gold is for a last look: what a model is chosen by does not measure it.
std::uint64_t leave_test_gold(const VoteTable& table, std::vector<ClassId>& gold) {
  std::uint64_t left = 0;
  for (std::size_t row = 0; row < gold.size() && row < table.split.size(); ++row) {
    if (table.split[row] != to_string(Split::kTest) || gold[row] == kNoClass) continue;
    gold[row] = kNoClass;
    ++left;
  }
  return left;
}

}  // namespace

nlohmann::json compare_label_models(Workspace& workspace, int threads, const Progress& progress) {
  const RunResult run = run_project(workspace, {.until = "vote", .dry_run = false, .threads = threads}, progress);
  if (run.error) throw *run.error;
  const std::vector<RunRecord> records = fresh_records(workspace, "vote");
  const StageContext context{workspace, records, threads, progress};
  json result = workspace.project().task.is_multi_label() ? compare_set_label_models(context)
                                                          : compared(given_by(workspace.project(), context), threads, progress);
  result["notes"] = json::array();
  return result;
}

nlohmann::json compare_label_models(const VoteTableFiles& files, int threads, const Progress& progress) {
  VoteTable table = read_vote_table(files.votes, {.gold = files.gold, .read = {}});
  Given given{.votes = VotePatterns(table.votes), .evidence = {}, .own = {}, .own_options = json::object(), .named = false};
  given.evidence.gold = table.gold;
  given.evidence.prior = Task{.classes = table.classes, .class_balance = files.class_balance}.declared_prior();
  given.evidence.names = table.sources;
  given.evidence.led = table.led;
  const std::uint64_t left = leave_test_gold(table, given.evidence.gold);
  take_gold_rows(given);
  given.own = default_label_model();
  json result = compared(given, threads, progress);
  result["notes"] = table.notes;
  if (left > 0) result["notes"].push_back("gold of " + counted(left, "test row", "test rows") + " was not read");
  return result;
}

}  // namespace hone
