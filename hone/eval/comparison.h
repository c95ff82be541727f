#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>

#include "hone/eval/evaluation.h"
#include "hone/eval/score_difference.h"

namespace hone {

/// The accuracy of A less that of B on the same rows: score_difference() with names, as a report shows it. The interval is null where there
/// is none: without gold, with one cluster, or where all clusters differ alike.
struct Comparison {
  std::string a, b;  // Names of the systems.
  std::string split;
  std::uint64_t n = 0;
  double difference = 0.0;
  std::optional<Interval> interval = {};  // 95 %.
  double p = 1.0;
  ReportVerdict verdict = ReportVerdict::kTooFewItems;
  std::string text;  // The verdict in words, differences in points of a hundred: "better by 3.2 points (0.4 to 6.1)".
};

/// Of a difference of shares, without names.
Comparison as_comparison(const ScoreDifference& difference, const VerdictOptions& options);

struct System {
  std::string name;
  const SoftLabels& labels;
};

/// A row without a label is wrong. Throws kInvalidArgument as measure() does.
Comparison compare(const System& a, const System& b, std::span<const ClassId> gold, std::span<const std::uint32_t> groups,
                   std::span<const std::uint32_t> rows, std::string split, const VerdictOptions& options = {});

/// Rows that A alone has right, and that B alone has right, where they are few beside all rows that were judged.
struct Changes {
  std::span<const std::uint32_t> gained, lost;
};

/// The same as compare() where the two differ as `changes` say and are both right or both wrong on the other `rows`, which ascend and all
/// have gold. `groups` by example as in Judged. O(rows log rows) where rows hang together.
Comparison compare_changes(const Changes& changes, std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                           const VerdictOptions& options = {});

/// The least true difference of two systems' accuracies that these rows show with 80 % power (statistics: 10). `other`, where there is one,
/// tells on how many of them two systems differ; without, a fifth is taken. Where rows hang together, as many count as would tell as much
/// of the accuracy alone. Nothing where they show none. REQUIRES: all rows have gold.
std::optional<double> smallest_detectable(const Judged& judged, const SoftLabels* other, std::span<const std::uint32_t> rows);

void to_json(nlohmann::json& json, const Comparison& comparison);

}  // namespace hone
