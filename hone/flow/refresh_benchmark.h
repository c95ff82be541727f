#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "hone/flow/admit_items.h"

namespace hone {

struct RefreshOptions {
  std::filesystem::path from = {};         // New traffic with gold, in the fields of the benchmark.
  std::size_t size = 0;                    // Items that come; 1 or more.
  std::optional<std::size_t> retire = {};  // Items that go; nothing: as many as come.
  std::optional<std::uint64_t> seed = {};  // Nothing: that of the benchmark and the number of the new version.
  AdmitOptions admit = {};

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// A version in which items of new traffic take the place of worn ones: of the rows that pass the gate a sample by stratum and predicted
/// difficulty (draw_traffic()), against what is too easy or was exposed most (choose_retired()). Anchors stay, and link it to the versions
/// before. Throws kInvalidArgument for a benchmark without anchors.
nlohmann::json refresh_benchmark(const std::filesystem::path& root, const std::string& name, Workspace* workspace,
                                 const RefreshOptions& options);

}  // namespace hone
