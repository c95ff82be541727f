#include "hone/record/erase.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct EraseArguments : ProjectOptions {
  EraseOptions what;
};

void print_list(std::string_view what, const nlohmann::json& list) {
  if (list.empty()) return;
  std::string words;
  for (const nlohmann::json& item : list)
    words += (words.empty() ? "" : ", ") + (item.is_string() ? one_line(item.get<std::string>(), 40) : item.dump());
  print(fmt::format("  {}: {}\n", what, one_line(words)));
}

void print_erased(const nlohmann::json& erased) {
  print(fmt::format("{}: {} objects and {} payloads removed; events {}\n", one_line(erased.at("row").get<std::string>(), 60),
                    with_commas(erased.at("objects_removed").get<std::uint64_t>()),
                    with_commas(erased.at("payloads_removed").get<std::uint64_t>()), erased.at("orders").dump()));
  const nlohmann::json& dependants = erased.at("depended_on_it");
  if (std::ranges::any_of(dependants, [](const nlohmann::json& list) { return !list.empty(); })) {
    print("what was made with it, and is not undone by this:\n");
    print_list("releases", dependants.at("releases"));
    print_list("named runs", dependants.at("runs"));
    print_list("models", dependants.at("models"));
    print_list("exports (events)", dependants.at("exports"));
  }
  print("the data files themselves are yours: remove the row there too. Imports leave it out from now on.\n");
}

int erase(EraseArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  arguments.what.threads = arguments.threads;
  const nlohmann::json erased = erase_row(workspace, ledger, arguments.what, terminal_progress());
  clear_progress();
  if (arguments.json)
    print_json(erased);
  else
    print_erased(erased);
  if (erased.at("error").is_object())
    print_error("the row is erased; the run behind it failed: " + erased.at("error").at("message").get<std::string>());
  return erased.at("error").is_object() ? 1 : 0;
}

}  // namespace

Body add_erase(CLI::App& command) {
  const auto arguments = std::make_shared<EraseArguments>();
  command.add_option("ROW", arguments->what.row, "A row's id")->required();
  command.add_option("--reason", arguments->what.ground, "Why, for who reads the ledger; name nobody")->type_name("TEXT");
  command.add_option("--requested-by", arguments->what.requested_by, "Who asked; kept where it can be erased")->type_name("TEXT");
  command.add_option("--approver", arguments->what.approver, "Who approves, p:…; without it who does it")->type_name("PERSON");
  add_project_options(command, *arguments);
  return [arguments] { return erase(*arguments); };
}

}  // namespace hone::cli
