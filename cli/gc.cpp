#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct GcArguments : ProjectOptions {
  bool dry_run = false;
};

int gc(const GcArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  const ProjectLock lock(workspace.project().state() / "lock");
  const Collected collected =
      collect_garbage(workspace.objects(), workspace.runs(), workspace.current_keys(), {}, arguments.dry_run, lock.since());
  if (arguments.json) {
    print_json({{"objects_kept", collected.objects_kept},
                {"objects_removed", collected.objects_removed},
                {"bytes_removed", collected.bytes_removed},
                {"records_removed", collected.records_removed},
                {"dry_run", arguments.dry_run}});
    return 0;
  }
  print(fmt::format("{} {} objects ({}) and {} run records; {} objects stay\n", arguments.dry_run ? "would remove" : "removed",
                    with_commas(collected.objects_removed), megabytes(collected.bytes_removed), with_commas(collected.records_removed),
                    with_commas(collected.objects_kept)));
  return 0;
}

}  // namespace

Body add_gc(CLI::App& command) {
  const auto arguments = std::make_shared<GcArguments>();
  add_project_options(command, *arguments);
  command.add_flag("--dry-run", arguments->dry_run, "Count, and remove nothing");
  return [arguments] { return gc(*arguments); };
}

}  // namespace hone::cli
