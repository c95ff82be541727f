// The interval is the debiased error +- z times the bootstrap's standard deviation: the basic bootstrap covers too little here, since |d|
// is biased within each replicate too. A replicate keeps the items' order, so nothing is sorted again.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/stats/calibration.h"
#include "hone/stats/calibration_internal.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/proportion.h"
#include "hone/stats/quantiles_internal.h"
#include "hone/stats/replicate_random_internal.h"

namespace hone {
namespace {

// Items by rising probability, and the clusters by number from 0.
struct SortedItems {
  std::vector<double> probability, outcome;
  std::vector<std::uint32_t> cluster;
  std::uint32_t clusters = 0;
};

SortedItems sorted_items(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                         std::span<const std::uint32_t> cluster_of) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t item) { return probabilities[item]; });
  std::vector<std::uint32_t> numbers(cluster_of.begin(), cluster_of.end());
  std::ranges::sort(numbers);
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  SortedItems items;
  for (const std::size_t item : order) {
    items.probability.push_back(probabilities[item]);
    items.outcome.push_back(came_true[item] != 0 ? 1.0 : 0.0);
    items.cluster.push_back(cluster_of.empty()
                                ? static_cast<std::uint32_t>(item)
                                : static_cast<std::uint32_t>(std::ranges::lower_bound(numbers, cluster_of[item]) - numbers.begin()));
  }
  items.clusters = static_cast<std::uint32_t>(cluster_of.empty() ? order.size() : numbers.size());
  return items;
}

// Items given one after the other, each some times, cut into bins of equal mass as they come.
class BinnedError {
 public:
  explicit BinnedError(std::uint64_t n)
      : n_(static_cast<double>(n)), bins_(std::max<std::uint64_t>(1, calibration_bins(n))), whole_(n / bins_), larger_(n % bins_) {}

  void add(double probability, double outcome, std::uint64_t times) {
    while (times > 0) {
      const std::uint64_t taken = std::min(times, size_of(bin_) - filled_);
      confidence_ += probability * static_cast<double>(taken);
      hits_ += outcome * static_cast<double>(taken);
      filled_ += taken;
      times -= taken;
      if (filled_ == size_of(bin_)) close();
    }
  }

  const GapError& sums() const { return sums_; }

 private:
  std::uint64_t size_of(std::uint64_t bin) const { return whole_ + (bin < larger_ ? 1 : 0); }

  void close() {
    const double size = static_cast<double>(filled_);
    const GapError error = error_of_gap(size, confidence_ / size, hits_ / size);
    sums_.plain += size / n_ * error.plain;
    sums_.debiased += size / n_ * error.debiased;
    sums_.squared += size / n_ * error.squared;
    confidence_ = hits_ = 0.0;
    filled_ = 0;
    ++bin_;
  }

  double n_;
  std::uint64_t bins_, whole_, larger_, bin_ = 0, filled_ = 0;
  double confidence_ = 0.0, hits_ = 0.0;
  GapError sums_;
};

double resampled_error(const SortedItems& items, ReplicateRandom random) {
  std::vector<std::uint32_t> times(items.clusters, 0);
  for (std::uint32_t draw = 0; draw < items.clusters; ++draw) ++times[random.below(items.clusters)];
  std::uint64_t n = 0;
  for (const std::uint32_t cluster : items.cluster) n += times[cluster];
  BinnedError error(n);
  for (std::size_t item = 0; item < items.cluster.size(); ++item)
    error.add(items.probability[item], items.outcome[item], times[items.cluster[item]]);
  return error.sums().debiased;
}

double perfect_error(const SortedItems& items, ReplicateRandom random) {
  BinnedError error(items.probability.size());
  for (const double probability : items.probability) error.add(probability, random.uniform() < probability ? 1.0 : 0.0, 1);
  return error.sums().plain;
}

template <typename Draw>
std::vector<double> draws_of(std::uint64_t draws, int threads, const Draw& draw) {
  std::vector<double> values(draws);
  parallel_for(draws, threads, [&](std::size_t replicate) { values[replicate] = draw(replicate); });
  return values;
}

}  // namespace

void CalibrationCheckOptions::validate() const {
  check_between_0_and_1(alpha, "alpha");
  if (replicates < 2 || perfect_draws < 1)
    throw Error(ErrorCode::kInvalidArgument, "calibration needs at least 2 replicates and 1 perfect draw");
}

Defined<CalibrationCheck> check_calibration(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                            std::span<const std::uint32_t> cluster_of, const CalibrationCheckOptions& options) {
  options.validate();
  const auto found = calibrate(probabilities, came_true);
  if (!cluster_of.empty()) check_same_length(probabilities.size(), cluster_of.size(), "probabilities and clusters");
  if (!found) return NotDefined::kTooFewItems;
  const SortedItems items = sorted_items(probabilities, came_true, cluster_of);
  if (items.clusters < 2) return NotDefined::kOneCluster;
  const RandomStream resamples(options.seed, "stats.calibration"), perfect(options.seed, "stats.calibration.perfect");
  const auto errors = draws_of(options.replicates, options.threads, [&](std::uint64_t r) {
    return resampled_error(items, {resamples, r});
  });
  const auto by_chance = draws_of(options.perfect_draws, options.threads, [&](std::uint64_t r) {
    return perfect_error(items, {perfect, r});
  });
  const double replicates = static_cast<double>(errors.size()), mean = std::accumulate(errors.begin(), errors.end(), 0.0) / replicates;
  double squares = 0.0;
  for (const double error : errors) squares += (error - mean) * (error - mean);
  const double half = two_sided_z(options.alpha) * std::sqrt(squares / (replicates - 1.0));
  CalibrationCheck check{.debiased_ece = found->debiased_ece, .interval = {}};
  check.interval = {std::max(0.0, found->debiased_ece - half), std::min(1.0, found->debiased_ece + half)};
  check.perfect_ece = std::accumulate(by_chance.begin(), by_chance.end(), 0.0) / static_cast<double>(by_chance.size());
  return check;
}

}  // namespace hone
