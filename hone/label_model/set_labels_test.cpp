#include "hone/label_model/set_labels.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/core/random.h"

namespace hone {
namespace {

const Answers kAnswers(2, {}, Answers::Rows::kSeveral);

// Rows 0 to 9: source 0 votes for class 0 on rows 0 to 3, source 1 for class 1 on rows 2 to 5; nobody on rows 6 to 9.
std::vector<SourceVotes> rules() { return {{{0, 1, 2, 3}, {0, 0, 0, 0}, {}}, {{2, 3, 4, 5}, {1, 1, 1, 1}, {}}}; }

SetQuestion question_of(const std::vector<SourceVotes>& votes, std::size_t examples) {
  SetQuestion question{.examples = examples, .answers = kAnswers, .votes = votes};
  question.names = {"a", "b"};
  question.classes = {"fees", "refund"};
  return question;
}

SetLabels labels_of(const SetQuestion& question, const std::string& model = "majority") {
  return label_sets(question, model, nlohmann::json::object());
}

TEST(SetLabels, AnswerEachClassByItself) {
  const std::vector<SourceVotes> votes = rules();
  const SetLabels made = labels_of(question_of(votes, 10));
  EXPECT_EQ(made.labels.hard(0), std::vector<ClassId>{0});
  EXPECT_EQ(made.labels.hard(2), (std::vector<ClassId>{0, 1}));
  EXPECT_EQ(made.labels.hard(5), std::vector<ClassId>{1});
  EXPECT_FALSE(made.labels.labeled(7)) << "no vote at all is no label";
  EXPECT_EQ(made.classes[0].votes_for, 4u);
  EXPECT_EQ(made.classes[0].voted, 4u);
}

// Found on 4 of the 6 labeled rows: as many again would be 4 on 2 silent rows, which is bounded.
TEST(SetLabels, AssumeThatRulesFindHalfOfAClassAndSaySo) {
  const std::vector<SourceVotes> votes = rules();
  const SetLabels made = labels_of(question_of(votes, 10));
  EXPECT_EQ(made.classes[0].silent_from, SilenceFrom::kAssumed);
  EXPECT_DOUBLE_EQ(made.classes[0].silent, kMostSilent);
  EXPECT_NEAR(made.labels.probability(5, 0), kMostSilent, 1e-6);
  ASSERT_EQ(made.warnings.size(), 1u);
  EXPECT_NE(made.warnings[0].find("'fees' and 'refund' and never against"), std::string::npos) << made.warnings[0];
}

// 0.75 of 6 rows are 4.5, of which 4 were found: half a row is left on 2 silent ones.
TEST(SetLabels, TakeWhatADeclaredShareLeavesToSilence) {
  const std::vector<SourceVotes> votes = rules();
  SetQuestion question = question_of(votes, 10);
  question.shares = {0.75, std::nullopt};
  const SetLabels made = labels_of(question);
  EXPECT_EQ(made.classes[0].silent_from, SilenceFrom::kDeclared);
  EXPECT_NEAR(made.classes[0].silent, 0.25, 1e-9);
  EXPECT_EQ(made.classes[1].silent_from, SilenceFrom::kAssumed);
}

// Rows 4 and 5 are silent about class 0; gold says that 4 does not hold it: (0 + 4 x 0.4) / (1 + 4).
TEST(SetLabels, LearnWhatSilenceMeansFromGold) {
  const std::vector<SourceVotes> votes = rules();
  SetQuestion question = question_of(votes, 10);
  for (std::uint32_t row = 0; row < 10; ++row) row == 4 ? question.gold.add(std::vector<ClassId>{1}) : question.gold.add_unknown();
  const SetLabels made = labels_of(question);
  EXPECT_EQ(made.classes[0].silent_from, SilenceFrom::kGold);
  EXPECT_NEAR(made.classes[0].silent, (0.0 + kSilentGold * kMostSilent) / (1.0 + kSilentGold), 1e-9);
}

TEST(SetLabels, WeighVotesAgainstAClass) {
  const std::vector<SourceVotes> votes{{{0, 1}, {0, 0}, {}}, {{1, 2}, {2, 2}, {}}};
  const SetLabels made = labels_of(question_of(votes, 3));
  EXPECT_EQ(made.labels.hard(0), std::vector<ClassId>{0});
  EXPECT_NEAR(made.labels.probability(1, 0), 0.5, 1e-6);
  EXPECT_TRUE(made.labels.hard(1).empty()) << "of two minds";
  EXPECT_EQ(made.labels.probability(2, 0), 0.0);
  EXPECT_EQ(made.classes[0].votes_against, 2u);
}

// A class that holds one row in ten, found by a rule that is right on nine votes of ten: rare as it is, a vote for it is believed.
TEST(SetLabels, BelieveAPreciseRuleForARareClass) {
  RandomStream random(3, "test.sets");
  std::vector<SourceVotes> votes(2);
  SetQuestion question;
  for (std::uint32_t row = 0; row < 2000; ++row) {
    const bool held = random.uniform() < 0.1, fires = random.uniform() < (held ? 0.6 : 0.0075);
    if (fires) votes[0].examples.push_back(row), votes[0].classes.push_back(0);
    if (row % 2 == 0) votes[1].examples.push_back(row), votes[1].classes.push_back(1);
    row % 10 < 3 ? question.gold.add(held ? std::vector<ClassId>{0} : std::vector<ClassId>{}) : question.gold.add_unknown();
  }
  question.examples = 2000;
  question.answers = kAnswers;
  question.votes = votes;
  question.names = {"a", "b"};
  question.classes = {"rare", "other"};
  question.kinds.assign(2, SourceKind::kSelective);
  for (const char* model : {"majority", "weighted-majority", "hone"}) {
    const SetLabels made = labels_of(question, model);
    EXPECT_GT(made.labels.probability(votes[0].examples.front(), 0), 0.5) << model;
    EXPECT_LT(made.classes[0].silent, 0.12) << model;
    EXPECT_EQ(made.crossed.has_value(), std::string(model) != "majority");
  }
}

TEST(SetLabels, AreTheSameWhateverTheThreads) {
  const std::vector<SourceVotes> votes = rules();
  SetQuestion question = question_of(votes, 10);
  const SetLabels one = label_sets(question, "dawid-skene", nlohmann::json::object(), 1);
  const SetLabels many = label_sets(question, "dawid-skene", nlohmann::json::object(), 8);
  for (std::size_t row = 0; row < 6; ++row) EXPECT_EQ(one.labels.probability(row, 0), many.labels.probability(row, 0));
}

TEST(SetLabels, SayThatNobodyVotesOnAClass) {
  const std::vector<SourceVotes> votes{{{0}, {0}, {}}, {}};
  const SetLabels made = labels_of(question_of(votes, 2));
  EXPECT_TRUE(made.classes[1].model.empty());
  EXPECT_EQ(made.warnings.front(), "no source votes on 'refund': no label holds them");
}

}  // namespace
}  // namespace hone
