// Rests on:
//   B. Efron: Better Bootstrap Confidence Intervals. JASA 82, 1987 (BCa; its acceleration from the jackknife).
//   B. Efron, R. J. Tibshirani: An Introduction to the Bootstrap. 1993, chapters 11 and 14.
// Departs in drawing cells of equal clusters at once, which has the same distribution.
#include "hone/stats/bootstrap.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/quantiles_internal.h"
#include "hone/stats/replicate_random_internal.h"

namespace hone {
namespace {

constexpr std::uint64_t kBcaClusters = 20, kJackknifeClusters = 6;  // At least.
constexpr double kMostUndefined = 0.05;
constexpr std::uint64_t kReplicatesPerBlock = 32;
constexpr std::uint64_t kBinomialCost = 4;  // In draws of a cluster.
constexpr double kTieTolerance = 1e-12;     // Relative: sums in another order.

// Draws clusters with replacement and sums their statistics. One per thread.
class Resampler {
 public:
  explicit Resampler(const ClusterCells& cells)
      : cells_(cells), totals_(cells.statistics()), by_cell_(cells.cells().size() * kBinomialCost <= cells.clusters()) {
    if (by_cell_) return;
    times_.resize(cells.cells().size());
    for (std::uint32_t cell = 0; cell < times_.size(); ++cell) cell_of_.insert(cell_of_.end(), cells.cells()[cell].clusters, cell);
  }

  std::span<const double> draw(ReplicateRandom random) {
    std::ranges::fill(totals_, 0.0);
    by_cell_ ? draw_cells(random) : draw_clusters(random);
    return totals_;
  }

 private:
  void draw_cells(ReplicateRandom& random) {
    std::uint64_t draws = cells_.clusters(), left = cells_.clusters();
    for (const ClusterCell& cell : cells_.cells()) {
      if (draws == 0) return;
      const double share = cell.clusters == left ? 1.0 : static_cast<double>(cell.clusters) / static_cast<double>(left);
      const std::uint64_t times = random.binomial(draws, share);
      add(cell, times);
      draws -= times;
      left -= cell.clusters;
    }
  }

  void draw_clusters(ReplicateRandom& random) {
    std::ranges::fill(times_, 0u);
    const auto clusters = static_cast<std::uint32_t>(cell_of_.size());
    for (std::uint32_t draw = 0; draw < clusters; ++draw) ++times_[cell_of_[random.below(clusters)]];
    for (std::size_t cell = 0; cell < times_.size(); ++cell) add(cells_.cells()[cell], times_[cell]);
  }

  void add(const ClusterCell& cell, std::uint64_t times) {
    if (times == 0) return;
    for (const StatisticEntry& entry : cell.entries) totals_[entry.statistic] += static_cast<double>(times) * entry.value;
  }

