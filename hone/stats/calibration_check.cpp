// With the direction of each bin's gap held fast, the error is a mean over items: of how much more often than said an item came true, or
// less often. Its interval is the debiased error +- Student's t times the standard error of that mean. This alone would hold a truth of 0
// in hardly any data, since chance makes gaps where there are none, and the debiased error keeps a part of them. So it begins at 0 unless
// the error is larger than all but alpha/2 of those of a model whose probabilities are all true. Such a model's gap in a bin is a mean of
// errors that are 0 in the mean, so near normal, and |gap| half-normal: the bins' means and variances add up.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "hone/stats/calibration.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/proportion.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

// Items by rising probability, as bins hold them: how far each came true more than said, and its cluster.
struct RisingItems {
  std::vector<double> probability, excess;
  std::vector<std::uint32_t> cluster;
};

RisingItems rising_items(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                         std::span<const std::uint32_t> cluster_of) {
  std::vector<std::uint32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t item) { return probabilities[item]; });
  RisingItems items;
  for (const std::uint32_t item : order) {
    items.probability.push_back(probabilities[item]);
    items.excess.push_back((came_true[item] != 0 ? 1.0 : 0.0) - probabilities[item]);
    items.cluster.push_back(cluster_of.empty() ? item : cluster_of[item]);
  }
  return items;
}

// Of the sum of the errors of some items, if their probabilities are true: of a single item that of its outcome, of several that hang
// together what they show.
double variance_of_sum(const RisingItems& items, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> order(end - begin);
  std::iota(order.begin(), order.end(), begin);
  std::ranges::stable_sort(order, {}, [&](std::size_t item) { return items.cluster[item]; });
  double variance = 0.0;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    double sum = 0.0;
    for (; last < order.size() && items.cluster[order[last]] == items.cluster[order[first]]; ++last) sum += items.excess[order[last]];
    const double p = items.probability[order[first]];
    variance += last - first == 1 ? p * (1.0 - p) : sum * sum;
  }
  return variance;
}

struct ErrorOfPerfect {
  double mean = 0.0;
  double variance = 0.0;
};

ErrorOfPerfect error_of_perfect(const RisingItems& items, std::span<const ReliabilityBin> bins) {
  const auto n = static_cast<double>(items.excess.size());
  ErrorOfPerfect perfect;
  std::size_t begin = 0;
  for (const ReliabilityBin& bin : bins) {
    const double variance = variance_of_sum(items, begin, begin + bin.n) / (n * n);  // Of the bin's gap, by its share of the items.
    perfect.mean += std::sqrt(2.0 * variance / std::numbers::pi);
    perfect.variance += variance * (1.0 - 2.0 / std::numbers::pi);
    begin += bin.n;
  }
  return perfect;
}

ClusteredMean mean_error(const RisingItems& items, std::span<const ReliabilityBin> bins) {
  std::vector<double> gaps;
  for (const ReliabilityBin& bin : bins) {
    const double direction = bin.rate < bin.confidence ? -1.0 : 1.0;
    for (const std::size_t end = gaps.size() + bin.n; gaps.size() < end;) gaps.push_back(direction * items.excess[gaps.size()]);
  }
  return *clustered_mean(sum_by_cluster(gaps, items.cluster));
}

// Where all errors are the same, the rate at which they could be others, as of clusters that never differ (Tango).
double half_width(const ClusteredMean& mean, double alpha) {
  if (const auto interval = interval_of(mean, alpha)) return (interval->high - interval->low) / 2.0;
  const double z = two_sided_z(alpha);
  return z * z / (static_cast<double>(mean.clusters) + z * z);
}

}  // namespace

Defined<CalibrationCheck> check_calibration(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                            std::span<const std::uint32_t> cluster_of, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  const auto found = calibrate(probabilities, came_true);
  if (!cluster_of.empty()) check_same_length(probabilities.size(), cluster_of.size(), "probabilities and clusters");
  if (!found) return NotDefined::kTooFewItems;
  const RisingItems items = rising_items(probabilities, came_true, cluster_of);
  const ClusteredMean mean = mean_error(items, found->bins);
  if (mean.clusters < 2) return NotDefined::kOneCluster;
  const double half = half_width(mean, alpha);
  const ErrorOfPerfect perfect = error_of_perfect(items, found->bins);
  const bool by_chance = found->ece <= perfect.mean + two_sided_z(alpha) * std::sqrt(perfect.variance);
  CalibrationCheck check{.ece = found->ece, .debiased_ece = found->debiased_ece, .interval = {}, .perfect_ece = perfect.mean};
  check.interval.low = by_chance ? 0.0 : std::max(0.0, found->debiased_ece - half);
  check.interval.high = std::min(1.0, std::max(found->ece, found->debiased_ece + half));
  return check;
}

}  // namespace hone
