#include "hone/stats/sequential.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

TEST(DiscordantE, GivesTheKnownAnswers) {
  EXPECT_NEAR(e_of_discordant(1, 0), 1.0, 1e-12);
  EXPECT_NEAR(e_of_discordant(5, 0), 7.875, 1e-9);
  EXPECT_NEAR(e_of_discordant(8, 0), 50.2734, 5.1e-5);
  EXPECT_NEAR(e_of_discordant(15, 3), 14.5031, 5.1e-5);
  EXPECT_NEAR(e_of_discordant(30, 12), 6.5758, 5.1e-5);
  EXPECT_NEAR(e_of_discordant(10, 10), 0.176197, kDigits);
  EXPECT_EQ(e_of_discordant(0, 0), 1.0);
}

TEST(DiscordantE, HasTheKnownInterval) {
  expect_interval(sequence_of_discordant(30, 12), 0.471088, 0.893132);
  expect_interval(sequence_of_discordant(12, 30), 1.0 - 0.893132, 1.0 - 0.471088);
  expect_interval(sequence_of_discordant(0, 0), 0.0, 1.0);
  EXPECT_EQ(sequence_of_discordant(9, 0).high, 1.0);
  EXPECT_GT(sequence_of_discordant(9, 0).low, 0.3);
  EXPECT_EQ(sequence_of_discordant(0, 9).low, 0.0);
}

// A half is outside exactly when E says "differs".
TEST(DiscordantE, IntervalAndTestAgree) {
  for (std::uint64_t b = 0; b <= 40; ++b)
    for (std::uint64_t c = 0; c <= 40; ++c) {
      const Interval interval = sequence_of_discordant(b, c);
      EXPECT_EQ(e_of_discordant(b, c) >= 20.0, interval.low > 0.5 || interval.high < 0.5) << b << " " << c;
    }
}

// The chance to reach 20 ever is 0.05 at most; so it is over 500 items, by following every path.
TEST(DiscordantE, IsARightfulEValue) {
  std::vector<double> still(1, 1.0);  // By the number of wins: the chance to be there without an alarm.
  double alarms = 0.0;
  for (std::uint64_t items = 1; items <= 500; ++items) {
    std::vector<double> next(items + 1, 0.0);
    for (std::size_t wins = 0; wins < still.size(); ++wins) {
      next[wins] += still[wins] / 2.0;
      next[wins + 1] += still[wins] / 2.0;
    }
    for (std::uint64_t wins = 0; wins <= items; ++wins)
      if (e_of_discordant(wins, items - wins) >= 20.0) {
        alarms += next[wins];
        next[wins] = 0.0;
      }
    still = std::move(next);
  }
  EXPECT_LE(alarms, 0.05);
  EXPECT_GT(alarms, 0.01);
}

TEST(BettingTest, GivesTheKnownAnswer) {
  BettingTest test;
  EXPECT_EQ(test.e_value(), 1.0);
  for (const double mean : {1.0, 0.0, 0.0, 1.0, -.5, 1.0, 0.0, .5, 1.0, 1.0}) test.add(mean);
  EXPECT_NEAR(test.e_value(), 2.873047, kDigits);
  EXPECT_EQ(test.clusters(), 10u);
}

TEST(BettingTest, TurnsAroundWithTheSystems) {
  BettingTest there, back;
  RandomStream draw(20260101, "sequential.test");
  for (int cluster = 0; cluster < 100; ++cluster) {
    const double mean = 2.0 * draw.uniform() - 1.0;
    there.add(mean);
    back.add(-mean);
  }
  EXPECT_NEAR(there.e_value(), back.e_value(), 1e-9);
}

TEST(BettingTest, StaysANumberAfterManyWins) {
  BettingTest test;
  for (int cluster = 0; cluster < 10'000; ++cluster) test.add(1.0);
  EXPECT_NEAR(test.log_e_value(), 9'999 * std::log(1.5) - std::log(2.0), 1.0);
  EXPECT_THROW(test.add(1.5), Error);
  EXPECT_THROW(test.add(std::nan("")), Error);
}

TEST(EValues, MultiplyWhenFreshAndAverageElse) {
  EXPECT_EQ(product_of_e_values(std::array{4.0, 3.0}), 12.0);
  EXPECT_EQ(mean_of_e_values(std::array{4.0, 3.0}), 3.5);
  EXPECT_EQ(product_of_e_values({}), 1.0);
  EXPECT_EQ(mean_of_e_values({}), 1.0);
}

TEST(SequenceOfMean, HasTheKnownWidth) {
  EXPECT_NEAR(sequence_rho({}), 0.132528, kDigits);
  expect_interval(*sequence_of_mean(0.0, .45, 500), -0.061087, 0.061087);
}

TEST(SequenceOfMean, IsShownFromFiftyClustersAndOnlyWithSpread) {
  EXPECT_EQ(sequence_of_mean(0.1, .45, 49).why(), NotDefined::kTooFewItems);
  EXPECT_EQ(sequence_of_mean(0.1, 0.0, 50).why(), NotDefined::kNoSpread);
  EXPECT_TRUE(sequence_of_mean(0.1, .45, 50));
  EXPECT_THROW(sequence_of_mean(0.1, -1.0, 50), Error);
  EXPECT_THROW(sequence_of_mean(std::nan(""), 1.0, 50), Error);
  EXPECT_THROW(sequence_of_mean(0.1, 1.0, 50, {.alpha = 0.0}), Error);
  EXPECT_THROW(sequence_of_discordant(1, 1, 1.0), Error);
}

}  // namespace
}  // namespace hone
