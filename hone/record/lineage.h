#pragma once

#include "hone/core/json.h"
#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"
#include "hone/record/release.h"

namespace hone {

/// What a release was made from, or, without one, the current results: a graph in the words of PROV (https://www.w3.org/TR/prov-dm/), whose
/// parts name the events that say so. docs/json.md: lineage; web/src/report.ts: Lineage. Null before anything was recorded.
///
///   {"format": "hone-lineage/1", "release", "origin", "size",
///    "nodes": [{"id", "type", "name", "seq", "time", "hash", "note"}], "edges": [{"from", "to", "rel"}], "notes"}
///
/// Edges point from what came later to what it came from. `used` is what a run's event names as its inputs, all of it. Persons stand there
/// by their IDs in the log, never by name, as the graph goes into a page that may be sent away. Of many files or sources the first are
/// nodes, and one more says how many others there are, so that it stays readable. What is gone or was not recorded is said in `note` or
/// `notes`. Same log and same results, same JSON.
///
/// Throws as reading the ledger does; objects that are gone are notes.
nlohmann::json lineage_json(Workspace& workspace, ProjectLedger& ledger, const Release* release = nullptr);

}  // namespace hone
