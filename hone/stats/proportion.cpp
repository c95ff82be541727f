#include "hone/stats/proportion.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace hone {

std::optional<Interval> wilson(std::uint64_t count, std::uint64_t n, double z) {
  assert(count <= n);
  if (n == 0) return std::nullopt;
  const double items = static_cast<double>(n), rate = static_cast<double>(count) / items, z2 = z * z;
  const double scale = 1.0 + z2 / items, centre = rate + z2 / (2.0 * items);
  const double half = z * std::sqrt(rate * (1.0 - rate) / items + z2 / (4.0 * items * items));
  return Interval{std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
}

}  // namespace hone
