#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone {

/// Adagrad over the rows of a table that a batch touched: a row costs time only when it has a gradient, and since the
/// update of an untouched row would be zero, the result is that of the dense algorithm. Memory: as much as the table.
class LazyAdagrad {
 public:
  /// The sums of squared gradients begin at `initial_accumulator`. REQUIRES: above 0.
  LazyAdagrad(std::size_t rows, std::size_t dimensions, float initial_accumulator);

  /// table[rows[r]] moves against gradients[r]. REQUIRES: no row twice; `gradients` is row-major, rows x dimensions.
  void step(std::span<const std::int64_t> rows, std::span<const float> gradients, float learning_rate, std::span<float> table);

 private:
  std::size_t dimensions_;
  std::vector<float> squares_;  // Sums of squared gradients, shaped like the table.
};

}  // namespace hone
