#include "hone/stats/systematic_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace hone {
namespace {

TEST(SystematicSample, TakesEveryRowOnceWhereAllAreAskedFor) {
  EXPECT_EQ(systematic_sample(4, 4, 0.99), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_TRUE(systematic_sample(4, 0, 0.5).empty());
}

TEST(SystematicSample, GivesEachStretchOfTheListItsShareWhereverItBegins) {
  for (const double start : {0.0, 0.3, 0.999}) {
    const auto places = systematic_sample(1000, 37, start);
    ASSERT_EQ(places.size(), 37u);
    EXPECT_TRUE(std::ranges::adjacent_find(places, std::ranges::greater_equal{}) == places.end());
    const auto in_first_half = std::ranges::count_if(places, [](std::uint32_t place) { return place < 500; });
    EXPECT_NEAR(static_cast<double>(in_first_half), 18.5, 1.0);
  }
}

TEST(SystematicSample, GivesEveryRowTheSameChance) {
  std::array<int, 10> drawn{};
  for (int start = 0; start < 1000; ++start)
    for (const std::uint32_t place : systematic_sample(10, 3, start / 1000.0)) ++drawn[place];
  for (const int times : drawn) EXPECT_NEAR(times, 300, 2);
}

}  // namespace
}  // namespace hone
