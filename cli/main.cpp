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

// CLI11 would only say that a command is missing.
void check_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  if (!name.starts_with('-') && std::ranges::find(names, name) == names.end())
    throw UsageError("no command named '" + name + "'" + suggestion(name, names));
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = app.get_name();
  for (const CLI::App* chosen : app.get_subcommands()) command += " " + chosen->get_name();
  return std::string(error.what()) + "; `" + command + " --help` shows what there is";
}

// Read from the words themselves: it must be known even where they cannot be parsed.
bool asks_for_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

int fail(std::string_view code, const std::string& message, int status, bool json) {
  print_error(message);
  try {
    if (json) print_json({{"error", {{"code", code}, {"message", message}}}});
    finish_output();
  } catch (const Error&) {
    return status;  // Said on standard error; standard output takes nothing.
  }
  return status;
}

int run(int argc, char** argv) {
  if (argc > 1) check_command(argv[1]);
  CLI::App app{"Hone turns votes of labeling functions, models and people into labels, a trained model, and numbers that can be trusted.",
               "hone"};
  app.set_version_flag("--version", "hone " HONE_VERSION);
  app.require_subcommand(1);
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
    if (error.get_exit_code() != 0) throw UsageError(usage_message(app, error));
    return app.exit(error);  // Prints the help or the version.
  }
  return chosen();
}

int run_to_end(int argc, char** argv) {
  const bool json = asks_for_json(argc, argv);
  try {
    const int status = run(argc, argv);
    finish_output();
    return status;
  } catch (const UsageError& error) {
    return fail(to_string(error.code()), error.what(), 2, json);
  } catch (const Error& error) {
    return fail(to_string(error.code()), error.what(), 1, json);
  } catch (const std::bad_alloc&) {
    return fail(to_string(ErrorCode::kInternal), "memory ran out", 1, json);
  } catch (const std::exception& error) {
    return fail(to_string(ErrorCode::kInternal), std::string("internal error: ") + error.what(), 1, json);
  }
}

}  // namespace
}  // namespace hone::cli

int main(int argc, char** argv) { return hone::cli::run_to_end(argc, argv); }
