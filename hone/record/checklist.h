#pragma once

#include <string>

#include "hone/core/json.h"
#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// The 24 questions of a model-risk or QA reader (docs/audit.md), answered for the project as it stands: {"format": "hone-checklist/1",
/// "points": [{"number", "asked", "answer": "met" | "not met" | "not applicable", "because", "events": [seq, at most ten]}]}.
///
/// What is not shown by the project or the log is not met, whatever may be true elsewhere. Nothing here says that a law is met.
nlohmann::json checklist_json(Workspace& workspace, ProjectLedger& ledger);

/// How many points have each answer.
struct ChecklistCounts {
  int met = 0, not_met = 0, not_applicable = 0;
};
ChecklistCounts count_answers(const nlohmann::json& checklist);

/// The same checklist as a table in Markdown.
std::string checklist_markdown(const nlohmann::json& checklist);

}  // namespace hone
