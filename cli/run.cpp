#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/command.h"
#include "cli/result.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/flow/main_path.h"
#include "hone/flow/report_page.h"
#include "hone/record/lineage.h"
#include "hone/record/record_runs.h"

namespace hone::cli {
namespace {

struct RunArguments : ProjectOptions {
  RunOptions run;
};

std::string stages_text(const std::vector<StageOutcome>& stages) {
  Table table({"stage", "", "time>", "why"});
  for (const StageOutcome& stage : stages)
    table.add({stage.name, std::string(to_string(stage.state)), stage.state == StageState::kRan ? seconds(stage.seconds) : "", stage.why});
  return table.text();
}

bool reached_report(const RunResult& result) { return !result.error && !result.stages.empty() && result.stages.back().name == "report"; }

// What the stage near-duplicates found, when this run came past it; else null.
nlohmann::json near_duplicates(Workspace& workspace, const RunResult& result, const RunArguments& arguments) {
  const auto stage = std::ranges::find(result.stages, "near-duplicates", &StageOutcome::name);
  if (arguments.run.dry_run || stage == result.stages.end() || stage->state == StageState::kFailed) return nullptr;
  return workspace.json(workspace.needed("near-duplicates").output("near-duplicates"));
}

void print_result(Workspace& workspace, const RunResult& result, const RunArguments& arguments) {
  print(stages_text(result.stages));
  if (const nlohmann::json found = near_duplicates(workspace, result, arguments); found.is_object()) print(near_duplicates_text(found));
  if (arguments.run.dry_run || !reached_report(result)) return;
  print(result_text(report_json(workspace), workspace.project()));
  print("\nreport: " + report_page_path(workspace.project()).string() + "\n");
}

nlohmann::json result_json(Workspace& workspace, const RunResult& result, const RunArguments& arguments, const nlohmann::json& recorded) {
  nlohmann::json json = {{"stages", result.stages}, {"dry_run", arguments.run.dry_run}};
  json["near_duplicates"] = near_duplicates(workspace, result, arguments);
  json["error"] =
      result.error ? nlohmann::json{{"code", to_string(result.error->code())}, {"message", result.error->what()}} : nlohmann::json();
  json["report"] =
      reached_report(result) && !arguments.run.dry_run ? nlohmann::json(report_page_path(workspace.project()).string()) : nlohmann::json();
  json["recorded"] = recorded;
  return json;
}

// The page learns what its report was made from. Where that cannot be asked now, as while another process holds the index, the next run
// does.
void show_what_it_was_made_from(Workspace& workspace, ProjectLedger& ledger, const Recorded& recorded) {
  if (recorded.size == 0 && shows_lineage(workspace)) return;
  try {
    show_lineage(workspace, lineage_json(workspace, ledger));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kBusy) throw;
  }
}

// Writes the run into the ledger. Where that cannot be done now, as without the key or in a copy whose original went on, a later run does
// it; that is said. A ledger that is damaged is no such case.
nlohmann::json record(Workspace& workspace, const RunResult& result) {
  try {
    const auto start = std::chrono::steady_clock::now();
    ProjectLedger ledger(workspace.project());
    const Recorded recorded = record_runs(workspace, ledger);
    if (reached_report(result)) show_what_it_was_made_from(workspace, ledger, recorded);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    return {{"events", recorded.events}, {"seconds", passed.count()}, {"pending", nullptr}};
  } catch (const Error& error) {
    const bool is_older_copy = std::string_view(error.what()).starts_with("LEDGER_ROLLED_BACK");
    if ((error.code() == ErrorCode::kCorruptData && !is_older_copy) || error.code() == ErrorCode::kInternal) throw;
    return {{"events", 0}, {"seconds", 0.0}, {"pending", error.what()}};
  }
}

int run(const RunArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  // Of what was typed, run_project() refuses an unknown --until alone; what fails in a stage is in the result.
  const RunResult result = typed([&] { return run_project(workspace, arguments.run, terminal_progress()); });
  const nlohmann::json recorded = arguments.run.dry_run ? nlohmann::json() : record(workspace, result);
  clear_progress();
  if (arguments.json)
    print_json(result_json(workspace, result, arguments, recorded));
  else
    print_result(workspace, result, arguments);
  if (recorded.is_object() && recorded.at("pending").is_string())
    print_error("this run is not in the ledger yet: " + recorded.at("pending").get<std::string>());
  if (result.error)
    print_error(with_way_out(result.stages.empty() ? result.error->what() : result.stages.back().name + ": " + result.error->what()));
  return result.error ? 1 : 0;
}

}  // namespace

Body add_run(CLI::App& command) {
  const auto arguments = std::make_shared<RunArguments>();
  arguments->run.retry = true;
  add_project_options(command, *arguments);
  command.add_option("--until", arguments->run.until, "The last stage to run: import, vote, label, train, evaluate or report")
      ->type_name("STAGE");
  command.add_flag("--dry-run", arguments->run.dry_run, "Say what would run and why; run nothing");
  return [arguments] {
    arguments->run.threads = arguments->threads;
    return run(*arguments);
  };
}

}  // namespace hone::cli
