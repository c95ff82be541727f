#include "hone/stats/power.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/proportion.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

// Of how many standard errors a difference must be.
double errors_apart(const PowerOptions& options) {
  options.validate();
  return two_sided_z(options.alpha) + normal_quantile(options.power);
}

double items_for(double difference, double variance, const PowerOptions& options) {
  check_positive(difference, "the difference to be seen");
  return std::pow(errors_apart(options) / difference, 2) * variance;
}

double unpaired_variance(double rate) {
  check_shares(std::array{rate}, "the rate");
  return 2.0 * rate * (1.0 - rate);
}

}  // namespace

void PowerOptions::validate() const {
  check_between_0_and_1(alpha, "alpha");
  check_between_0_and_1(power, "power");
}

double PairedSpread::variance() const {
  const std::array variances{true_differences, noise_a, noise_b};
  check_finite(variances, "variances");
  if (std::ranges::any_of(variances, [](double each) { return each < 0.0; }))
    throw Error(ErrorCode::kInvalidArgument, "a variance must not be below 0");
  if (answers_a == 0 || answers_b == 0) throw Error(ErrorCode::kInvalidArgument, "each item needs at least one answer of each system");
  return true_differences + noise_a / static_cast<double>(answers_a) + noise_b / static_cast<double>(answers_b);
}

double items_for_means(double difference, const PairedSpread& spread, const PowerOptions& options) {
  return items_for(difference, spread.variance(), options);
}

std::optional<double> items_for_paired_rates(double difference, double differing, const PowerOptions& options) {
  check_positive(difference, "the difference to be seen");
  check_shares(std::array{differing}, "the share of items that differ");
  options.validate();
  if (differing < difference) return std::nullopt;
  const double spread = std::sqrt(std::max(0.0, differing - difference * difference));
  const double errors = two_sided_z(options.alpha) * std::sqrt(differing) + normal_quantile(options.power) * spread;
  return std::pow(errors / difference, 2);
}

double items_for_unpaired_rates(double difference, double rate, const PowerOptions& options) {
  return items_for(difference, unpaired_variance(rate), options);
}

double design_effect(double mean_size, double size_variation, double intraclass_correlation) {
  check_finite(std::array{mean_size, size_variation}, "the sizes of clusters");
  check_shares(std::array{intraclass_correlation}, "the intraclass correlation");
  if (mean_size < 1.0 || size_variation < 0.0)
    throw Error(ErrorCode::kInvalidArgument, "clusters hold at least one item in the mean, and their sizes do not vary by less than 0");
  return 1.0 + (mean_size * (1.0 + size_variation * size_variation) - 1.0) * intraclass_correlation;
}

double smallest_detectable_mean(double n, const PairedSpread& spread, const PowerOptions& options) {
  assert(n > 0.0);
  return errors_apart(options) * std::sqrt(spread.variance() / n);
}

double smallest_detectable_unpaired_rate(double n_per_set, double rate, const PowerOptions& options) {
  assert(n_per_set > 0.0);
  return errors_apart(options) * std::sqrt(unpaired_variance(rate) / n_per_set);
}

}  // namespace hone
