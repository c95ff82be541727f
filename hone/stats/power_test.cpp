#include "hone/stats/power.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

constexpr double kThreeDigits = 5.1e-4, kOneDigit = 0.051;
const PairedSpread kOneAnswer{.true_differences = .09, .noise_a = .16, .noise_b = .16};
const PairedSpread kFiveAnswers{.true_differences = .09, .noise_a = .16, .noise_b = .16, .answers_a = 5, .answers_b = 5};

TEST(Power, GivesTheKnownNumbersOfItems) {
  EXPECT_NEAR(*items_for_paired_rates(.05, .2), 625.547, kThreeDigits);
  EXPECT_NEAR(*items_for_paired_rates(.03, .15), 1305.786, kThreeDigits);
  EXPECT_NEAR(*items_for_paired_rates(.02, .1), 1959.860, kThreeDigits);
  EXPECT_EQ(std::ceil(items_for_unpaired_rates(.05, .8)), 1005);
  EXPECT_EQ(std::ceil(items_for_unpaired_rates(.03, .8)), 2791);
  EXPECT_EQ(std::ceil(items_for_unpaired_rates(.02, .8)), 6280);
  EXPECT_NEAR(items_for_means(.03, kOneAnswer), 3575.6, kOneDigit);
  EXPECT_NEAR(items_for_means(.03, kFiveAnswers), 1343.0, kOneDigit);
  EXPECT_NEAR(design_effect(10, .8, .1), 2.54, 1e-12);
}

TEST(Power, SmallestDetectableIsTheInverse) {
  EXPECT_NEAR(smallest_detectable_mean(items_for_means(.03, kOneAnswer), kOneAnswer), .03, 1e-12);
  EXPECT_NEAR(smallest_detectable_unpaired_rate(items_for_unpaired_rates(.05, .8), .8), .05, 1e-12);
  EXPECT_EQ(std::ceil(*items_for_paired_rates(.05, .2)), static_cast<double>(*items_needed(.05, .2)));
}

TEST(Power, OfItemsThatDifferTooSeldomIsNone) { EXPECT_FALSE(items_for_paired_rates(.2, .1)); }

TEST(Power, ClustersOfOneCostNothing) {
  EXPECT_EQ(design_effect(1, 0, 0.7), 1.0);
  EXPECT_EQ(design_effect(20, 1, 0), 1.0);
}

TEST(Power, RefusesWhatCannotBe) {
  EXPECT_THROW(items_for_means(0.0, kOneAnswer), Error);
  EXPECT_THROW(items_for_means(.03, {.true_differences = -1}), Error);
  EXPECT_THROW(items_for_means(.03, {.answers_a = 0}), Error);
  EXPECT_THROW(items_for_paired_rates(std::nan(""), .2), Error);
  EXPECT_THROW(items_for_paired_rates(.1, 1.2), Error);
  EXPECT_THROW(items_for_unpaired_rates(.05, .8, {.power = 1.0}), Error);
  EXPECT_THROW(items_for_unpaired_rates(.05, 1.8), Error);
  EXPECT_THROW(design_effect(0.5, 0, 0), Error);
}

}  // namespace
}  // namespace hone
