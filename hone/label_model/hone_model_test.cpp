#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "hone/core/random.h"
#include "hone/label_model/hone_model_internal.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

using Table = std::vector<std::vector<int>>;  // Row by source, -1 for no vote.

struct Fitted {
  FitReport report;
  SoftLabels labels;
};

Fitted fitted(const Table& rows, std::size_t classes, const LabelEvidence& evidence = {}, int threads = 1) {
  const VotePatterns votes(votes_in_rows(rows, classes, rows.front().size()));
  HoneModel model;
  FitReport report = model.fit(votes, evidence, threads);
  return {std::move(report), model.predict(votes)};
}

bool mentions(const FitReport& report, const std::string& words) {
  return std::ranges::any_of(report.warnings, [&](const std::string& warning) { return warning.find(words) != std::string::npos; });
}

int flipped(int vote, double fidelity, RandomStream& random) { return random.uniform() < fidelity ? vote : 1 - vote; }

// Five good sources of two classes, one of 60 %, and copies of that one.
KnownVotes with_copies(int copies, double fidelity, std::uint64_t seed) {
  RandomStream random(seed, "test.copies");
  KnownVotes known;
  for (int row = 0; row < 10000; ++row) {
    const int truth = static_cast<int>(random.below(2));
    std::vector<int> votes;
    for (const double accuracy : {.85, .8, .8, .75, .75, .6}) votes.push_back(flipped(truth, accuracy, random));
    for (int copy = 0; copy < copies; ++copy) votes.push_back(flipped(votes[5], fidelity, random));
    known.rows.push_back(std::move(votes));
    known.truth.push_back(static_cast<ClassId>(truth));
  }
  return known;
}

std::string names_of_copies(int copies) {
  std::string names = "'source 5'";
  for (int copy = 1; copy <= copies; ++copy) names += (copy == copies ? " and " : ", ") + ("'source " + std::to_string(5 + copy) + "'");
  return names;
}

TEST(HoneModel, CountsCopiesAsOneSourceAndNamesThem) {
  for (const double fidelity : {.97, .9})
    for (const int copies : {1, 2, 4}) {
      const KnownVotes known = with_copies(copies, fidelity, 1);
      const Fitted model = fitted(known.rows, 2);
      EXPECT_GE(share_right(model.labels, known.truth), 0.92) << copies << " copies at " << fidelity;
      EXPECT_TRUE(mentions(model.report, names_of_copies(copies) + " agree more than their accuracies explain")) << copies;
      EXPECT_NEAR(model.report.sources[5].accuracy.value(), 0.6, 0.04);
    }
  const KnownVotes eight = with_copies(8, .97, 2);
  EXPECT_GE(share_right(fitted(eight.rows, 2).labels, eight.truth), 0.92);
}

// The class with most votes, kNoClass for a tie.
ClassId most_voted(const std::vector<int>& row, std::size_t classes) {
  std::vector<int> votes(classes);
  for (const int voted : row)
    if (voted >= 0) ++votes[static_cast<std::size_t>(voted)];
  const auto most = std::ranges::max_element(votes);
  return std::ranges::count(votes, *most) > 1 ? kNoClass : static_cast<ClassId>(most - votes.begin());
}

std::size_t overruled(const Table& rows, std::size_t classes) {
  const Fitted model = fitted(rows, classes);
  std::size_t found = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const ClassId majority = most_voted(rows[row], classes);
    found += majority != kNoClass && model.labels.hard(row) != majority;
  }
  return found;
}

// All tables of three rows and three sources of two classes that have a vote, but for the order of the rows; without regard to how few
// rows there are, one of fifty has a row on which one vote outweighs two, or a lone vote is turned round.
TEST(HoneModel, LeavesTheMajorityOnNoRowOfATinyTable) {
  Table every;
  for (int row = 0; row < 27; ++row) every.push_back({row % 3 - 1, row / 3 % 3 - 1, row / 9 - 1});
  for (std::size_t a = 0; a < every.size(); ++a)
    for (std::size_t b = a; b < every.size(); ++b)
      for (std::size_t c = std::max<std::size_t>(b, 1); c < every.size(); ++c)
        ASSERT_EQ(overruled({every[a], every[b], every[c]}, 2), 0u) << a << " " << b << " " << c;
}

