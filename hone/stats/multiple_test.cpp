#include "hone/stats/multiple.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kPValues{.001, .008, .012, .041, .042, .20, .60};
const std::vector<double> kHolm{.007, .048, .06, .164, .164, .4, .6}, kBenjaminiHochberg{.007, .028, .028, .0588, .0588, .233333, .6};

TEST(ManyTests, GiveTheKnownAnswers) {
  const auto strict = holm(kPValues), loose = benjamini_hochberg(kPValues);
  for (std::size_t test = 0; test < kPValues.size(); ++test) {
    EXPECT_NEAR(strict[test], kHolm[test], kDigits);
    EXPECT_NEAR(loose[test], kBenjaminiHochberg[test], kDigits);
  }
}

TEST(ManyTests, KeepTheOrderGiven) {
  const std::vector<double> turned(kPValues.rbegin(), kPValues.rend());
  const auto strict = holm(turned), loose = benjamini_hochberg(turned);
  for (std::size_t test = 0; test < turned.size(); ++test) {
    EXPECT_NEAR(strict[test], kHolm[turned.size() - 1 - test], kDigits);
    EXPECT_NEAR(loose[test], kBenjaminiHochberg[turned.size() - 1 - test], kDigits);
  }
}

TEST(ManyTests, LeaveOneAsItIsAndNeverExceedOne) {
  EXPECT_EQ(holm(std::vector{.03}), std::vector{.03});
  EXPECT_EQ(benjamini_hochberg(std::vector{.03}), std::vector{.03});
  EXPECT_EQ(holm(std::vector{.9, .8}), (std::vector{1.0, 1.0}));
  EXPECT_EQ(benjamini_hochberg(std::vector{1.0, 1.0}), (std::vector{1.0, 1.0}));
  EXPECT_TRUE(holm({}).empty());
}

TEST(ManyTests, RefuseWhatIsNoP) {
  for (const double wrong : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(holm(std::vector{wrong}), Error);
    EXPECT_THROW(benjamini_hochberg(std::vector{wrong}), Error);
  }
}

}  // namespace
}  // namespace hone
