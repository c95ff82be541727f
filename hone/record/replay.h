#pragma once

#include "hone/core/json.h"
#include "hone/core/progress.h"
#include "hone/flow/workspace.h"
#include "hone/record/release.h"

namespace hone {

/// Runs the stages of a release again, from its own hone.yaml and files, the data where they lie now, and nothing else of the project, in a
/// folder outside of it; then compares every output with the release's, byte by byte through its hash. As plain data (docs/json.md:
/// replay): "same", by stage which outputs are the same, which differ, and which are not there; notes that explain a difference: data files
/// that are others now, another version of Hone, other hardware. Throws kNotFound when what the release needs is gone (a data file, an
/// erased object).
nlohmann::json replay_release(const Workspace& workspace, const Release& release, int threads, const Progress& progress = {});

}  // namespace hone
