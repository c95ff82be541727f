#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/flow/main_path.h"
#include "hone/flow/report_page.h"

namespace hone::cli {
namespace {

std::optional<nlohmann::json> last_report(Workspace& workspace) {
  if (!workspace.current("report")) return std::nullopt;
  return report_json(workspace);
}

// The slice with the highest or lowest accuracy of the model, else of the label model; null without measured slices.
nlohmann::json slice_by_accuracy(const nlohmann::json& report, bool best) {
  const nlohmann::json* chosen = nullptr;
  double chosen_value = 0.0;
  for (const nlohmann::json& slice : report.at("slices")) {
    const nlohmann::json& metrics = slice.at("model").is_object() ? slice.at("model") : slice.at("label_model");
    if (!metrics.is_object() || !slice.at("note").get<std::string>().empty()) continue;  // Too few rows to call it best or worst.
    const double value = metrics.at("accuracy").at("value");
    if (chosen && (best ? value <= chosen_value : value >= chosen_value)) continue;
    chosen = &slice;
    chosen_value = value;
  }
  if (!chosen) return nullptr;
  return {{"slice", chosen->at("slice")},
          {"accuracy", (chosen->at("model").is_object() ? chosen->at("model") : chosen->at("label_model")).at("accuracy")}};
}

nlohmann::json status_json(Workspace& workspace) {
  const RunResult plan = run_project(workspace, {.until = {}, .dry_run = true, .threads = 1});
  nlohmann::json json = {{"project", workspace.project().name},
                         {"stages", plan.stages},
                         {"coverage", nullptr},
                         {"result", nullptr},
                         {"best_slice", nullptr},
                         {"worst_slice", nullptr}};
  json["error"] = plan.error ? nlohmann::json{{"code", to_string(plan.error->code())}, {"message", plan.error->what()}} : nlohmann::json();
  if (const auto report = last_report(workspace)) {
    const double rows = report->at("data").at("rows");
    json["coverage"] = rows > 0 ? report->at("votes").at("covered").get<double>() / rows : 0.0;
    json["result"] = report->at("summary").at("result");
    json["best_slice"] = slice_by_accuracy(*report, true);
    json["worst_slice"] = slice_by_accuracy(*report, false);
  }
  return json;
}

std::string state_word(const std::string& state) { return state == "would-run" ? "stale" : state; }

void print_status(const nlohmann::json& status) {
  Table table({"stage", "", "why"});
  for (const nlohmann::json& stage : status.at("stages")) table.add({stage.at("name"), state_word(stage.at("state")), stage.at("why")});
  print(table.text());
  if (status.at("coverage").is_null()) return;
  print(fmt::format("\nof the last run: {} of the rows have a label\n", percent(status.at("coverage"))));
  if (const auto& result = status.at("result"); result.is_object())
    print(fmt::format("{} on {}: {}\n", result.at("system").get<std::string>(), result.at("split").get<std::string>(),
                      measure(result.at("accuracy"))));
  const nlohmann::json &best = status.at("best_slice"), &worst = status.at("worst_slice");
  const auto say = [](std::string_view which, const nlohmann::json& slice) {
    print(fmt::format("{} slice: {} {}\n", which, one_line(slice.at("slice").get<std::string>()), measure(slice.at("accuracy"))));
  };
  if (best.is_object()) say("best", best);
  if (worst.is_object() && worst != best) say("worst", worst);
}

int status(const ProjectOptions& options) {
  Workspace workspace = open_workspace(options);
  const nlohmann::json found = status_json(workspace);
  if (options.json)
    print_json(found);
  else
    print_status(found);
  return found.at("error").is_null() ? 0 : 1;
}

}  // namespace

Body add_status(CLI::App& command) {
  const auto options = std::make_shared<ProjectOptions>();
  add_project_options(command, *options);
  return [options] { return status(*options); };
}

}  // namespace hone::cli
