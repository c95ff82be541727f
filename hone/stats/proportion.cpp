#include "hone/stats/proportion.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cassert>
#include <cmath>

namespace hone {
namespace {

// The rate above which `count` or fewer of n have probability `tail`.
double upper_end(std::uint64_t count, std::uint64_t n, double tail) {
  if (count == n) return 1.0;
  const boost::math::beta_distribution<> beta(static_cast<double>(count) + 1.0, static_cast<double>(n - count));
  return boost::math::quantile(boost::math::complement(beta, tail));
}

}  // namespace

double two_sided_z(double alpha) { return boost::math::quantile(boost::math::complement(boost::math::normal(), alpha / 2.0)); }

std::optional<Interval> wilson(std::uint64_t count, std::uint64_t n, double z) {
  assert(count <= n);
  if (n == 0) return std::nullopt;
  return wilson_effective(static_cast<double>(count) / static_cast<double>(n), static_cast<double>(n), z);
}

Interval wilson_effective(double rate, double n, double z) {
  assert(rate >= 0.0 && rate <= 1.0 && n > 0.0);
  const double z2 = z * z, scale = 1.0 + z2 / n, centre = rate + z2 / (2.0 * n);
  const double half = z * std::sqrt(rate * (1.0 - rate) / n + z2 / (4.0 * n * n));
  // At none and at all the end is the bound itself, which the difference of two rounded numbers may miss.
  return {rate == 0.0 ? 0.0 : std::max(0.0, (centre - half) / scale), rate == 1.0 ? 1.0 : std::min(1.0, (centre + half) / scale)};
}

std::optional<Interval> clopper_pearson(std::uint64_t count, std::uint64_t n, double alpha) {
  assert(count <= n);
  if (n == 0) return std::nullopt;
  return Interval{1.0 - upper_end(n - count, n, alpha / 2.0), upper_end(count, n, alpha / 2.0)};
}

std::optional<double> clopper_pearson_upper(std::uint64_t count, std::uint64_t n, double alpha) {
  assert(count <= n);
  if (n == 0) return std::nullopt;
  return upper_end(count, n, alpha);
}

Interval beta_interval(double a, double b, double alpha) {
  const boost::math::beta_distribution<> beta(a, b);
  return {boost::math::quantile(beta, alpha / 2.0), boost::math::quantile(boost::math::complement(beta, alpha / 2.0))};
}

}  // namespace hone
