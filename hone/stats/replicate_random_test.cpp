#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "hone/stats/replicate_random_internal.h"

namespace hone {
namespace {

double binomial_probability(double n, double p, double k) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) + (n - k) * std::log1p(-p));
}

// Pearson's statistic over the counts whose expectation is above 5; its mean is their number k, its spread sqrt(2k); the bound is five.
void expect_binomial(std::uint64_t n, double p) {
  constexpr int kDraws = 200'000;
  const RandomStream stream(20260101, "replicate_random.test");
  std::vector<double> counts(n + 1);
  for (int draw = 0; draw < kDraws; ++draw) ++counts[ReplicateRandom(stream, static_cast<std::uint64_t>(draw)).binomial(n, p)];
  double statistic = 0.0, cells = 0.0;
  for (std::uint64_t k = 0; k <= n; ++k) {
    const double expected = kDraws * binomial_probability(static_cast<double>(n), p, static_cast<double>(k));
    if (expected < 5.0) continue;
    statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
    cells += 1.0;
  }
  EXPECT_NEAR(statistic, cells, 5.0 * std::sqrt(2.0 * cells)) << n << " " << p;
}

TEST(ReplicateRandom, BinomialNumbersHaveTheirDistribution) {
  expect_binomial(1, 0.3);
  expect_binomial(12, 0.2);
  expect_binomial(40, 0.5);
  expect_binomial(40, 0.9);
  expect_binomial(100, 0.1);
  expect_binomial(1000, 0.37);
  expect_binomial(5000, 0.004);
}

// Spread of the mean of 100,000: sqrt(n p q / 100,000) = 1.6; of the variance, 0.45 % of it. The bounds are four of them.
TEST(ReplicateRandom, BinomialOfManyTrialsHasItsMeanAndVariance) {
  const RandomStream stream(20260101, "replicate_random.test");
  const double n = 1e6, p = 0.35;
  double sum = 0.0, squares = 0.0;
  for (std::uint64_t draw = 0; draw < 100'000; ++draw) {
    const double off = static_cast<double>(ReplicateRandom(stream, draw).binomial(1'000'000, p)) - n * p;
    sum += off;
    squares += off * off;
  }
  EXPECT_NEAR(sum / 1e5, 0.0, 6.1);
  EXPECT_NEAR(squares / 1e5 / (n * p * (1.0 - p)), 1.0, 0.018);
}

TEST(ReplicateRandom, BinomialKnowsItsEnds) {
  const RandomStream stream(1, "replicate_random.test");
  ReplicateRandom random(stream, 0);
  EXPECT_EQ(random.binomial(0, 0.5), 0u);
  EXPECT_EQ(random.binomial(9, 0.0), 0u);
  EXPECT_EQ(random.binomial(9, 1.0), 9u);
  EXPECT_LE(random.binomial(9, 1e-300), 9u);
}

// Spread of each count: sqrt(70,000 * 6/49) = 93; the bound is five of them.
TEST(ReplicateRandom, BelowIsEven) {
  const RandomStream stream(1, "replicate_random.test");
  ReplicateRandom random(stream, 3);
  std::vector<int> counts(7);
  for (int draw = 0; draw < 70'000; ++draw) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 465);
}

}  // namespace
}  // namespace hone
