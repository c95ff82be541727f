#include "hone/label_model/dawid_skene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hone/core/error.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

// The standard error of an accuracy from 3,000 votes is below 0.009, and a little more since the truth is not
// known; the bound is four times that. Vote shares alone put the best source at 0.83 and the worst at 0.67.
TEST(DawidSkene, FindsTheAccuraciesThatMadeTheVotes) {
  const std::vector<double> accuracies{0.9, 0.8, 0.7, 0.6, 0.85};
  DawidSkene model;
  const FitReport report = model.fit(patterns_of(votes_of_known_sources(accuracies, 5000, 2, 0.6, 20260101), 2));
  EXPECT_TRUE(report.converged);
  EXPECT_TRUE(report.warnings.empty());
  for (std::size_t source = 0; source < 5; ++source)
    EXPECT_NEAR(report.sources[source].accuracy.value(), accuracies[source], 0.04) << "source " << source;
}

TEST(DawidSkene, FindsTheConfusionsOfASourceThatMixesTwoClasses) {
  KnownVotes known = votes_of_known_sources({0.85, 0.85, 0.85, 0.85, 0.0}, 4000, 3, 1.0, 5);
  for (std::size_t example = 0; example < known.rows.size(); ++example) known.rows[example][4] = std::min<int>(known.truth[example], 1);
  DawidSkene model;
  model.fit(patterns_of(known, 3));
  EXPECT_GT(model.confusion(4, 2, 1), 0.95);
  EXPECT_LT(model.confusion(4, 2, 2), 0.01);
  EXPECT_GT(model.confusion(4, 0, 0), 0.95);
}

// One pass by hand, without its alpha: rows (0 0 1) and (1 1 0) start at shares 2/3 and 1/3, so source 2 disagrees
// with probability 2/3 under each class, the others agree with 2/3.
TEST(DawidSkene, TheFirstStepCountsVoteShares) {
  DawidSkene model({.alpha = 1e-9, .max_iterations = 1});
  model.fit(VotePatterns(votes_in_rows({{0, 0, 1}, {1, 1, 0}}, 2, 3)));
  EXPECT_NEAR(model.confusion(0, 0, 0), 2.0 / 3.0, 1e-8);
  EXPECT_NEAR(model.confusion(2, 0, 0), 1.0 / 3.0, 1e-8);
}

TEST(DawidSkene, ANewOrderMovesNoParameter) {
  KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7, 0.6, 0.85}, 3000, 3, 0.6, 3);
  DawidSkene one, other;
  one.fit(patterns_of(known, 3));
  std::ranges::reverse(known.rows);
  for (std::vector<int>& row : known.rows) std::ranges::reverse(row);
  other.fit(patterns_of(known, 3));
  for (std::size_t source = 0; source < 5; ++source)
    for (ClassId truth = 0; truth < 3; ++truth)
      for (ClassId voted = 0; voted < 3; ++voted)
        EXPECT_NEAR(one.confusion(source, truth, voted), other.confusion(4 - source, truth, voted), 1e-12);
}

TEST(DawidSkene, GoldRowsCountWithTheirClass) {
  // Two sources that always disagree cannot be told apart without gold.
  std::vector<std::vector<int>> rows;
  std::vector<ClassId> gold;
  for (int row = 0; row < 40; ++row) {
    rows.push_back({row % 2, 1 - row % 2});
    gold.push_back(row < 20 ? static_cast<ClassId>(row % 2) : kNoClass);
  }
  DawidSkene model;
  const VotePatterns votes(votes_in_rows(rows, 2, 2));
  const FitReport report = model.fit(votes, {.gold = gold, .prior = {}});
  EXPECT_TRUE(report.used_gold);
  EXPECT_GT(report.sources[0].accuracy.value(), 0.9);
  EXPECT_LT(report.sources[1].accuracy.value(), 0.1);
  EXPECT_TRUE(report.sources[0].low.has_value());
  EXPECT_EQ(model.predict(votes).hard(39), 1);
}

TEST(DawidSkene, KeepsADeclaredBalance) {
  DawidSkene model;
  const KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7}, 300, 2, 1.0, 9);
  EXPECT_EQ(model.fit(patterns_of(known, 2), {.gold = {}, .prior = {0.1, 0.9}}).class_prior, (std::vector<double>{0.1, 0.9}));
}

TEST(DawidSkene, WarnsOfSourcesThatVoteForOneClassOnly) {
  DawidSkene model;
  const FitReport report = model.fit(VotePatterns(votes_in_rows({{0, -1, 0}, {0, 1, -1}, {-1, 1, 0}, {0, 1, 0}}, 2, 3)));
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_NE(report.warnings[0].find("3 of 3 sources with 100 % of the votes"), std::string::npos) << report.warnings[0];
}

