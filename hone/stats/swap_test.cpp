// Rests on E. W. Noreen: Computer-Intensive Methods for Testing Hypotheses. 1989 (approximate randomization of outputs).
#include "hone/stats/swap_test.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/stats/replicate_random_internal.h"

namespace hone {
namespace {

constexpr double kSwapRounding = 1e-12;  // Relative, as of sign flips.
constexpr std::size_t kSwapBlocks = 256;
constexpr std::uint64_t kMostExactSwaps = 24;

struct SwapCounts {
  std::uint64_t defined = 0;
  std::uint64_t as_large = 0;
};

class Swaps {
 public:
  Swaps(const ClusterCells& cells, const Metric& metric)
      : cells_(cells), metric_(metric), half_(static_cast<std::uint32_t>(cells.statistics() / 2)) {
    const double a = metric(cells.totals().first(half_)), b = metric(cells.totals().subspan(half_));
    seen_ = std::abs(a - b);
    bound_ = seen_ - kSwapRounding * std::max(std::abs(a), std::abs(b));
  }

  bool is_defined() const { return !std::isnan(seen_); }

  void count(std::span<const double> totals, SwapCounts& counts) const {
    const double difference = std::abs(metric_(totals.first(half_)) - metric_(totals.subspan(half_)));
    counts.defined += !std::isnan(difference);
    counts.as_large += difference >= bound_;
  }

  // So many clusters of a cell change places.
  void swap(const ClusterCell& cell, double clusters, std::vector<double>& totals) const {
    for (const StatisticEntry& entry : cell.entries) {
      const std::uint32_t other = entry.statistic < half_ ? entry.statistic + half_ : entry.statistic - half_;
      totals[entry.statistic] -= clusters * entry.value;
      totals[other] += clusters * entry.value;
    }
  }

  // Every choice of clusters from `next` on, by depth, so that each set of totals is rounded but a few times.
  void try_all(std::span<const ClusterCell* const> next, const std::vector<double>& totals, SwapCounts& counts) const {
    if (next.empty()) return count(totals, counts);
    try_all(next.subspan(1), totals, counts);
    std::vector<double> swapped = totals;
    swap(*next.front(), 1.0, swapped);
    try_all(next.subspan(1), swapped, counts);
  }

  SwapCounts draw(const RandomStream& stream, const BlockRange& draws) const {
    SwapCounts counts;
    std::vector<double> totals;
    for (std::size_t draw = draws.begin; draw < draws.end; ++draw) {
      ReplicateRandom random(stream, draw);
      totals.assign(cells_.totals().begin(), cells_.totals().end());
      for (const ClusterCell& cell : cells_.cells())
        if (const std::uint64_t swapped = random.binomial(cell.clusters, 0.5); swapped > 0)
          swap(cell, static_cast<double>(swapped), totals);
      count(totals, counts);
    }
    return counts;
  }

 private:
  const ClusterCells& cells_;
  const Metric& metric_;
  std::uint32_t half_;
  double seen_ = 0.0, bound_ = 0.0;
};

// The first cluster stays where it is: swapping all has the same absolute difference, so half of the choices say all.
SwapCounts count_all_swaps(const ClusterCells& cells, const Swaps& swaps) {
  std::vector<const ClusterCell*> clusters;
  for (const ClusterCell& cell : cells.cells()) clusters.insert(clusters.end(), cell.clusters, &cell);
  SwapCounts counts;
  swaps.try_all(std::span(clusters).subspan(1), {cells.totals().begin(), cells.totals().end()}, counts);
  return {.defined = 2 * counts.defined, .as_large = 2 * counts.as_large};
}

SwapCounts count_drawn_swaps(const Swaps& swaps, const FlipOptions& options) {
  const RandomStream stream(options.seed, "stats.swap");
  const std::size_t blocks = std::min<std::size_t>(kSwapBlocks, options.draws);
  std::vector<SwapCounts> found(blocks);
  parallel_for(blocks, options.threads,
               [&](std::size_t block) { found[block] = swaps.draw(stream, block_range(options.draws, blocks, block)); });
  SwapCounts sum;
  for (const SwapCounts& each : found) {
    sum.defined += each.defined;
    sum.as_large += each.as_large;
  }
  return sum;
}

}  // namespace

Defined<FlipTest> swap_test(const ClusterCells& cells, const Metric& metric, const FlipOptions& options) {
  if (cells.statistics() % 2 != 0) throw Error(ErrorCode::kInvalidArgument, "a swap test needs as many statistics of B as of A");
  if (options.draws == 0) throw Error(ErrorCode::kInvalidArgument, "a swap test needs at least one draw");
  if (options.exact_clusters > kMostExactSwaps) throw Error(ErrorCode::kInvalidArgument, "all swaps can be tried of at most 24 clusters");
  if (cells.clusters() == 0) return NotDefined::kNoItems;
  const Swaps swaps(cells, metric);
  if (!swaps.is_defined()) return NotDefined::kOneClass;
  FlipTest result{.exact = cells.clusters() <= options.exact_clusters};
  const SwapCounts counts = result.exact ? count_all_swaps(cells, swaps) : count_drawn_swaps(swaps, options);
  result.flips = counts.defined;
  result.as_large = counts.as_large;
  const double large = static_cast<double>(counts.as_large), tried = static_cast<double>(counts.defined);
  result.p = result.exact ? large / tried : (1.0 + large) / (1.0 + tried);
  return result;
}

}  // namespace hone
