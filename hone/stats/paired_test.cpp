#include "hone/stats/paired.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

TEST(McNemar, GivesTheKnownAnswers) {
  EXPECT_NEAR(mcnemar_exact(1, 7), 0.070313, kDigits);
  EXPECT_NEAR(mcnemar_mid(1, 7), 0.039063, kDigits);
  EXPECT_NEAR(mcnemar_exact(15, 5), 0.041389, kDigits);
  EXPECT_NEAR(mcnemar_mid(15, 5), 0.026604, kDigits);
  EXPECT_NEAR(mcnemar_exact(7, 2), 92.0 / 512.0, 1e-12);
  EXPECT_NEAR(mcnemar_mid(28, 7), 0.000313, kDigits);
}

TEST(McNemar, HasNothingToSayWhereNothingDiffersOrBothWinAlike) {
  EXPECT_EQ(mcnemar_exact(0, 0), 1.0);
  EXPECT_EQ(mcnemar_mid(0, 0), 1.0);
  EXPECT_EQ(mcnemar_exact(9, 9), 1.0);
  EXPECT_EQ(mcnemar_mid(9, 9), 1.0);
}

TEST(McNemar, CanReachFivePercentFromFiveAndFromSixItems) {
  EXPECT_GT(mcnemar_mid(4, 0), 0.05);
  EXPECT_LE(mcnemar_mid(5, 0), 0.05);
  EXPECT_GT(mcnemar_exact(5, 0), 0.05);
  EXPECT_LE(mcnemar_exact(6, 0), 0.05);
}

// The sum term by term.
TEST(McNemar, AgreesWithTheSumOfTheTail) {
  for (std::uint64_t m = 1; m <= 40; ++m)
    for (std::uint64_t k = 0; 2 * k < m; ++k) {
      double term = std::pow(0.5, static_cast<double>(m)), below = 0.0;
      for (std::uint64_t x = 0; x < k; ++x) {
        below += term;
        term *= static_cast<double>(m - x) / static_cast<double>(x + 1);
      }
      EXPECT_NEAR(mcnemar_mid(k, m - k), 2.0 * below + term, 1e-12) << k << " of " << m;
      EXPECT_NEAR(mcnemar_exact(m - k, k), std::min(1.0, 2.0 * (below + term)), 1e-12) << k << " of " << m;
    }
}

TEST(Tango, GivesTheKnownAnswers) {
  expect_interval(tango({1, 1, 7, 12}), -0.517232, -0.026003);
  expect_interval(tango({70, 15, 5, 10}), 0.013447, 0.192397);
  expect_interval(tango({50, 0, 0, 0}), -0.071348, 0.071348);
  expect_interval(newcombe_paired({1, 1, 7, 12}), -0.506920, -0.025559);
  expect_interval(newcombe_paired({70, 15, 5, 10}), 0.011535, 0.189213);
  expect_interval(newcombe_paired({50, 0, 0, 0}), -0.071348, 0.071348);
  EXPECT_FALSE(tango({}));
  EXPECT_FALSE(newcombe_paired({}));
}

TEST(Tango, TurnsAroundWhenTheSystemsChangePlaces) {
  for (const PairedCounts& counts :
       {PairedCounts{3, 9, 2, 6}, PairedCounts{0, 1, 0, 0}, PairedCounts{0, 20, 0, 0}, PairedCounts{1000000, 300, 200, 5}}) {
    const Interval there = *tango(counts), back = *tango({counts.both, counts.only_b, counts.only_a, counts.neither});
    EXPECT_NEAR(there.low, -back.high, 1e-9);
    EXPECT_NEAR(there.high, -back.low, 1e-9);
  }
}

TEST(Tango, HoldsTheDifferenceInEverySmallTable) {
  for (std::uint64_t n = 1; n <= 12; ++n)
    for (std::uint64_t a = 0; a <= n; ++a)
      for (std::uint64_t b = 0; a + b <= n; ++b)
        for (std::uint64_t c = 0; a + b + c <= n; ++c) {
          const double difference = (static_cast<double>(b) - static_cast<double>(c)) / static_cast<double>(n);
          const Interval interval = *tango({a, b, c, n - a - b - c});
          EXPECT_LE(-1.0, interval.low);
          EXPECT_LE(interval.low, difference);
          EXPECT_LE(difference, interval.high);
          EXPECT_LE(interval.high, 1.0);
          EXPECT_LT(interval.low, interval.high);
        }
}

