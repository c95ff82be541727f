// Maximizes the beta-binomial likelihood over ln alpha and ln beta by Newton's method, damped as in Marquardt (1963) since the likelihood
// is nearly flat along a ridge of equal means.
#include "hone/stats/shrinkage.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"

namespace hone {
namespace {

constexpr std::size_t kLeastSlices = 10;
constexpr double kLeastShape = 0.02, kMostShape = 8'000.0;
constexpr int kShapeSteps = 500;

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

double log_likelihood(std::span<const SliceCount> slices, const BetaPrior& prior) {
  double sum = 0.0;
  for (const SliceCount& slice : slices)
    sum += log_beta(static_cast<double>(slice.count) + prior.alpha, static_cast<double>(slice.n - slice.count) + prior.beta) -
           log_beta(prior.alpha, prior.beta);
  return sum;
}

// Slopes of the likelihood in ln alpha and ln beta.
struct Slopes {
  double a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
};

Slopes slopes_at(std::span<const SliceCount> slices, const BetaPrior& prior) {
  using boost::math::digamma, boost::math::trigamma;
  const double alpha = prior.alpha, beta = prior.beta;
  Slopes by_shape;
  for (const SliceCount& slice : slices) {
    const double hits = static_cast<double>(slice.count) + alpha, misses = static_cast<double>(slice.n - slice.count) + beta;
    const double shared = digamma(alpha + beta) - digamma(hits + misses), shared2 = trigamma(alpha + beta) - trigamma(hits + misses);
    by_shape.a += digamma(hits) - digamma(alpha) + shared;
    by_shape.b += digamma(misses) - digamma(beta) + shared;
    by_shape.aa += trigamma(hits) - trigamma(alpha) + shared2;
    by_shape.bb += trigamma(misses) - trigamma(beta) + shared2;
    by_shape.ab += shared2;
  }
  return {.a = alpha * by_shape.a,
          .b = beta * by_shape.b,
          .aa = alpha * alpha * by_shape.aa + alpha * by_shape.a,
          .bb = beta * beta * by_shape.bb + beta * by_shape.b,
          .ab = alpha * beta * by_shape.ab};
}

// A bound that the likelihood wants to cross holds its shape.
bool is_held(double shape, double slope) { return (shape <= kLeastShape && slope < 0.0) || (shape >= kMostShape && slope > 0.0); }

void hold(Slopes& slopes, const BetaPrior& at) {
  if (is_held(at.alpha, slopes.a)) slopes.a = slopes.ab = 0.0;
  if (is_held(at.beta, slopes.b)) slopes.b = slopes.ab = 0.0;
}

BetaPrior step_from(const BetaPrior& at, const Slopes& slopes, double damping) {
  const double aa = -slopes.aa + damping, bb = -slopes.bb + damping, ab = -slopes.ab, determinant = aa * bb - ab * ab;
  if (!(aa > 0.0 && determinant > 0.0)) return at;
  const double by_a = (bb * slopes.a - ab * slopes.b) / determinant, by_b = (aa * slopes.b - ab * slopes.a) / determinant;
  const auto moved = [](double shape, double by) {
    return std::clamp(shape * std::exp(std::clamp(by, -3.0, 3.0)), kLeastShape, kMostShape);
  };
  return {moved(at.alpha, by_a), moved(at.beta, by_b)};
}

}  // namespace

BetaPrior fit_beta_prior(std::span<const SliceCount> slices) {
  double count = 0.0, n = 0.0;
  for (const SliceCount& slice : slices) {
    count += static_cast<double>(slice.count);
    n += static_cast<double>(slice.n);
  }
  const double mean = (count + 0.5) / (n + 1.0);
  BetaPrior at{std::clamp(10.0 * mean, kLeastShape, kMostShape), std::clamp(10.0 * (1.0 - mean), kLeastShape, kMostShape)};
  double best = log_likelihood(slices, at), damping = 1e-3;
  for (int step = 0; step < kShapeSteps; ++step) {
    Slopes slopes = slopes_at(slices, at);
    hold(slopes, at);
    if (std::abs(slopes.a) + std::abs(slopes.b) < 1e-9 * static_cast<double>(slices.size())) break;
    const BetaPrior next = step_from(at, slopes, damping);
    const double found = log_likelihood(slices, next);
    if (found > best) {
      at = next;
      best = found;
      damping = std::max(1e-12, damping / 5.0);
    } else {
      damping *= 4.0;
      if (damping > 1e12) break;
    }
  }
  return at;
}

Defined<ShrunkRates> shrink_rates(std::span<const SliceCount> slices, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  std::vector<SliceCount> filled;
  for (const SliceCount& slice : slices) {
    if (slice.count > slice.n) throw Error(ErrorCode::kInvalidArgument, "a slice counts more than its items");
    if (slice.n > 0) filled.push_back(slice);
  }
  if (filled.size() < kLeastSlices) return NotDefined::kTooFewSlices;
  ShrunkRates result{.prior = fit_beta_prior(filled), .slices = {}};
  result.differ = std::max(result.prior.alpha, result.prior.beta) < kMostShape;
  for (const SliceCount& slice : slices) {
    const double hits = static_cast<double>(slice.count) + result.prior.alpha;
    const double misses = static_cast<double>(slice.n - slice.count) + result.prior.beta;
    result.slices.push_back({hits / (hits + misses), beta_interval(hits, misses, alpha)});
  }
  return result;
}

}  // namespace hone
