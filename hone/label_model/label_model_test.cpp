#include "hone/label_model/label_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

VotePatterns patterns_in_rows(const std::vector<std::vector<int>>& rows, std::size_t classes, std::size_t sources) {
  return VotePatterns(votes_in_rows(rows, classes, sources));
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const LabelModelInfo& info : label_models()) list.emplace_back(info.name);
  return list;
}

// Every number of the labels, as it is.
std::vector<float> bytes_of(const SoftLabels& labels) {
  std::vector<float> numbers;
  for (std::size_t example = 0; example < labels.examples(); ++example) {
    numbers.push_back(labels.hard(example));
    for (std::size_t id = 0; id < labels.classes(); ++id)
      numbers.push_back(static_cast<float>(labels.probability(example, static_cast<ClassId>(id))));
  }
  return numbers;
}

// What every model owes its callers, whatever it estimates; with and without gold.
struct Setting {
  std::string model;
  bool with_gold = false;
};

class EveryLabelModel : public testing::TestWithParam<Setting> {
 protected:
  LabelEvidence evidence(const std::vector<ClassId>& truth) const {
    LabelEvidence evidence;
    if (!GetParam().with_gold) return evidence;
    evidence.gold.assign(truth.size(), kNoClass);
    for (std::size_t example = 0; example < truth.size(); example += 5) evidence.gold[example] = truth[example];
    return evidence;
  }

  SoftLabels labels(const VotePatterns& votes, const LabelEvidence& evidence = {}, int threads = 1) const {
    const auto model = make_label_model(GetParam().model);
    model->fit(votes, evidence, threads);
    return model->predict(votes);
  }
};

const std::vector<double> kAccuracies{0.9, 0.8, 0.7, 0.6, 0.85};

TEST_P(EveryLabelModel, GivesADistributionPerPattern) {
  const KnownVotes known = votes_of_known_sources(kAccuracies, 300, 3, 0.6, 1);
  const SoftLabels result = labels(patterns_in_rows(known.rows, 3, 5), evidence(known.truth));
  ASSERT_EQ(result.examples(), 300u);
  for (std::size_t pattern = 0; pattern < result.patterns(); ++pattern) {
    double sum = 0.0;
    for (ClassId id = 0; id < 3; ++id) sum += result.probability_in_pattern(pattern, id);
    EXPECT_NEAR(sum, 1.0, 1e-6);  // Stored as float.
  }
}

TEST_P(EveryLabelModel, GivesAnExampleWithoutVotesNoLabel) {
  const SoftLabels result = labels(patterns_in_rows({{0, 0}, {-1, -1}, {1, 1}}, 2, 2), evidence({0, 1, 1}));
  EXPECT_EQ(result.hard(1), kNoClass);
  EXPECT_EQ(result.confidence(1), 0.0);
  EXPECT_EQ(result.hard(0), 0);
  EXPECT_EQ(result.hard(2), 1);
}

TEST_P(EveryLabelModel, KeepsATieATieAndTakesTheLowestClass) {
  const SoftLabels result = labels(patterns_in_rows({{1, 0}, {0, 1}}, 2, 2));
  EXPECT_NEAR(result.probability(0, 0), 0.5, 1e-6);
  EXPECT_EQ(result.hard(0), 0);
}

TEST_P(EveryLabelModel, TakesNoExamples) { EXPECT_EQ(labels(patterns_in_rows({}, 2, 3)).examples(), 0u); }

TEST_P(EveryLabelModel, TakesExamplesOfWhichNoneHasAVote) {
  const SoftLabels result = labels(patterns_in_rows({{-1}, {-1}}, 2, 1), evidence({0, 1}));
  EXPECT_EQ(result.hard(0), kNoClass);
  EXPECT_EQ(result.hard(1), kNoClass);
}

TEST_P(EveryLabelModel, TakesNoSources) { EXPECT_EQ(labels(patterns_in_rows({{}, {}}, 2, 0)).hard(0), kNoClass); }

