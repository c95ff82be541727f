// Equal-mass bins and the debiased estimate follow Kumar, Liang, Ma: Verified Uncertainty Calibration (NeurIPS 2019) and
// Broecker (2012): the expectation of |d| over a normal d is taken off where chance alone makes it.
#include "hone/stats/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

#include "hone/core/error.h"

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

ReliabilityBin fill_bin(std::span<const std::size_t> items, std::span<const double> probabilities,
                        std::span<const std::uint8_t> came_true) {
  double confidence = 0.0;
  std::uint64_t right = 0;
  for (const std::size_t item : items) {
    confidence += probabilities[item];
    right += came_true[item] != 0;
  }
  const double n = static_cast<double>(items.size());
  return {
      .n = items.size(), .confidence = confidence / n, .rate = static_cast<double>(right) / n, .interval = *wilson(right, items.size())};
}

// Of the rate of a bin, as a variance of its mean; 0 for a bin of one, which shows none.
double variance(const ReliabilityBin& bin) { return bin.n > 1 ? bin.rate * (1.0 - bin.rate) / static_cast<double>(bin.n - 1) : 0.0; }

// The mean of |gap| if gaps scatter normally around this one.
double expected_gap(double gap, double variance) {
  if (variance == 0.0) return std::abs(gap);
  const double below = 0.5 * std::erfc(gap / std::sqrt(2.0 * variance));
  return std::sqrt(2.0 * variance / std::numbers::pi) * std::exp(-gap * gap / (2.0 * variance)) + gap * (1.0 - 2.0 * below);
}

void add_bin(const ReliabilityBin& bin, double weight, Calibration& sums) {
  const double gap = bin.rate - bin.confidence, v = variance(bin);
  sums.ece += weight * std::abs(gap);
  sums.debiased_ece += weight * (2.0 * std::abs(gap) - expected_gap(gap, v));
  sums.squared += weight * (gap * gap - v);
  sums.bins.push_back(bin);
}

}  // namespace

std::size_t calibration_bins(std::size_t n) { return n < kLeastItems ? 0 : std::min(kBins, n / kItemsPerBin); }

std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true, std::size_t bins) {
  check(probabilities, came_true);
  if (bins == 0) return std::nullopt;
  const std::size_t n = probabilities.size(), whole = n / bins, larger = n % bins;
  assert(bins <= n);
  const std::vector<std::size_t> order = by_rising(probabilities);
  Calibration result;
  std::size_t begin = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t size = whole + (bin < larger ? 1 : 0);
    add_bin(fill_bin(std::span(order).subspan(begin, size), probabilities, came_true), static_cast<double>(size) / static_cast<double>(n),
            result);
    begin += size;
  }
  result.debiased_ece = std::max(0.0, result.debiased_ece);
  return result;
}

std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true) {
  return calibrate(probabilities, came_true, calibration_bins(probabilities.size()));
}

}  // namespace hone
