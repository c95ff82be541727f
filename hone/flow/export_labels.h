#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/progress.h"
#include "hone/flow/table_writer.h"
#include "hone/flow/workspace.h"

namespace hone {

struct ExportOptions {
  TableFormat format = TableFormat::kJsonl;
  bool labeled_only = false;         // Leave out rows without a label.
  bool spreadsheet = false;          // CSV: cells that a spreadsheet would run as a formula begin with an apostrophe.
  std::vector<std::string> columns;  // Of the dataset, added to each row: under "data.NAME" where the export has a column NAME itself.

  /// Throws kInvalidArgument for columns that would stand twice in a row, naming the first of them.
  void validate() const;
};

/// Writes the current labels, a row per example in the order of the dataset:
///   id, split, label (absent without one), label_id (its place in task.classes), probability (of the label), probabilities (Parquet: a
///   list of those of all classes; JSONL: an object by class, CSV: its JSON text, of the likeliest 16 where there are more), with a
///   taxonomy node (the deepest class or inner node that is certain enough, absent without one) and node_probability, origin ("gold" where
///   the class is known and hone.yaml lets it be read, "label-model", "none"), sources (what voted: "stolen_card=fraud old_router=card"),
///   provenance (hash of the label object).
/// Gold of the test split never replaces a label, and the gold column, where asked for, is absent there. Returns the number of rows. Throws
/// kNotFound before the first run.
std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, const std::filesystem::path& file,
                            const Progress& progress = {});

/// The same to a stream. Throws kInvalidArgument for Parquet, which needs a file.
std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, std::ostream& out, const Progress& progress = {});

}  // namespace hone
