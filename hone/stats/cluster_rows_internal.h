#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "hone/stats/check_internal.h"

namespace hone {

/// Calls visit(rows) for each cluster with the places of its items, ascending; clusters in the order of their numbers. Without numbers
/// each item is a cluster of its own. Throws kInvalidArgument when there are numbers, but not one for each of `items`.
template <typename Visit>
void for_each_cluster(std::size_t items, std::span<const std::uint32_t> cluster_of, const Visit& visit) {
  if (!cluster_of.empty()) check_same_length(items, cluster_of.size(), "items and their clusters");
  std::vector<std::size_t> order(items);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!cluster_of.empty()) std::ranges::stable_sort(order, {}, [&](std::size_t item) { return cluster_of[item]; });
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= items; ++end) {
    if (end < items && !cluster_of.empty() && cluster_of[order[end]] == cluster_of[order[begin]]) continue;
    visit(std::span<const std::size_t>(order).subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace hone
