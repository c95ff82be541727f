#include "hone/stats/sign_flip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

using Totals = std::vector<double>;

TEST(SignFlip, GivesTheKnownAnswers) {
  EXPECT_EQ(sign_flip_test(Totals{1, -1, 2, 1, 3, 1, -1, 2})->p, 36.0 / 256.0);
  EXPECT_EQ(sign_flip_test(Totals{.12, .03, -.05, .20, .08, -.01, .15, .07, .02, .11})->p, 20.0 / 1024.0);
  EXPECT_EQ(sign_flip_test(Totals{1, 1, 1, 1, 1, 1, 1, -1, -1})->p, 92.0 / 512.0);
}

TEST(SignFlip, OfSingleItemsIsMcNemarsExactTest) {
  for (std::uint64_t wins = 0; wins <= 9; ++wins)
    for (std::uint64_t losses = 0; losses <= 9 && wins + losses > 0; ++losses) {
      Totals totals(wins, 1.0);
      totals.insert(totals.end(), losses, -1.0);
      EXPECT_NEAR(sign_flip_test(totals)->p, mcnemar_exact(wins, losses), 1e-12) << wins << " " << losses;
    }
}

TEST(SignFlip, NeverReachesFivePercentBelowSixClusters) {
  EXPECT_EQ(sign_flip_test(Totals(5, 1.0))->p, 0.0625);
  EXPECT_EQ(sign_flip_test(Totals(6, 1.0))->p, 0.03125);
  EXPECT_EQ(sign_flip_test(Totals(1, 1.0))->p, 1.0);
}

TEST(SignFlip, HasNothingAgainstSystemsThatNeverDiffer) {
  EXPECT_EQ(sign_flip_test(Totals(8, 0.0))->p, 1.0);
  EXPECT_EQ(sign_flip_test(Totals(800, 0.0))->p, 1.0);
}

// The two cancel but for the last bit: without room for rounding, p would be below 1.
TEST(SignFlip, CountsAsLargeWhatDiffersByRounding) { EXPECT_EQ(sign_flip_test(Totals{.1, .2, -.3})->p, 1.0); }

TEST(SignFlip, GivesTheSameWithOneAndEightThreads) {
  Totals totals;
  RandomStream draw(20260101, "sign_flip.test");
  for (int cluster = 0; cluster < 60; ++cluster) totals.push_back(draw.normal() + 0.2);
  const auto one = sign_flip_test(totals, {.seed = 5, .threads = 1}), eight = sign_flip_test(totals, {.seed = 5, .threads = 8});
  EXPECT_EQ(one->as_large, eight->as_large);
  EXPECT_FALSE(one->exact);
  EXPECT_EQ(one->flips, 9'999u);
  EXPECT_NE(one->as_large, sign_flip_test(totals, {.seed = 6})->as_large);
}

// Spread of a share near 0.14 over 200,000 draws: 0.0008; the bound is four of them.
TEST(SignFlip, DrawsFindWhatAllFlipsSay) {
  const Totals totals{1, -1, 2, 1, 3, 1, -1, 2};
  EXPECT_NEAR(sign_flip_test(totals, {.draws = 200'000, .exact_clusters = 0})->p, 0.140625, 0.0032);
}

TEST(SignFlip, RefusesWhatCannotBe) {
  EXPECT_EQ(sign_flip_test({}).why(), NotDefined::kNoItems);
  EXPECT_THROW(sign_flip_test(Totals{1, std::nan("")}), Error);
  EXPECT_THROW(sign_flip_test(Totals{1}, {.draws = 0}), Error);
  EXPECT_THROW(sign_flip_test(Totals{1}, {.exact_clusters = 25}), Error);
}

}  // namespace
}  // namespace hone
