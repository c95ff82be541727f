// Rests on:
//   R. M. Bell, D. F. McCaffrey. Bias Reduction in Standard Errors for Linear Regression with Multi-Stage Samples. Survey
//   Methodology 28(2), 2002: for a mean, the residual sum of cluster c is divided by 1 - n_c/n, and the degrees of freedom
//   are those of the scaled chi-square with the same mean and variance under independence.
#include "hone/stats/clustered.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "hone/stats/check_internal.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

double square(double value) { return value * value; }

double shared_degrees(std::span<const ClusterSum> clusters, double n) {
  double squares = 0.0, q_sum = 0.0, q_squares = 0.0;
  for (const ClusterSum& cluster : clusters) {
    const double size = static_cast<double>(cluster.items);
    const double q = square(size) / (1.0 - size / n);
    squares += square(size);
    q_sum += q;
    q_squares += square(q);
  }
  return square(n) / (squares + (square(q_sum) - q_squares) / square(n));
}

}  // namespace

std::vector<ClusterSum> sum_by_cluster(std::span<const double> scores, std::span<const std::uint32_t> cluster_of) {
  check_same_length(scores.size(), cluster_of.size(), "scores and clusters");
  check_finite(scores, "scores");
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t item) { return cluster_of[item]; });
  std::vector<ClusterSum> clusters;
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (place == 0 || cluster_of[order[place]] != cluster_of[order[place - 1]]) clusters.emplace_back();
    ++clusters.back().items;
    clusters.back().sum += scores[order[place]];
  }
  return clusters;
}

std::optional<ClusteredMean> clustered_mean(std::span<const ClusterSum> clusters) {
  ClusteredMean result;
  result.clusters = clusters.size();
  double sum = 0.0, largest = 0.0;
  for (const ClusterSum& cluster : clusters) {
    result.items += cluster.items;
    sum += cluster.sum;
    largest = std::max(largest, static_cast<double>(cluster.items));
  }
  if (result.items == 0) return std::nullopt;
  const double n = static_cast<double>(result.items);
  result.mean = sum / n;
  result.largest_share = largest / n;
  if (clusters.size() < 2) return result;

  double squares = 0.0;
  for (const ClusterSum& cluster : clusters) {
    const double size = static_cast<double>(cluster.items);
    squares += square(cluster.sum - size * result.mean) / (1.0 - size / n);
  }
  result.standard_error = std::sqrt(squares) / n;
  if (result.standard_error < 1e-12 * std::max(1.0, std::abs(result.mean))) result.standard_error = 0.0;  // Rounding, not spread.
  result.degrees_of_freedom = shared_degrees(clusters, n);
  return result;
}

double cr1_standard_error(std::span<const ClusterSum> clusters) {
  assert(clusters.size() > 1);
  double n = 0.0, sum = 0.0, squares = 0.0;
  for (const ClusterSum& cluster : clusters) {
    n += static_cast<double>(cluster.items);
    sum += cluster.sum;
  }
  for (const ClusterSum& cluster : clusters) squares += square(cluster.sum - static_cast<double>(cluster.items) * sum / n);
  const double count = static_cast<double>(clusters.size());
  return std::sqrt(count / (count - 1.0) * squares) / n;
}

std::optional<Interval> interval_of(const ClusteredMean& mean, double alpha) {
  if (mean.clusters < 2 || mean.standard_error == 0.0) return std::nullopt;
  const double half = two_sided_t(alpha, mean.degrees_of_freedom) * mean.standard_error;
  return Interval{mean.mean - half, mean.mean + half};
}

std::optional<double> p_of_zero(const ClusteredMean& mean) {
  if (mean.clusters < 2 || mean.standard_error == 0.0) return std::nullopt;
  return two_sided_p(mean.mean / mean.standard_error, mean.degrees_of_freedom);
}

double smallest_detectable(const ClusteredMean& mean, double alpha) {
  assert(mean.clusters > 1);
  return (two_sided_t(alpha, mean.degrees_of_freedom) + t_quantile(kPower, mean.degrees_of_freedom)) * mean.standard_error;
}

double effective_items(const ClusteredMean& rate) {
  assert(rate.clusters > 1);
  if (rate.standard_error == 0.0) return static_cast<double>(rate.clusters);
  const double p = std::clamp(rate.mean, 0.0, 1.0);
  return std::min(static_cast<double>(rate.items), p * (1.0 - p) / square(rate.standard_error));
}

std::optional<Interval> rate_interval(const ClusteredMean& rate, double alpha) {
  if (rate.clusters < 2) return std::nullopt;
  return wilson_effective(std::clamp(rate.mean, 0.0, 1.0), effective_items(rate), two_sided_t(alpha, rate.degrees_of_freedom));
}

std::optional<IntraclassCorrelation> intraclass_correlation(std::span<const double> scores, std::span<const std::uint32_t> cluster_of) {
  const std::vector<ClusterSum> clusters = sum_by_cluster(scores, cluster_of);
  const double n = static_cast<double>(scores.size()), count = static_cast<double>(clusters.size());
  if (clusters.size() < 2 || clusters.size() == scores.size()) return std::nullopt;
  double mean = 0.0, size_squares = 0.0, between = 0.0, total = 0.0;
  for (const double score : scores) mean += score / n;
  for (const double score : scores) total += square(score - mean);
  for (const ClusterSum& cluster : clusters) {
    const double size = static_cast<double>(cluster.items);
    size_squares += square(size);
    between += size * square(cluster.sum / size - mean);
  }
  const double within = std::max(0.0, total - between) / (n - count), n0 = (n - size_squares / n) / (count - 1.0);
  between /= count - 1.0;
  if (between + within <= 1e-24 * std::max(1.0, square(mean))) return std::nullopt;  // Rounding, not spread.
  return IntraclassCorrelation{.value = std::max(0.0, (between - within) / (between + (n0 - 1.0) * within)), .typical_size = n0};
}

}  // namespace hone
