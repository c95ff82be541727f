#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// Whether the current results pass the gates of hone.yaml (evaluate.gates), as plain data (docs/json.md: gates): against the baseline, a
/// release or an earlier run, on the rows that both have with the same text and gold; or by themselves. Null where there are no gates. A
/// gate passes or fails when its interval says so; in between, and on too few rows or clusters, it is undecided and says how many rows
/// would decide.
///
/// Looking again and again raises no more false alarms than looking once: with G gates the k-th evaluation since the baseline was made
/// has intervals of level 1 - 0.05 / (k (k + 1) G). All looks and gates together then err with at most 5 % (the terms add up to that;
/// Bonferroni), whatever the looks have in common.
///
///     const nlohmann::json gates = check_gates(workspace, ledger, 2);
///     if (gates.is_object() && gates.at("failed") > 0) …
///
/// Throws kNotFound when the evaluation is not up to date or there is no such baseline any more, kInvalidArgument
/// when a run that is named as one did not evaluate. REQUIRES: record_runs() has
/// written the run; what it could not write counts as one look.
nlohmann::json check_gates(Workspace& workspace, ProjectLedger& ledger, int threads);

}  // namespace hone
