// Duchi, Hazan, Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization (JMLR 2011), the
// diagonal variant. It suits n-grams: a rare one keeps large steps until it has been seen often. The sums begin above 0 so
// that the rarest, which are mostly noise, do not step as far as the common ones.
#include "hone/train/lazy_adagrad.h"

#include <cassert>
#include <cmath>

namespace hone {
LazyAdagrad::LazyAdagrad(std::size_t rows, std::size_t dimensions, float initial_accumulator)
    : dimensions_(dimensions), squares_(rows * dimensions, initial_accumulator) {
  assert(initial_accumulator > 0.0f);
}

void LazyAdagrad::step(std::span<const std::int64_t> rows, std::span<const float> gradients, float learning_rate, std::span<float> table) {
  assert(gradients.size() == rows.size() * dimensions_ && table.size() == squares_.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::size_t place = static_cast<std::size_t>(rows[row]) * dimensions_;
    const float* gradient = gradients.data() + row * dimensions_;
    float* squares = squares_.data() + place;
    float* weights = table.data() + place;
    for (std::size_t column = 0; column < dimensions_; ++column) {
      squares[column] += gradient[column] * gradient[column];
      weights[column] -= learning_rate * gradient[column] / std::sqrt(squares[column]);
    }
  }
}

}  // namespace hone
