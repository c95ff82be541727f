#include "hone/stats/probability_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"

namespace hone {
namespace {

TEST(BrierScores, AreSquaredDistances) {
  const auto scores = brier_scores(std::vector{0.7, 0.7, 0.0}, std::vector<std::uint8_t>{1, 0, 0});
  EXPECT_NEAR(scores[0], 0.09, 1e-12);
  EXPECT_NEAR(scores[1], 0.49, 1e-12);
  EXPECT_EQ(scores[2], 0.0);
}

TEST(LogLosses, AreClippedAndCounted) {
  const auto losses = log_losses(std::vector{0.5, 0.0, 1e-13, 1.0});
  EXPECT_NEAR(losses.scores[0], std::log(2.0), 1e-12);
  EXPECT_NEAR(losses.scores[1], -std::log(1e-12), 1e-9);
  EXPECT_EQ(losses.scores[1], losses.scores[2]);
  EXPECT_EQ(losses.scores[3], 0.0);
  EXPECT_EQ(losses.clipped, 2u);
}

TEST(ProbabilityScores, RefuseWhatIsNoProbability) {
  for (const double wrong : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(brier_scores(std::vector{wrong}, std::vector<std::uint8_t>{1}), Error);
    EXPECT_THROW(log_losses(std::vector{wrong}), Error);
  }
  EXPECT_THROW(brier_scores(std::vector{0.5}, {}), Error);
}

}  // namespace
}  // namespace hone
