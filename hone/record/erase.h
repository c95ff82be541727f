#pragma once

#include <string>

#include "hone/core/json.h"
#include "hone/core/progress.h"
#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

struct EraseOptions {
  std::string row{};           // Its id.
  std::string ground{};        // Why, for who reads the ledger: "the customer asked for it". Not who.
  std::string requested_by{};  // Who asked; kept among the payloads, under a commitment.
  std::string approver{};      // p:…; empty: who acts, which a ledger with `segregation: enforced` refuses.
  int threads = 0;
};

/// Erases a row: an erase.order in the ledger; its payloads and their key; every object that holds its text or id (parts of datasets,
/// reports that show it), also those of releases; from now on imports leave it out, whatever the files say. Then the project is run, which
/// derives what is left without the row, and erase.done says what was removed. The log still verifies, and hone-verify counts what is gone
/// as erased. What was cut off by a kill is taken up by the next call for the same row.
///
/// Returns, as plain data (docs/json.md: erase): the events, what was removed, and what depended on the row: releases, models that
/// learned from it, exports, and the files of the user's that still hold it. Throws kNotFound for a row that is not there, kInvalidArgument
/// without a ground.
nlohmann::json erase_row(Workspace& workspace, ProjectLedger& ledger, const EraseOptions& options, const Progress& progress = {});

/// Writes down that objects were removed since no release and no run that counts needs them, so that a verifier does not miss them. Call it
/// before they are removed. Throws what the ledger says against it; does nothing where nothing was recorded yet, or nothing of `removed`
/// was.
void record_collection(ProjectLedger& ledger, const std::vector<ObjectRef>& removed);

}  // namespace hone