  const ClusterCells& cells_;
  std::vector<double> totals_;
  bool by_cell_;
  std::vector<std::uint32_t> cell_of_, times_;
};

bool has_spread(std::span<const double> ascending) {
  return ascending.back() - ascending.front() > kTieTolerance * std::max(std::abs(ascending.back()), std::abs(ascending.front()));
}

double deviation_of(std::span<const double> values) {
  double mean = 0.0, squares = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// The share of the distribution at which an interval ends that would, without bias and skewness, end at z.
double bca_share(double z0, double z, double acceleration) {
  const double slope = 1.0 - acceleration * (z0 + z);
  if (slope <= 0.0) return z > 0.0 ? 1.0 : 0.0;  // Skewed beyond what the correction can do.
  return normal_cdf(z0 + (z0 + z) / slope);
}

Defined<ResampledInterval> jackknifed(ResampledInterval result, const Defined<Jackknife>& without, double alpha) {
  if (!without) return without.why();
  if (without->standard_error <= kTieTolerance * std::abs(result.estimate)) return NotDefined::kNoSpread;
  result.method = IntervalMethod::kJackknife;
  result.standard_error = without->standard_error;
  const double half = two_sided_t(alpha, static_cast<double>(result.clusters) - 1.0) * result.standard_error;
  result.interval = {result.estimate - half, result.estimate + half};
  return result;
}

Defined<ResampledInterval> bootstrapped(ResampledInterval result, const ClusterCells& cells, const Metric& metric,
                                        const BootstrapOptions& options) {
  const BootstrapValues drawn = bootstrap(cells, metric, options);
  result.undefined = drawn.undefined;
  if (static_cast<double>(drawn.undefined) > kMostUndefined * static_cast<double>(options.replicates)) return NotDefined::kTooManyUndefined;
  if (!has_spread(drawn.values)) return NotDefined::kNoSpread;
  const Defined<Jackknife> without = jackknife(cells, metric);
  result.standard_error = deviation_of(drawn.values);
  result.interval = bca_interval(drawn.values, drawn.estimate, without ? without->acceleration : 0.0, options.alpha);
  return result;
}

}  // namespace

void BootstrapOptions::validate() const {
  check_between_0_and_1(alpha, "alpha");
  if (replicates < 1 || replicates > 100'000'000)
    throw Error(ErrorCode::kInvalidArgument, "replicates must be 1 to 100,000,000, not " + std::to_string(replicates));
}

BootstrapValues bootstrap(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options) {
  options.validate();
  if (cells.clusters() > UINT32_MAX) throw Error(ErrorCode::kInvalidArgument, "more than 4,294,967,295 clusters cannot be drawn from");
  BootstrapValues result;
  if (cells.clusters() == 0) return result;
  result.estimate = metric(cells.totals());
  result.values.resize(options.replicates);
  const RandomStream stream(options.seed, "stats.bootstrap");
  const auto threads = static_cast<std::size_t>(thread_count(options.threads));
  // A block has a resampler of its own; there are few, since each holds a number per cluster.
  const std::size_t blocks = std::clamp<std::size_t>((options.replicates + kReplicatesPerBlock - 1) / kReplicatesPerBlock, 1, 4 * threads);
  parallel_for(blocks, options.threads, [&](std::size_t block) {
    Resampler resampler(cells);
    const BlockRange range = block_range(options.replicates, blocks, block);
    for (std::size_t replicate = range.begin; replicate < range.end; ++replicate)
      result.values[replicate] = metric(resampler.draw({stream, replicate}));
  });
  result.undefined = static_cast<std::uint64_t>(std::erase_if(result.values, [](double value) { return std::isnan(value); }));
  std::ranges::sort(result.values);
  return result;
}

Defined<Jackknife> jackknife(const ClusterCells& cells, const Metric& metric) {
  if (cells.clusters() == 0) return NotDefined::kNoItems;
  if (cells.clusters() == 1) return NotDefined::kOneCluster;
  std::vector<double> values, without(cells.totals().begin(), cells.totals().end());
  std::vector<std::uint64_t> counts;
  for (const ClusterCell& cell : cells.cells()) {
    for (const StatisticEntry& entry : cell.entries) without[entry.statistic] -= entry.value;
    values.push_back(metric(without));
    counts.push_back(cell.clusters);
    for (const StatisticEntry& entry : cell.entries) without[entry.statistic] = cells.totals()[entry.statistic];
    if (std::isnan(values.back())) return NotDefined::kTooManyUndefined;
  }
  return jackknife_of(values, counts);
}

Jackknife jackknife_of(std::span<const double> values, std::span<const std::uint64_t> counts) {
  assert(values.size() == counts.size());
  double clusters = 0.0, sum = 0.0, squares = 0.0, cubes = 0.0;
  for (std::size_t cell = 0; cell < values.size(); ++cell) {
    clusters += static_cast<double>(counts[cell]);
    sum += static_cast<double>(counts[cell]) * values[cell];
  }
  Jackknife result{.mean = sum / clusters};
  for (std::size_t cell = 0; cell < values.size(); ++cell) {
    const double off = result.mean - values[cell];
    squares += static_cast<double>(counts[cell]) * off * off;
    cubes += static_cast<double>(counts[cell]) * off * off * off;
  }
  result.standard_error = std::sqrt((clusters - 1.0) / clusters * squares);
  if (squares > 0.0) result.acceleration = cubes / (6.0 * std::pow(squares, 1.5));
  return result;
}

double quantile_of(std::span<const double> ascending, double share) {
  assert(!ascending.empty());
  const double place = std::ceil(share * static_cast<double>(ascending.size()) - 1e-9);
  return ascending[static_cast<std::size_t>(std::clamp(place, 1.0, static_cast<double>(ascending.size()))) - 1];
}

Interval percentile_interval(std::span<const double> values, double alpha) {
  return {quantile_of(values, alpha / 2.0), quantile_of(values, 1.0 - alpha / 2.0)};
}

BcaShares bca_shares(std::span<const double> values, double estimate, double acceleration, double alpha) {
  const double n = static_cast<double>(values.size()), tie = kTieTolerance * std::abs(estimate);
  const auto below = std::ranges::lower_bound(values, estimate - tie) - values.begin();
  const auto up_to = std::ranges::upper_bound(values, estimate + tie) - values.begin();
  const double share = std::clamp(static_cast<double>(below + up_to) / (2.0 * n), 1.0 / n, 1.0 - 1.0 / n);
  const double z0 = normal_quantile(share), z = two_sided_z(alpha);
  return {.z0 = z0, .low = bca_share(z0, -z, acceleration), .high = bca_share(z0, z, acceleration)};
}

Interval bca_interval(std::span<const double> values, double estimate, double acceleration, double alpha) {
  if (values.size() < 2) return {estimate, estimate};
  const BcaShares shares = bca_shares(values, estimate, acceleration, alpha);
  return {quantile_of(values, shares.low), quantile_of(values, shares.high)};
}

std::string_view to_string(IntervalMethod method) { return method == IntervalMethod::kBca ? "bca" : "jackknife"; }

Defined<ResampledInterval> resampled_interval(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options) {
  options.validate();
  if (cells.clusters() == 0) return NotDefined::kNoItems;
  if (cells.clusters() < kJackknifeClusters) return NotDefined::kTooFewClusters;
  const ResampledInterval start{.estimate = metric(cells.totals()), .interval = {}, .clusters = cells.clusters()};
  if (std::isnan(start.estimate)) return NotDefined::kOneClass;
  if (cells.clusters() < kBcaClusters) return jackknifed(start, jackknife(cells, metric), options.alpha);
  return bootstrapped(start, cells, metric, options);
}

}  // namespace hone
