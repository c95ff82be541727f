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
#include "hone/record/gates.h"
#include "hone/record/named_run.h"
#include "hone/record/record_runs.h"
#include "hone/record/report_facts.h"

namespace hone::cli {
namespace {

struct RunArguments : ProjectOptions {
  RunOptions run;
  std::string name;  // Of the run, so that later ones can be compared with it; empty: none.
};

std::string stages_text(const std::vector<StageOutcome>& stages) {
  Table table({"stage", "", "time>", "why"});
  for (const StageOutcome& stage : stages)
    table.add({stage.name, std::string(to_string(stage.state)), stage.state == StageState::kRan ? seconds(stage.seconds) : "", stage.why});
  return table.text();
}

// A name is given where there is something to compare with: refused before anything runs.
void check_name(const Workspace& workspace, const RunArguments& arguments) {
  if (arguments.name.empty()) return;
  if (arguments.run.dry_run) throw UsageError("a run that does not take place gets no name: leave out --dry-run or --name");
  const std::string& until = arguments.run.until;
  if (!until.empty() && until != "evaluate" && until != "report")
    throw UsageError("a run with a name is one to compare with, so it has to evaluate: leave out --until " + until + ", or --name");
  ProjectLedger ledger(workspace.project());
  typed([&] { check_run_name(ledger, arguments.name); });
}

bool reached_evaluate(const RunResult& result) {
  return !result.error && std::ranges::find(result.stages, "evaluate", &StageOutcome::name) != result.stages.end();
}

bool reached_report(const RunResult& result) { return !result.error && !result.stages.empty() && result.stages.back().name == "report"; }

// What the stage near-duplicates found, when this run came past it; else null.
nlohmann::json near_duplicates(Workspace& workspace, const RunResult& result, const RunArguments& arguments) {
  const auto stage = std::ranges::find(result.stages, "near-duplicates", &StageOutcome::name);
  if (arguments.run.dry_run || stage == result.stages.end() || stage->state == StageState::kFailed) return nullptr;
  return workspace.json(workspace.needed("near-duplicates").output("near-duplicates"));
}

// The page learns what only the ledger knows: what its report was made from, what became of the gates, how it went from release to
// release. Where that cannot be asked now, as while another process holds the index, the next run does.
void show_what_is_recorded(Workspace& workspace, ProjectLedger& ledger, const Recorded& recorded, const nlohmann::json& gates) {
  if (recorded.size == 0 && gates.is_null() && shows_facts(workspace)) return;
  try {
    show_facts(workspace, report_facts(workspace, ledger, gates));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kBusy) throw;
  }
}

// What the machine keeps from being recorded or shown now is put off. A ledger that is damaged is no such case; a copy whose original went
// on is.
bool can_wait(const Error& error) {
  if (std::string_view(error.what()).starts_with("LEDGER_ROLLED_BACK")) return true;
  return error.code() != ErrorCode::kCorruptData && error.code() != ErrorCode::kInternal;
}

// What came of the run beyond its stages.
struct Aftermath {
  nlohmann::json recorded = nullptr;
  nlohmann::json named = nullptr;
  nlohmann::json gates = nullptr;
};

nlohmann::json named_json(const NamedRun& named) { return {{"name", named.name}, {"event", named.seq}, {"run", named.run}}; }

// Writes the run into the ledger, judges its gates, and shows both. Where it cannot be written or shown now, as without the key, a later
// run does it; that is said.
Aftermath record(Workspace& workspace, const RunResult& result, const RunArguments& arguments) {
  Aftermath after;
  const auto start = std::chrono::steady_clock::now();
  ProjectLedger ledger(workspace.project());
  Recorded recorded;
  nlohmann::json pending = nullptr;
  const auto put_off = [&pending](const auto& act) {
    try {
      act();
    } catch (const Error& error) {
      if (!can_wait(error)) throw;
      pending = error.what();
    }
  };
  put_off([&] { recorded = record_runs(workspace, ledger); });
  if (!arguments.name.empty() && reached_evaluate(result) && pending.is_null())
    put_off([&] { after.named = named_json(name_run(workspace, ledger, arguments.name)); });
  if (reached_report(result)) after.gates = check_gates(workspace, ledger, arguments.threads);
  if (reached_report(result) && pending.is_null()) put_off([&] { show_what_is_recorded(workspace, ledger, recorded, after.gates); });
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  after.recorded = {{"events", recorded.events}, {"seconds", passed.count()}, {"pending", pending}};
  return after;
}

// "the release '2026-q1'", "the run of event 12".
std::string baseline_words(const nlohmann::json& baseline) {
  const std::string kind = "the " + baseline.at("kind").get<std::string>();
  if (baseline.at("name").is_null()) return kind + " of event " + baseline.at("event").dump();
  return kind + " '" + one_line(baseline.at("name").get<std::string>()) + "'";
}

std::string gates_text(const nlohmann::json& gates) {
  if (gates.is_null()) return "";
  Table table({"gate", "", "what was found"});
  for (const nlohmann::json& gate : gates.at("gates")) table.add({gate.at("gate"), gate.at("verdict"), gate.at("text")});
  const nlohmann::json& baseline = gates.at("baseline");
  const std::string look = "look " + with_commas(gates.at("look"));
  const std::string against = baseline.is_null() ? "This is " + look : "Against " + baseline_words(baseline) + ", " + look + " since then";
  return "\n" + table.text() + against + "; all looks and gates together raise a false alarm in at most 5 of 100 cases\n";
}

void print_result(Workspace& workspace, const RunResult& result, const RunArguments& arguments, const Aftermath& after) {
  print(stages_text(result.stages));
  if (const nlohmann::json found = near_duplicates(workspace, result, arguments); found.is_object()) print(near_duplicates_text(found));
  if (!arguments.run.dry_run && reached_report(result)) {
    print(result_text(report_json(workspace), workspace.project()) + gates_text(after.gates));
    print("\nreport: " + report_page_path(workspace.project()).string() + "\n");
  }
  if (!after.named.is_null())
    print("this run is named '" + arguments.name + "' (event " + after.named.at("event").dump() +
          "); `evaluate: {baseline: " + arguments.name + "}` compares later ones with it\n");
}

nlohmann::json result_json(Workspace& workspace, const RunResult& result, const RunArguments& arguments, const Aftermath& after) {
  nlohmann::json json = {{"stages", result.stages}, {"dry_run", arguments.run.dry_run}};
  json["near_duplicates"] = near_duplicates(workspace, result, arguments);
  json["error"] =
      result.error ? nlohmann::json{{"code", to_string(result.error->code())}, {"message", result.error->what()}} : nlohmann::json();
  json["report"] =
      reached_report(result) && !arguments.run.dry_run ? nlohmann::json(report_page_path(workspace.project()).string()) : nlohmann::json();
  json["recorded"] = after.recorded;
  json["named"] = after.named;
  json["gates"] = after.gates;
  return json;
}

bool report_failed_gates(const nlohmann::json& gates) {
  if (gates.is_null()) return false;
  for (const nlohmann::json& gate : gates.at("gates"))
    if (gate.at("verdict") == "fails")
      print_error("gate failed: " + gate.at("gate").get<std::string>() + ": " + gate.at("text").get<std::string>());
  return gates.at("failed") > 0;
}

int run(const RunArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  check_name(workspace, arguments);
  // Of what was typed, run_project() refuses an unknown --until alone; what fails in a stage is in the result.
  const RunResult result = typed([&] { return run_project(workspace, arguments.run, terminal_progress()); });
  const Aftermath after = arguments.run.dry_run ? Aftermath{} : record(workspace, result, arguments);
  clear_progress();
  if (arguments.json)
    print_json(result_json(workspace, result, arguments, after));
  else
    print_result(workspace, result, arguments, after);
  if (after.recorded.is_object() && after.recorded.at("pending").is_string())
    print_error("this run is not in the ledger yet: " + after.recorded.at("pending").get<std::string>());
  const bool unnamed = !arguments.name.empty() && after.named.is_null();
  if (unnamed)
    print_error("this run was not named '" + arguments.name + "': it " +
                (result.error ? "did not get to evaluate" : "is not in the ledger yet"));
  const bool failed = report_failed_gates(after.gates);
  if (result.error)
    print_error(with_way_out(result.stages.empty() ? result.error->what() : result.stages.back().name + ": " + result.error->what()));
  return result.error || failed || unnamed ? 1 : 0;
}

}  // namespace

Body add_run(CLI::App& command) {
  const auto arguments = std::make_shared<RunArguments>();
  arguments->run.retry = true;
  add_project_options(command, *arguments);
  command.add_option("--until", arguments->run.until, "The last stage to run: import, vote, label, train, evaluate or report")
      ->type_name("STAGE");
  command.add_option("--name", arguments->name, "Call this run so, to compare later ones with it: evaluate.baseline of hone.yaml")
      ->type_name("NAME");
  command.add_flag("--dry-run", arguments->run.dry_run, "Say what would run and why; run nothing");
  return [arguments] {
    arguments->run.threads = arguments->threads;
    return run(*arguments);
  };
}

}  // namespace hone::cli
