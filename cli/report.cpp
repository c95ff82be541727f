#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/main_path.h"
#include "hone/flow/report_page.h"

namespace hone::cli {
namespace {

// Beside the page's place, which alone goes to standard output.
void tell_discovered_slices(const nlohmann::json& numbers) {
  const nlohmann::json found = numbers.at("evaluation").value("discovered_slices", nlohmann::json());
  if (!found.is_object()) return;
  for (const nlohmann::json& slice : found.at("slices")) {
    const std::string note = slice.at("note");
    print_error("wrong more often where " + one_line(slice.at("what").get<std::string>()) + ": " + measure(slice.at("error_rate")) +
                " of " + counted(slice.at("error_rate").at("n"), "valid row") + ", elsewhere " + measure(slice.at("rest_error_rate")) +
                (note.empty() ? "" : " (no verdict, " + note + ")") + "\n  " + one_line(slice.at("definition").get<std::string>(), 1000));
  }
}

int report(const ProjectOptions& options) {
  Workspace workspace = open_workspace(options);
  const nlohmann::json numbers = report_json(workspace);
  if (options.json) {
    print_json(numbers);
    return 0;
  }
  refresh_report_page(workspace);
  print(report_page_path(workspace.project()).string() + "\n");
  tell_discovered_slices(numbers);
  return 0;
}

}  // namespace

Body add_report(CLI::App& command) {
  const auto options = std::make_shared<ProjectOptions>();
  add_project_options(command, *options);
  return [options] { return report(*options); };
}

}  // namespace hone::cli
