#pragma once

#include <cstdint>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// What record_runs() wrote.
struct Recorded {
  std::uint64_t events = 0;
  std::uint64_t size = 0;  // Of the log now; 0: there was nothing to write, and it was not looked at.
};

/// Writes into the ledger what happened in the project since it was last called: a changed hone.yaml (admin.config), imports, sources that
/// are new or of another version (source.define), every run record that is not in it yet (stage.run), the votes of LFs (vote.batch) and the
/// gold that was read (gold.commit). Each act is written once, whenever it is found: a run whose record could not be written, since the
/// process was killed or the key was elsewhere, is taken in by the next call, and so are the records of a project that is older than its
/// ledger. When nothing ran since the last call it reads one small file.
///
/// REQUIRES: the caller holds no lock of the project's; another process may write meanwhile.
/// Throws as ProjectLedger::writer() does; what was appended before stays.
Recorded record_runs(Workspace& workspace, ProjectLedger& ledger);

/// The run that counts for a stage, as the ledger has it: its number. Throws kNotFound when it was not recorded.
std::uint64_t recorded_run(ProjectLedger& ledger, const RunRecord& record);

/// The event that brought a dataset: its data.import, or the run that derived it. Throws kNotFound.
std::uint64_t recorded_dataset(ProjectLedger& ledger, const ObjectRef& dataset);

}  // namespace hone
