#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hone/core/json.h"
#include "hone/eval/slice_discovery.h"
#include "hone/flow/stages_internal.h"

namespace hone {

/// The system whose errors are looked at: the trained model, or the label model where there is none.
struct FailingSystem {
  std::string_view name;  // "model" or "label_model".
  std::function<bool(std::uint32_t)> is_wrong;
  std::function<double(std::uint32_t)> confidence;
};

/// What was discovered among valid rows, by rows of the dataset.
struct SliceFindings {
  struct Finding {
    DiscoveredSlice slice;
    std::vector<std::uint32_t> examples;  // Wrong rows of it, the most confident first.
    std::string known_as;                 // The slice of hone.yaml that holds the same of these rows; empty: none.
  };
  std::string_view system;
  SliceDiscovery found;           // Its lists are empty: they are below.
  std::uint64_t left_out = 0;     // Rows beyond those that are looked at.
  std::vector<Finding> findings;  // With a verdict, then those without.

  std::vector<std::uint32_t> examples() const;
};

/// Looks for slices on which the system fails, among `rows`: valid ones with gold, ascending. Test rows are never shown, so that they may
/// not be asked. `groups` by row of the dataset; empty where each stands alone. Fields are all columns but the texts, the gold, and those
/// that name rows, groups, splits and persons.
SliceFindings find_slices(const StageContext& context, const Dataset& dataset, std::span<const std::uint32_t> rows,
                          std::span<const std::uint32_t> groups, const FailingSystem& system);

/// `example` gives a row as the report shows it.
nlohmann::json to_json(const SliceFindings& findings, const std::function<nlohmann::json(std::uint32_t)>& example);

}  // namespace hone
