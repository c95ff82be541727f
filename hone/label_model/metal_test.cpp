#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hone/core/error.h"
#include "hone/label_model/label_model_testing.h"
#include "hone/label_model/metal_internal.h"

namespace hone {
namespace {

// A share of 10,000 rows has a standard error of 0.005 at most, and a rate P(vote | class) rests on half or a third of them and on the
// products of pairs: the bound is four times 0.01. Stopping after one step misses it by far for sources of 0.9 and 0.6.
TEST(Metal, FindsTheRatesThatMadeTheVotes) {
  const std::vector<double> accuracies{0.9, 0.8, 0.7, 0.6, 0.85};
  for (const std::size_t classes : {2u, 3u}) {
    const KnownVotes known = votes_of_known_sources(accuracies, 20000, classes, 0.7, 21);
    Metal model({.max_iterations = 500});
    EXPECT_TRUE(model.fit(patterns_of(known, classes)).converged);
    for (std::size_t source = 0; source < accuracies.size(); ++source)
      for (ClassId truth = 0; truth < classes; ++truth) {
        EXPECT_NEAR(model.rate(source, truth, truth), 0.7 * accuracies[source], 0.04) << source << " " << truth;
        const ClassId other = truth == 0 ? 1 : 0;
        EXPECT_NEAR(model.rate(source, other, truth), 0.7 * (1.0 - accuracies[source]) / static_cast<double>(classes - 1), 0.04);
      }
  }
}

TEST(Metal, SaysWhenItCannotTell) {
  Metal model;
  const FitReport& two = model.fit(VotePatterns(votes_in_rows({{0, 0}, {1, 1}, {1, 0}}, 2, 2)));
  ASSERT_FALSE(two.warnings.empty());
  EXPECT_TRUE(two.warnings[0].starts_with("metal needs three sources that vote on the same rows"));
  EXPECT_TRUE(two.assumed_balance);
  const FitReport& apart = model.fit(VotePatterns(votes_in_rows({{0, -1, -1}, {-1, 1, -1}, {-1, -1, 0}}, 2, 3)));
  EXPECT_TRUE(apart.warnings[0].starts_with("metal needs three sources"));
}

TEST(Metal, TakesTheDeclaredBalance) {
  const KnownVotes known = votes_of_known_sources({.8, .7, .9}, 500, 2, 1.0, 22);
  Metal model;
  const FitReport& report = model.fit(patterns_of(known, 2), {.gold = {}, .prior = {.3, .7}});
  EXPECT_EQ(report.class_prior, (std::vector{.3, .7}));
  EXPECT_FALSE(report.assumed_balance);
}

TEST(Metal, RefusesMoreKindsOfVotesThanItCanCompare) {
  std::vector<SourceVotes> sources(5001);
  for (SourceVotes& source : sources) source = {{0}, {0}, {}};
  Metal model;
  try {
    model.fit(VotePatterns(VoteMatrix(1, 2, sources)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("5001 (source and class), more than its limit of 5000"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hone
