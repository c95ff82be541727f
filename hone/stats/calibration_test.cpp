#include "hone/stats/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

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

// Twenty items that come as ten pairs of the same outcome tell less than twenty.
TEST(Calibration, OfClustersHasTheirIntervals) {
  std::vector<double> probabilities;
  std::vector<std::uint8_t> outcomes;
  std::vector<std::uint32_t> pairs, one(60, 7);
  for (std::uint32_t item = 0; item < 60; ++item) {
    probabilities.push_back(0.5 + 0.005 * item);
    outcomes.push_back(item / 2 % 3 != 0);
    pairs.push_back(item / 2);
  }
  const auto alone = calibrate(probabilities, outcomes), paired = calibrate(probabilities, outcomes, pairs);
  EXPECT_EQ(alone->ece, paired->ece);
  EXPECT_GT(paired->bins[0].interval.high - paired->bins[0].interval.low, alone->bins[0].interval.high - alone->bins[0].interval.low);
  EXPECT_EQ(calibrate(probabilities, outcomes, one)->bins[0].interval.high, 1.0);
  EXPECT_EQ(calibrate(probabilities, outcomes, one)->bins[0].interval.low, 0.0);
}

struct CalibratedItems {
  std::vector<double> probabilities;
  std::vector<std::uint8_t> outcomes;
};

// Each probability is too high by `off`.
CalibratedItems calibrated_items(std::size_t n, double off, std::uint64_t seed) {
  RandomStream draw(seed, "calibration.test");
  CalibratedItems made;
  for (std::size_t item = 0; item < n; ++item) {
    made.probabilities.push_back(0.5 + 0.5 * draw.uniform());
    made.outcomes.push_back(draw.uniform() < made.probabilities.back() - off);
  }
  return made;
}

TEST(CalibrationCheck, HoldsTheTruthAndSaysWhatChanceAddsToAPerfectModel) {
  const CalibratedItems off = calibrated_items(2000, 0.1, 1), perfect = calibrated_items(2000, 0.0, 2);
  const auto wrong = check_calibration(off.probabilities, off.outcomes), right = check_calibration(perfect.probabilities, perfect.outcomes);
  EXPECT_LT(wrong->interval.low, 0.1);
  EXPECT_GT(wrong->interval.high, 0.1);
  EXPECT_GT(wrong->interval.low, right->perfect_ece);
  EXPECT_LT(right->interval.low, right->perfect_ece);
  // The mean |gap| of bins of 133 with variance near 3/16: 0.8 sqrt(3/16/133) = 0.029.
  EXPECT_NEAR(right->perfect_ece, 0.029, 0.004);
}

// A model that is perfect: its error is chance alone, and the interval must hold the truth of 0 in 95 of 100 draws; of 1,000 in 935 to 965.
TEST(CalibrationCheck, HoldsATruthOfZeroWhereItemsHangTogetherOrNot) {
  for (const std::size_t size : {1u, 5u}) {
    int held = 0;
    for (std::uint64_t draw = 0; draw < 1000; ++draw) {
      RandomStream random(draw, "test.perfect" + std::to_string(size));
      std::vector<double> probabilities;
      std::vector<std::uint8_t> outcomes;
      std::vector<std::uint32_t> clusters;
      for (std::uint32_t item = 0; item < 300; ++item) {
        // Now and then an item is a copy of the one before in its cluster.
        const bool copied = item % size != 0 && random.uniform() < 0.4;
        probabilities.push_back(copied ? probabilities.back() : 0.5 + 0.5 * random.uniform());
        outcomes.push_back(copied ? outcomes.back() : random.uniform() < probabilities.back());
        clusters.push_back(item / static_cast<std::uint32_t>(size));
      }
      held += check_calibration(probabilities, outcomes, clusters)->interval.low == 0.0;
    }
    EXPECT_GT(held, 935) << size;
    EXPECT_LT(held, 990) << size;
  }
}