// Of four rows none, of four hundred those on which the two good sources stand against three that hardly beat chance.
TEST(HoneModel, LeavesTheMajorityAsRowsTellOfTheSources) {
  std::size_t few = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    few += overruled(votes_of_known_sources({.97, .97, .55, .55, .5}, 4, 2, 1.0, seed).rows, 2);
  EXPECT_EQ(few, 0u);
  const KnownVotes many = votes_of_known_sources({.97, .97, .55, .55, .5}, 400, 2, 1.0, 1);
  const Fitted model = fitted(many.rows, 2);
  double majority = 0.0;
  for (std::size_t row = 0; row < many.rows.size(); ++row) majority += most_voted(many.rows[row], 2) == many.truth[row];
  EXPECT_GT(share_right(model.labels, many.truth), majority / 400.0 + 0.05);
}

TEST(HoneModel, LeavesGoodSourcesThatAgreeAlone) {
  const KnownVotes known = votes_of_known_sources({.9, .9, .9, .9, .9}, 5000, 2, 1.0, 3);
  const Fitted model = fitted(known.rows, 2);
  EXPECT_FALSE(mentions(model.report, "counted as")) << model.report.warnings.front();
  EXPECT_GT(share_right(model.labels, known.truth), 0.98);
}

// 70 % before anything is known, and what the lean to the majority makes of it.
TEST(HoneModel, BelievesALoneSourceToSevenTenths) {
  Table rows;
  for (int row = 0; row < 300; ++row) rows.push_back({row % 3});
  const Fitted model = fitted(rows, 3);
  EXPECT_NEAR(model.labels.probability(0, 0), 0.7768, 1e-4);
  EXPECT_NEAR(model.labels.probability(0, 1), 0.1116, 1e-4);
  EXPECT_NEAR(model.labels.probability(0, 2), 0.1116, 1e-4);
  EXPECT_TRUE(mentions(model.report, "fewer than three sources"));
}

// What a project begins with: one rule that fires a few times, or on every row, and nothing else known.
TEST(HoneModel, BelievesTheOnlyRuleThereIs) {
  for (const std::size_t classes : {2u, 3u, 20u})
    for (const int fired : {1, 5, 100}) {
      Table rows(100, std::vector<int>{-1});
      for (int row = 0; row < fired; ++row) rows[static_cast<std::size_t>(row)][0] = 1;
      const Fitted model = fitted(rows, classes, {.gold = {}, .prior = {}, .groups = {}, .kinds = {SourceKind::kSelective}});
      EXPECT_EQ(model.labels.hard(0), 1) << classes << " classes, on " << fired;
      EXPECT_GT(model.labels.probability(0, 1), 1.0 / static_cast<double>(classes));
      EXPECT_LT(model.labels.probability(0, 1), 0.95);
      EXPECT_TRUE(model.report.converged);
      EXPECT_EQ(model.labels.hard(99), fired == 100 ? 1 : kNoClass);
    }
}

TEST(HoneModel, LearnsNoAccuraciesFromTwoSources) {
  const KnownVotes known = votes_of_known_sources({.95, .55}, 2000, 3, 1.0, 4);
  const Fitted model = fitted(known.rows, 3);
  for (std::size_t row = 0; row < 200; ++row) {
    const int a = known.rows[row][0], b = known.rows[row][1];
    if (a == b) continue;
    EXPECT_NEAR(model.labels.probability(row, static_cast<ClassId>(a)), model.labels.probability(row, static_cast<ClassId>(b)), 0.1);
  }
}

