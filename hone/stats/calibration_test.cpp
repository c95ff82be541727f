#include "hone/stats/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kProbabilities = {.55, .6, .62, .7, .71, .75, .8, .82, .9, .95, .97, .99};
const std::vector<std::uint8_t> kOutcomes = {1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1};

TEST(Calibration, GivesTheKnownAnswers) {
  const auto found = calibrate(kProbabilities, kOutcomes, 3);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ece, 0.118333, kDigits);
  EXPECT_NEAR(found->debiased_ece, 0.007163, kDigits);
  EXPECT_NEAR(found->squared, -0.042846, kDigits);
}

TEST(Calibration, DoesNotDependOnTheOrderOfDifferentProbabilities) {
  const std::vector<double> turned(kProbabilities.rbegin(), kProbabilities.rend());
  const std::vector<std::uint8_t> outcomes(kOutcomes.rbegin(), kOutcomes.rend());
  EXPECT_DOUBLE_EQ(calibrate(turned, outcomes, 3)->ece, calibrate(kProbabilities, kOutcomes, 3)->ece);
}

TEST(Calibration, FirstBinsHoldOneMoreAndCarryWilsonIntervals) {
  const auto found = calibrate(kProbabilities, kOutcomes, 5);
  ASSERT_EQ(found->bins.size(), 5u);
  std::vector<std::uint64_t> sizes;
  for (const ReliabilityBin& bin : found->bins) sizes.push_back(bin.n);
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{3, 3, 2, 2, 2}));
  EXPECT_NEAR(found->bins[0].confidence, (.55 + .6 + .62) / 3.0, 1e-12);
  EXPECT_NEAR(found->bins[0].rate, 2.0 / 3.0, 1e-12);
  EXPECT_DOUBLE_EQ(found->bins[0].interval.low, wilson(2, 3)->low);
  EXPECT_DOUBLE_EQ(found->bins[0].interval.high, wilson(2, 3)->high);
}

TEST(Calibration, TakesFifteenBinsOrATenthOrNone) {
  EXPECT_EQ(calibration_bins(0), 0u);
  EXPECT_EQ(calibration_bins(29), 0u);
  EXPECT_EQ(calibration_bins(30), 3u);
  EXPECT_EQ(calibration_bins(149), 14u);
  EXPECT_EQ(calibration_bins(150), 15u);
  EXPECT_EQ(calibration_bins(1'000'000), 15u);
}

TEST(Calibration, SaysNothingOfFewerThanThirtyItems) {
  EXPECT_FALSE(calibrate(kProbabilities, kOutcomes));
  EXPECT_FALSE(calibrate({}, {}));
}

// Truth: every confidence is 0.1 too high. The spread of the estimate over seeds is 0.003.
TEST(Calibration, FindsHowFarConfidencesAreTooHigh) {
  RandomStream draw(20260101, "calibration.test");
  std::vector<double> probabilities;
  std::vector<std::uint8_t> outcomes;
  for (int item = 0; item < 20000; ++item) {
    probabilities.push_back(0.5 + 0.5 * draw.uniform());
    outcomes.push_back(draw.uniform() < probabilities.back() - 0.1);
  }
  const auto found = calibrate(probabilities, outcomes);
  EXPECT_NEAR(found->ece, 0.1, 0.012);
  EXPECT_NEAR(found->debiased_ece, 0.1, 0.012);
  EXPECT_NEAR(std::sqrt(found->squared), 0.1, 0.012);
}

TEST(Calibration, RefusesWhatIsNoProbability) {
  const std::vector<std::uint8_t> one = {1};
  for (const double wrong : {-0.1, 1.1, std::nan("")}) EXPECT_THROW(calibrate(std::vector{wrong}, one, 1), Error) << wrong;
  EXPECT_THROW(calibrate(kProbabilities, one, 1), Error);
}

}  // namespace
}  // namespace hone
