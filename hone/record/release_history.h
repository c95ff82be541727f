#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// How the accuracy went from release to release, as plain data (docs/json.md: history): of each release, the oldest first, and at last of
/// the current results, what its own evaluation said of the system that its report is about:
///   [{"release" (null: the current results), "time", "event", "system", "split", "accuracy" (a measure), "low", "high", "note"}]
/// `low` and `high` are the band that may be read at any time: the k-th of them has level 1 - 0.05 / (k (k + 1)), so that all of them hold
/// together with 95 % (Bonferroni; the terms add up to 0.05). Where rows hang together it is Wilson's interval on the effective number of
/// rows that the evaluation's own 95 % interval stands for. Of more than 50 releases the newest ones. Without releases an empty list; a
/// release whose evaluation is gone, or of several classes a row, has a note. Test sets differ from release to release where data came:
/// gates compare on the same rows.
nlohmann::json release_history(Workspace& workspace, ProjectLedger& ledger);

}  // namespace hone
