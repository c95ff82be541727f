#include "hone/record/why.h"

#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/why_text.h"
#include "hone/ledger/event_proof.h"

namespace hone::cli {
namespace {

struct WhyArguments : ProjectOptions {
  std::string row, metric, slice, release, proof;
  bool model = false;
};

// One thing is asked for, and --slice is of a metric.
void check(const WhyArguments& asked) {
  const int things = !asked.row.empty() + !asked.metric.empty() + !asked.release.empty() + asked.model;
  if (things == 0) throw UsageError("ROW is required, or one of --metric, --model and --release; `hone why --help` shows what there is");
  if (things > 1) throw UsageError("ROW, --metric, --model and --release are asked for one at a time");
  if (!asked.slice.empty() && asked.metric.empty()) throw UsageError("--slice is of a number: give --metric too, as in --metric accuracy");
  if (!asked.metric.empty()) typed([&] { return metric_key(asked.metric); });
}

struct Answer {
  nlohmann::json json;
  std::string text;
  nlohmann::json events;  // That it names.
};

Answer answer_to(const WhyArguments& asked, Workspace& workspace, ProjectLedger& ledger) {
  const auto with_events = [](nlohmann::json json, std::string (*text)(const nlohmann::json&)) {
    std::string words = text(json);
    nlohmann::json events = json.at("events");
    return Answer{std::move(json), std::move(words), std::move(events)};
  };
  if (!asked.metric.empty()) return with_events(why_metric(workspace, ledger, {asked.metric, asked.slice}), metric_text);
  if (!asked.release.empty()) return with_events(why_release(workspace, ledger, asked.release), release_text);
  if (asked.model) return with_events(why_model(workspace, ledger), model_text);
  nlohmann::json json = why_row(workspace, ledger, asked.row);
  nlohmann::json events = json.at("recorded").is_null() ? nlohmann::json::array() : json.at("recorded").at("events");
  std::string text = row_text(json);
  return {std::move(json), std::move(text), std::move(events)};
}

// Entry and proof of each event that the answer names. All proofs are to one checkpoint.
void prove(Answer& answer, ProjectLedger& ledger, const std::string& folder) {
  LedgerReader& log = ledger.reader();
  for (const nlohmann::json& seq : answer.events) write_proof(log, seq.get<std::uint64_t>(), folder);
  const std::string vkey = log.keys().back();
  answer.json["proof"] = {{"folder", folder}, {"events", answer.events.size()}, {"vkey", vkey}};
  answer.text += fmt::format("\n{} events with their proofs in {}\n  hone-verify {} --vkey {}\n", with_commas(answer.events.size()),
                             one_line(folder), one_line(folder), vkey);
}

int why(const WhyArguments& arguments) {
  check(arguments);
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  Answer answer = answer_to(arguments, workspace, ledger);
  if (!arguments.proof.empty()) prove(answer, ledger, arguments.proof);
  if (arguments.json)
    print_json(answer.json);
  else
    print(answer.text);
  return 0;
}

}  // namespace

Body add_why(CLI::App& command) {
  const auto arguments = std::make_shared<WhyArguments>();
  command.add_option("ROW", arguments->row, "A row's id, or its number from 0");
  command.add_option("--metric", arguments->metric, "A number of the report, as accuracy or macro-f1")->type_name("NAME");
  command.add_option("--slice", arguments->slice, "With --metric: on one slice of hone.yaml")->type_name("NAME");
  command.add_flag("--model", arguments->model, "What the trained model was made from");
  command.add_option("--release", arguments->release, "What a release holds, and what became of it since")->type_name("NAME");
  command.add_option("--proof", arguments->proof, "A folder to write each event that is named to, with its proof")->type_name("FOLDER");
  add_project_options(command, *arguments);
  return [arguments] { return why(*arguments); };
}

}  // namespace hone::cli
