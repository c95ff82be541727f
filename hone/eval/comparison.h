#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hone/eval/evaluation.h"

namespace hone {

/// What a comparison says; "better" and "worse" are of A.
enum class ComparisonVerdict { kBetter, kWorse, kNoDifference, kTooFew, kNeverDiffer };
std::string_view to_string(ComparisonVerdict verdict);  // "better", "no-difference"…

struct ComparisonOptions {
  double alpha = 0.05;                // Two-sided.
  std::uint64_t least_items = 30;     // Fewer get no verdict,
  std::uint64_t least_clusters = 10;  // nor do fewer clusters, where examples hang together.
};

/// The accuracy of A less that of B on the same rows with its 95 % interval: McNemar's mid-p and Tango's interval where
/// every example stands alone, else Student's t of the clusters. Without gold, n is 0 and the interval -1 to 1.
struct Comparison {
  std::string a, b;  // Names of the systems.
  std::string split;
  std::uint64_t n = 0;
  double difference = 0.0;
  double low = -1.0, high = 1.0;
  double p = 1.0;
  ComparisonVerdict verdict = ComparisonVerdict::kTooFew;
  std::string text;  // The verdict in words, differences in points of a hundred: "better by 3.2 points (0.4 to 6.1)".
};

struct System {
  std::string name;
  const SoftLabels& labels;
};

/// A row without a label is wrong. Throws kInvalidArgument as measure() does.
Comparison compare(const System& a, const System& b, std::span<const ClassId> gold, std::span<const std::uint32_t> groups,
                   std::span<const std::uint32_t> rows, std::string split, const ComparisonOptions& options = {});

/// Rows that A alone has right, and that B alone has right, where they are few beside all rows that were judged.
struct Changes {
  std::span<const std::uint32_t> gained, lost;
};

/// The same as compare() where the two differ as `changes` say and are both right or both wrong on the other `rows`, which ascend and all
/// have gold. `groups` by example as in Judged. O(rows log rows) where rows hang together.
Comparison compare_changes(const Changes& changes, std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                           const ComparisonOptions& options = {});

/// The mean of `differences`, one for each row that was judged: of measures that are no share of rows. Rows of one number in `clusters`
/// hang together; Student's t of these. `differ`: whether the systems differ on any row. Without rows as compare() without gold.
Comparison compare_scores(std::span<const double> differences, std::span<const std::uint32_t> clusters, bool differ,
                          const ComparisonOptions& options = {});

/// The least true difference of two systems' accuracies that these rows show with 80 % power (statistics: 10). `other`, where there is one,
/// tells on how many of them two systems differ; without, a fifth is taken. Where rows hang together, as many count as would tell as much
/// of the accuracy alone. Nothing where they show none. REQUIRES: all rows have gold.
std::optional<double> smallest_detectable(const Judged& judged, const SoftLabels* other, std::span<const std::uint32_t> rows);

void to_json(nlohmann::json& json, const Comparison& comparison);

}  // namespace hone
