#include "hone/record/record_opening.h"

#include "hone/core/json.h"
#include "hone/record/record_runs.h"
#include "hone/record/recorded_export.h"

namespace hone {

std::optional<std::uint64_t> record_opening(Workspace& workspace, ProjectLedger& ledger, const SealedOpening& opening) {
  if (!ledger.is_there()) return std::nullopt;
  const ObjectRef what = workspace.objects().put_json(
      {{"format", "hone-sealed-benchmark/1"}, {"benchmark", opening.benchmark}, {"version", opening.version}, {"digest", opening.digest}});
  const ExportedFile file{.what = what, .rows = opening.items, .format = "sealed-benchmark", .guarded = false, .sha256 = opening.digest};
  const std::string purpose =
      "benchmark " + opening.benchmark + " version " + std::to_string(opening.version) + ", system " + opening.system;
  return record_export(workspace.project(), ledger, file, {.recipient = opening.system, .purpose = purpose + ": " + opening.reason});
}

}  // namespace hone
