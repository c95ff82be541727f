// Votes for sets of classes, as estimator `hone` weighs them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hone/label_model/label_model.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

SoftLabels labels_of(std::string_view model, const VoteMatrix& matrix, const LabelEvidence& evidence = {}, FitReport* report = nullptr) {
  const VotePatterns votes(matrix);
  const auto made = make_label_model(model);
  const FitReport& found = made->fit(votes, evidence);
  if (report != nullptr) *report = found;
  return made->predict(votes);
}

double share_right_of_labeled(const SoftLabels& labels, const std::vector<ClassId>& truth) {
  double labeled = 0.0;
  for (std::size_t row = 0; row < truth.size(); ++row) labeled += labels.hard(row) != kNoClass;
  return share_right(labels, truth) * static_cast<double>(truth.size()) / labeled;
}

SourceVotes on_rows(std::uint32_t rows, ClassId answer) {
  SourceVotes votes;
  for (std::uint32_t row = 0; row < rows; ++row) {
    votes.examples.push_back(row);
    votes.classes.push_back(answer);
  }
  return votes;
}

// A rule on one row of a hundred is held to be as hard on what it leaves out as one for a class, which begins near 0.9.
double narrow_precision(const Answers& answers, ClassId answer) {
  const auto classes = static_cast<double>(answers.classes());
  const double share = static_cast<double>(answers.breadth(answer)) / classes;
  const double of_class = 1.0 / (1.0 / 0.9 + 0.01 / (2.0 * share));
  return 1.0 - (1.0 - of_class) * (1.0 - share) / (1.0 - 1.0 / classes);
}

// Of a class, against chance.
double evidence(const Answers& answers, ClassId answer, ClassId id) {
  const double share = static_cast<double>(answers.breadth(answer)) / static_cast<double>(answers.classes());
  const double precision = narrow_precision(answers, answer);
  return answers.allows(answer, id) ? precision / share : (1.0 - precision) / (1.0 - share);
}

// Rules that never meet, each on 20 rows of 2,000: nothing is learned beyond what is believed before.
VoteMatrix apart(const Answers& answers, const std::vector<ClassId>& rules) {
  std::vector<SourceVotes> votes;
  for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
    votes.emplace_back();
    for (std::uint32_t row = 20 * rule; row < 20 * (rule + 1); ++row) {
      votes.back().examples.push_back(row);
      votes.back().classes.push_back(rules[rule]);
    }
  }
  return VoteMatrix(2000, answers, votes);
}

std::vector<double> label_of_row(const LabelModel& model, const VoteMatrix& votes, std::size_t row) {
  std::vector<double> distribution(votes.shape().classes);
  model.label_row()(votes.on(row), distribution);
  return distribution;
}

// The lean to the majority adds 0.2 nats to what is voted for, and takes 0.2 from the rest.
TEST(HoneSets, BelieveALoneVoteAsItsPriorSays) {
  for (const std::size_t classes : {4u, 20u}) {
    const Answers answers(classes, {{0, 2}, {2, static_cast<ClassId>(classes)}});
    for (const ClassId answer : {answers.against(1), answers.group(0), answers.group(1), answers.against(answers.group(0))}) {
      const VoteMatrix votes = apart(answers, {answer});
      const auto model = make_label_model("hone");
      model->fit(VotePatterns(votes));
      const double precision = narrow_precision(answers, answer), inside = precision * std::exp(0.2),
                   outside = (1.0 - precision) * std::exp(-0.2);
      const std::vector<double> found = label_of_row(*model, votes, 0);
      const auto breadth = static_cast<double>(answers.breadth(answer));
      for (ClassId id = 0; id < classes; ++id) {
        const double share = answers.allows(answer, id) ? inside / breadth : outside / (static_cast<double>(classes) - breadth);
        EXPECT_NEAR(found[id], share / (inside + outside), 1e-9) << "answer " << answer << ", class " << id << " of " << classes;
      }
    }
  }
}

