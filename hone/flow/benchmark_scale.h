#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hone/flow/benchmark_runs.h"
#include "hone/stats/item_response.h"

namespace hone {

/// What the runs on a version say of its items and systems.
struct VersionScale {
  std::uint32_t version = 1;
  std::vector<std::string> systems;
  std::vector<std::uint32_t> places;  // The items that were answered, ascending,
  ItemResponseFit fit;                // and their parameters in this order, on the version's own scale.
  std::optional<ScaleLink> link;      // From it to the scale of the first version that has one; nothing where anchors do not give it.

  /// The parameters of an item; null where it was not answered.
  const ItemParameters* item(std::uint32_t place) const;
};

/// All versions that have a scale: on which kLeastSystems systems or more were run, not all alike. The first one's is that of all others,
/// linked through the anchors that both have.
std::vector<VersionScale> read_scales(const Benchmark& benchmark, const std::vector<BenchmarkRun>& runs);

/// An item as its newest version with a scale has it, on the scale of all versions where that is linked.
struct ScaledItem {
  const ItemParameters* parameters = nullptr;  // Null: no scale has it.
  std::uint32_t version = 0;
  std::optional<double> difficulty = {};  // Linked.
  bool linked = false;
};
ScaledItem scaled_item(const std::vector<VersionScale>& scales, std::uint32_t place);

/// For show: the scales, with systems' abilities, and the suspects, the surest first.
nlohmann::json scales_json(const std::vector<VersionScale>& scales);
nlohmann::json suspects_json(const Benchmark& benchmark, const std::vector<VersionScale>& scales, std::uint32_t version);

}  // namespace hone
