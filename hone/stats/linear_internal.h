#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace hone {

/// A small square matrix, row-major.
class SquareMatrix {
 public:
  explicit SquareMatrix(std::size_t size) : size_(size), values_(size * size, 0.0) {}

  std::size_t size() const { return size_; }
  double& at(std::size_t row, std::size_t column) { return values_[row * size_ + column]; }
  double at(std::size_t row, std::size_t column) const { return values_[row * size_ + column]; }

  /// Adds weight * vector * vector^T, of a vector that is 0 but at `places`.
  void add_outer(std::span<const std::size_t> places, std::span<const double> vector, double weight);

 private:
  std::size_t size_;
  std::vector<double> values_;
};

/// The inverse of a symmetric positive definite matrix, by Cholesky's method; nothing when it is none, or nearly.
std::optional<SquareMatrix> inverse(const SquareMatrix& matrix);

/// Columns that are, to one part in 10^9, sums of those before them.
std::vector<bool> dependent_columns(const SquareMatrix& gram);

std::vector<double> product(const SquareMatrix& matrix, std::span<const double> vector);
SquareMatrix product(const SquareMatrix& first, const SquareMatrix& second);

}  // namespace hone
