#include "hone/record/replay.h"

#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct ReplayArguments : ProjectOptions {
  std::string release;
};

std::string names(const nlohmann::json& list) {
  std::string words;
  for (const nlohmann::json& name : list) words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>(), 40);
  return one_line(words, 80);
}

void print_replay(const nlohmann::json& replay) {
  Table table({"stage", "same>", "differ>", "missing>", "which"});
  for (const nlohmann::json& stage : replay.at("stages")) {
    const std::string which = names(stage.at("differ").empty() ? stage.at("missing") : stage.at("differ"));
    table.add({stage.at("stage"), with_commas(stage.at("same").size()), with_commas(stage.at("differ").size()),
               with_commas(stage.at("missing").size()), which});
  }
  print(table.text());
  for (const nlohmann::json& note : replay.at("notes")) print("note: " + one_line(note.get<std::string>()) + "\n");
  print(fmt::format("{} {}\n", one_line(replay.at("release").get<std::string>()),
                    replay.at("same") ? "came out again, byte for byte" : "did not come out again"));
}

int replay(const ReplayArguments& arguments) {
  const Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  const Release release = find_release(workspace.objects(), ledger, arguments.release);
  const nlohmann::json found = replay_release(workspace, release, arguments.threads, terminal_progress());
  clear_progress();
  if (arguments.json)
    print_json(found);
  else
    print_replay(found);
  if (found.at("error").is_object()) print_error(found.at("error").at("message").get<std::string>());
  return found.at("same") ? 0 : 1;
}

}  // namespace

Body add_replay(CLI::App& command) {
  const auto arguments = std::make_shared<ReplayArguments>();
  command.add_option("RELEASE", arguments->release, "Which release to make again")->required();
  add_project_options(command, *arguments);
  return [arguments] { return replay(*arguments); };
}

}  // namespace hone::cli
