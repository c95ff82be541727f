#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace hone {

/// Disjoint sets of numbers from 0, with the smallest of each as its root (Tarjan 1975, with path halving).
class Forest {
 public:
  explicit Forest(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), std::uint32_t{0}); }

  std::uint32_t find(std::uint32_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }

  /// The same without shortening paths: any number of threads may ask.
  std::uint32_t root(std::uint32_t item) const {
    while (parent_[item] != item) item = parent_[item];
    return item;
  }

  void unite(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace hone
