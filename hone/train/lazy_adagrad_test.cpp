#include "hone/train/lazy_adagrad.h"

#include <gtest/gtest.h>

#include <cmath>

namespace hone {
namespace {

// The oracle: every row of the table at every step, in double.
struct DenseAdagrad {
  std::vector<double> table, squares;
  void step(const std::vector<double>& gradient, double rate) {
    for (std::size_t at = 0; at < table.size(); ++at) {
      squares[at] += gradient[at] * gradient[at];
      table[at] -= rate * gradient[at] / std::sqrt(squares[at]);
    }
  }
};

TEST(LazyAdagrad, DoesWhatTheDenseAlgorithmDoes) {
  std::vector<float> table(6);
  LazyAdagrad lazy(3, 2, 0.5f);
  DenseAdagrad dense{std::vector<double>(6), std::vector<double>(6, 0.5)};
  lazy.step(std::vector<std::int64_t>{2, 0}, std::vector<float>{0.5f, -1.0f, 0.25f, 0.0f}, 0.1f, table);
  dense.step({0.25, 0.0, 0.0, 0.0, 0.5, -1.0}, 0.1);
  lazy.step(std::vector<std::int64_t>{2}, std::vector<float>{-0.5f, -2.0f}, 0.05f, table);
  dense.step({0.0, 0.0, 0.0, 0.0, -0.5, -2.0}, 0.05);
  for (std::size_t at = 0; at < table.size(); ++at) EXPECT_NEAR(table[at], dense.table[at], 1e-6) << at;
}

TEST(LazyAdagrad, LeavesOtherRowsAlone) {
  std::vector<float> table{1.0f, 2.0f, 3.0f, 4.0f};
  LazyAdagrad lazy(2, 2, 1.0f);
  lazy.step(std::vector<std::int64_t>{1}, std::vector<float>{1.0f, 1.0f}, 0.1f, table);
  EXPECT_EQ(table[0], 1.0f);
  EXPECT_EQ(table[1], 2.0f);
  EXPECT_NE(table[2], 3.0f);
}

}  // namespace
}  // namespace hone
