#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/json.h"
#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

// Answers to "why is this so, and who says it" (`hone why`), as plain data: docs/json.md, hone why. Every event that an answer names stands
// in its `events`, ascending, and can be proved with write_proofs(). Persons are named as far as this machine knows them. What is gone, was
// not recorded or cannot be known is said where it would stand: a null with a `…_note`, or a sentence in `notes`.
//
// Asked of the ledger's index, not by reading the log: milliseconds at a million events, beside what reading the row, the labels and the
// releases takes.

/// A row: explain_row(), and of the ledger the version of each source that voted, who ran what, the import with licence and purpose, the
/// gold version, the releases that hold the row with the label that it has there, and who exported the labels or them. Without a ledger
/// explain_row() alone, with `recorded` null. Throws as explain_row() does; of a row that was erased it says that.
nlohmann::json why_row(Workspace& workspace, ProjectLedger& ledger, std::string_view row);

/// A metric's key in the report, by its name there or in hone.yaml: "macro_f1" of "macro-f1". Throws kInvalidArgument naming the nearest.
std::string metric_key(std::string name);

struct MetricAsked {
  std::string metric = "accuracy";  // As metric_key() takes it.
  std::string slice;                // Empty: all rows of the split.
};

/// A number of the current report: with interval and n, of which system, on which rows; what it is pinned to, with the events that made
/// these; how often it was measured; the command that gives it again. Throws kInvalidArgument for a metric that there is not, kNotFound for
/// a slice that there is not, both naming the nearest, and kNotFound when a stage is not up to date and before anything was recorded.
nlohmann::json why_metric(Workspace& workspace, ProjectLedger& ledger, const MetricAsked& asked);

/// The trained model: data, labels, sources with their versions, people, seeds, code and hardware behind it, and what of these was erased,
/// made anew or defined anew since. Throws kNotFound where no model was trained, or its run was not recorded.
nlohmann::json why_model(Workspace& workspace, ProjectLedger& ledger);

/// A release: what it holds and whether all of it is still there, its pins with the events behind them, what changed from the one before,
/// who approved it, open points of the checklist, the checkpoint and anchors that cover it, its exports, and what became of its ingredients
/// since. Throws as find_release() does.
nlohmann::json why_release(Workspace& workspace, ProjectLedger& ledger, const std::string& name);

}  // namespace hone
