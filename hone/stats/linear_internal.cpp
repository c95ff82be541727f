#include "hone/stats/linear_internal.h"

#include <cmath>

namespace hone {
namespace {

constexpr double kDependent = 1e-9;  // Of a column's own square, what others leave of it.

// The lower factor; a column that depends on earlier ones is named and left out.
SquareMatrix factor(const SquareMatrix& matrix, std::vector<bool>& dependent) {
  const std::size_t size = matrix.size();
  SquareMatrix lower(size);
  dependent.assign(size, false);
  for (std::size_t column = 0; column < size; ++column) {
    double left = matrix.at(column, column);
    for (std::size_t each = 0; each < column; ++each) left -= lower.at(column, each) * lower.at(column, each);
    dependent[column] = !(left > kDependent * matrix.at(column, column));
    if (dependent[column]) continue;
    lower.at(column, column) = std::sqrt(left);
    for (std::size_t row = column + 1; row < size; ++row) {
      double sum = matrix.at(row, column);
      for (std::size_t each = 0; each < column; ++each) sum -= lower.at(row, each) * lower.at(column, each);
      lower.at(row, column) = sum / lower.at(column, column);
    }
  }
  return lower;
}

}  // namespace

void SquareMatrix::add_outer(std::span<const std::size_t> places, std::span<const double> vector, double weight) {
  for (std::size_t one = 0; one < places.size(); ++one)
    for (std::size_t other = 0; other < places.size(); ++other) at(places[one], places[other]) += weight * vector[one] * vector[other];
}

std::optional<SquareMatrix> inverse(const SquareMatrix& matrix) {
  std::vector<bool> dependent;
  const SquareMatrix lower = factor(matrix, dependent);
  for (const bool each : dependent)
    if (each) return std::nullopt;
  const std::size_t size = matrix.size();
  SquareMatrix result(size);
  for (std::size_t column = 0; column < size; ++column) {
    std::vector<double> solved(size, 0.0);
    for (std::size_t row = 0; row < size; ++row) {
      double sum = row == column ? 1.0 : 0.0;
      for (std::size_t each = 0; each < row; ++each) sum -= lower.at(row, each) * solved[each];
      solved[row] = sum / lower.at(row, row);
    }
    for (std::size_t row = size; row-- > 0;) {
      for (std::size_t each = row + 1; each < size; ++each) solved[row] -= lower.at(each, row) * solved[each];
      solved[row] /= lower.at(row, row);
      result.at(row, column) = solved[row];
    }
  }
  return result;
}

std::vector<bool> dependent_columns(const SquareMatrix& gram) {
  std::vector<bool> dependent;
  factor(gram, dependent);
  return dependent;
}

std::vector<double> product(const SquareMatrix& matrix, std::span<const double> vector) {
  std::vector<double> result(matrix.size(), 0.0);
  for (std::size_t row = 0; row < matrix.size(); ++row)
    for (std::size_t column = 0; column < matrix.size(); ++column) result[row] += matrix.at(row, column) * vector[column];
  return result;
}

SquareMatrix product(const SquareMatrix& first, const SquareMatrix& second) {
  SquareMatrix result(first.size());
  for (std::size_t row = 0; row < first.size(); ++row)
    for (std::size_t each = 0; each < first.size(); ++each)
      for (std::size_t column = 0; column < first.size(); ++column) result.at(row, column) += first.at(row, each) * second.at(each, column);
  return result;
}

}  // namespace hone