TEST(CalibrationCheck, ClustersOfOneItemChangeNothing) {
  const CalibratedItems made = calibrated_items(300, 0.05, 3);
  std::vector<std::uint32_t> alone(300);
  std::iota(alone.begin(), alone.end(), 0u);
  const auto one = check_calibration(made.probabilities, made.outcomes),
             other = check_calibration(made.probabilities, made.outcomes, alone);
  EXPECT_EQ(one->interval.low, other->interval.low);
  EXPECT_EQ(one->interval.high, other->interval.high);
  EXPECT_EQ(one->perfect_ece, other->perfect_ece);
}

// All certain and all right: the error is 0, and 50 items do not show that it always is.
TEST(CalibrationCheck, HasNoIntervalOfWidthZero) {
  const auto found = check_calibration(std::vector<double>(50, 1.0), std::vector<std::uint8_t>(50, 1));
  EXPECT_EQ(found->ece, 0.0);
  EXPECT_NEAR(found->interval.high, 3.841459 / (50 + 3.841459), 1e-6);
}

TEST(CalibrationCheck, SaysWhyThereIsNone) {
  EXPECT_EQ(check_calibration(kProbabilities, kOutcomes).why(), NotDefined::kTooFewItems);
  const CalibratedItems made = calibrated_items(60, 0.05, 3);
  const std::vector<std::uint32_t> one(60, 5);
  EXPECT_EQ(check_calibration(made.probabilities, made.outcomes, one).why(), NotDefined::kOneCluster);
  EXPECT_THROW(check_calibration(made.probabilities, made.outcomes, {}, 0.0), Error);
  EXPECT_THROW(check_calibration(made.probabilities, made.outcomes, std::vector<std::uint32_t>{1}), Error);
}

const std::vector<double> kLogits{2, 0, -1, 1.5, 1, 0, 0, 3, -1, .5, 0, 2.5, 3, 1, 0, 0, .2, .1};
const std::vector<std::uint32_t> kLogitGold{0, 1, 1, 2, 0, 0};

TEST(Temperature, GivesTheKnownAnswers) {
  const auto found = fit_temperature(kLogits, kLogitGold, 3);
  EXPECT_NEAR(found->value, 0.634377, kDigits);
  EXPECT_NEAR(found->loss, 0.443595, kDigits);
  EXPECT_NEAR(found->loss_before, 0.484731, kDigits);
  EXPECT_FALSE(found->at_bound);
}

TEST(Temperature, SaysThatItStandsAtABound) {
  const std::vector<std::uint32_t> all_right{0, 0, 1, 2, 0, 1}, all_wrong{2, 2, 2, 1, 2, 0};
  const auto right = fit_temperature(kLogits, all_right, 3), wrong = fit_temperature(kLogits, all_wrong, 3);
  EXPECT_TRUE(right->at_bound);
  EXPECT_NEAR(right->value, 0.05, 1e-12);
  EXPECT_TRUE(wrong->at_bound);
  EXPECT_NEAR(wrong->value, 20.0, 1e-9);
}

TEST(Temperature, SaysWhyThereIsNoneAndRefusesWhatCannotBe) {
  EXPECT_EQ(fit_temperature({}, {}, 3).why(), NotDefined::kNoItems);
  EXPECT_EQ(fit_temperature(std::vector<double>{1, 1}, std::vector<std::uint32_t>{0}, 2).why(), NotDefined::kNoSpread);
  EXPECT_THROW(fit_temperature(kLogits, kLogitGold, 2), Error);
  EXPECT_THROW(fit_temperature(std::vector<double>{1, 2}, std::vector<std::uint32_t>{2}, 2), Error);
  EXPECT_THROW(fit_temperature(std::vector<double>{1, std::nan("")}, std::vector<std::uint32_t>{0}, 2), Error);
  EXPECT_THROW(fit_temperature(std::vector<double>{1}, std::vector<std::uint32_t>{0}, 1), Error);
}

TEST(Calibration, RefusesWhatIsNoProbability) {
  const std::vector<std::uint8_t> one = {1};
  for (const double wrong : {-0.1, 1.1, std::nan("")}) EXPECT_THROW(calibrate(std::vector{wrong}, one, 1), Error) << wrong;
  EXPECT_THROW(calibrate(kProbabilities, one, 1), Error);
}

}  // namespace
}  // namespace hone