TEST_P(EveryLabelModel, TakesRowsOfOnePattern) {
  const SoftLabels result =
      labels(patterns_in_rows(std::vector<std::vector<int>>(50, {0, 1, 0}), 2, 3), evidence(std::vector<ClassId>(50, 0)));
  EXPECT_TRUE(std::isfinite(result.probability(0, 0)));
  if (GetParam().model == "metal") return;  // Rates of any class explain one pattern.
  for (std::size_t example = 0; example < 50; ++example) EXPECT_EQ(result.hard(example), 0);
}

TEST_P(EveryLabelModel, TakesSourcesThatNeverMeet) {
  std::vector<std::vector<int>> rows(60, {-1, -1, -1});
  std::vector<ClassId> truth;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    truth.push_back(static_cast<ClassId>(row / 3 % 2));
    rows[row][row % 3] = truth.back();
  }
  const SoftLabels result = labels(patterns_in_rows(rows, 2, 3), evidence(truth));
  for (std::size_t row = 0; row < rows.size(); ++row) EXPECT_EQ(result.hard(row), truth[row]) << row;
}

TEST_P(EveryLabelModel, PredictsFromWhatItLearnedAsItDidWhenFitted) {
  for (const std::size_t classes : {3, 20}) {
    const KnownVotes known = votes_of_known_sources(kAccuracies, 300, classes, 0.6, 1);
    const VotePatterns votes = patterns_in_rows(known.rows, classes, 5);
    const auto model = make_label_model(GetParam().model), restored = make_label_model(GetParam().model);
    model->fit(votes, evidence(known.truth));
    restored->restore(votes.shape(), model->learned());
    EXPECT_EQ(bytes_of(restored->predict(votes)), bytes_of(model->predict(votes))) << classes;
    EXPECT_EQ(restored->learned(), model->learned());
  }
}

TEST_P(EveryLabelModel, RefusesDamageToWhatItLearned) {
  const KnownVotes known = votes_of_known_sources(kAccuracies, 60, 3, 0.6, 1);
  const VotePatterns votes = patterns_in_rows(known.rows, 3, 5);
  const auto model = make_label_model(GetParam().model);
  model->fit(votes, evidence(known.truth));
  const std::string learned = model->learned();
  for (std::size_t size = 0; size < learned.size(); ++size) {
    const std::string_view some = std::string_view(learned).substr(0, size);
    EXPECT_THROW(make_label_model(GetParam().model)->restore(votes.shape(), some), Error) << size;
  }
  EXPECT_THROW(make_label_model(GetParam().model)->restore(votes.shape(), learned + "x"), Error);
  EXPECT_THROW(make_label_model(GetParam().model)->restore({60, 5, 4}, learned), Error);
}

TEST_P(EveryLabelModel, RefusesFewerThanTwoClasses) {
  const auto model = make_label_model(GetParam().model);
  EXPECT_EQ(complaint_of([&] { model->fit(patterns_in_rows({{0}}, 1, 1)); }),
            "a label model needs at least two classes to tell apart, not 1");
}

TEST_P(EveryLabelModel, RefusesEvidenceThatDoesNotFitTheVotes) {
  const VotePatterns votes = patterns_in_rows({{0}, {1}}, 2, 1);
  const auto model = make_label_model(GetParam().model);
  EXPECT_THROW(model->fit(votes, {.gold = {0}, .prior = {}}), Error);
  EXPECT_THROW(model->fit(votes, {.gold = {0, 2}, .prior = {}}), Error);
  EXPECT_THROW(model->fit(votes, {.gold = {}, .prior = {1.0}}), Error);
  EXPECT_THROW(model->fit(votes, {.gold = {}, .prior = {0.5, 0.6}}), Error);
  EXPECT_THROW(model->fit(votes, {.gold = {}, .prior = {1.5, -0.5}}), Error);
  EXPECT_THROW(model->fit(votes, {.gold = {}, .prior = {NAN, 1.0}}), Error);
}