TEST(HoneSets, MultiplyWhatTwoOfThemSay) {
  for (const std::size_t classes : {4u, 20u}) {
    const Answers answers(classes, {{0, 2}, {2, static_cast<ClassId>(classes)}});
    const std::vector<ClassId> rules{answers.against(1), answers.group(0)};
    const auto model = make_label_model("hone");
    model->fit(VotePatterns(apart(answers, rules)));
    const VoteMatrix both(1, answers, std::vector<SourceVotes>{{{0}, {rules[0]}, {}}, {{0}, {rules[1]}, {}}});
    std::vector<double> expected;
    for (ClassId id = 0; id < classes; ++id)
      expected.push_back(evidence(answers, rules[0], id) * evidence(answers, rules[1], id) * (id == 0 ? std::exp(0.2) : 1.0));
    const double all = std::accumulate(expected.begin(), expected.end(), 0.0);
    const std::vector<double> found = label_of_row(*model, both, 0);
    for (ClassId id = 0; id < classes; ++id) EXPECT_NEAR(found[id], expected[id] / all, 1e-9) << id << " of " << classes;
  }
}

bool says_hardly_right(const FitReport& report, const std::string& who) {
  return std::ranges::find(report.warnings, who + " is hardly right more often than chance") != report.warnings.end();
}

// What the votes of the others tell of a rule moves its precision toward the truth, from 0.97 that is believed of one against a class of
// six. The last one fires on its class more than twice as often as elsewhere.
TEST(HoneSets, LearnPrecisionsFromTheOtherVotes) {
  const Answers answers(6, {{0, 3}, {3, 6}});
  const std::vector<OneAnswer> rules{{answers.group(0), 0.3, 0.02}, {answers.group(1), 0.3, 0.2}, {answers.against(0), 0.2, 0.5}};
  const KnownSets known = votes_of_known_sets(std::vector<double>(6, 0.8), rules, 6000, 6, 1);
  FitReport report;
  labels_of("hone", known.matrix(), {}, &report);
  EXPECT_NEAR(report.sources[6].accuracy.value(), 0.94, 0.03);  // 0.3 / 0.32
  EXPECT_NEAR(report.sources[7].accuracy.value(), 0.60, 0.03);  // 0.3 / 0.5
  EXPECT_NEAR(report.sources[8].accuracy.value(), 0.67, 0.04);  // 1.0 / 1.5
  EXPECT_TRUE(says_hardly_right(report, "'source 8'"));
}

// Right on 95 % of its votes, where chance is at 19 of 20.
TEST(HoneSets, AreJudgedAgainstTheChanceOfVotesAsBroad) {
  const Answers answers(20, {{0, 10}, {10, 20}});
  const KnownSets known =
      votes_of_known_sets(std::vector<double>(6, 0.8), {{answers.against(0), 0.3, 0.01}, {answers.against(1), 0.2, 0.9}}, 6000, 20, 2);
  FitReport report;
  labels_of("hone", known.matrix(), {}, &report);
  EXPECT_FALSE(says_hardly_right(report, "'source 6'"));
  EXPECT_TRUE(says_hardly_right(report, "'source 7'"));
}

TEST(HoneSets, LearnPrecisionsFromGold) {
  const Answers answers(6, {{0, 3}, {3, 6}});
  const KnownSets known = votes_of_known_sets({}, {{answers.group(0), 0.3, 0.02}, {answers.group(0), 0.3, 0.25}}, 4000, 6, 2);
  LabelEvidence evidence;
  evidence.gold.assign(4000, kNoClass);
  std::copy_n(known.truth.begin(), 1000, evidence.gold.begin());
  const SoftLabels blind = labels_of("hone", known.matrix()), taught = labels_of("hone", known.matrix(), evidence);
  const auto inside = [&](const SoftLabels& labels, std::size_t source) {
    double sum = 0.0, rows = 0.0;
    for (std::uint32_t row = 1000; row < 4000; ++row) {
      if (!std::ranges::binary_search(known.votes[source].examples, row)) continue;
      if (std::ranges::binary_search(known.votes[1 - source].examples, row)) continue;
      for (ClassId id = 0; id < 3; ++id) sum += labels.probability(row, id);
      ++rows;
    }
    return sum / rows;
  };
  EXPECT_NEAR(inside(blind, 0), inside(blind, 1), 0.05);
  EXPECT_GT(inside(taught, 0), inside(taught, 1) + 0.15);
}