TEST(DawidSkene, WarnsWhenTooFewSourcesMeet) {
  DawidSkene model;
  const FitReport report = model.fit(VotePatterns(votes_in_rows({{0, 1}, {1, 1}, {1, 0}, {0, 0}}, 2, 2)));
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_NE(report.warnings[0].find("no row has three votes"), std::string::npos);
}

// The log posterior of the parameters for votes that are all there, but for a constant: by hand, from what the model says of itself.
double log_posterior(const DawidSkene& model, const FitReport& report, const KnownVotes& known, std::size_t classes) {
  double sum = 0.0;
  for (const std::vector<int>& row : known.rows) {
    double likelihood = 0.0;
    for (ClassId truth = 0; truth < classes; ++truth) {
      double joint = report.class_prior[truth];
      for (std::size_t source = 0; source < row.size(); ++source)
        joint *= model.confusion(source, truth, static_cast<ClassId>(row[source]));
      likelihood += joint;
    }
    sum += std::log(likelihood);
  }
  for (ClassId truth = 0; truth < classes; ++truth) {
    sum += 0.01 * std::log(report.class_prior[truth]);
    for (std::size_t source = 0; source < known.rows[0].size(); ++source)
      for (ClassId voted = 0; voted < classes; ++voted) sum += 0.01 * std::log(model.confusion(source, truth, voted));
  }
  return sum;
}

TEST(DawidSkene, EndsWhereTheLogPosteriorNoLongerRises) {
  const KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7, 0.6, 0.5}, 1000, 3, 1.0, 12);
  const VotePatterns votes = patterns_of(known, 3);
  double before = 0.0;
  const FitReport usual = DawidSkene().fit(votes);
  ASSERT_TRUE(usual.converged);
  for (int steps = 1; steps <= usual.iterations + 5; ++steps) {
    DawidSkene model({.tolerance = 1e-300, .max_iterations = steps});
    const FitReport report = model.fit(votes);
    const double now = log_posterior(model, report, known, 3);
    if (steps > 1) {
      const double rise = (now - before) / 5000.0;
      EXPECT_GE(rise, -1e-12) << "EM never falls";
      // The rise of a step is known only after the next one has read the votes.
      EXPECT_EQ(rise > 2e-6, steps < usual.iterations - 1) << steps;
    }
    before = now;
  }
}

TEST(DawidSkene, SaysWhenItStoppedTooEarly) {
  DawidSkene model({.max_iterations = 2});
  const FitReport report = model.fit(patterns_of(votes_of_known_sources({0.9, 0.7, 0.6}, 200, 2, 0.8, 1), 2));
  EXPECT_FALSE(report.converged);
  EXPECT_NE(report.warnings.back().find("still moving after 2 iterations"), std::string::npos);
}

TEST(DawidSkene, RefusesATableThatOutgrowsMemory) {
  std::vector<SourceVotes> sources(60);
  sources[0] = {{0}, {0}, {}};
  DawidSkene model;
  try {
    model.fit(VotePatterns(VoteMatrix(1, 1000, sources)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(),
                 "label model 'dawid-skene' would need a table of 60 sources x 1000 classes x classes, more than its limit of 50000000 "
                 "numbers; use 'majority', or fewer sources or classes");
  }
}

TEST(DawidSkene, RefusesOptionsOutOfRange) {
  EXPECT_THROW(DawidSkene({.alpha = 0.0}), Error);
  EXPECT_THROW(DawidSkene({.tolerance = 0.0}), Error);
  EXPECT_THROW(DawidSkene({.max_iterations = 0}), Error);
}

// Beside three sources that name one of three classes, one says not 0 unless the truth is 0, then nothing: it is learned like the rest.
TEST(DawidSkene, LearnsWhatAVoteAgainstAClassSays) {
  const KnownVotes known = votes_of_known_sources({0.8, 0.8, 0.8}, 2000, 3, 1.0, 9);
  std::vector<SourceVotes> sources(4);
  for (std::uint32_t example = 0; example < 2000; ++example) {
    for (std::size_t source = 0; source < 3; ++source) {
      sources[source].examples.push_back(example);
      sources[source].classes.push_back(static_cast<ClassId>(known.rows[example][source]));
    }
    sources[3].examples.push_back(example);
    sources[3].classes.push_back(static_cast<ClassId>(known.truth[example] == 0 ? 0 : 3));
  }
  DawidSkene model;
  const VotePatterns votes(VoteMatrix(2000, Answers(3, {}), sources));
  const FitReport report = model.fit(votes);
  EXPECT_GT(model.confusion(3, 1, 3), 0.95);
  EXPECT_LT(model.confusion(3, 0, 3), 0.05);
  EXPECT_GT(report.sources[3].accuracy.value(), 0.95);
}

}  // namespace
}  // namespace hone
