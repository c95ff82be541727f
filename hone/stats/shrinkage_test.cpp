#include "hone/stats/shrinkage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"

namespace hone {
namespace {

const std::vector<SliceCount> kTenSlices{{18, 20}, {45, 60}, {7, 10}, {88, 100}, {30, 50}, {12, 20}, {60, 75}, {3, 10}, {25, 40}, {40, 45}};

TEST(Shrinkage, GivesTheKnownAnswers) {
  const auto found = shrink_rates(kTenSlices);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->prior.alpha, 8.711, 5.1e-4);
  EXPECT_NEAR(found->prior.beta, 3.309, 5.1e-4);
  EXPECT_NEAR(found->prior.mean(), 0.7247, 5.1e-5);
  EXPECT_NEAR(found->slices[0].rate, 0.8342, 5.1e-5);
  EXPECT_NEAR(found->slices[7].rate, 0.5318, 5.1e-5);
  EXPECT_TRUE(found->differ);
  EXPECT_LT(found->slices[7].interval.low, 0.5318);
  EXPECT_GT(found->slices[7].interval.high, 0.5318);
}

TEST(Shrinkage, SaysThatSlicesDoNotDiffer) {
  const auto even = shrink_rates(std::vector<SliceCount>(12, {50, 100})), high = shrink_rates(std::vector<SliceCount>(12, {90, 100}));
  EXPECT_FALSE(even->differ);
  EXPECT_FALSE(high->differ);
  EXPECT_NEAR(high->prior.mean(), 0.9, 1e-3);
  EXPECT_NEAR(high->slices[0].rate, 0.9, 1e-3);
}

TEST(Shrinkage, StaysInBoundsWhereSlicesAreAllOrNothing) {
  std::vector<SliceCount> slices(6, {1'000'000, 1'000'000});
  slices.insert(slices.end(), 6, {0, 1'000'000});
  const auto found = shrink_rates(slices);
  EXPECT_GE(found->prior.alpha, 0.02);
  EXPECT_LE(found->prior.alpha, 0.1);
  EXPECT_TRUE(shrink_rates(std::vector<SliceCount>(12, {0, 40})).has_value());
}

TEST(Shrinkage, NeedsTenSlicesWithItems) {
  std::vector<SliceCount> nine(kTenSlices.begin(), kTenSlices.end() - 1);
  EXPECT_EQ(shrink_rates(nine).why(), NotDefined::kTooFewSlices);
  nine.push_back({0, 0});
  EXPECT_EQ(shrink_rates(nine).why(), NotDefined::kTooFewSlices);
  std::vector<SliceCount> eleven = kTenSlices;
  eleven.push_back({0, 0});
  const auto found = shrink_rates(eleven);
  EXPECT_NEAR(found->slices[10].rate, found->prior.mean(), 1e-12);
  EXPECT_NEAR(found->prior.alpha, 8.711, 5.1e-4);
}

// Over 40 seeds alpha spreads by 0.3 around the truth and beta by 0.13; the bounds are four of them.
TEST(Shrinkage, FindsThePriorThatMadeTheSlices) {
  RandomStream draw(20260101, "shrinkage.test");
  // Beta(6, 3) as the sixth smallest of eight even numbers.
  std::vector<SliceCount> slices;
  for (int slice = 0; slice < 2000; ++slice) {
    std::vector<double> even;
    for (int each = 0; each < 8; ++each) even.push_back(draw.uniform());
    std::ranges::sort(even);
    SliceCount counted{0, 60};
    for (int item = 0; item < 60; ++item) counted.count += draw.uniform() < even[5];
    slices.push_back(counted);
  }
  const BetaPrior prior = fit_beta_prior(slices);
  EXPECT_NEAR(prior.alpha, 6.0, 1.2);
  EXPECT_NEAR(prior.beta, 3.0, 0.52);
}

TEST(Shrinkage, RefusesWhatCannotBe) {
  EXPECT_THROW(shrink_rates(std::vector<SliceCount>{{2, 1}}), Error);
  EXPECT_THROW(shrink_rates(kTenSlices, 0.0), Error);
}

}  // namespace
}  // namespace hone