TEST(HoneModel, GivesNoWeightToOneWhoAlwaysAnswersTheSame) {
  KnownVotes known = votes_of_known_sources({.8, .8, .8, .8}, 1000, 2, 1.0, 5);
  double majority = 0.0;
  for (std::size_t row = 0; row < known.rows.size(); ++row) {
    const auto ones = std::ranges::count(known.rows[row], 1);
    majority += ones == 2 ? 0.5 : (ones > 2) == (known.truth[row] == 1);
    known.rows[row].push_back(1);
  }
  const Fitted model = fitted(known.rows, 2);
  EXPECT_NEAR(share_right(model.labels, known.truth), majority / 1000.0, 0.02);
  EXPECT_LT(model.report.sources[4].accuracy.value(), 0.6);
  Table without = known.rows;
  for (std::vector<int>& row : without) row[4] = -1;
  const Fitted alone = fitted(without, 2);
  EXPECT_NEAR(share_right(model.labels, known.truth), share_right(alone.labels, known.truth), 0.02);
}

TEST(HoneModel, StaysFiniteWithHundredsOfSources) {
  for (const std::size_t classes : {2u, 5u})
    for (const double coverage : {.2, 1.}) {
      const KnownVotes known = votes_of_known_sources(std::vector<double>(400, .75), 500, classes, coverage, 6);
      const Fitted model = fitted(known.rows, classes);
      EXPECT_EQ(share_right(model.labels, known.truth), 1.0);
      for (std::size_t row = 0; row < 500; ++row) ASSERT_TRUE(std::isfinite(model.labels.probability(row, 0)));
    }
}

TEST(HoneModel, StaysFiniteWithManyClassesOfWhichFewComeUp) {
  KnownVotes known = votes_of_known_sources({.8, .7, .6, .8}, 400, 5, .8, 7);
  const Fitted model = fitted(known.rows, 1000);
  EXPECT_GT(share_right(model.labels, known.truth), 0.8);
}

// Sums are added in another order, nothing else.
TEST(HoneModel, DoesNotDependOnTheOrderOfSources) {
  const KnownVotes known = votes_of_known_sources({.85, .6, .7, .75, .9}, 3000, 3, .7, 8);
  Table turned = known.rows;
  for (std::vector<int>& row : turned) std::ranges::reverse(row);
  const Fitted one = fitted(known.rows, 3), other = fitted(turned, 3);
  for (std::size_t row = 0; row < turned.size(); ++row)
    for (ClassId id = 0; id < 3; ++id) ASSERT_NEAR(one.labels.probability(row, id), other.labels.probability(row, id), 1e-6);
}

// Keyword rules: five for each of two classes, nine tenths right; the first class is rare.
KnownVotes rules(double share, std::uint64_t seed) {
  RandomStream random(seed, "test.rules");
  KnownVotes known;
  for (int row = 0; row < 4000; ++row) {
    const int truth = random.uniform() < share ? 0 : 1;
    std::vector<int> votes;
    for (int rule = 0; rule < 10; ++rule) {
      const int voted = rule % 2;
      votes.push_back(random.uniform() < (voted == truth ? .3 : .03) ? voted : -1);
    }
    known.rows.push_back(std::move(votes));
    known.truth.push_back(static_cast<ClassId>(truth));
  }
  return known;
}

double covered_right(const SoftLabels& labels, const std::vector<ClassId>& truth) {
  double right = 0.0, covered = 0.0;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    if (labels.hard(row) == kNoClass) continue;
    ++covered;
    right += labels.hard(row) == truth[row];
  }
  return right / covered;
}

TEST(HoneModel, DoesNotCollapseOnRulesOfOneClassEach) {
  const KnownVotes known = rules(.5, 9);
  const Fitted model = fitted(known.rows, 2);
  EXPECT_GT(covered_right(model.labels, known.truth), 0.9);
  EXPECT_TRUE(mentions(model.report, "all classes are assumed to be as common as each other"));
  EXPECT_TRUE(model.report.sources[0].assumed);
}

TEST(HoneModel, KeepsDeclaredSharesAndLearnsThemFromGold) {
  const KnownVotes known = rules(.1, 10);
  const Fitted declared = fitted(known.rows, 2, {.gold = {}, .prior = {.1, .9}});
  EXPECT_EQ(declared.report.class_prior, (std::vector{.1, .9}));
  EXPECT_FALSE(mentions(declared.report, "as common as each other"));
  LabelEvidence evidence;
  evidence.gold.assign(known.truth.size(), kNoClass);
  for (std::size_t row = 0; row < 300; ++row) evidence.gold[row] = known.truth[row];
  const Fitted with_gold = fitted(known.rows, 2, evidence);
  EXPECT_NEAR(with_gold.report.class_prior[0], .12, .05);
  EXPECT_GT(covered_right(with_gold.labels, known.truth), covered_right(fitted(known.rows, 2).labels, known.truth));
  EXPECT_FALSE(with_gold.report.sources[0].assumed);
}