// Two constructions of one interval: over these tables they differ by 0.027 at most.
TEST(Tango, LiesNearTheClosedForm) {
  double farthest = 0.0;
  for (std::uint64_t a = 10; a <= 50; a += 5)
    for (std::uint64_t b = 0; b <= 20; ++b)
      for (std::uint64_t c = b == 0; c <= 20; ++c) {
        const PairedCounts counts{a, b, c, 60 - a};
        const Interval interval = *tango(counts), closed = *newcombe_paired(counts);
        farthest = std::max({farthest, std::abs(interval.low - closed.low), std::abs(interval.high - closed.high)});
      }
  EXPECT_LT(farthest, 0.03);
}

TEST(SmallestDetectable, GivesTheKnownAnswers) {
  EXPECT_NEAR(*smallest_detectable(200, 0.15), 0.07627, 5e-6);
  EXPECT_NEAR(*smallest_detectable(50, 0.2), 0.17304, 5e-6);
}

// The number of items for a wanted difference, whose solution it is.
TEST(SmallestDetectable, IsTheInverseOfTheNumberOfItems) {
  const auto items_for = [](double difference, double differing) {
    const double root = 1.959964 * std::sqrt(differing) + 0.841621 * std::sqrt(differing - difference * difference);
    return root * root / (difference * difference);
  };
  EXPECT_NEAR(items_for(0.05, 0.2), 625.547, 5e-4);
  EXPECT_NEAR(items_for(0.03, 0.15), 1305.786, 5e-4);
  EXPECT_NEAR(items_for(0.02, 0.1), 1959.860, 5e-4);
  for (const std::uint64_t n : {50u, 200u, 1000u, 100000u})
    EXPECT_NEAR(items_for(*smallest_detectable(n, 0.2), 0.2), static_cast<double>(n), 1e-6 * n);
}

TEST(SmallestDetectable, IsNothingWhenMoreWouldHaveToDifferThanDo) { EXPECT_FALSE(smallest_detectable(30, 0.05)); }

TEST(ComparePaired, HasBothTheTestAndTheInterval) {
  const PairedComparison better = compare_paired({70, 15, 5, 10});
  EXPECT_NEAR(better.difference, 0.1, 1e-12);
  EXPECT_NEAR(better.p, 0.026604, kDigits);
  EXPECT_NEAR(better.exact_p, 0.041389, kDigits);
  EXPECT_NEAR(better.low, 0.013447, kDigits);
  const PairedComparison worse = compare_paired({70, 5, 15, 10});
  EXPECT_DOUBLE_EQ(worse.p, better.p);
  EXPECT_NEAR(worse.high, -better.low, 1e-12);
}

TEST(ComparePaired, SystemsThatNeverDifferHaveTheIntervalOfTheRateAtWhichTheyCould) {
  const PairedComparison seen = compare_paired({50, 0, 0, 0});
  EXPECT_EQ(seen.p, 1.0);
  EXPECT_NEAR(seen.high, 0.071348, kDigits);
}

TEST(ComparePaired, WithoutItemsThereIsNothing) {
  const PairedComparison nothing = compare_paired({});
  EXPECT_EQ(nothing.n, 0u);
  EXPECT_EQ(nothing.low, -1.0);
  EXPECT_EQ(nothing.high, 1.0);
}

TEST(ComparePaired, RefusesAnAlphaThatIsNone) {
  for (const double alpha : {0.0, 1.0, -0.1, std::nan("")}) EXPECT_THROW(compare_paired({}, alpha), Error) << alpha;
}

TEST(ComparePaired, StaysExactWithManyItems) {
  const PairedComparison seen = compare_paired({900'000'000, 1'010'000, 1'000'000, 100'000'000});
  EXPECT_LT(seen.p, 0.05);
  EXPECT_GT(seen.low, 0.0);
  EXPECT_NEAR((seen.high - seen.low) / 2.0, 1.959964 * std::sqrt(2'010'000.0) / 1'002'010'000.0, 1e-9);
}

// (1.959964 sqrt(.2) + .841621 sqrt(.2 - .0025))^2 / .0025 = 625.5; the same n shows 5.0 points and no fewer.
TEST(ItemsNeeded, ShowTheDifferenceAskedFor) {
  EXPECT_EQ(items_needed(0.05, 0.2), 626u);
  EXPECT_LE(*smallest_detectable(626, 0.2), 0.05);
  EXPECT_GT(*smallest_detectable(620, 0.2), 0.05);
}

TEST(ItemsNeeded, CannotShowMoreThanTheShareThatDiffers) {
  EXPECT_FALSE(items_needed(0.02, 0.01));
  EXPECT_FALSE(items_needed(0.02, 0.0));
  EXPECT_TRUE(items_needed(0.02, 0.02));
}

}  // namespace
}  // namespace hone
