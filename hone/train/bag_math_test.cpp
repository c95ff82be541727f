#include "hone/train/bag_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/random.h"

namespace hone {
namespace {

std::vector<float> random_floats(std::size_t count, const char* name) {
  RandomStream stream(1, name);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(stream.normal());
  return values;
}

// 500 bags of 0 to 39 rows, among them empty ones.
Bags random_bags(std::size_t table_rows) {
  RandomStream stream(1, "bags");
  Bags bags;
  for (int bag = 0; bag < 500; ++bag) {
    const std::uint64_t entries = stream.below(40);
    for (std::uint64_t entry = 0; entry < entries; ++entry) {
      bags.rows.push_back(static_cast<std::int64_t>(stream.below(table_rows)));
      bags.weights.push_back(static_cast<float>(stream.normal()));
    }
    bags.begin.push_back(static_cast<std::int64_t>(bags.rows.size()));
  }
  return bags;
}

TEST(BagMath, SumsWeightedRows) {
  const std::size_t dimensions = 7;
  const std::vector<float> table = random_floats(100 * dimensions, "table");
  const Bags bags = random_bags(100);
  std::vector<float> sums;
  sum_bags(table, dimensions, bags, sums);
  ASSERT_EQ(sums.size(), bags.size() * dimensions);
  for (std::size_t bag = 0; bag < bags.size(); ++bag) {
    for (std::size_t column = 0; column < dimensions; ++column) {
      double sum = 0.0;
      for (auto at = static_cast<std::size_t>(bags.begin[bag]); at < static_cast<std::size_t>(bags.begin[bag + 1]); ++at)
        sum += static_cast<double>(bags.weights[at]) * table[static_cast<std::size_t>(bags.rows[at]) * dimensions + column];
      ASSERT_NEAR(sums[bag * dimensions + column], sum, 2e-5);
    }
  }
}

TEST(BagMath, BagsOfNothingAreZero) {
  const std::vector<float> table(6, 1.0f);
  Bags bags;
  bags.begin = {0, 0, 0};
  std::vector<float> sums;
  sum_bags(table, 3, bags, sums);
  EXPECT_EQ(sums, std::vector<float>(6));
}

TEST(BagMath, GivesTheSameFloatsForAnyNumberOfThreads) {
  const std::vector<float> table = random_floats(100 * 77, "table");
  const Bags bags = random_bags(100);
  std::vector<float> one, two;
  set_math_threads(1);
  sum_bags(table, 77, bags, one);
  std::vector<float> one_soft = one;
  log_softmax_rows(one_soft, 77);
  set_math_threads(2);
  sum_bags(table, 77, bags, two);
  std::vector<float> two_soft = two;
  log_softmax_rows(two_soft, 77);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one_soft, two_soft);
}

TEST(BagMath, LogSoftmaxHoldsForLogitsFarFromZero) {
  std::vector<float> rows{1000.0f, 1000.0f, -1000.0f, 0.0f};
  log_softmax_rows(rows, 2);
  EXPECT_NEAR(rows[0], -std::log(2.0), 1e-6);
  EXPECT_NEAR(rows[2], -1000.0, 1e-3);
  EXPECT_NEAR(rows[3], 0.0, 1e-6);
}

}  // namespace
}  // namespace hone
