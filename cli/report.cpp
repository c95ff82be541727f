#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/main_path.h"
#include "hone/flow/report_page.h"

namespace hone::cli {
namespace {

int report(const ProjectOptions& options) {
  Workspace workspace = open_workspace(options);
  const nlohmann::json numbers = report_json(workspace);
  if (options.json) {
    print_json(numbers);
    return 0;
  }
  refresh_report_page(workspace);
  print(report_page_path(workspace.project()).string() + "\n");
  return 0;
}

}  // namespace

Body add_report(CLI::App& command) {
  const auto options = std::make_shared<ProjectOptions>();
  add_project_options(command, *options);
  return [options] { return report(*options); };
}

}  // namespace hone::cli
