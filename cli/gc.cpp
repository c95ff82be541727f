#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/record/erase.h"
#include "hone/record/record_runs.h"
#include "hone/record/release.h"

namespace hone::cli {
namespace {

struct GcArguments : ProjectOptions {
  bool dry_run = false;
};

// The ledger is told before anything goes: a verifier then counts it as removed, not as missing.
Collected collect(Workspace& workspace, ProjectLedger& ledger, bool dry_run, const ProjectLock& lock) {
  const std::vector<std::string> keys = workspace.current_keys();
  const std::vector<ObjectRef> kept = kept_by_ledger(workspace, ledger);
  const auto run = [&](bool dry) { return collect_garbage(workspace.objects(), workspace.runs(), keys, kept, dry, lock.since()); };
  if (dry_run) return run(true);
  record_collection(ledger, run(true).removed);
  return run(false);
}

int gc(const GcArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  if (!arguments.dry_run && ledger.is_there()) record_runs(workspace, ledger);  // Records that go must be in the ledger first.
  const ProjectLock lock(workspace.project().state() / "lock");
  const Collected collected = collect(workspace, ledger, arguments.dry_run, lock);
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
