#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "hone/core/error.h"
#include "hone/label_model/label_model_testing.h"
#include "hone/label_model/triplet_internal.h"

namespace hone {
namespace {

// Two sources meet on half of 20,000 rows, so that a mean product has a standard error of 0.01; the ratio for a source of correlation 0.2
// (0.6 right) has some 0.02, and the bound is twice that.
TEST(Triplet, FindsTheAccuraciesThatMadeTheVotes) {
  const std::vector<double> accuracies{0.9, 0.8, 0.7, 0.6, 0.85};
  const KnownVotes known = votes_of_known_sources(accuracies, 20000, 2, 0.7, 31);
  Triplet model;
  model.fit(patterns_of(known, 2));
  for (std::size_t source = 0; source < accuracies.size(); ++source)
    for (const ClassId id : {ClassId{0}, ClassId{1}}) EXPECT_NEAR(model.accuracy(source, id), accuracies[source], 0.04) << source;
}

// The identity of the paper, on three sources: alpha_a = sqrt(E[ab] E[ac] / E[bc]).
TEST(Triplet, IsTheClosedFormOnThreeSources) {
  const KnownVotes known = votes_of_known_sources({.8, .7, .75}, 3000, 2, 1.0, 32);
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0.0;
    for (const std::vector<int>& row : known.rows) sum += row[a] == row[b] ? 1.0 : -1.0;
    return sum / static_cast<double>(known.rows.size());
  };
  Triplet model;
  model.fit(patterns_of(known, 2));
  EXPECT_NEAR(model.accuracy(0, 0), 0.5 * (1.0 + std::sqrt(product(0, 1) * product(0, 2) / product(1, 2))), 1e-9);
}

TEST(Triplet, AssumesWhatItCannotTellAndNamesIt) {
  Triplet model;
  const FitReport& two = model.fit(VotePatterns(votes_in_rows({{0, 0}, {1, 1}, {1, 0}}, 2, 2)));
  ASSERT_FALSE(two.warnings.empty());
  EXPECT_TRUE(two.warnings[0].starts_with("triplet cannot tell how right 'source 0' and 'source 1' are")) << two.warnings[0];
  EXPECT_TRUE(two.sources[0].assumed);
  EXPECT_EQ(two.sources[0].accuracy, 0.7);
}

// References that agree by chance alone: E[bc] is near 0, and no accuracy comes of dividing by it.
TEST(Triplet, LeavesReferencesOutThatTellNothing) {
  const KnownVotes known = votes_of_known_sources({.9, .5, .5}, 4000, 2, 1.0, 33);
  Triplet model;
  const FitReport& report = model.fit(patterns_of(known, 2));
  EXPECT_TRUE(report.sources[0].assumed);
  for (const SourceBelief& belief : report.sources) EXPECT_TRUE(std::isfinite(belief.accuracy.value()));
}

TEST(Triplet, TakesEachOfManyClassesAgainstTheRest) {
  const KnownVotes known = votes_of_known_sources({.9, .8, .7, .6, .85}, 5000, 4, .8, 34);
  const VotePatterns votes = patterns_of(known, 4);
  Triplet model;
  model.fit(votes);
  const SoftLabels labels = model.predict(votes);
  double right = 0.0, majority = 0.0;
  const auto plain = make_label_model("majority");
  plain->fit(votes);
  const SoftLabels counted = plain->predict(votes);
  for (std::size_t row = 0; row < known.truth.size(); ++row) {
    right += labels.hard(row) == known.truth[row];
    majority += counted.hard(row) == known.truth[row];
  }
  EXPECT_GT(right, majority);
}

TEST(Triplet, RefusesMoreSourcesThanItCanCompare) {
  std::vector<SourceVotes> sources(5001);
  for (SourceVotes& source : sources) source = {{0}, {0}, {}};
  Triplet model;
  try {
    model.fit(VotePatterns(VoteMatrix(1, 2, sources)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("5001 x 5001 sources"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hone
