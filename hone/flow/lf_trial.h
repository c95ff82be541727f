#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "hone/core/progress.h"
#include "hone/flow/workspace.h"

namespace hone {

struct AnalysisOptions {
  std::string slice;   // Only its rows; empty: all.
  bool pairs = false;  // Also how often any two sources agree.
  int threads = 0;
};

/// All sources side by side, from the current votes, as plain data (docs/json.md: lf): coverage, overlap, conflict, polarity, and
/// precision on train and valid gold with its interval. Brings the project up to its votes first, so that what was just edited counts.
/// Throws kNotFound for an unknown slice, naming the nearest, and for one by what the systems say where no run on this data said it.
nlohmann::json analyze_sources(Workspace& workspace, const AnalysisOptions& options, const Progress& progress = {});

struct TrialOptions {
  std::string slice;      // Look at its rows alone; empty: all.
  std::size_t hits = 10;  // Rows shown, from train and valid alone.
  int threads = 0;
};

/// One source of the project by name, or a draft of one: beside the numbers of analyze_sources(), how it stands to each other source
/// (rows where both vote, rows where they differ), how many rows it alone covers, how many labels are others with it, and some rows it
/// votes on with the words that matched. Of a slice all is counted on its rows. A draft changes nothing in the project. Throws kNotFound
/// for an unknown name, naming the nearest; kInvalidProject for a draft that is wrong.
nlohmann::json try_source(Workspace& workspace, const std::string& name, const TrialOptions& options, const Progress& progress = {});
nlohmann::json try_draft(Workspace& workspace, std::string_view yaml, const TrialOptions& options, const Progress& progress = {});

}  // namespace hone
