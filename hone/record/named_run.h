#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// A run up to its evaluation that was given a name, so that later ones can be compared with it (evaluate.baseline). What that takes, its
/// dataset, labels and predictions, stays when `hone gc` collects; its votes, model and report do not: a release keeps those too.
struct NamedRun {
  std::uint64_t seq = 0;  // Of the event that names it.
  std::string name;
  std::uint64_t run = 0;  // Of the event of its evaluate stage.
};

/// Throws kInvalidArgument where no run can be called so: it is no name, or a release or a run has it.
void check_run_name(ProjectLedger& ledger, const std::string& name);

/// Names the run whose evaluation is up to date now, in an event of the ledger. A run may have several names. Throws as check_run_name(),
/// and kNotFound when the evaluation is not up to date or is not in the ledger.
NamedRun name_run(Workspace& workspace, ProjectLedger& ledger, const std::string& name);

/// What stays for named runs, and for the run that hone.yaml names as baseline, with a name or without.
std::vector<ObjectRef> kept_for_runs(Workspace& workspace, ProjectLedger& ledger);

/// The names of the runs whose objects, as far as they are kept, have one of these hashes.
std::vector<std::string> named_runs_with(const ObjectStore& objects, ProjectLedger& ledger, const std::set<std::string>& hashes);

}  // namespace hone