TEST_P(EveryLabelModel, RefusesVotesOfOtherSourcesOrClassesThanItWasFittedTo) {
  const auto model = make_label_model(GetParam().model);
  model->fit(patterns_in_rows({{0}, {1}}, 2, 1));
  EXPECT_THROW(model->predict(patterns_in_rows({{0, 1}}, 2, 2)), Error);
  EXPECT_THROW(model->predict(patterns_in_rows({{0}}, 3, 1)), Error);
}

TEST_P(EveryLabelModel, PredictsExamplesItWasNotFittedTo) {
  const auto model = make_label_model(GetParam().model);
  model->fit(patterns_in_rows({{0, 0, 0}, {1, 1, 1}}, 2, 3), evidence({0, 1}));
  EXPECT_EQ(model->predict(patterns_in_rows({{1, -1, 1}}, 2, 3)).hard(0), 1);
}

TEST_P(EveryLabelModel, ANewOrderOfExamplesMovesNothing) {
  const KnownVotes known = votes_of_known_sources(kAccuracies, 400, 3, 0.5, 2);
  KnownVotes reversed = known;
  std::ranges::reverse(reversed.rows);
  std::ranges::reverse(reversed.truth);
  LabelEvidence turned = evidence(known.truth);
  std::ranges::reverse(turned.gold);
  const SoftLabels a = labels(patterns_in_rows(known.rows, 3, 5), evidence(known.truth)),
                   b = labels(patterns_in_rows(reversed.rows, 3, 5), turned);
  for (std::size_t example = 0; example < 400; ++example)
    for (ClassId id = 0; id < 3; ++id)
      EXPECT_NEAR(a.probability(example, id), b.probability(399 - example, id), 1e-7);  // A float's last place.
}

TEST_P(EveryLabelModel, ANewOrderOfSourcesMovesNothing) {
  const KnownVotes known = votes_of_known_sources(kAccuracies, 400, 3, 0.5, 3);
  KnownVotes reversed = known;
  for (std::vector<int>& row : reversed.rows) std::ranges::reverse(row);
  const SoftLabels a = labels(patterns_in_rows(known.rows, 3, 5), evidence(known.truth));
  const SoftLabels b = labels(patterns_in_rows(reversed.rows, 3, 5), evidence(known.truth));
  for (std::size_t example = 0; example < 400; ++example)
    for (ClassId id = 0; id < 3; ++id) EXPECT_NEAR(a.probability(example, id), b.probability(example, id), 1e-7);
}

// Over 5,000 distinct patterns, so that there are several blocks.
TEST_P(EveryLabelModel, GivesTheSameBytesOnOneAndOnEightThreads) {
  const KnownVotes known = votes_of_known_sources(std::vector<double>(12, 0.6), 8000, 3, 0.7, 4);
  const VotePatterns votes = patterns_in_rows(known.rows, 3, 12);
  ASSERT_GT(votes.size(), 5000u);
  EXPECT_EQ(bytes_of(labels(votes, evidence(known.truth), 1)), bytes_of(labels(votes, evidence(known.truth), 8)));
}

TEST_P(EveryLabelModel, StaysFiniteWith400Sources) {
  const KnownVotes known = votes_of_known_sources(std::vector<double>(400, 0.6), 200, 5, 1.0, 5);
  const SoftLabels result = labels(patterns_in_rows(known.rows, 5, 400), evidence(known.truth));
  std::size_t right = 0;
  for (std::size_t example = 0; example < 200; ++example) {
    right += result.hard(example) == known.truth[example];
    for (ClassId id = 0; id < 5; ++id) EXPECT_TRUE(std::isfinite(result.probability(example, id)));
  }
  EXPECT_EQ(right, 200u);
}

