#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// What only the ledger knows of the current report, for show_facts() (report_page.h): {"lineage": lineage_json(), "gates", "history":
/// release_history()}; `gates` are those of check_gates(). Throws as these do.
nlohmann::json report_facts(Workspace& workspace, ProjectLedger& ledger, const nlohmann::json& gates);

}  // namespace hone
