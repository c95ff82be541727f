#include "hone/eval/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

const std::vector<std::string> kClasses{"card", "loan", "fraud"};

// Labels of one pattern each: the class and its probability, the rest spread evenly; kNoClass: no label.
SoftLabels labels_of(const std::vector<ClassId>& hard, double confidence = 0.8, std::size_t classes = 3) {
  SoftLabels labels(classes);
  for (ClassId id : hard) {
    std::vector<double> distribution(classes, (1.0 - confidence) / static_cast<double>(classes - 1));
    if (id != kNoClass) distribution[id] = confidence;
    labels.add_pattern(id == kNoClass ? std::vector<double>(classes, 1.0 / static_cast<double>(classes)) : distribution, id);
  }
  return labels;
}

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

// The known answer of macro F1: F1 of 2/3, 2/3 and 3/4.
const std::vector<ClassId> kGold{0, 0, 0, 1, 1, 2, 2, 2, 2, 1};
const std::vector<ClassId> kLabels{0, 0, 1, 1, 1, 2, 2, 0, 2, 2};

TEST(Measure, GivesTheKnownF1) {
  const SoftLabels labels = labels_of(kLabels);
  const Metrics metrics = measure({labels, kGold, {}}, all_rows(10)).value();
  EXPECT_NEAR(metrics.macro_f1.value, 0.694444, 5e-7);
  EXPECT_NEAR(metrics.weighted_f1.value, (3 * (2.0 / 3) + 3 * (2.0 / 3) + 4 * 0.75) / 10, 1e-12);
  EXPECT_NEAR(metrics.accuracy.value, 0.7, 1e-12);
  EXPECT_EQ(metrics.accuracy.n, 10u);
}

// Every row is scored by what it does to the F1: the mean of the scores is the F1, their spread that of it. By hand, of three classes with
// F1 of 2/3, 2/3 and 3/4 named by 6, 6 and 8 rows, over 10 rows.
TEST(Measure, F1HasTheIntervalOfItsLinearization) {
  const SoftLabels labels = labels_of(kLabels);
  const double macro = (2.0 / 3 + 2.0 / 3 + 0.75) / 3, a = 10.0 / 18,
               c = 10.0 / 24;  // By how much an answer on class 0 or 1 counts, and 2.
  const double right_a = a * (2 - 2 * 2.0 / 3), right_c = c * (2 - 2 * 0.75), a_for_b = -2 * a * 2.0 / 3, mixed = -a * 2.0 / 3 - c * 0.75;
  const std::vector<double> by_hand{right_a, right_a, a_for_b, right_a, right_a, right_c, right_c, mixed, right_c, mixed};
  double squares = 0.0, sum = 0.0;
  for (const double moved : by_hand) {
    squares += moved * moved;
    sum += moved;
  }
  EXPECT_NEAR(sum, 0.0, 1e-12);
  const double effective = macro * (1 - macro) / (squares / 9 / 10), t = 2.262157;
  const double centre = (macro + t * t / (2 * effective)) / (1 + t * t / effective);
  const double half = t / (1 + t * t / effective) * std::sqrt(macro * (1 - macro) / effective + t * t / (4 * effective * effective));
  const Measure found = measure({labels, kGold, {}}, all_rows(10))->macro_f1;
  EXPECT_LT(effective, 10.0);
  EXPECT_NEAR(found.low.value(), centre - half, 1e-6);
  EXPECT_NEAR(found.high.value(), centre + half, 1e-6);
  EXPECT_EQ(found.n, 10u);
}

// Each customer wrote five times: the intervals of all metrics are those of customers.
TEST(Measure, IntervalsOfAllMetricsAreThoseOfClusters) {
  std::vector<ClassId> gold, hard, gold_five, hard_five;
  std::vector<std::uint32_t> groups;
  for (std::uint32_t customer = 0; customer < 40; ++customer) {
    gold.push_back(customer % 3);
    hard.push_back(customer % 4 == 0 ? (customer + 1) % 3 : customer % 3);
    for (int copy = 0; copy < 5; ++copy) {
      gold_five.push_back(gold.back());
      hard_five.push_back(hard.back());
      groups.push_back(customer);
    }
  }
  const SoftLabels one = labels_of(hard), five = labels_of(hard_five);
  const Metrics alone = *measure({one, gold, {}}, all_rows(40)), together = *measure({five, gold_five, groups}, all_rows(200));
  for (const auto& [a, b] : {std::pair{&alone.macro_f1, &together.macro_f1},
                             {&alone.weighted_f1, &together.weighted_f1},
                             {&alone.log_loss, &together.log_loss}}) {
    EXPECT_NEAR(a->value, b->value, 1e-12);
    EXPECT_NEAR(a->low.value(), b->low.value(), 1e-6);
    EXPECT_NEAR(a->high.value(), b->high.value(), 1e-6);
  }
  EXPECT_GT(*together.ece->high - *together.ece->low, 0.1) << "40 customers";
}

