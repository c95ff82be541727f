#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "hone/core/progress.h"
#include "hone/flow/benchmark_runs.h"
#include "hone/flow/workspace.h"

namespace hone {

/// Sealed items are about to be scored.
struct SealedOpening {
  std::string benchmark, system, reason;
  std::uint32_t version = 1;
  std::string digest = {};  // Of the version.
  std::uint64_t items = 0;
};
/// Writes it down durably before a score is made; gives the number of the ledger's event, where there is a ledger.
using WriteOpening = std::function<std::optional<std::uint64_t>(const SealedOpening& opening)>;

struct RunBenchmarkOptions {
  std::string system = {};
  std::filesystem::path predictions = {};  // By id of an item or its owner's own id; empty: the project's trained model predicts.
  std::string id = {}, prediction = {};    // Fields; empty: id and prediction.
  std::uint32_t version = 0;               // 0: the newest.
  bool open_sealed = false;
  std::string reason = {};  // Of opening; needed with it.
  WriteOpening write_opening = {};
  std::string date = {};  // Empty: today, in UTC.
  int threads = 0;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// Scores a system on a version, as plain data (docs/json.md: benchmark run): accuracy with its interval, by stratum, on the anchors, on
/// open and sealed items, and beside each earlier system item by item. Keeps the answers and counts the exposure first. An item without an
/// answer is wrong. The same answers again under the same name count once.
///
/// Throws kNotFound for an id that is no item's, naming file and line; kInvalidArgument for a name under which other answers stand, and for
/// no trained model; and as read_predictions().
nlohmann::json run_benchmark(const std::filesystem::path& root, const std::string& name, Workspace* workspace,
                             const RunBenchmarkOptions& options, const Progress& progress = {});

}  // namespace hone
