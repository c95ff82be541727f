#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace hone {

/// One of a cluster's sufficient statistics, where it is not 0.
struct StatisticEntry {
  std::uint32_t statistic = 0;
  double value = 0.0;

  auto operator<=>(const StatisticEntry&) const = default;
};

/// Clusters with the same statistics.
struct ClusterCell {
  std::vector<StatisticEntry> entries;  // Ascending by statistic.
  std::uint64_t clusters = 1;
};

/// A metric of statistics that were summed over clusters, such as right answers over answers. Not a number where it is not defined.
/// Called by several threads at once.
using Metric = std::function<double(std::span<const double> totals)>;

/// All that resampling needs to know of clusters: statistics that add up, those of equal clusters kept once. A million items that are
/// right or wrong are two cells. Immutable; the same whatever the order in which the clusters come.
class ClusterCells {
 public:
  /// Merges equal ones. O(c log c) for c given. Throws kInvalidArgument for a value that is not finite, a statistic that is none of
  /// `statistics` or not above the one before it.
  ClusterCells(std::size_t statistics, std::vector<ClusterCell> cells);

  std::size_t statistics() const { return totals_.size(); }
  std::uint64_t clusters() const { return clusters_; }
  /// Those of many clusters first.
  std::span<const ClusterCell> cells() const { return cells_; }
  /// Of each statistic over all clusters.
  std::span<const double> totals() const { return totals_; }

 private:
  std::vector<ClusterCell> cells_;
  std::vector<double> totals_;
  std::uint64_t clusters_ = 0;
};

/// totals[0] / totals[1]: a mean, a rate, or any ratio of sums.
double ratio(std::span<const double> totals);

/// The metric on the first half of the statistics less that on the second: A's and B's side by side.
Metric difference_of(Metric metric);

/// Statistics of ratio(): the scores' sum and their number. `cluster_of` has a number per item, equal ones being one cluster; empty: each
/// item is one of its own. Throws kInvalidArgument for scores that are not finite or lengths that differ.
ClusterCells mean_cells(std::span<const double> scores, std::span<const std::uint32_t> cluster_of);
/// The same for difference_of(ratio).
ClusterCells mean_cells(std::span<const double> a, std::span<const double> b, std::span<const std::uint32_t> cluster_of);

}  // namespace hone
