#include "hone/record/release.h"

#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/report_page.h"
#include "hone/record/gates.h"
#include "hone/record/report_facts.h"

namespace hone::cli {
namespace {

struct ReleaseArguments : ProjectOptions {
  ReleaseOptions what;
};

nlohmann::json to_json(const Release& release) {
  nlohmann::json objects = nlohmann::json::object();
  for (const auto& [name, ref] : release.objects) objects[name] = ref;
  return {{"name", release.name}, {"version", release.version},   {"event", release.seq},
          {"time", release.time}, {"manifest", release.manifest}, {"objects", objects}};
}

int list(const ReleaseArguments& arguments) {
  const Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  nlohmann::json json = nlohmann::json::array();
  Table table({"release", "version", "made", "event>", "objects>"});
  if (ledger.is_there())
    for (const Release& release : releases(workspace.objects(), ledger)) {
      json.push_back(to_json(release));
      table.add({release.name, release.version, release.time.substr(0, 16), with_commas(release.seq), with_commas(release.objects.size())});
    }
  if (arguments.json)
    print_json({{"releases", json}});
  else
    print(json.empty() ? "no release yet; `hone release NAME` makes one\n" : table.text());
  return 0;
}

int release(const ReleaseArguments& arguments) {
  if (arguments.what.name.empty()) return list(arguments);
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  const Release made = make_release(workspace, ledger, arguments.what);
  show_facts(workspace, report_facts(workspace, ledger, check_gates(workspace, ledger, 0)));  // Which ends in this release now.
  if (arguments.json) {
    print_json(to_json(made));
    return 0;
  }
  print(fmt::format("release {} ({}): event {} of {}, {} objects\n", made.name, made.version, with_commas(made.seq), ledger.origin(),
                    with_commas(made.objects.size())));
  if (ledger.is_solo()) print("approved by who made it (segregation: solo), and it says so wherever it is checked\n");
  print(fmt::format("`hone verify` checks it, `hone evidence {}` packs it for an auditor\n", made.name));
  return 0;
}

}  // namespace

Body add_release(CLI::App& command) {
  const auto arguments = std::make_shared<ReleaseArguments>();
  command.add_option("NAME", arguments->what.name, "What it is called; without it the releases that there are");
  command.add_option("--because", arguments->what.because, "Why it is made, for who reads the ledger")->type_name("TEXT");
  command.add_option("--approver", arguments->what.approver, "Who approves, p:…; without it who makes it")->type_name("PERSON");
  add_project_options(command, *arguments);
  return [arguments] { return release(*arguments); };
}

}  // namespace hone::cli
