#pragma once

#include <cstdint>
#include <optional>

namespace hone {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// z of a two-sided 95 % interval.
inline constexpr double kZ95 = 1.959964;

/// Wilson score interval of a rate of `count` in `n` (E. B. Wilson 1927), clipped to [0, 1]; nothing when n is 0.
/// REQUIRES: count <= n.
std::optional<Interval> wilson(std::uint64_t count, std::uint64_t n, double z = kZ95);

}  // namespace hone
