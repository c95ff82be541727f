#include "hone/stats/auroc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<std::uint8_t> kLabels{1, 0, 1, 1, 0, 0, 1, 0};
const std::vector<double> kLabelScores{.9, .8, .7, .6, .55, .4, .4, .1};

// Pair by pair.
double area_by_pairs(std::span<const double> scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> cluster_of,
                     std::uint32_t without) {
  double right = 0.0, pairs = 0.0;
  for (std::size_t one = 0; one < scores.size(); ++one)
    for (std::size_t other = 0; other < scores.size(); ++other) {
      if (!positive[one] || positive[other] || cluster_of[one] == without || cluster_of[other] == without) continue;
      right += scores[one] > scores[other] ? 1.0 : scores[one] == scores[other] ? 0.5 : 0.0;
      pairs += 1.0;
    }
  return right / pairs;
}

TEST(Auroc, GivesTheKnownAnswers) {
  const auto found = auroc(kLabelScores, kLabels);
  EXPECT_NEAR(found->value, 0.71875, kDigits);
  EXPECT_NEAR(found->standard_error, 0.208854, kDigits);
  const double logit = std::log(.71875 / .28125), half = 1.959964 * found->standard_error / (.71875 * .28125);
  ASSERT_TRUE(found->interval);
  expect_interval(*found->interval, 1 / (1 + std::exp(half - logit)), 1 / (1 + std::exp(-half - logit)));
}

TEST(Auroc, JackknifesWholeClusters) {
  RandomStream draw(20260101, "auroc.test");
  std::vector<double> scores;
  std::vector<std::uint8_t> positive;
  std::vector<std::uint32_t> cluster_of;
  for (std::uint32_t item = 0; item < 60; ++item) {
    positive.push_back(draw.uniform() < 0.4);
    scores.push_back(std::round(4.0 * draw.uniform()) + (positive.back() ? 1.0 : 0.0));
    cluster_of.push_back(item % 12);
  }
  double mean = 0.0, squares = 0.0;
  std::vector<double> without;
  for (std::uint32_t cluster = 0; cluster < 12; ++cluster) without.push_back(area_by_pairs(scores, positive, cluster_of, cluster));
  for (const double each : without) mean += each / 12.0;
  for (const double each : without) squares += (each - mean) * (each - mean);
  const auto found = auroc(scores, positive, cluster_of);
  EXPECT_NEAR(found->value, area_by_pairs(scores, positive, cluster_of, 99), 1e-12);
  EXPECT_NEAR(found->standard_error, std::sqrt(11.0 / 12.0 * squares), 1e-12);
}

TEST(Auroc, SaysWhyThereIsNone) {
  EXPECT_EQ(auroc({}, {}).why(), NotDefined::kNoItems);
  EXPECT_EQ(auroc(kLabelScores, std::vector<std::uint8_t>(8, 1)).why(), NotDefined::kOneClass);
  EXPECT_EQ(auroc(kLabelScores, std::vector<std::uint8_t>(8, 0)).why(), NotDefined::kOneClass);
}

TEST(Auroc, OfSeparableItemsHasNoInterval) {
  const std::vector<std::uint8_t> ordered{1, 1, 0, 0}, turned{0, 0, 1, 1};
  const std::vector<double> scores{4, 3, 2, 1};
  EXPECT_EQ(auroc(scores, ordered)->value, 1.0);
  EXPECT_EQ(auroc(scores, ordered)->interval.why(), NotDefined::kSeparable);
  EXPECT_EQ(auroc(scores, turned)->value, 0.0);
  EXPECT_EQ(auroc(scores, turned)->interval.why(), NotDefined::kSeparable);
  EXPECT_EQ(auroc(scores, ordered)->positives, 2u);
}

TEST(Auroc, OfEqualScoresIsAHalfAndHasNoSpread) {
  const auto found = auroc(std::vector<double>(8, 0.5), kLabels);
  EXPECT_EQ(found->value, 0.5);
  EXPECT_EQ(found->interval.why(), NotDefined::kNoSpread);
}

TEST(Auroc, NeedsBothKindsWithoutAnyCluster) {
  const std::vector<std::uint32_t> one(8, 3), by_label{0, 1, 0, 0, 1, 1, 0, 1};
  EXPECT_EQ(auroc(kLabelScores, kLabels, one)->interval.why(), NotDefined::kOneCluster);
  EXPECT_EQ(auroc(kLabelScores, kLabels, by_label)->interval.why(), NotDefined::kTooManyUndefined);
}

TEST(Auroc, RefusesWhatCannotBe) {
  EXPECT_THROW(auroc(std::vector{std::nan("")}, std::vector<std::uint8_t>{1}), Error);
  EXPECT_THROW(auroc(kLabelScores, std::vector<std::uint8_t>{1}), Error);
  EXPECT_THROW(auroc(kLabelScores, kLabels, std::vector<std::uint32_t>{1}), Error);
  EXPECT_THROW(auroc(kLabelScores, kLabels, {}, 0.0), Error);
}

}  // namespace
}  // namespace hone