// A vote pattern that 3 rows share moves a model as one written three times: here by splitting equal rows through an extra
// source that votes on none of them, once as the same pattern and once told apart by a vote of vanishing confidence.
TEST_P(EveryLabelModel, CountsAPatternOfManyRowsLikeItsRows) {
  const KnownVotes known = votes_of_known_sources({0.9, 0.7, 0.6}, 60, 2, 1.0, 6);
  const SoftLabels together = labels(patterns_in_rows(known.rows, 2, 3), evidence(known.truth));
  std::vector<SourceVotes> by_source(3);
  for (std::size_t example = 0; example < 60; ++example) {
    for (std::size_t source = 0; source < 3; ++source) {
      by_source[source].examples.push_back(static_cast<std::uint32_t>(example));
      by_source[source].classes.push_back(static_cast<ClassId>(known.rows[example][source]));
      by_source[source].confidence.push_back(1.0f - static_cast<float>(example) * 0x1p-23f);  // A pattern of its own, all but equal.
    }
  }
  const VotePatterns singly(VoteMatrix(60, 2, by_source));
  ASSERT_EQ(singly.size(), 60u);
  const SoftLabels apart = labels(singly, evidence(known.truth));
  for (std::size_t example = 0; example < 60; ++example) EXPECT_NEAR(together.probability(example, 1), apart.probability(example, 1), 1e-4);
}

TEST_P(EveryLabelModel, WeighsAVoteByItsConfidence) {
  const SourceVotes sure{{0, 1, 2}, {0, 0, 1}, {}}, unsure{{0, 1, 2}, {1, 0, 1}, {0.25f, 1.0f, 1.0f}};
  const SoftLabels result = labels(VotePatterns(VoteMatrix(3, 2, std::vector<SourceVotes>{sure, unsure})));
  EXPECT_GT(result.probability(0, 0), result.probability(0, 1));
}

// Rules against each class, and one for each of the two groups: right nine times out of ten where chance would be at 5/6 or at 1/2.
std::vector<OneAnswer> set_rules(std::size_t classes) {
  const Answers answers(classes,
                        {{0, static_cast<ClassId>(classes / 2)}, {static_cast<ClassId>(classes / 2), static_cast<ClassId>(classes)}});
  std::vector<OneAnswer> rules{{answers.group(0), 0.3, 0.03}, {answers.group(1), 0.3, 0.03}};
  for (ClassId id = 0; id < classes; ++id) rules.push_back({answers.against(id), 0.3, 0.03});
  return rules;
}

// Mean probability of the answer's classes on the examples that have the source's vote, or on those that have not, of the true classes
// `truths`.
double mean_probability(const KnownSets& known, const SoftLabels& labels, std::size_t source, bool voted,
                        const std::vector<ClassId>& truths, ClassId answer) {
  double sum = 0.0, rows = 0.0;
  for (std::uint32_t example = 0; example < known.truth.size(); ++example) {
    if (std::ranges::binary_search(known.votes[source].examples, example) != voted || labels.hard(example) == kNoClass) continue;
    if (std::ranges::find(truths, known.truth[example]) == truths.end()) continue;
    known.answers.for_each_class(answer, [&](ClassId id) { sum += labels.probability(example, id); });
    ++rows;
  }
  return sum / rows;
}

// With a place for every class, and with places for those that the row names alone.
class VotesForSets : public EveryLabelModel {
 protected:
  // The chance that a rule votes what it votes, given that it votes, is 1 whatever the class: nothing is learned of it.
  bool learns_from_rules() const { return GetParam().model != "dawid-skene"; }
};

