#include "hone/stats/swap_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/macro_f1.h"

namespace hone {
namespace {

const std::vector<double> kScoresA{2, 0, 3, 1, 4, 1, 0, 2}, kScoresB{1, 1, 1, 0, 1, 0, 1, 0};

TEST(SwapTest, OfAMeanIsTheSignFlipTest) {
  const auto swapped = swap_test(mean_cells(kScoresA, kScoresB, {}), ratio);
  EXPECT_EQ(swapped->p, 36.0 / 256.0);
  EXPECT_EQ(swapped->flips, 256u);
  EXPECT_TRUE(swapped->exact);
}

// Spread of a share near 0.14 over 100,000 draws: 0.0011; the bound is four of them.
TEST(SwapTest, DrawsFindWhatAllSwapsSay) {
  EXPECT_NEAR(swap_test(mean_cells(kScoresA, kScoresB, {}), ratio, {.draws = 100'000, .exact_clusters = 0})->p, 0.140625, 0.0044);
}

TEST(SwapTest, GivesTheSameWithOneAndEightThreads) {
  RandomStream draw(20260101, "swap_test.test");
  std::vector<ClassNumber> gold, a, b;
  std::vector<std::uint32_t> cluster_of;
  for (std::uint32_t item = 0; item < 300; ++item) {
    gold.push_back(static_cast<ClassNumber>(draw.below(3)));
    a.push_back(draw.uniform() < 0.7 ? gold.back() : static_cast<ClassNumber>(draw.below(3)));
    b.push_back(draw.uniform() < 0.6 ? gold.back() : static_cast<ClassNumber>(draw.below(3)));
    cluster_of.push_back(item / 5);
  }
  const ClusterCells cells = macro_f1_cells(gold, a, b, cluster_of, 3);
  const auto one = swap_test(cells, macro_f1, {.draws = 999, .threads = 1}),
             eight = swap_test(cells, macro_f1, {.draws = 999, .threads = 8});
  EXPECT_EQ(one->as_large, eight->as_large);
  EXPECT_GT(one->p, 0.0);
}

TEST(SwapTest, HasNothingAgainstSystemsThatNeverDiffer) {
  EXPECT_EQ(swap_test(mean_cells(kScoresA, kScoresA, {}), ratio)->p, 1.0);
  const std::vector<double> many(100, 1.0);
  EXPECT_EQ(swap_test(mean_cells(many, many, {}), ratio)->p, 1.0);
}

TEST(SwapTest, SaysWhyThereIsNoneAndRefusesWhatCannotBe) {
  EXPECT_EQ(swap_test(mean_cells({}, {}, {}), ratio).why(), NotDefined::kNoItems);
  EXPECT_EQ(swap_test(ClusterCells(4, {{{{0, 1.0}, {1, 1.0}}, 8}}), ratio).why(), NotDefined::kOneClass);
  const ClusterCells cells = mean_cells(kScoresA, kScoresB, {});
  EXPECT_THROW(swap_test(cells, ratio, {.draws = 0}), Error);
  EXPECT_THROW(swap_test(cells, ratio, {.exact_clusters = 25}), Error);
  EXPECT_THROW(swap_test(ClusterCells(3, {{{}, 1}}), ratio), Error);
}

}  // namespace
}  // namespace hone
