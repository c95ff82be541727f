#include "hone/stats/multiple.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "hone/stats/check_internal.h"

namespace hone {
namespace {

std::vector<std::size_t> by_rising_p(std::span<const double> p) {
  check_shares(p, "p-values");
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t test) { return p[test]; });
  return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p) {
  const std::vector<std::size_t> order = by_rising_p(p);
  std::vector<double> adjusted(p.size());
  double largest = 0.0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(p.size() - place) * p[order[place]]));
    adjusted[order[place]] = largest;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p) {
  const std::vector<std::size_t> order = by_rising_p(p);
  std::vector<double> adjusted(p.size());
  double least = 1.0;
  for (std::size_t place = order.size(); place-- > 0;) {
    least = std::min(least, static_cast<double>(p.size()) * p[order[place]] / static_cast<double>(place + 1));
    adjusted[order[place]] = least;
  }
  return adjusted;
}

}  // namespace hone
