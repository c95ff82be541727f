// Rests on:
//   R. M. Bell, D. F. McCaffrey. Bias Reduction in Standard Errors for Linear Regression with Multi-Stage Samples. Survey
//   Methodology 28(2), 2002: for a mean, the residual sum of cluster c is divided by 1 - n_c/n, and the degrees of freedom
//   are those of the scaled chi-square with the same mean and variance under independence.
#include "hone/eval/clustered.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <numeric>

namespace hone {
namespace {

constexpr double kPower = 0.8;

double t_quantile(double probability, double degrees) { return boost::math::quantile(boost::math::students_t(degrees), probability); }

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
  assert(scores.size() == cluster_of.size());
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

std::optional<Interval> interval_of(const ClusteredMean& mean) {
  if (mean.clusters < 2 || mean.standard_error == 0.0) return std::nullopt;
  const double half = t_quantile(0.975, mean.degrees_of_freedom) * mean.standard_error;
  return Interval{mean.mean - half, mean.mean + half};
}

std::optional<double> p_of_zero(const ClusteredMean& mean) {
  if (mean.clusters < 2 || mean.standard_error == 0.0) return std::nullopt;
  const boost::math::students_t student(mean.degrees_of_freedom);
  return 2.0 * boost::math::cdf(boost::math::complement(student, std::abs(mean.mean) / mean.standard_error));
}

double smallest_detectable(const ClusteredMean& mean) {
  assert(mean.clusters > 1);
  return (t_quantile(0.975, mean.degrees_of_freedom) + t_quantile(kPower, mean.degrees_of_freedom)) * mean.standard_error;
}

std::optional<Interval> rate_interval(const ClusteredMean& rate) {
  if (rate.clusters < 2) return std::nullopt;
  const double p = std::clamp(rate.mean, 0.0, 1.0), t = t_quantile(0.975, rate.degrees_of_freedom);
  const double effective = rate.standard_error == 0.0
                               ? static_cast<double>(rate.clusters)
                               : std::min(static_cast<double>(rate.items), p * (1.0 - p) / square(rate.standard_error));
  const double centre = p + t * t / (2.0 * effective), scale = 1.0 + t * t / effective;
  const double half = t * std::sqrt(p * (1.0 - p) / effective + t * t / (4.0 * square(effective)));
  return Interval{std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
}

}  // namespace hone
