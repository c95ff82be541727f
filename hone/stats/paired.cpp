#include "hone/stats/paired.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cassert>
#include <cmath>
#include <limits>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr double kPowerZ = 0.841621;  // z of 80 % power.
constexpr int kHalvings = 60;         // From a width of 2 to below the spacing of doubles near 1.

using Binomial = boost::math::binomial_distribution<>;

// Tango's score of a supposed difference: how many standard errors the counts lie from it, the errors being those of
// the likeliest table with that difference.
class TangoScore {
 public:
  explicit TangoScore(const PairedCounts& counts)
      : n_(static_cast<double>(counts.items())), b_(static_cast<double>(counts.only_a)), c_(static_cast<double>(counts.only_b)) {}

  double operator()(double difference) const {
    const double variance = n_ * (2.0 * share_only_b(difference) + difference * (1.0 - difference));
    const double distance = b_ - c_ - n_ * difference;
    if (variance > 0.0) return distance / std::sqrt(variance);
    return std::copysign(std::numeric_limits<double>::infinity(), distance);
  }

 private:
  // The root of A q^2 + B q + C = 0, in the form that does not cancel.
  double share_only_b(double difference) const {
    const double a = 2.0 * n_, b = -b_ - c_ + (2.0 * n_ - b_ + c_) * difference, c = -c_ * difference * (1.0 - difference);
    const double root = std::sqrt(std::max(0.0, b * b - 4.0 * a * c));
    if (b > 0.0) return -2.0 * c / (b + root);
    return (root - b) / (2.0 * a);
  }

  double n_, b_, c_;
};

// Halves [inside, outside] around the point where is_inside stops to hold; `outside` when it holds there too.
template <typename IsInside>
double find_end(double inside, double outside, const IsInside& is_inside) {
  if (is_inside(outside)) return outside;
  for (int halving = 0; halving < kHalvings; ++halving) {
    const double middle = (inside + outside) / 2.0;
    (is_inside(middle) ? inside : outside) = middle;
  }
  return inside;
}

}  // namespace

PairedComparison compare_paired(const PairedCounts& counts, double alpha) {
  if (!(alpha > 0.0 && alpha < 1.0)) throw Error(ErrorCode::kInvalidArgument, "alpha must lie between 0 and 1");
  PairedComparison result;
  result.n = counts.items();
  result.both = counts.both;
  result.only_a = counts.only_a;
  result.only_b = counts.only_b;
  result.neither = counts.neither;
  const auto interval = tango(counts, two_sided_z(alpha));
  if (!interval) return result;
  const double n = static_cast<double>(result.n);
  result.difference = (static_cast<double>(counts.only_a) - static_cast<double>(counts.only_b)) / n;
  result.low = interval->low;
  result.high = interval->high;
  result.p = mcnemar_mid(counts.only_a, counts.only_b);
  result.exact_p = mcnemar_exact(counts.only_a, counts.only_b);
  return result;
}

double mcnemar_exact(std::uint64_t only_a, std::uint64_t only_b) {
  if (only_a + only_b == 0) return 1.0;
  return std::min(
      1.0, 2.0 * boost::math::cdf(Binomial(static_cast<double>(only_a + only_b), 0.5), static_cast<double>(std::min(only_a, only_b))));
}

double mcnemar_mid(std::uint64_t only_a, std::uint64_t only_b) {
  if (only_a == only_b) return 1.0;
  const Binomial half(static_cast<double>(only_a + only_b), 0.5);
  const double least = static_cast<double>(std::min(only_a, only_b));
  return std::min(1.0, 2.0 * boost::math::cdf(half, least) - boost::math::pdf(half, least));
}

std::optional<Interval> tango(const PairedCounts& counts, double z) {
  if (counts.items() == 0) return std::nullopt;
  const double n = static_cast<double>(counts.items());
  if (counts.differing() == 0) return Interval{-z * z / (n + z * z), z * z / (n + z * z)};
  const TangoScore score(counts);
  const double difference = (static_cast<double>(counts.only_a) - static_cast<double>(counts.only_b)) / n;
  return Interval{find_end(difference, -1.0, [&](double low) { return score(low) <= z; }),
                  find_end(difference, 1.0, [&](double high) { return score(high) >= -z; })};
}

std::optional<Interval> newcombe_paired(const PairedCounts& counts, double z) {
  if (counts.items() == 0) return std::nullopt;
  const double a = static_cast<double>(counts.both), b = static_cast<double>(counts.only_a), c = static_cast<double>(counts.only_b);
  const double d = static_cast<double>(counts.neither), n = a + b + c + d, p1 = (a + b) / n, p2 = (a + c) / n;
  const Interval first = *wilson(counts.both + counts.only_a, counts.items(), z);
  const Interval second = *wilson(counts.both + counts.only_b, counts.items(), z);
  const double root = std::sqrt((a + b) * (c + d) * (a + c) * (b + d));
  double product = a * d - b * c;
  if (product > 0.0) product = std::max(0.0, product - n / 2.0);
  const double phi = root > 0.0 ? product / root : 0.0;
  const auto half = [phi](double x, double y) { return std::sqrt(std::max(0.0, x * x - 2.0 * phi * x * y + y * y)); };
  return Interval{p1 - p2 - half(p1 - first.low, second.high - p2), p1 - p2 + half(first.high - p1, p2 - second.low)};
}

std::optional<double> smallest_detectable(std::uint64_t n, double differing, double z) {
  assert(n > 0);
  const double items = static_cast<double>(n), u = z * std::sqrt(differing), power2 = kPowerZ * kPowerZ;
  const double under_root = u * u * items - (items + power2) * (u * u - power2 * differing);
  const double least = (u * std::sqrt(items) + std::sqrt(std::max(0.0, under_root))) / (items + power2);
  if (under_root < 0.0 || least > differing) return std::nullopt;
  return least;
}

std::optional<std::uint64_t> items_needed(double difference, double differing, double z) {
  assert(difference > 0.0 && difference < 1.0 && differing >= 0.0 && differing <= 1.0);
  if (differing < difference) return std::nullopt;
  const double spread = std::sqrt(std::max(0.0, differing - difference * difference));
  const double errors = z * std::sqrt(differing) + kPowerZ * spread;
  return static_cast<std::uint64_t>(std::ceil(errors * errors / (difference * difference)));
}

}  // namespace hone
