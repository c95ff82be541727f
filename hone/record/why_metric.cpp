#include <algorithm>
#include <array>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/flow/main_path.h"
#include "hone/flow/report_page.h"
#include "hone/record/why.h"
#include "hone/record/why_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::array kMetrics{"accuracy",     "macro_f1", "weighted_f1", "micro_f1", "micro_precision",
                              "micro_recall", "log_loss", "ece",         "coverage", "accuracy_on_covered"};

// The system that the report's first sentence is about: its key in the report, and its name there.
struct System {
  std::string key, title, name;
};

System system_of(const Json& report) {
  const bool is_model = report.at("evaluation").at("model").is_object();
  if (is_model) return {"model", "trained model", report.at("training").at("name")};
  return {"label_model", "label model", report.at("label_model").at("name")};
}

// Test where it has gold, else valid, else train.
std::string split_of(const Json& report, const System& system) {
  const Json& metrics = report.at("evaluation").at(system.key);
  for (const char* split : {"test", "valid", "train"})
    if (metrics.is_object() && metrics.at(split).is_object()) return split;
  throw Error(ErrorCode::kNotFound, "nothing was measured: there is no gold that evaluation may read (gold in hone.yaml)");
}

const Json& slice_named(const Json& report, const std::string& name) {
  std::vector<std::string> names;
  for (const Json& slice : report.at("slices")) {
    if (slice.at("slice") == name) return slice;
    names.push_back(slice.at("slice"));
  }
  throw Error(ErrorCode::kNotFound,
              "no slice named '" + name + "'" + (names.empty() ? "; hone.yaml defines none" : suggestion(name, names)));
}

// The number, where it stands in the report, and on which rows it was measured.
Json measured_json(const Json& report, const System& system, const std::string& metric, const std::string& slice_name) {
  const std::string split = split_of(report, system);
  Json json{{"metric", metric}, {"system", system.title}, {"name", system.name}, {"split", split}, {"slice", nullptr}, {"note", ""}};
  const Json* metrics = &report.at("evaluation").at(system.key).at(split);
  json["path"] = "evaluation." + system.key + "." + split + "." + metric;
  if (!slice_name.empty()) {
    const Json& slice = slice_named(report, slice_name);
    json["slice"] = {{"name", slice_name}, {"definition", slice.at("definition")}, {"rows", slice.at("rows")}};
    json["note"] = slice.at("note");
    json["path"] = "slices[].slice = " + slice_name + ": " + system.key + "." + metric;
    metrics = &slice.at(system.key);
  }
  json["value"] = metrics->is_object() && metrics->contains(metric) ? metrics->at(metric) : Json();
  if (json["value"].is_null() && json["note"] == "")
    json["note"] = "it was not measured there: too few rows with gold, or not a metric of this task";
  return json;
}

Json comparisons_json(const Json& report, const System& system, const std::string& split) {
  Json list = Json::array();
  for (const Json& comparison : report.at("evaluation").at("comparisons"))
    if (comparison.at("split") == split && comparison.at("a") == system.title) list.push_back(comparison);
  return list;
}

Json code_json(LedgerAnswer& answer, const RunRecord& evaluate) {
  const auto seq = event_of_run(answer, evaluate);
  return {{"code", evaluate.code_version},
          {"recorded", seq ? run_json(answer, *seq) : Json()},
          {"recorded_note", seq ? "" : "this run is not in the ledger; `hone run` records it"}};
}

Json pins_json(LedgerAnswer& answer, const Workspace& workspace, const std::vector<RunRecord>& records) {
  const std::string dataset = find_record(records, data_stage(workspace.project()))->output("dataset").hash;
  const RunRecord* train = find_record(records, "train");
  const auto gold = gold_of(answer, dataset);
  return {{"dataset", pin_json(answer, dataset)},
          {"votes", pin_json(answer, find_record(records, "vote")->output("votes").hash)},
          {"labels", pin_json(answer, find_record(records, "label")->output("labels.patterns").hash)},
          {"model", train ? pin_json(answer, train->output("model").hash) : Json()},
          {"evaluation", pin_json(answer, find_record(records, "evaluate")->output("evaluation").hash)},
          {"gold", gold ? gold_version_json(answer, *gold) : Json()},
          {"gold_note", gold ? "" : "no version of the gold of this dataset is recorded"}};
}

// The more often a test set is looked at, the less it tells.
Json exposure_json(LedgerAnswer& answer) {
  const std::uint64_t runs = answer.index().find({.kinds = {"stage.run"}, .name = "evaluate"}).size();
  const std::uint64_t reads = answer.index().find({.kinds = {"read.sealed"}}).size();
  return {{"evaluations", runs},
          {"sealed_reads", reads},
          {"note", "runs of evaluation that the ledger has; each read the gold of the test split, where there is some"}};
}

Json again_json(const MetricAsked& asked) {
  Json words{"hone", "why", "--metric", asked.metric};
  if (!asked.slice.empty()) words.insert(words.end(), {"--slice", asked.slice});
  return {{"hone", "run"}, words};
}

}  // namespace

std::string metric_key(std::string name) {
  std::ranges::replace(name, '-', '_');
  if (std::ranges::find(kMetrics, name) != kMetrics.end()) return name;
  const std::vector<std::string> known(kMetrics.begin(), kMetrics.end());
  throw Error(ErrorCode::kInvalidArgument, "no metric named '" + name + "'" + suggestion(name, known));
}

Json why_metric(Workspace& workspace, ProjectLedger& ledger, const MetricAsked& asked) {
  const std::string metric = metric_key(asked.metric);
  const std::vector<RunRecord> records = fresh_records(workspace, "report");
  LedgerAnswer answer(workspace, ledger);
  const Json report = report_json(workspace);
  const System system = system_of(report);
  Json json = measured_json(report, system, metric, asked.slice);
  json["method"] = report.at("evaluation").at("method");
  json["notes"] = report.at("evaluation").at("notes");
  json["comparisons"] = metric == "accuracy" && asked.slice.empty() ? comparisons_json(report, system, json.at("split")) : Json::array();
  json["pins"] = pins_json(answer, workspace, records);
  json["evaluator"] = code_json(answer, *find_record(records, "evaluate"));
  json["exposure"] = exposure_json(answer);
  json["again"] = again_json(asked);
  json["events"] = answer.events();
  return json;
}

}  // namespace hone