TEST(HoneModel, TakesADeclaredKindForGranted) {
  const KnownVotes known = rules(.5, 11);
  LabelEvidence evidence;
  evidence.kinds.assign(10, SourceKind::kComplete);
  EXPECT_FALSE(mentions(fitted(known.rows, 2, evidence).report, "as common as each other"));
  evidence.kinds.assign(10, SourceKind::kSelective);
  EXPECT_TRUE(mentions(fitted(known.rows, 2, evidence).report, "as common as each other"));
}

// Near-copies among rules share one vote too.
TEST(HoneModel, FindsRulesThatFireOnTheSameRows) {
  KnownVotes known = rules(.5, 12);
  for (std::vector<int>& row : known.rows) row.push_back(row[0]);
  const Fitted model = fitted(known.rows, 2);
  EXPECT_TRUE(mentions(model.report, "'source 0' and 'source 10' agree more than their accuracies explain: counted as 1.0 sources"));
}

TEST(HoneModel, CallsSourcesByTheirNames) {
  LabelEvidence evidence;
  evidence.names = {"ann", "bob", "cleo", "dan", "eve", "weak", "copy"};
  EXPECT_TRUE(
      mentions(fitted(with_copies(1, .97, 1).rows, 2, evidence).report, "'weak' and 'copy' agree more than their accuracies explain"));
}

// Four independent sources of 80 % on half of the rows each, one of 70 % on every row, and one of 85 % that saw that vote: what is left of
// its votes are those against it.
KnownVotes with_overrides(std::uint64_t seed) {
  RandomStream random(seed, "test.overrides");
  KnownVotes known = votes_of_known_sources({.8, .8, .8, .8}, 8000, 3, .5, seed);
  for (std::size_t row = 0; row < known.rows.size(); ++row) {
    const auto vote = [&](double accuracy) {
      const auto truth = static_cast<int>(known.truth[row]), wrong = static_cast<int>(1 + random.below(2));
      return random.uniform() < accuracy ? truth : (truth + wrong) % 3;
    };
    const int shown = vote(.7), cast = vote(.85);
    known.rows[row].push_back(shown);
    known.rows[row].push_back(cast == shown ? -1 : cast);
  }
  return known;
}

// Its own votes, cast where the other is often wrong, would make it look worse than that one, and lose against it.
TEST(HoneModel, CountsAVoteAgainstASuggestionInFull) {
  const KnownVotes known = with_overrides(17);
  const Fitted unmarked = fitted(known.rows, 3);
  LabelEvidence evidence;
  evidence.led = {false, false, false, false, false, true};
  const Fitted marked = fitted(known.rows, 3, evidence);
  EXPECT_GT(share_right(marked.labels, known.truth), share_right(unmarked.labels, known.truth));
  EXPECT_TRUE(marked.report.sources[5].assumed);
  for (std::size_t row = 0; row < known.rows.size(); ++row) {
    const std::vector<int>& votes = known.rows[row];
    if (votes[5] < 0 || std::ranges::count(votes, -1) != 4) continue;
    EXPECT_EQ(marked.labels.hard(row), votes[5]);
  }
}

// More patterns than are fitted: what is drawn from them gives nearly the labels of all.
TEST(HoneModel, LearnsTheSameFromSomeOfTheRows) {
  const KnownVotes known = votes_of_known_sources(std::vector<double>(40, .7), 150000, 3, .3, 13);
  const Fitted model = fitted(known.rows, 3, {}, 2);
  EXPECT_GT(share_right(model.labels, known.truth), 0.97);
  // The anchor to the weighted vote keeps accuracies below the truth where votes are few.
  for (const SourceBelief& belief : model.report.sources) EXPECT_NEAR(belief.accuracy.value(), .65, .04);
}

}  // namespace
}  // namespace hone