TEST_P(VotesForSets, AgainstAClassTakeFromItAndGiveToTheOthers) {
  if (!learns_from_rules()) GTEST_SKIP();
  for (const std::size_t classes : {6u, 14u}) {
    const KnownSets known = votes_of_known_sets(std::vector<double>(4, 0.7), set_rules(classes), 3000, classes, 3);
    const SoftLabels result = labels(VotePatterns(known.matrix()), evidence(known.truth));
    const std::vector<ClassId> others{1, 2, 3, 4, 5};
    EXPECT_LT(mean_probability(known, result, 6, true, others, 0), mean_probability(known, result, 6, false, others, 0)) << classes;
  }
}

TEST_P(VotesForSets, ForANodeSupportTheClassesBelowIt) {
  if (!learns_from_rules()) GTEST_SKIP();
  for (const std::size_t classes : {6u, 14u}) {
    const KnownSets known = votes_of_known_sets(std::vector<double>(4, 0.7), set_rules(classes), 3000, classes, 4);
    const SoftLabels result = labels(VotePatterns(known.matrix()), evidence(known.truth));
    const ClassId node = known.answers.group(0);
    EXPECT_GT(mean_probability(known, result, 4, true, {0, 1, 2}, node), mean_probability(known, result, 4, false, {0, 1, 2}, node))
        << classes;
  }
}

TEST_P(VotesForSets, AloneAreLabeled) {
  KnownSets known = votes_of_known_sets({}, set_rules(6), 2000, 6, 5);
  const auto model = make_label_model(GetParam().model);
  const VotePatterns votes(known.matrix());
  const FitReport report = model->fit(votes, evidence(known.truth));
  EXPECT_TRUE(report.converged || !learns_from_rules());
  const SoftLabels result = model->predict(votes);
  double right = 0.0, labeled = 0.0;
  for (std::size_t example = 0; example < known.truth.size(); ++example) {
    double sum = 0.0;
    for (ClassId id = 0; id < 6; ++id) sum += result.probability(example, id);
    ASSERT_NEAR(sum, 1.0, 1e-5);
    labeled += result.hard(example) != kNoClass;
    right += result.hard(example) == known.truth[example];
  }
  if (!learns_from_rules()) return;
  EXPECT_GT(right / labeled, 0.25) << "chance is 0.17";
}

TEST_P(VotesForSets, GiveTheSameInAnyOrderAndOnAnyNumberOfThreads) {
  const KnownSets known = votes_of_known_sets(std::vector<double>(4, 0.7), set_rules(6), 2000, 6, 6);
  KnownSets turned = known;
  std::ranges::reverse(turned.truth);
  std::ranges::reverse(turned.votes);
  LabelEvidence turned_evidence = evidence(known.truth);
  std::ranges::reverse(turned_evidence.gold);
  for (SourceVotes& votes : turned.votes) {
    std::ranges::reverse(votes.examples);
    std::ranges::reverse(votes.classes);
    for (std::uint32_t& example : votes.examples) example = 1999 - example;
  }
  const VotePatterns votes(known.matrix());
  const SoftLabels one = labels(votes, evidence(known.truth)), other = labels(VotePatterns(turned.matrix()), turned_evidence);
  for (std::size_t example = 0; example < 2000; ++example)
    for (ClassId id = 0; id < 6; ++id) ASSERT_NEAR(one.probability(example, id), other.probability(1999 - example, id), 1e-6);
  EXPECT_EQ(bytes_of(one), bytes_of(labels(votes, evidence(known.truth), 8)));
}

TEST_P(VotesForSets, ThatLeaveAllClassesSayNothing) {
  const Answers answers(3, {{0, 3}});
  std::vector<SourceVotes> votes{{{0, 1, 2}, {0, 1, 1}, {}}, {{0, 1, 2}, {0, 0, 1}, {}}, {{0, 1, 2, 3}, {3, 3, 3, 3}, {}}};
  const SoftLabels with = labels(VotePatterns(VoteMatrix(4, answers, votes)), evidence({0, 1, 1, 2}));
  for (ClassId id = 0; id < 3; ++id) EXPECT_TRUE(std::isfinite(with.probability(3, id)));
  EXPECT_GT(with.probability(0, 0), with.probability(0, 2));
  EXPECT_NE(with.hard(3), kNoClass);
}

