#pragma once

#include <optional>
#include <string>

#include "hone/core/json.h"
#include "hone/flow/workspace.h"

namespace hone {

/// Gold that stands in a column of a dataset: it is another version when the dataset is, or what hone.yaml says of the column.
struct GoldVersion {
  std::string version;  // 16 hex digits.
  std::string rule;     // For people: "column label of valid, test".
  bool has_test = false;
  ObjectRef dataset;
};
GoldVersion gold_version(const Workspace& workspace, const ObjectRef& dataset);

/// What a gold.commit says of it.
struct GoldTable {
  ObjectRef ref;  // The dataset, which holds the column.
  nlohmann::json counts =
      nlohmann::json::array();  // [{class, count}], the most frequent first; behind a hundred, all others as "(others)".
  std::uint64_t changed = 0;    // Rows (by id) that are not in `before` with the same value; all, without one.
};
GoldTable read_gold_table(Workspace& workspace, const GoldVersion& gold, const std::optional<ObjectRef>& before);

}  // namespace hone
