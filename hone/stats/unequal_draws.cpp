// Rests on:
//   J. Hájek: Comment on a paper of D. Basu. In: Foundations of Statistical Inference, 1971.
//   L. Kish: Survey Sampling. 1965.
//   C.-E. Särndal, B. Swensson, J. Wretman: Model Assisted Survey Sampling. 1992, section 5.7 (the variance of a ratio of sums).
#include "hone/stats/unequal_draws.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/cluster_rows_internal.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

void check_chances(std::span<const double> chances) {
  for (const double chance : chances)
    if (!(chance > 0.0 && chance <= 1.0))
      throw Error(ErrorCode::kInvalidArgument, "the chance of being drawn must be above 0 and at most 1, not " + std::to_string(chance));
}

double effective_draws(double rate, double standard_error, double items, double kish) {
  if (standard_error <= 1e-12 || rate <= 0.0 || rate >= 1.0) return kish;
  return std::min(items, rate * (1.0 - rate) / (standard_error * standard_error));
}

double share_of_all(std::uint64_t part, std::uint64_t all) { return static_cast<double>(part) / static_cast<double>(all); }

}  // namespace

double inclusion_probability(double random, double hard) {
  assert(random >= 0.0 && random <= 1.0 && hard >= 0.0 && hard <= 1.0);
  return 1.0 - (1.0 - random) * (1.0 - hard);
}

Defined<HajekMean> hajek_mean(std::span<const double> values, std::span<const double> chances, std::span<const std::uint32_t> cluster_of) {
  check_same_length(values.size(), chances.size(), "values and chances of being drawn");
  check_finite(values, "values");
  check_chances(chances);
  if (values.empty()) return NotDefined::kNoRandomStratum;
  double weights = 0.0, weight_squares = 0.0, sum = 0.0, largest = 0.0;
  for (std::size_t item = 0; item < values.size(); ++item) {
    const double weight = 1.0 / chances[item];
    weights += weight;
    weight_squares += weight * weight;
    sum += weight * values[item];
    largest = std::max(largest, weight);
  }
  HajekMean result{
      .mean = sum / weights, .kish = weights * weights / weight_squares, .largest_weight = largest / weights, .items = values.size()};
  double squares = 0.0;
  for_each_cluster(values.size(), cluster_of, [&](std::span<const std::size_t> rows) {
    double off = 0.0;
    for (const std::size_t row : rows) off += (values[row] - result.mean) / chances[row];
    squares += off * off;
    ++result.clusters;
  });
  const double clusters = static_cast<double>(result.clusters);
  if (result.clusters > 1) result.standard_error = std::sqrt(clusters / (clusters - 1.0) * squares) / weights;
  return result;
}

Defined<Interval> hajek_rate_interval(const HajekMean& rate, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  if (rate.clusters < 2) return NotDefined::kOneCluster;
  if (rate.is_too_few()) return NotDefined::kTooFewItems;
  const double mean = std::clamp(rate.mean, 0.0, 1.0);
  return wilson_effective(mean, effective_draws(mean, rate.standard_error, static_cast<double>(rate.items), rate.kish), two_sided_z(alpha));
}

Defined<PopulationRate> certain_stratum_rate(const CertainStratum& stratum, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  if (stratum.hard > stratum.population || stratum.sampled > stratum.population - stratum.hard || stratum.hard_count > stratum.hard ||
      stratum.sampled_count > stratum.sampled)
    throw Error(ErrorCode::kInvalidArgument, "a stratum counts more items than there are");
  if (stratum.population == 0) return NotDefined::kNoItems;
  const double certain = share_of_all(stratum.hard_count, stratum.population),
               others = 1.0 - share_of_all(stratum.hard, stratum.population);
  if (stratum.hard == stratum.population) return PopulationRate{.rate = certain, .interval = {certain, certain}};
  if (stratum.sampled == 0) return NotDefined::kNoRandomStratum;
  const double rate = share_of_all(stratum.sampled_count, stratum.sampled);
  const Interval interval = wilson_effective(rate, static_cast<double>(stratum.sampled), two_sided_z(alpha));
  return PopulationRate{.rate = certain + others * rate,
                        .standard_error = others * std::sqrt(rate * (1.0 - rate) / static_cast<double>(stratum.sampled)),
                        .interval = {certain + others * interval.low, certain + others * interval.high}};
}

Defined<PopulationRate> rate_over_rounds(std::span<const QueueRound> rounds, std::uint64_t population, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  if (rounds.empty() || population == 0) return NotDefined::kNoRandomStratum;
  const double all = static_cast<double>(population), count = static_cast<double>(rounds.size());
  double rate = 0.0, variance = 0.0, items = 0.0, kish = 0.0;
  bool too_few = true;
  for (const QueueRound& round : rounds) {
    if (round.answered > population) throw Error(ErrorCode::kInvalidArgument, "a round has more answered items than there are");
    const double open = all - static_cast<double>(round.answered);
    rate += (round.answered_sum + open * round.open.mean) / all / count;
    variance += std::pow(open / all * round.open.standard_error / count, 2);
    items += static_cast<double>(round.open.items);
    kish += round.open.kish;
    too_few = too_few && round.open.is_too_few();
  }
  if (too_few) return NotDefined::kTooFewItems;
  const double error = std::sqrt(variance), clipped = std::clamp(rate, 0.0, 1.0);
  return PopulationRate{.rate = rate,
                        .standard_error = error,
                        .interval = wilson_effective(clipped, effective_draws(clipped, error, items, kish), two_sided_z(alpha))};
}

}  // namespace hone