// "Not" one of two classes is the other one.
TEST(VotesForSetsOfOneClass, AreVotesForIt) {
  const KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7, 0.6}, 500, 2, 0.7, 7);
  const Answers answers(2, {}, Answers::Rows::kOne);
  std::vector<SourceVotes> plain(4), against(4);
  for (std::uint32_t example = 0; example < 500; ++example)
    for (std::size_t source = 0; source < 4; ++source) {
      const int voted = known.rows[example][source];
      if (voted < 0) continue;
      for (SourceVotes* votes : {&plain[source], &against[source]}) votes->examples.push_back(example);
      plain[source].classes.push_back(static_cast<ClassId>(voted));
      against[source].classes.push_back(source == 3 ? answers.against(static_cast<ClassId>(1 - voted)) : static_cast<ClassId>(voted));
    }
  for (const char* name : {"majority", "hone", "triplet"}) {
    const auto labels_of = [&](const std::vector<SourceVotes>& sources) {
      const VotePatterns votes(VoteMatrix(500, answers, sources));
      const auto model = make_label_model(name);
      model->fit(votes);
      return bytes_of(model->predict(votes));
    };
    EXPECT_EQ(labels_of(plain), labels_of(against)) << name;
  }
}

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const std::string& name : names())
    for (bool with_gold : {false, true}) all.push_back({name, with_gold});
  return all;
}

std::string name_of(const testing::TestParamInfo<Setting>& setting) {
  std::string name = setting.param.model + (setting.param.with_gold ? "_gold" : "");
  std::ranges::replace(name, '-', '_');
  return name;
}

TEST_P(VotesForSets, ArePredictedFromWhatWasLearned) {
  const KnownSets known = votes_of_known_sets({0.8, 0.7, 0.75}, {{6, 0.5, 0.1}, {7, 0.4, 0.1}}, 300, 6, 3);
  const VotePatterns votes(known.matrix());
  const auto model = make_label_model(GetParam().model), restored = make_label_model(GetParam().model);
  LabelEvidence evidence;
  if (GetParam().with_gold) evidence.gold = known.truth;
  model->fit(votes, evidence);
  restored->restore(votes.shape(), model->learned());
  EXPECT_EQ(bytes_of(restored->predict(votes)), bytes_of(model->predict(votes)));
}

INSTANTIATE_TEST_SUITE_P(LabelModel, EveryLabelModel, testing::ValuesIn(settings()), name_of);
INSTANTIATE_TEST_SUITE_P(LabelModel, VotesForSets, testing::ValuesIn(settings()), name_of);

TEST(Majority, GivesTheShareOfTheVotes) {
  const auto model = make_label_model("majority");
  const VotePatterns votes = patterns_in_rows({{0, 0, 1, 2}}, 3, 4);
  model->fit(votes);
  const SoftLabels labels = model->predict(votes);
  EXPECT_FLOAT_EQ(labels.probability(0, 0), 0.5f);
  EXPECT_FLOAT_EQ(labels.probability(0, 2), 0.25f);
}

TEST(Majority, GivesATieToTheLargerDeclaredClass) {
  const auto model = make_label_model("majority");
  const VotePatterns votes = patterns_in_rows({{0, 1, -1}, {0, 1, 2}}, 3, 3);
  model->fit(votes, {.gold = {}, .prior = {0.2, 0.5, 0.3}});
  EXPECT_EQ(model->predict(votes).hard(0), 1);
  EXPECT_EQ(model->predict(votes).hard(1), 1);
  EXPECT_NEAR(model->predict(votes).probability(0, 0), 0.5, 1e-6);
}

TEST(LabelModel, AnUnknownNameSaysWhatThereIs) {
  EXPECT_EQ(complaint_of([] { make_label_model("majorty"); }),
            "no label model named 'majorty'; there are: 'majority', 'weighted-majority', 'hone', 'dawid-skene', 'metal' and 'triplet'");
}

