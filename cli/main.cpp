#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <new>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/core/suggest.h"

namespace hone::cli {
namespace {

// In the order in which help shows them. A new command is a file beside this one and a line here.
constexpr Command kCommands[] = {
    {"init", "look at a file and write a commented hone.yaml", "hone init my-project --from messages.csv", add_init},
    {"run", "bring the project up to date: import, vote, label, train, evaluate, report", "hone run --until label", add_run},
    {"status", "say which stages are fresh or stale and why, and the main numbers", "hone status --json", add_status},
    {"lf", "analyse all sources, one of them, or a draft from standard input", "hone lf stolen_card", add_lf},
    {"why", "explain a row: its votes, its label and what moved it, its prediction", "hone why M00042", add_why},
    {"report", "say where the HTML report lies, or print all its numbers", "hone report --json", add_report},
    {"export", "write labels with probabilities and where they came from", "hone export --out labels.parquet", add_export},
    {"predict", "apply the trained model to new rows", "hone predict new.csv --out predictions.csv", add_predict},
    {"aggregate", "weigh any table of votes, without a project", "hone aggregate votes.csv --gold truth.csv --model dawid-skene",
     add_aggregate},
    {"gc", "remove what the current run does not need", "hone gc --dry-run", add_gc},
};

int exit_status(ErrorCode code) { return code == ErrorCode::kInvalidArgument ? 2 : 1; }

// CLI11 would only say that a command is missing.
void check_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  if (!name.starts_with('-') && std::ranges::find(names, name) == names.end())
    throw Error(ErrorCode::kInvalidArgument, "no command named '" + name + "'" + suggestion(name, names));
}

std::string usage_message(const CLI::App* app, const CLI::Error& error) {
  std::string command = app->get_name();
  for (const CLI::App* chosen : app->get_subcommands()) command += " " + chosen->get_name();
  return "hone: " + std::string(error.what()) + "; `" + command + " --help` shows what there is\n";
}

int run(int argc, char** argv) {
  if (argc > 1) check_command(argv[1]);
  CLI::App app{"Hone turns votes of labeling functions, models and people into labels, a trained model, and numbers that can be trusted.",
               "hone"};
  app.set_version_flag("--version", "hone " HONE_VERSION);
  app.require_subcommand(1);
  app.failure_message(usage_message);
  Body chosen;
  for (const Command& command : kCommands) {
    CLI::App* added = app.add_subcommand(std::string(command.name), std::string(command.what));
    added->footer("Example:\n  " + std::string(command.example));
    added->final_callback([&chosen, body = command.add(*added)] { chosen = body; });
  }
  app.footer("`hone COMMAND --help` shows a command's options and an example. Exit status: 0 done, 1 failed, 2 usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : 2;
  }
  return chosen();
}

}  // namespace
}  // namespace hone::cli

int main(int argc, char** argv) {
  try {
    return hone::cli::run(argc, argv);
  } catch (const hone::Error& error) {
    hone::cli::print_error(error.what());
    return hone::cli::exit_status(error.code());
  } catch (const std::bad_alloc&) {
    hone::cli::print_error("memory ran out");
    return 1;
  } catch (const std::exception& error) {
    hone::cli::print_error(std::string("internal error: ") + error.what());
    return 1;
  }
}
