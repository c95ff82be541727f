#include "hone/record/report_facts.h"

#include "hone/core/json.h"
#include "hone/record/lineage.h"
#include "hone/record/release_history.h"

namespace hone {

nlohmann::json report_facts(Workspace& workspace, ProjectLedger& ledger, const nlohmann::json& gates) {
  return {{"lineage", lineage_json(workspace, ledger)}, {"gates", gates}, {"history", release_history(workspace, ledger)}};
}

}  // namespace hone
