#include "cli/app.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "hone/core/suggest.h"

namespace hone::cli {
namespace {

// In the order in which help shows them. A new command is a file beside this one and a line here; docs/help.md may say more of it.
constexpr Command kCommands[] = {
    {"init", "look at a file and write a commented hone.yaml", "hone init my-project --from messages.csv", add_init},
    {"run", "bring the project up to date: import, vote, label, train, evaluate, report", "hone run --until label", add_run},
    {"status", "say which stages are fresh or stale and why, and the main numbers", "hone status --json", add_status},
    {"lf", "analyse all sources, one of them, or a draft from standard input", "hone lf stolen_card", add_lf},
    {"why", "explain a row: its votes, its label and what moved it, its prediction", "hone why M00042", add_why},
    {"log", "show what was done, by whom, to which data and when", "hone log --kind stage.run --since 2026-01", add_log},
    {"report", "say where the HTML report lies, or print all its numbers", "hone report --json", add_report},
    {"export", "write labels with probabilities and where they came from", "hone export --out labels.parquet", add_export},
    {"predict", "apply the trained model to new rows", "hone predict new.csv --out predictions.csv", add_predict},
    {"aggregate", "weigh any table of votes, without a project", "hone aggregate votes.csv --gold truth.csv", add_aggregate},
    {"label-models", "compare all label models on the votes, and say which to choose", "hone label-models --json", add_label_models},
    {"compare", "compare two files of predictions, item by item", "hone compare a.jsonl b.jsonl --gold gold.csv", add_compare},
    {"benchmark", "keep test items that never change, in versions that can be compared", "hone benchmark create support --items items.csv",
     add_benchmark},
    {"release", "pin data, gold, labels, model and report under a name, signed", "hone release 2026-q1 --because 'monthly labels'",
     add_release},
    {"diff", "say what changed between two releases, by slice and by cause", "hone diff 2025-q4 2026-q1", add_diff},
    {"evidence", "pack a release for an auditor: labels, log, report, checklist, hashes", "hone evidence 2026-q1 --out evidence-2026-q1",
     add_evidence},
    {"verify", "check the ledger and all it names with hone-verify", "hone verify --trusted kept", add_verify},
    {"ledger", "the ledger's key, checkpoint, published tree and proofs", "hone ledger checkpoint", add_ledger},
    {"replay", "run a release's stages again, and compare byte by byte", "hone replay 2026-q1", add_replay},
    {"erase", "erase a row, and say what depended on it", "hone erase M00042 --reason 'asked for by the customer'", add_erase},
    {"gc", "remove what the current run does not need", "hone gc --dry-run", add_gc},
    {"reindex", "make the index of the ledger anew", "hone reindex", add_reindex},
    {"help", "show a topic, a command, or what there is", "hone help conditions", add_help},
    {"completion", "print what a shell needs to complete commands, options and names", "hone completion bash", add_completion},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command& command_named(const std::string& name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  if (found != std::end(kCommands)) return *found;
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  throw UsageError("no command named '" + name + "'" + suggestion(name, names) +
                   (nearest_name(name, names).empty() ? "; `hone help` says what each does" : ""));
}

std::unique_ptr<CLI::App> make_app(Body& chosen) {
  auto app = std::make_unique<CLI::App>("", "hone");
  app->set_version_flag("--version", "hone " HONE_VERSION, "Print the version");
  app->set_help_flag("-h,--help", "Print this");
  app->require_subcommand(1);
  for (const Command& command : kCommands) {
    CLI::App* added = app->add_subcommand(std::string(command.name), std::string(command.what));
    added->final_callback([&chosen, body = command.add(*added)] { chosen = body; });
  }
  return app;
}

}  // namespace hone::cli
