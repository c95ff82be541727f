// Equal-mass bins and the debiased estimate follow Kumar, Liang, Ma: Verified Uncertainty Calibration (NeurIPS 2019) and
// Broecker (2012): the expectation of |d| over a normal d is taken off where chance alone makes it.
#include "hone/stats/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

#include "hone/core/error.h"
#include "hone/stats/calibration_internal.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/clustered.h"

namespace hone {
namespace {

constexpr std::size_t kBins = 15;
constexpr std::size_t kLeastItems = 30;
constexpr std::size_t kItemsPerBin = 10;  // At least.

void check(std::span<const double> probabilities, std::span<const std::uint8_t> came_true) {
  if (probabilities.size() != came_true.size()) throw Error(ErrorCode::kInvalidArgument, "calibration needs one outcome per probability");
  for (const double p : probabilities)
    if (!(p >= 0.0 && p <= 1.0))
      throw Error(ErrorCode::kInvalidArgument, "calibration needs probabilities from 0 to 1, found " + std::to_string(p));
}

std::vector<std::size_t> by_rising(std::span<const double> probabilities) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t item) { return probabilities[item]; });
  return order;
}

Interval interval_of_bin(std::span<const std::size_t> items, std::span<const std::uint8_t> came_true,
                         std::span<const std::uint32_t> cluster_of) {
  std::vector<double> scores;
  std::vector<std::uint32_t> clusters;
  for (const std::size_t item : items) {
    scores.push_back(came_true[item] != 0 ? 1.0 : 0.0);
    clusters.push_back(cluster_of[item]);
  }
  return rate_interval(*clustered_mean(sum_by_cluster(scores, clusters))).value_or(Interval{0.0, 1.0});
}

ReliabilityBin fill_bin(std::span<const std::size_t> items, std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                        std::span<const std::uint32_t> cluster_of) {
  double confidence = 0.0;
  std::uint64_t right = 0;
  for (const std::size_t item : items) {
    confidence += probabilities[item];
    right += came_true[item] != 0;
  }
  const double n = static_cast<double>(items.size());
  return {.n = items.size(),
          .confidence = confidence / n,
          .rate = static_cast<double>(right) / n,
          .interval = cluster_of.empty() ? *wilson(right, items.size()) : interval_of_bin(items, came_true, cluster_of)};
}

// The mean of |gap| if gaps scatter normally around this one.
double expected_gap(double gap, double variance) {
  if (variance == 0.0) return std::abs(gap);
  const double below = 0.5 * std::erfc(gap / std::sqrt(2.0 * variance));
  return std::sqrt(2.0 * variance / std::numbers::pi) * std::exp(-gap * gap / (2.0 * variance)) + gap * (1.0 - 2.0 * below);
}

void add_bin(const ReliabilityBin& bin, double weight, Calibration& sums) {
  const GapError error = error_of_gap(static_cast<double>(bin.n), bin.confidence, bin.rate);
  sums.ece += weight * error.plain;
  sums.debiased_ece += weight * error.debiased;
  sums.squared += weight * error.squared;
  sums.bins.push_back(bin);
}

std::optional<Calibration> calibrate_bins(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                          std::span<const std::uint32_t> cluster_of, std::size_t bins) {
  check(probabilities, came_true);
  if (bins == 0) return std::nullopt;
  const std::size_t n = probabilities.size(), whole = n / bins, larger = n % bins;
  assert(bins <= n);
  const std::vector<std::size_t> order = by_rising(probabilities);
  Calibration result;
  std::size_t begin = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t size = whole + (bin < larger ? 1 : 0);
    add_bin(fill_bin(std::span(order).subspan(begin, size), probabilities, came_true, cluster_of),
            static_cast<double>(size) / static_cast<double>(n), result);
    begin += size;
  }
  result.debiased_ece = std::max(0.0, result.debiased_ece);
  return result;
}

}  // namespace

GapError error_of_gap(double n, double confidence, double rate) {
  const double gap = rate - confidence, variance = n > 1.0 ? rate * (1.0 - rate) / (n - 1.0) : 0.0;
  return {.plain = std::abs(gap), .debiased = 2.0 * std::abs(gap) - expected_gap(gap, variance), .squared = gap * gap - variance};
}

std::size_t calibration_bins(std::size_t n) { return n < kLeastItems ? 0 : std::min(kBins, n / kItemsPerBin); }

std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true, std::size_t bins) {
  return calibrate_bins(probabilities, came_true, {}, bins);
}

std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true) {
  return calibrate(probabilities, came_true, calibration_bins(probabilities.size()));
}

std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                     std::span<const std::uint32_t> cluster_of) {
  check_same_length(probabilities.size(), cluster_of.size(), "probabilities and clusters");
  return calibrate_bins(probabilities, came_true, cluster_of, calibration_bins(probabilities.size()));
}

}  // namespace hone