TEST(LabelModel, AnUnknownOptionNamesTheNearest) {
  EXPECT_EQ(complaint_of([] {
              make_label_model("dawid-skene", {{"alpa", 1}});
            }),
            "label model 'dawid-skene' has no option 'alpa'; did you mean 'alpha'?");
  EXPECT_EQ(complaint_of([] {
              make_label_model("majority", {{"alpha", 1}});
            }),
            "label model 'majority' has no option 'alpha'; there are none");
}

TEST(LabelModel, AnOptionOfTheWrongTypeOrRangeIsNamed) {
  EXPECT_EQ(complaint_of([] {
              make_label_model("dawid-skene", {{"alpha", "much"}});
            }),
            "option 'alpha' of label model 'dawid-skene' must be a number, not \"much\"");
  EXPECT_EQ(complaint_of([] {
              make_label_model("dawid-skene", {{"max_iterations", 1.5}});
            }),
            "option 'max_iterations' of label model 'dawid-skene' must be a whole number, not 1.5");
  EXPECT_EQ(complaint_of([] {
              make_label_model("weighted-majority", {{"assumed_accuracy", 1}});
            }),
            "assumed_accuracy must lie between 0 and 1");
  EXPECT_THROW(make_label_model("dawid-skene", nlohmann::json::array({1})), Error);
  EXPECT_THROW(make_label_model("dawid-skene", {{"max_iterations", 0}}), Error);
}

TEST(LabelModel, TheDefaultIsOneOfTheList) {
  EXPECT_EQ(default_label_model(), "hone");
  EXPECT_EQ(std::ranges::count(label_models(), default_label_model(), &LabelModelInfo::name), 1);
}

// 200 sources of one row each that vote at random: what gold says of one is known from its own row alone. The model fitted on all
// gold turns the wrong ones round and looks perfect there; labels from fits that did not see the row are left with
// the votes as they are.
TEST(CrossFittedLabels, DoNotLeakGoldThatASourceMemorised) {
  constexpr std::size_t kRows = 200;
  RandomStream random(7, "test.memorising");
  std::vector<std::vector<int>> rows(kRows, std::vector<int>(kRows, -1));
  std::vector<ClassId> gold;
  double votes_right = 0.0;
  for (std::size_t row = 0; row < kRows; ++row) {
    gold.push_back(static_cast<ClassId>(random.below(2)));
    rows[row][row] = static_cast<int>(random.below(2));
    votes_right += rows[row][row] == gold[row];
  }
  const VotePatterns votes = patterns_in_rows(rows, 2, kRows);
  const LabelEvidence evidence{.gold = gold, .prior = {}};
  const auto model = make_label_model("weighted-majority");
  model->fit(votes, evidence);
  const SoftLabels seen = model->predict(votes);
  EXPECT_EQ(share_right(seen, gold), 1.0);
  const SoftLabels unseen = cross_fitted_labels("weighted-majority", nlohmann::json::object(), votes, evidence, seen);
  EXPECT_NEAR(share_right(unseen, gold), votes_right / kRows, 0.1);
}

TEST(CrossFittedLabels, LeaveRowsWithoutGoldAsTheyAre) {
  const KnownVotes known = votes_of_known_sources(kAccuracies, 200, 2, 0.7, 8);
  const VotePatterns votes = patterns_in_rows(known.rows, 2, 5);
  LabelEvidence evidence{.gold = known.truth, .prior = {}};
  for (std::size_t example = 50; example < 200; ++example) evidence.gold[example] = kNoClass;
  const auto model = make_label_model("weighted-majority");
  model->fit(votes, evidence);
  const SoftLabels labels = model->predict(votes),
                   crossed = cross_fitted_labels("weighted-majority", nlohmann::json::object(), votes, evidence, labels);
  bool any_moved = false;
  for (std::size_t example = 0; example < 200; ++example) {
    const double before = labels.probability(example, 1), after = crossed.probability(example, 1);
    EXPECT_TRUE(example < 50 || before == after) << "example " << example;
    any_moved |= before != after;
  }
  EXPECT_TRUE(any_moved);
}