// Labels that are as sure as they should be: chance alone makes the error, and its interval says so.
TEST(Measure, EceOfAPerfectModelMayBeZero) {
  std::vector<ClassId> gold, hard(200, 0);
  for (int row = 0; row < 200; ++row) gold.push_back(row * 7 % 10 < 8 ? 0 : 1);
  const SoftLabels labels = labels_of(hard);
  const Measure ece = *measure({labels, gold, {}}, all_rows(200))->ece;
  EXPECT_EQ(ece.low.value(), 0.0);
  EXPECT_GT(ece.high.value(), ece.value);
}

// Wilson's interval of 8 of 10.
TEST(Measure, AccuracyHasWilsonsInterval) {
  const std::vector<ClassId> gold{0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
  const SoftLabels labels = labels_of({0, 0, 0, 0, 1, 1, 1, 1, 1, 0});
  const Metrics metrics = measure({labels, gold, {}}, all_rows(10)).value();
  EXPECT_NEAR(metrics.accuracy.low.value(), 0.490162, 1e-6);
  EXPECT_NEAR(metrics.accuracy.high.value(), 0.943318, 1e-6);
}

// Seven of twelve right in clusters of 4, 3, 2 and 3.
TEST(Measure, AccuracyOfExamplesThatHangTogetherHasTheClustersInterval) {
  const std::vector<ClassId> gold(12, 0);
  const SoftLabels labels = labels_of({0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1});
  const std::vector<std::uint32_t> groups{0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3};
  const Metrics metrics = measure({labels, gold, groups}, all_rows(12)).value();
  EXPECT_NEAR(metrics.accuracy.low.value(), 0.197795, 2e-6);
  EXPECT_NEAR(metrics.accuracy.high.value(), 0.888259, 2e-6);
}

TEST(Measure, GroupsOfOneExampleChangeNothing) {
  const SoftLabels labels = labels_of(kLabels);
  const std::vector<std::uint32_t> groups = all_rows(10);
  EXPECT_EQ(nlohmann::json(*measure({labels, kGold, groups}, all_rows(10))), nlohmann::json(*measure({labels, kGold, {}}, all_rows(10))));
}

TEST(Measure, OneClusterHasNoInterval) {
  const SoftLabels labels = labels_of(kLabels);
  const Metrics metrics = measure({labels, kGold, std::vector<std::uint32_t>(10, 4)}, all_rows(10)).value();
  EXPECT_FALSE(metrics.accuracy.low.has_value());
  EXPECT_FALSE(metrics.log_loss.low.has_value());
}

TEST(Measure, ARowWithoutALabelIsWrong) {
  const std::vector<ClassId> gold{0, 0, 1, 1};
  const SoftLabels labels = labels_of({0, kNoClass, 1, kNoClass});
  const Metrics metrics = measure({labels, gold, {}}, all_rows(4)).value();
  EXPECT_EQ(metrics.accuracy.value, 0.5);
  EXPECT_EQ(metrics.coverage.value, 0.5);
  EXPECT_EQ(metrics.accuracy_on_covered->value, 1.0);
  EXPECT_EQ(metrics.accuracy_on_covered->n, 2u);
  EXPECT_NEAR(metrics.macro_f1.value, 2.0 / 3.0, 1e-12);  // Each: 1 right of 2 in gold and 1 predicted.
  EXPECT_NEAR(metrics.log_loss.value, (-std::log(0.8) + std::log(3.0)) / 2, 1e-7);
}

TEST(Measure, LogLossIsBoundedWhereTheGoldClassWasRuledOut) {
  const std::vector<ClassId> gold{0, 0};
  const SoftLabels labels = labels_of({1, 0}, 1.0);
  EXPECT_NEAR(measure({labels, gold, {}}, all_rows(2))->log_loss.value, -std::log(1e-12) / 2, 1e-6);
}

TEST(Measure, EceIsTheGapOfConfidenceAndAccuracyInBinsOfEqualMass) {
  // 40 rows, 4 bins, each 30 % right at 0.8: every bin is 0.5 off.
  std::vector<ClassId> gold, hard;
  for (int row = 0; row < 40; ++row) {
    gold.push_back(0);
    hard.push_back(row % 10 < 3 ? 0 : 1);
  }
  const SoftLabels labels = labels_of(hard);
  const Metrics metrics = measure({labels, gold, {}}, all_rows(40)).value();
  EXPECT_NEAR(metrics.ece->value, 0.5, 1e-6);
  EXPECT_EQ(metrics.ece->n, 40u);
  // Gaps of 0.8 on 28 rows and of -0.2 on 12: standard error 0.07338, t of 39 degrees of freedom 2.0227. Chance alone does not make such
  // gaps, and hardly adds to them.
  EXPECT_NEAR(metrics.ece->low.value(), 0.3516, 5e-4);
  EXPECT_NEAR(metrics.ece->high.value(), 0.6484, 5e-4);
  const auto bins = reliability({labels, gold, {}}, all_rows(40));
  ASSERT_EQ(bins.size(), 4u);
  EXPECT_NEAR(bins[0].rate, 0.3, 1e-12);
  EXPECT_NEAR(bins[0].confidence, 0.8, 1e-6);
}

TEST(Measure, EceOfFewRowsIsNotDefined) {
  const SoftLabels labels = labels_of(kLabels);
  EXPECT_FALSE(measure({labels, kGold, {}}, all_rows(10))->ece.has_value());
  EXPECT_TRUE(reliability({labels, kGold, {}}, all_rows(10)).empty());
}

TEST(Measure, WithoutGoldOrRowsThereIsNothing) {
  const SoftLabels labels = labels_of({0, 1});
  EXPECT_FALSE(measure({labels, std::vector<ClassId>{kNoClass, kNoClass}, {}}, all_rows(2)));
  EXPECT_FALSE(measure({labels, std::vector<ClassId>{0, 1}, {}}, {}));
}

TEST(Measure, LooksAtTheGivenRowsWithGoldOnly) {
  const std::vector<ClassId> gold{0, kNoClass, 1, 1};
  const SoftLabels labels = labels_of({0, 0, 0, 1});
  const Metrics metrics = measure({labels, gold, {}}, std::vector<std::uint32_t>{1, 2, 3}).value();
  EXPECT_EQ(metrics.accuracy.n, 2u);
  EXPECT_EQ(metrics.accuracy.value, 0.5);
  EXPECT_EQ(rows_with_gold(gold), (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST(Measure, TakesLabelsOfASingleClass) {
  const std::vector<ClassId> gold{0, 0};
  const SoftLabels labels = labels_of({0, 0});
  const Metrics metrics = measure({labels, gold, {}}, all_rows(2)).value();
  EXPECT_EQ(metrics.macro_f1.value, 1.0);
  EXPECT_EQ(metrics.accuracy.value, 1.0);
}

TEST(Measure, TakesRowsOfWhichNoneHasALabel) {
  const std::vector<ClassId> gold{0, 1};
  const SoftLabels labels = labels_of({kNoClass, kNoClass});
  const Metrics metrics = measure({labels, gold, {}}, all_rows(2)).value();
  EXPECT_EQ(metrics.accuracy.value, 0.0);
  EXPECT_EQ(metrics.macro_f1.value, 0.0);
  EXPECT_FALSE(metrics.accuracy_on_covered.has_value());
  EXPECT_FALSE(metrics.ece.has_value());
  EXPECT_TRUE(most_confident_errors({labels, gold, {}}, all_rows(2), 5).empty());
  EXPECT_TRUE(worst_confusions({labels, gold, {}}, all_rows(2), 5, 5).empty());
}

TEST(Measure, RefusesWhatDoesNotFitTogether) {
  const SoftLabels labels = labels_of({0, 1});
  EXPECT_THROW(measure({labels, std::vector<ClassId>{0}, {}}, all_rows(1)), Error);
  EXPECT_THROW(measure({labels, std::vector<ClassId>{0, 3}, {}}, all_rows(2)), Error);
  EXPECT_THROW(measure({labels, std::vector<ClassId>{0, 1}, std::vector<std::uint32_t>{1}}, all_rows(2)), Error);
  EXPECT_THROW(measure({labels, std::vector<ClassId>{0, 1}, {}}, std::vector<std::uint32_t>{2}), Error);
}

TEST(MeasureClasses, CountsEachClass) {
  const SoftLabels labels = labels_of(kLabels);
  const auto results = measure_classes({labels, kGold, {}}, all_rows(10), kClasses);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[2].name, "fraud");
  EXPECT_EQ(results[2].gold, 4u);
  EXPECT_EQ(results[2].predicted, 4u);
  EXPECT_NEAR(results[2].precision->value, 0.75, 1e-12);
  EXPECT_NEAR(results[0].recall->value, 2.0 / 3.0, 1e-12);
  EXPECT_EQ(results[0].recall->n, 3u);
  EXPECT_NEAR(results[1].f1.value(), 2.0 / 3.0, 1e-12);
}

TEST(MeasureClasses, LeavesUndefinedWhatDoesNotOccur) {
  const SoftLabels labels = labels_of({0, kNoClass});
  const auto results = measure_classes({labels, std::vector<ClassId>{0, 1}, {}}, all_rows(2), kClasses);
  EXPECT_FALSE(results[1].precision.has_value());
  EXPECT_EQ(results[1].recall->value, 0.0);
  EXPECT_EQ(results[1].f1.value(), 0.0);
  EXPECT_FALSE(results[2].recall.has_value());
  EXPECT_FALSE(results[2].f1.has_value());
}

TEST(ConfusionMatrix, HasAColumnOfRowsWithoutALabel) {
  const SoftLabels labels = labels_of({0, 1, kNoClass, 1});
  const ConfusionMatrix matrix = confusion_matrix({labels, std::vector<ClassId>{0, 0, 0, 1}, {}}, all_rows(4), kClasses, "test");
  EXPECT_EQ(matrix.counts, (std::vector<std::vector<std::uint64_t>>{{1, 1, 0, 1}, {0, 1, 0, 0}, {0, 0, 0, 0}}));
}

TEST(WorstConfusions, AreTheLargestCellsOffTheDiagonal) {
  SoftLabels labels(3);
  for (double confidence : {0.6, 0.9, 0.7}) labels.add_pattern(std::vector<double>{1.0 - confidence, confidence, 0.0}, 1);
  labels.add_pattern(std::vector<double>{0.0, 0.0, 1.0}, 2);
  labels.add_pattern(std::vector<double>{1.0, 0.0, 0.0}, 0);
  const auto worst = worst_confusions({labels, std::vector<ClassId>{0, 0, 0, 1, 0}, {}}, all_rows(5), 9, 2);
  ASSERT_EQ(worst.size(), 2u);
  EXPECT_EQ(worst[0].gold, 0);
  EXPECT_EQ(worst[0].predicted, 1);
  EXPECT_EQ(worst[0].count, 3u);
  EXPECT_EQ(worst[0].share_of_gold, 0.75);
  EXPECT_EQ(worst[0].examples, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(most_confident_errors({labels, std::vector<ClassId>{0, 0, 0, 1, 0}, {}}, all_rows(5), 3),
            (std::vector<std::uint32_t>{3, 1, 2}));
}

TEST(EvaluationJson, HasTheShapesOfTheReport) {
  const SoftLabels labels = labels_of({0, kNoClass});
  const std::vector<ClassId> gold{0, 1};
  const nlohmann::json metrics = *measure({labels, gold, {}}, all_rows(2));
  EXPECT_EQ(metrics.at("macro_f1").at("value"), 0.5);
  EXPECT_EQ(metrics.at("macro_f1").at("n"), 2);
  EXPECT_LT(metrics.at("macro_f1").at("low"), 0.5);
  EXPECT_TRUE(metrics.at("ece").is_null());
  EXPECT_EQ(metrics.at("accuracy_on_covered").at("n"), 1);
  for (const char* key : {"accuracy", "weighted_f1", "log_loss", "coverage"}) EXPECT_TRUE(metrics.at(key).contains("value")) << key;
  const nlohmann::json matrix = confusion_matrix({labels, gold, {}}, all_rows(2), kClasses, "valid");
  EXPECT_EQ(matrix.dump(), R"({"classes":["card","loan","fraud"],"counts":[[1,0,0,0],[0,0,0,1],[0,0,0,0]],"split":"valid"})");
  const nlohmann::json results = measure_classes({labels, gold, {}}, all_rows(2), kClasses);
  EXPECT_EQ(results[2].dump(), R"({"class":"fraud","f1":null,"gold":0,"precision":null,"predicted":0,"recall":null})");
}

}  // namespace
}  // namespace hone
