#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "hone/eval/evaluation.h"
#include "hone/stats/proportion.h"

namespace hone {

/// Throws kInvalidArgument when gold or groups do not fit the labels.
void check_judged(const Judged& judged);

/// Those of `rows` that have gold. Throws kInvalidArgument for a row out of range or gold that is no class.
std::vector<std::uint32_t> with_gold(const Judged& judged, std::span<const std::uint32_t> rows);

/// The group of each row; its own number where examples stand alone.
std::vector<std::uint32_t> groups_of(const Judged& judged, std::span<const std::uint32_t> rows);

/// A number with an interval, where there is one.
Measure with_interval(double value, std::uint64_t n, const std::optional<Interval>& interval);

/// Share of the rows for which `holds`, with Wilson's interval, or that of clusters. REQUIRES: at least one row.
Measure rate(const Judged& judged, std::span<const std::uint32_t> rows, const std::function<bool(std::uint32_t)>& holds);

/// The mean of a score by row, 0 where there are none; its interval is that of a share (Wilson's on the number of independent rows that has
/// the same spread), or Student's t of a mean that is not below 0. REQUIRES: a score for each row.
Measure share_of_scores(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const double> scores);
Measure mean_of_scores(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const double> scores);

/// Whether any two of these rows hang together.
bool hang_together(const Judged& judged, std::span<const std::uint32_t> rows);

}  // namespace hone
