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
/// z of a two-sided interval of 1 - alpha. REQUIRES: alpha in (0, 1).
double two_sided_z(double alpha);

/// Wilson score interval of a rate of `count` in `n` (E. B. Wilson 1927), clipped to [0, 1]; nothing when n is 0. For
/// every rate that is shown. REQUIRES: count <= n.
std::optional<Interval> wilson(std::uint64_t count, std::uint64_t n, double z = kZ95);

/// The same where `n` need not be whole: an effective number of items, with t in place of z where the spread was estimated.
/// REQUIRES: rate in [0, 1], n > 0.
Interval wilson_effective(double rate, double n, double z);

/// The exact interval of Clopper and Pearson (1934), never of less than its nominal coverage; nothing when n is 0. For
/// promises. REQUIRES: count <= n, alpha in (0, 1).
std::optional<Interval> clopper_pearson(std::uint64_t count, std::uint64_t n, double alpha = 0.05);

/// One-sided: with confidence 1 - alpha the rate is at most this ("at most 1 % violate"). REQUIRES: as above.
std::optional<double> clopper_pearson_upper(std::uint64_t count, std::uint64_t n, double alpha = 0.05);

/// The middle `1 - alpha` of a beta distribution: what is believed of a rate after a - 1 hits and b - 1 misses, all rates being as
/// likely before. REQUIRES: a, b > 0, alpha in (0, 1).
Interval beta_interval(double a, double b, double alpha);

}  // namespace hone