// Planted precisions: what the sets say beyond the votes for classes reaches the labels, with few classes and with many, of people and of
// rules.
TEST(HoneSets, MakeBetterLabelsThanWithoutThemAndThanMajority) {
  for (const std::size_t classes : {6u, 20u})
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Answers answers(classes,
                            {{0, static_cast<ClassId>(classes / 2)}, {static_cast<ClassId>(classes / 2), static_cast<ClassId>(classes)}});
      std::vector<OneAnswer> rules{{answers.group(0), 0.4, 0.02}, {answers.group(1), 0.3, 0.1}};
      for (ClassId id = 0; id < classes; ++id) rules.push_back({answers.against(id), id % 2 == 0 ? 0.4 : 0.2, id % 2 == 0 ? 0.02 : 0.15});
      const KnownSets known = votes_of_known_sets({0.45, 0.5, 0.6, 0.7, 0.8}, rules, 4000, classes, seed);
      const SoftLabels with = labels_of("hone", known.matrix()), without = labels_of("hone", known.without_sets());
      const SoftLabels majority = labels_of("majority", known.matrix());
      double with_right = 0.0, rows = 0.0;
      for (std::size_t row = 0; row < known.truth.size(); ++row) {
        if (without.hard(row) == kNoClass) continue;
        ++rows;
        with_right += with.hard(row) == known.truth[row];
      }
      EXPECT_GT(with_right / rows, share_right_of_labeled(without, known.truth) + 0.02) << classes << " classes, seed " << seed;
      EXPECT_GT(share_right_of_labeled(with, known.truth), share_right_of_labeled(majority, known.truth) + 0.005)
          << classes << " classes, seed " << seed;
    }
}

// Two rules against one class that fire on the same rows are one.
TEST(HoneSets, ShareAVoteWhereTheyCopy) {
  const Answers answers(4, {}, Answers::Rows::kOne);
  const SourceVotes rule = on_rows(40, answers.against(0));
  FitReport report;
  const SoftLabels once = labels_of("hone", VoteMatrix(2000, answers, std::vector<SourceVotes>{rule})),
                   twice = labels_of("hone", VoteMatrix(2000, answers, std::vector<SourceVotes>{rule, rule}), {}, &report);
  EXPECT_NEAR(once.probability(0, 0), twice.probability(0, 0), 1e-6);
  ASSERT_EQ(report.copies.size(), 1u);
  EXPECT_NEAR(report.copies.front().worth, 1.0, 1e-9);
}

// A default rule holds where a set allows its class, and not where one denies it.
TEST(HoneSets, SilenceADefaultRuleWhereTheyDenyItsClass) {
  const Answers answers(3, {}, Answers::Rows::kOne);
  std::vector<SourceVotes> votes{on_rows(1000, 0), on_rows(100, 1), {}, {}};
  for (std::uint32_t row = 200; row < 260; ++row) {
    votes[2].examples.push_back(row);
    votes[2].classes.push_back(answers.against(0));
    votes[3].examples.push_back(row + 100);
    votes[3].classes.push_back(answers.against(1));
  }
  const SoftLabels labels = labels_of("hone", VoteMatrix(1000, answers, votes));
  EXPECT_NE(labels.hard(200), 0);
  EXPECT_EQ(labels.hard(300), 0);
  EXPECT_GE(labels.probability(300, 0), labels.probability(900, 0) - 1e-9);
  EXPECT_LT(labels.probability(300, 1), labels.probability(900, 1));
}

}  // namespace
}  // namespace hone
