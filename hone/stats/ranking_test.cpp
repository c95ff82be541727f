#include "hone/stats/ranking.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<double> kRanked{3, 2, 0, 1, 0, 2}, kFalling{6, 5, 4, 3, 2, 1};

TEST(Ndcg, GivesTheKnownAnswers) {
  EXPECT_NEAR(*ndcg(kRanked, 5, Gain::kExponential), 0.861412, kDigits);
  EXPECT_NEAR(*ndcg(kRanked, 5, Gain::kLinear), 0.824331, kDigits);
  EXPECT_NEAR(*ndcg(kRanked, kFalling, 5, Gain::kExponential), 0.861412, kDigits);
}

// Over both orders of two documents of the same score the mean is what the tie gets.
TEST(Ndcg, GivesTiesTheirMeanGain) {
  const double tied = *ndcg(std::vector<double>{2, 0, 1}, std::vector<double>{5, 5, 1}, 3, Gain::kLinear);
  const double mean = (*ndcg(std::vector<double>{2, 0, 1}, 3, Gain::kLinear) + *ndcg(std::vector<double>{0, 2, 1}, 3, Gain::kLinear)) / 2.0;
  EXPECT_NEAR(tied, mean, 1e-12);
}

TEST(Ndcg, OfTheBestOrderIsOneAndOfNothingRelevantIsNone) {
  EXPECT_EQ(*ndcg(std::vector<double>{3, 2, 1, 0}, 3, Gain::kExponential), 1.0);
  EXPECT_FALSE(ndcg(std::vector<double>{0, 0, 0}, 3, Gain::kLinear));
  EXPECT_FALSE(ndcg({}, {}, 3, Gain::kLinear));
}

TEST(Ndcg, RefusesWhatCannotBe) {
  EXPECT_THROW(ndcg(kRanked, 0, Gain::kLinear), Error);
  EXPECT_THROW(ndcg(std::vector<double>{-1}, 1, Gain::kLinear), Error);
  EXPECT_THROW(ndcg(kRanked, std::vector<double>{1}, 1, Gain::kLinear), Error);
  EXPECT_THROW(ndcg(std::vector<double>{1}, std::vector<double>{std::nan("")}, 1, Gain::kLinear), Error);
}

TEST(PassAtK, GivesTheKnownAnswer) { EXPECT_NEAR(*pass_at_k(10, 3, 5), 0.916667, kDigits); }

TEST(PassAtK, KnowsItsEnds) {
  EXPECT_FALSE(pass_at_k(4, 2, 5));
  EXPECT_EQ(*pass_at_k(10, 0, 5), 0.0);
  EXPECT_EQ(*pass_at_k(10, 6, 5), 1.0);
  EXPECT_NEAR(*pass_at_k(10, 3, 1), 0.3, 1e-12);
  EXPECT_EQ(*pass_at_k(10, 3, 0), 0.0);
}

}  // namespace
}  // namespace hone