// Each source votes on the two rows of one group, which share a gold class: the first tells what the second is.
TEST(CrossFittedLabels, DoNotLeakGoldFromOneRowOfAGroupToAnother) {
  constexpr std::size_t kGroups = 200;
  RandomStream random(11, "test.groups");
  std::vector<std::vector<int>> rows(2 * kGroups, std::vector<int>(kGroups, -1));
  LabelEvidence evidence;
  double votes_right = 0.0;
  for (std::size_t row = 0; row < 2 * kGroups; ++row) {
    const std::size_t group = row / 2;
    evidence.groups.push_back(static_cast<std::uint32_t>(group));
    evidence.gold.push_back(row % 2 == 0 ? static_cast<ClassId>(random.below(2)) : evidence.gold.back());
    rows[row][group] = row % 2 == 0 ? static_cast<int>(random.below(2)) : rows[row - 1][group];
    votes_right += rows[row][group] == evidence.gold[row];
  }
  const VotePatterns votes = patterns_in_rows(rows, 2, kGroups);
  const auto model = make_label_model("weighted-majority");
  model->fit(votes, evidence);
  const SoftLabels seen = model->predict(votes);
  const auto crossed = [&] { return cross_fitted_labels("weighted-majority", nlohmann::json::object(), votes, evidence, seen); };
  EXPECT_NEAR(share_right(crossed(), evidence.gold), votes_right / (2 * kGroups), 0.1);
  evidence.groups.pop_back();
  EXPECT_THROW(crossed(), Error);
  evidence.groups.clear();
  EXPECT_GT(share_right(crossed(), evidence.gold), votes_right / (2 * kGroups) + 0.2) << "row by row, groups do leak";
}

TEST(CrossFittedLabels, WithoutGoldAreTheLabels) {
  const VotePatterns votes = patterns_in_rows({{0, 0}, {1, 1}}, 2, 2);
  const auto model = make_label_model("majority");
  model->fit(votes);
  const SoftLabels labels = model->predict(votes);
  EXPECT_EQ(bytes_of(cross_fitted_labels("majority", nlohmann::json::object(), votes, {}, labels)), bytes_of(labels));
  EXPECT_THROW(cross_fitted_labels("majority", nlohmann::json::object(), votes, {}, labels, 1), Error);
}

TEST(Majority, SharesAVoteForASetOutAmongItsClasses) {
  // 0 and not 0 of three classes: (1, 1/2, 1/2) of two votes.
  const VotePatterns votes(VoteMatrix(2, Answers(3, {}), std::vector<SourceVotes>{{{0}, {0}, {}}, {{0, 1}, {3, 3}, {}}}));
  const auto model = make_label_model("majority");
  model->fit(votes);
  const SoftLabels labels = model->predict(votes);
  EXPECT_NEAR(labels.probability(0, 0), 0.5, 1e-6);
  EXPECT_NEAR(labels.probability(0, 2), 0.25, 1e-6);
  EXPECT_EQ(labels.probability(1, 0), 0.0);
  EXPECT_EQ(labels.hard(1), 1) << "a tie goes to the first class that is left";
}

TEST(LabelModel, RefusesVotesForSeveralClassesOfARow) {
  const VotePatterns several(VoteMatrix(1, Answers(3, {}, Answers::Rows::kSeveral), std::vector<SourceVotes>{{{0, 0}, {0, 1}, {}}}));
  EXPECT_NE(complaint_of([&] { make_label_model("majority")->fit(several); }).find("one class at a time"), std::string::npos);
}

}  // namespace
}  // namespace hone
