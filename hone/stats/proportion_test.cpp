#include "hone/stats/proportion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

TEST(Wilson, GivesTheKnownAnswers) {
  expect_interval(wilson(8, 10), 0.490162, 0.943318);
  expect_interval(wilson(0, 10), 0.0, 0.277533);
  expect_interval(wilson(45, 50), 0.786398, 0.956524);
}

TEST(Wilson, EndsAtTheBoundsThemselves) {
  for (std::uint64_t n = 1; n < 2000; n += 7) {
    EXPECT_EQ(wilson(0, n)->low, 0.0);
    EXPECT_EQ(wilson(n, n)->high, 1.0);
    EXPECT_NEAR(wilson(0, n)->high, 1.0 - wilson(n, n)->low, 1e-12);
  }
}

TEST(ClopperPearson, GivesTheKnownAnswers) {
  expect_interval(clopper_pearson(8, 10), 0.443905, 0.974789);
  expect_interval(clopper_pearson(0, 10), 0.0, 0.308497);
  EXPECT_NEAR(*clopper_pearson_upper(0, 300), 0.009936, kDigits);
  EXPECT_NEAR(*clopper_pearson_upper(2, 300), 0.020836, kDigits);
}

// The upper end at none has a closed form.
TEST(ClopperPearson, IsExactWhereNothingWasSeen) {
  for (const std::uint64_t n : {1u, 10u, 1000u, 1000000u})
    EXPECT_NEAR(*clopper_pearson_upper(0, n), -std::expm1(std::log(0.05) / static_cast<double>(n)), 1e-12);
  EXPECT_EQ(clopper_pearson(7, 7)->high, 1.0);
}

TEST(Proportion, HasNoIntervalWithoutItems) {
  EXPECT_FALSE(wilson(0, 0));
  EXPECT_FALSE(clopper_pearson(0, 0));
  EXPECT_FALSE(clopper_pearson_upper(0, 0));
}

}  // namespace
}  // namespace hone
