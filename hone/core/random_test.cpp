#include "hone/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "hone/core/random_internal.h"

namespace hone {
namespace {

using Block = std::array<std::uint32_t, 4>;

// The answers that come with the authors' own implementation.
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, IsAFunctionOfSeedNameAndPosition) {
  RandomStream stream(7, "train.shuffle");
  const RandomStream again(7, "train.shuffle");
  for (std::uint64_t position = 0; position < 100; ++position) EXPECT_EQ(stream.next(), again.at(position));
  EXPECT_NE(RandomStream(8, "train.shuffle").at(0), again.at(0));
  EXPECT_NE(RandomStream(7, "train.init").at(0), again.at(0));
  EXPECT_NE(RandomStream(1, "1/x").at(0), RandomStream(11, "/x").at(0));
}

// The correlation of 100,000 pairs of even numbers has a spread of 1/sqrt(100,000) = 0.0032; the bound is four of them.
TEST(RandomStream, StreamsOfDifferentNamesAreIndependent) {
  RandomStream a(7, "a"), b(7, "b");
  double sum = 0.0;
  for (int draw = 0; draw < 100000; ++draw) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
  EXPECT_NEAR(sum / 100000.0 * 12.0, 0.0, 0.013);
}

// Spread of the mean of 100,000 even numbers: 0.0009, of their variance: 0.0003.
TEST(RandomStream, UniformIsEvenOnTheUnitInterval) {
  RandomStream stream(7, "uniform");
  double sum = 0.0, squares = 0.0;
  for (int draw = 0; draw < 100000; ++draw) {
    const double value = stream.uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / 100000.0;
  EXPECT_NEAR(mean, 0.5, 0.0037);
  EXPECT_NEAR(squares / 100000.0 - mean * mean, 1.0 / 12.0, 0.001);
}

// Spread of each count: sqrt(70,000 * 6/49) = 93; the bound is five of them.
TEST(RandomStream, BelowIsEven) {
  RandomStream stream(7, "below");
  std::vector<int> counts(7);
  for (int draw = 0; draw < 70000; ++draw) ++counts[stream.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 465);
  EXPECT_EQ(stream.below(1), 0u);
  for (int draw = 0; draw < 100; ++draw) EXPECT_LT(stream.below((std::uint64_t{1} << 63) + 1), (std::uint64_t{1} << 63) + 1);
}

// Spread of the mean 0.0032, of the variance 0.0045, of the share beyond 1.96 0.0007; the bounds are four of them.
TEST(RandomStream, NormalIsStandardNormal) {
  RandomStream stream(7, "normal");
  double sum = 0.0, squares = 0.0;
  int beyond = 0;
  for (int draw = 0; draw < 100000; ++draw) {
    const double value = stream.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    beyond += std::abs(value) > 1.959964;
  }
  EXPECT_NEAR(sum / 100000.0, 0.0, 0.013);
  EXPECT_NEAR(squares / 100000.0, 1.0, 0.018);
  EXPECT_NEAR(beyond / 100000.0, 0.05, 0.0028);
}

}  // namespace
}  // namespace hone
