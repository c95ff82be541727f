#pragma once

#include "hone/core/json.h"
#include "hone/record/project_ledger.h"
#include "hone/flow/workspace.h"

namespace hone {

/// The 24 questions of a model-risk or QA reader (docs/audit.md), answered for the project as it stands: {"format": "hone-checklist/1",
/// "points": [{"number", "asked", "answer": "met" | "not met" | "not applicable", "because", "events": [seq, at most ten]}]}.
nlohmann::json checklist_json(Workspace& workspace, ProjectLedger& ledger);

}  // namespace hone
