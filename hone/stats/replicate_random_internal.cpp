// Binomial numbers:
//   few successes: inversion of the distribution function (Kachitvichyanukul, Schmeiser: Binomial Random Variate Generation. CACM 31(2),
//   1988, algorithm BINV); many: the transformed rejection of W. Hoermann: The Generation of Binomial Random Variates. J. Statistical
//   Computation and Simulation 46, 1993, algorithm BTRS, whose constants these are. Both are exact.
// Even numbers without a division: D. Lemire: Fast Random Integer Generation in an Interval. ACM TOMACS 29(1), 2019.
#include "hone/stats/replicate_random_internal.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace hone {
namespace {

constexpr double kFewSuccesses = 10.0;  // BTRS needs n*p of at least this.

// ln k! less Stirling's formula without its series; Hoermann's table below 10, the series above.
double stirling_rest(double k) {
  static constexpr double kTable[] = {0.08106146679532726,  0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
                                      0.01664469118982119,  0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
                                      0.009255462182712733, 0.008330563433362871};
  if (k < 10.0) return kTable[static_cast<std::size_t>(k)];
  const double square = (k + 1.0) * (k + 1.0);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1.0);
}

// REQUIRES: n * p < kFewSuccesses, 0 < p <= 1/2.
std::uint64_t few_successes(ReplicateRandom& random, double n, double p) {
  const double odds = p / (1.0 - p), at_none = std::exp(n * std::log1p(-p));
  while (true) {
    double left = random.uniform(), here = at_none, count = 0.0;
    while (left > here && count <= n) {
      left -= here;
      count += 1.0;
      here *= (n - count + 1.0) / count * odds;
    }
    if (count <= n) return static_cast<std::uint64_t>(count);  // Else rounding ate the end of the tail.
  }
}

// REQUIRES: n * p >= kFewSuccesses, p <= 1/2.
std::uint64_t many_successes(ReplicateRandom& random, double n, double p) {
  const double deviation = std::sqrt(n * p * (1.0 - p));
  const double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5;
  const double alpha = (2.83 + 5.1 / b) * deviation, squeeze = 0.92 - 4.2 / b;
  const double odds = p / (1.0 - p), mode = std::floor((n + 1.0) * p);
  while (true) {
    const double u = random.uniform() - 0.5;
    double v = random.uniform();
    const double us = 0.5 - std::abs(u), count = std::floor((2.0 * a / us + b) * u + c);
    if (us >= 0.07 && v <= squeeze) return static_cast<std::uint64_t>(count);
    if (count < 0.0 || count > n) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (mode + 0.5) * std::log((mode + 1.0) / (odds * (n - mode + 1.0))) + stirling_rest(mode) + stirling_rest(n - mode) +
                         (n + 1.0) * std::log((n - mode + 1.0) / (n - count + 1.0)) +
                         (count + 0.5) * std::log(odds * (n - count + 1.0) / (count + 1.0)) - stirling_rest(count) -
                         stirling_rest(n - count);
    if (v <= bound) return static_cast<std::uint64_t>(count);
  }
}

}  // namespace

std::uint32_t ReplicateRandom::half() {
  has_kept_ = !has_kept_;
  if (!has_kept_) return kept_;
  const std::uint64_t both = next();
  kept_ = static_cast<std::uint32_t>(both >> 32);
  return static_cast<std::uint32_t>(both);
}

std::uint32_t ReplicateRandom::below(std::uint32_t end) {
  assert(end > 0);
  std::uint64_t product = std::uint64_t{half()} * end;
  if (static_cast<std::uint32_t>(product) < end) {
    const std::uint32_t refused = (0u - end) % end;
    while (static_cast<std::uint32_t>(product) < refused) product = std::uint64_t{half()} * end;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

std::uint64_t ReplicateRandom::binomial(std::uint64_t n, double p) {
  assert(p >= 0.0 && p <= 1.0);
  if (n == 0 || p == 0.0) return 0;
  if (p == 1.0) return n;
  if (p > 0.5) return n - binomial(n, 1.0 - p);
  const double trials = static_cast<double>(n);
  return trials * p < kFewSuccesses ? few_successes(*this, trials, p) : many_successes(*this, trials, p);
}

}  // namespace hone
