#include "hone/record/report_facts.h"

#include "hone/core/json.h"
#include "hone/record/gates.h"
#include "hone/record/lineage.h"
#include "hone/record/release_history.h"

namespace hone {

nlohmann::json report_facts(Workspace& workspace, ProjectLedger& ledger, int threads) {
  return {{"lineage", lineage_json(workspace, ledger)},
          {"gates", check_gates(workspace, ledger, threads)},
          {"history", release_history(workspace, ledger)}};
}

}  // namespace hone
