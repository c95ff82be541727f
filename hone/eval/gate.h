#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hone/stats/proportion.h"
#include "hone/stats/verdict.h"
#include "hone/vote/class_sets.h"

namespace hone {

/// Answers beside what is true, all by row: the classes that it holds, one each where the task knows no more. Not known is an answer that a
/// row did not get, which is wrong whatever gold says. Rows of one cluster number hang together; empty: each stands alone. Borrows
/// everything for the call.
struct GateRows {
  const ClassSets& gold;  // All known.
  const ClassSets& answers;
  std::span<const std::uint32_t> clusters;
  std::size_t classes = 0;
};

struct GateTest {
  std::string_view metric = "accuracy";  // Of rows with every class right; or "macro-f1", or "micro-f1" over all classes of all rows.
  double alpha = 0.05;                   // Of the interval; smaller where there are many gates or looks.
  std::uint64_t least_items = 30, least_clusters = 10;
  int threads = 1;
};

/// What became of a gate.
struct GateFinding {
  GateVerdict verdict = GateVerdict::kUndecided;
  double value = 0.0;                           // The metric, or its difference to the baseline.
  std::optional<Interval> interval{};           // Of it, at level 1 - alpha; nothing where there is none.
  std::uint64_t n = 0, clusters = 0;            // Each row is a cluster where none is given.
  std::optional<std::uint64_t> items_needed{};  // So many would decide, with kUndecided, where that can be said.
  std::string why{};                            // It is undecided, where that is not the interval: "too few rows: 18 of 30 needed".
};

/// Whether the metric is not worse than with the baseline's answers to the same rows by `margin` (a share) or more: passes when the
/// interval of the difference lies above -margin, fails when it lies below. Accuracy by Tango's interval or, with clusters, Student's t of
/// their CR2 mean; an F1 by the cluster bootstrap. Throws kInvalidArgument for lengths that differ, a class out of range, gold that is not
/// known, another metric, a margin not above 0 or alpha not in (0, 1).
GateFinding judge_against(const GateRows& rows, const ClassSets& baseline, double margin, const GateTest& test);

/// Whether the metric is at least so much: passes when its interval lies above, fails when it lies below. Throws as above.
GateFinding judge_level(const GateRows& rows, double least, const GateTest& test);

}  // namespace hone
