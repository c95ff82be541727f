#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/stats/calibration.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// A number with its 95 % interval, where it has one; n is what it was measured on.
struct Measure {
  double value = 0.0;
  std::optional<double> low, high;
  std::uint64_t n = 0;
};

/// Labels or predictions beside what is true. Borrows everything for the call.
struct Judged {
  const SoftLabels& labels;
  std::span<const ClassId> gold;          // By example; kNoClass where unknown.
  std::span<const std::uint32_t> groups;  // By example; examples of one number hang together. Empty: each stands alone.
};

// All functions below look at the given examples only, and among them only at those with gold. A row without a label is
// wrong everywhere: as an answer, as a miss of its class, and as a column of its own in the confusion matrix. They throw
// kInvalidArgument when gold or groups do not fit the labels or a row is out of range. Intervals of rates are Wilson's, of an F1 the same
// by what each row does to it (stats/linear_f1.h), of the mean log loss and of the calibration error Student's; where examples hang
// together all are those of clusters (stats/clustered.h).

/// Probabilities are never taken for less than this in a log loss (statistics: 1e-12).
inline constexpr double kLeastProbability = 1e-12;

struct Metrics {
  Measure accuracy;
  Measure macro_f1;     // Over classes that gold or a label names.
  Measure weighted_f1;  // By gold rows of the class.
  Measure log_loss;     // Of the gold class; a row without a label has every class equally likely.
  /// Expected calibration error of the label's probability, 15 bins of equal mass, over rows with a label. Chance alone raises it, which
  /// its interval takes into account (stats/calibration.h). Nothing below 30 such rows.
  std::optional<Measure> ece;
  Measure coverage;                            // Rows with a label.
  std::optional<Measure> accuracy_on_covered;  // Nothing when no row has a label.
};

/// Nothing when no row has gold.
std::optional<Metrics> measure(const Judged& judged, std::span<const std::uint32_t> rows);

struct ClassResult {
  std::string name;
  std::uint64_t gold = 0;
  std::uint64_t predicted = 0;
  std::optional<Measure> precision;  // Nothing when it was never predicted.
  std::optional<Measure> recall;     // Nothing without gold of it.
  std::optional<double> f1;          // Nothing when neither.
};

/// By class id. REQUIRES: a name per class.
std::vector<ClassResult> measure_classes(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const std::string> classes);

/// Rows: gold class; columns: label, and behind the last class one column of rows without a label.
struct ConfusionMatrix {
  std::string split;
  std::vector<std::string> classes;
  std::vector<std::vector<std::uint64_t>> counts;
};
ConfusionMatrix confusion_matrix(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const std::string> classes,
                                 std::string split);

/// Rows of one class that got another one's label.
struct Confusion {
  ClassId gold = 0;
  ClassId predicted = 0;
  std::uint64_t count = 0;
  double share_of_gold = 0.0;
  std::vector<std::uint32_t> examples;  // The most confident of them first.
};

/// The largest first; of equal ones that of the lower class ids. Rows without a label are no confusion.
std::vector<Confusion> worst_confusions(const Judged& judged, std::span<const std::uint32_t> rows, std::size_t limit,
                                        std::size_t examples_each);

/// Rows with a wrong label, the most confident first, of equal ones the lower row.
std::vector<std::uint32_t> most_confident_errors(const Judged& judged, std::span<const std::uint32_t> rows, std::size_t limit);

/// The reliability curve behind `ece`; empty below 30 rows with a label.
std::vector<ReliabilityBin> reliability(const Judged& judged, std::span<const std::uint32_t> rows);

/// All of 0..examples-1 with gold: the rows of a task without splits.
std::vector<std::uint32_t> rows_with_gold(std::span<const ClassId> gold);

// The shapes that `hone report --json` and `hone aggregate --json` print; docs/json.md lists them.
void to_json(nlohmann::json& json, const Measure& measure);
void to_json(nlohmann::json& json, const Metrics& metrics);
void to_json(nlohmann::json& json, const ClassResult& result);
void to_json(nlohmann::json& json, const ConfusionMatrix& matrix);
void to_json(nlohmann::json& json, const ReliabilityBin& bin);

}  // namespace hone
