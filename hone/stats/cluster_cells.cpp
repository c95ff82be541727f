#include "hone/stats/cluster_cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/cluster_rows_internal.h"

namespace hone {
namespace {

void check_entries(const ClusterCell& cell, std::size_t statistics) {
  std::size_t next = 0;
  for (const StatisticEntry& entry : cell.entries) {
    if (entry.statistic < next || entry.statistic >= statistics)
      throw Error(ErrorCode::kInvalidArgument, "statistic " + std::to_string(entry.statistic) +
                                                   " of a cluster is out of order or none of " + std::to_string(statistics));
    if (!std::isfinite(entry.value)) throw Error(ErrorCode::kInvalidArgument, "statistics of clusters must be finite numbers");
    next = std::size_t{entry.statistic} + 1;
  }
}

void merge_equal(std::vector<ClusterCell>& cells) {
  std::ranges::sort(cells, {}, &ClusterCell::entries);
  std::size_t kept = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (kept > 0 && cells[kept - 1].entries == cells[cell].entries)
      cells[kept - 1].clusters += cells[cell].clusters;
    else if (kept++ != cell)
      cells[kept - 1] = std::move(cells[cell]);
  }
  cells.resize(kept);
}

ClusterCell mean_cell(std::span<const std::size_t> rows, std::span<const std::span<const double>> scores) {
  ClusterCell cell;
  std::uint32_t statistic = 0;
  for (const std::span<const double> side : scores) {
    double sum = 0.0;
    for (const std::size_t row : rows) sum += side[row];
    if (sum != 0.0) cell.entries.push_back({statistic, sum});
    cell.entries.push_back({statistic + 1, static_cast<double>(rows.size())});
    statistic += 2;
  }
  return cell;
}

// Items that stand alone differ only in their scores, so they are counted by these.
std::vector<ClusterCell> cells_of_scores(std::span<const std::span<const double>> scores) {
  const auto same = [&](std::size_t one, std::size_t other) {
    return std::ranges::all_of(scores, [&](std::span<const double> side) { return side[one] == side[other]; });
  };
  std::vector<std::size_t> order(scores.front().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t item) { return std::pair(scores.front()[item], scores.back()[item]); });
  std::vector<ClusterCell> cells;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && same(order[begin], order[end])) ++end;
    cells.push_back(mean_cell(std::span(order).subspan(begin, 1), scores));
    cells.back().clusters = end - begin;
  }
  return cells;
}

std::vector<ClusterCell> cells_of_means(std::span<const std::span<const double>> scores, std::span<const std::uint32_t> cluster_of) {
  if (cluster_of.empty()) return cells_of_scores(scores);
  std::vector<ClusterCell> cells;
  for_each_cluster(scores.front().size(), cluster_of, [&](std::span<const std::size_t> rows) { cells.push_back(mean_cell(rows, scores)); });
  return cells;
}

}  // namespace

ClusterCells::ClusterCells(std::size_t statistics, std::vector<ClusterCell> cells) : cells_(std::move(cells)), totals_(statistics) {
  for (const ClusterCell& cell : cells_) check_entries(cell, statistics);
  std::erase_if(cells_, [](const ClusterCell& cell) { return cell.clusters == 0; });
  merge_equal(cells_);
  std::ranges::stable_sort(cells_, std::ranges::greater{}, &ClusterCell::clusters);
  for (const ClusterCell& cell : cells_) {
    clusters_ += cell.clusters;
    for (const StatisticEntry& entry : cell.entries) totals_[entry.statistic] += static_cast<double>(cell.clusters) * entry.value;
  }
}

double ratio(std::span<const double> totals) { return totals[1] != 0.0 ? totals[0] / totals[1] : std::numeric_limits<double>::quiet_NaN(); }

Metric difference_of(Metric metric) {
  return [metric = std::move(metric)](std::span<const double> totals) {
    return metric(totals.first(totals.size() / 2)) - metric(totals.subspan(totals.size() / 2));
  };
}

ClusterCells mean_cells(std::span<const double> scores, std::span<const std::uint32_t> cluster_of) {
  check_finite(scores, "scores");
  return {2, cells_of_means(std::array{scores}, cluster_of)};
}

ClusterCells mean_cells(std::span<const double> a, std::span<const double> b, std::span<const std::uint32_t> cluster_of) {
  check_same_length(a.size(), b.size(), "scores of A and B");
  check_finite(a, "scores of A");
  check_finite(b, "scores of B");
  return {4, cells_of_means(std::array{a, b}, cluster_of)};
}

}  // namespace hone
