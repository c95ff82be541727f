#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone {

/// Weighted bags of table rows: bag b sums rows[begin[b]] to rows[begin[b + 1]], each times its weight.
struct Bags {
  std::vector<std::int64_t> begin{0};
  std::vector<std::int64_t> rows;
  std::vector<float> weights;

  std::size_t size() const { return begin.size() - 1; }
  void clear();
};

// The heavy arithmetic, done by torch. Each output row is computed by one thread in the order of its bag, so results do
// not depend on the number of threads.

/// The sums of all bags, row-major, bags x dimensions, into `sums`. REQUIRES: `table` is row-major of `dimensions`
/// columns and has every row that the bags name.
void sum_bags(std::span<const float> table, std::size_t dimensions, const Bags& bags, std::vector<float>& sums);

/// Replaces every row of `dimensions` logits by the logarithms of its softmax.
void log_softmax_rows(std::span<float> logits, std::size_t dimensions);

/// Threads of the calls above, at least 1; for the whole process.
void set_math_threads(int threads);

}  // namespace hone
