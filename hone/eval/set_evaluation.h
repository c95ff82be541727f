#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/eval/evaluation.h"
#include "hone/vote/class_sets.h"
#include "hone/vote/soft_sets.h"

namespace hone {

/// Labels beside what is true, where an example may hold several classes. Borrows everything for the call.
struct JudgedSets {
  const SoftSets& labels;
  const ClassSets& gold;                  // By example.
  std::span<const std::uint32_t> groups;  // As Judged has them.
};

// All functions look at those of the given rows that have gold. A row without a label holds nothing: it misses every class of its gold.
// They throw kInvalidArgument when gold or groups do not fit the labels.

/// Each row as one answer: 1 where every class of it is right (subset accuracy), else 0; kNoClass without a label. Beside gold that is 1
/// wherever it is known, measure() and compare() say how whole rows do, intervals included.
SoftLabels right_or_wrong(const JudgedSets& judged);
std::vector<ClassId> known_rows(const ClassSets& gold);

struct SetMetrics {
  Measure accuracy;                                      // Subset accuracy: rows with every class right.
  Measure micro_f1;                                      // Over all classes of all rows.
  std::optional<Measure> micro_precision, micro_recall;  // Of (row, class) pairs, which are n; nothing without such.
  Measure macro_f1;                                      // Over classes that gold or a label names.
  Measure weighted_f1;                                   // By gold rows of the class.
  Measure log_loss;                                      // Mean over rows and classes of the binary one.
  Measure coverage;                                      // Rows with a label.
  std::optional<Measure> accuracy_on_covered;
};

/// Nothing when no row has gold. Intervals as those of Metrics.
std::optional<SetMetrics> measure_sets(const JudgedSets& judged, std::span<const std::uint32_t> rows);

struct SetClassResult {
  ClassResult counts;         // Rows that hold the class, by gold and by label.
  std::optional<Measure> f1;  // That of `counts` with its interval.
  /// Area under precision over recall as rows are taken by falling probability (rows of equal one together); nothing without gold of it.
  std::optional<double> average_precision;
};

/// By class id. REQUIRES: a name per class.
std::vector<SetClassResult> measure_set_classes(const JudgedSets& judged, std::span<const std::uint32_t> rows,
                                                std::span<const std::string> classes);

// As docs/json.md has them: the keys of Metrics and ClassResult, and a few more.
void to_json(nlohmann::json& json, const SetMetrics& metrics);
void to_json(nlohmann::json& json, const SetClassResult& result);

}  // namespace hone
