#include "hone/eval/set_evaluation.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"

namespace hone {
namespace {

const std::vector<std::string> kNames{"a", "b"};
const std::vector<std::uint32_t> kRows{0, 1, 2, 3};

// Labels {a}, {a, b}, {} and none; gold {a}, {a}, {b} and {b}.
struct Four {
  SoftSets labels{std::vector<float>{0.1f, 0.1f}};
  ClassSets gold;
  Four() {
    labels.add_pattern(std::vector<ClassId>{0}, std::vector<float>{0.9f});
    labels.add_pattern(std::vector<ClassId>{0, 1}, std::vector<float>{0.8f, 0.7f});
    labels.add_pattern(std::vector<ClassId>{1}, std::vector<float>{0.3f});
    labels.add_unlabeled();
    for (const ClassId held : {0, 0, 1, 1}) gold.add(std::vector<ClassId>{held});
  }
  JudgedSets judged() const { return {labels, gold, {}}; }
};

TEST(SetEvaluation, CountsWholeRowsAndClasses) {
  const Four four;
  const auto metrics = measure_sets(four.judged(), kRows);
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->accuracy.value, 0.25) << "the first row alone";
  EXPECT_EQ(metrics->coverage.value, 0.75);
  EXPECT_NEAR(metrics->accuracy_on_covered->value, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(metrics->micro_precision->value, 2.0 / 3.0, 1e-12) << "a, a and b";
  EXPECT_EQ(metrics->micro_recall->value, 0.5);
  EXPECT_NEAR(metrics->micro_f1.value, 2.0 * 2.0 / (4.0 + 3.0), 1e-12);
  EXPECT_NEAR(metrics->macro_f1.value, (1.0 + 0.0) / 2.0, 1e-12);
  EXPECT_NEAR(metrics->weighted_f1.value, 0.5, 1e-12);
  EXPECT_TRUE(metrics->micro_recall->low && *metrics->micro_recall->low < 0.5);
  EXPECT_TRUE(metrics->micro_f1.low && *metrics->micro_f1.low < metrics->micro_f1.value);
  EXPECT_LT(*metrics->macro_f1.low, *metrics->macro_f1.high);
}

// b is ranked by 0.7 (not held), 0.3 (held), 0.1 and nothing (the first not, the last held).
TEST(SetEvaluation, MeasuresEachClass) {
  const Four four;
  const auto classes = measure_set_classes(four.judged(), kRows, kNames);
  EXPECT_EQ(classes[0].counts.f1, 1.0);
  EXPECT_EQ(classes[0].f1->value, 1.0);
  EXPECT_LT(*classes[0].f1->low, 0.9) << "no error seen in four rows is no certainty";
  EXPECT_EQ(classes[0].average_precision, 1.0);
  EXPECT_EQ(classes[1].counts.gold, 2u);
  EXPECT_EQ(classes[1].counts.predicted, 1u);
  EXPECT_EQ(classes[1].counts.f1, 0.0);
  EXPECT_NEAR(*classes[1].average_precision, (0.5 + 0.5) / 2.0, 1e-12) << "second of two, then second of four";
  EXPECT_EQ(nlohmann::json(classes[0]).at("class"), "a");
}

TEST(SetEvaluation, LooksAtRowsWithGoldAlone) {
  Four four;
  four.gold = ClassSets(4);
  EXPECT_FALSE(measure_sets(four.judged(), kRows));
  EXPECT_EQ(known_rows(four.gold)[0], kNoClass);
}

TEST(SetEvaluation, MakesRowsRightOrWrong) {
  const Four four;
  const SoftLabels whole = right_or_wrong(four.judged());
  EXPECT_EQ(whole.hard(0), 1);
  EXPECT_EQ(whole.hard(1), 0);
  EXPECT_EQ(whole.hard(3), kNoClass);
}

}  // namespace
}  // namespace hone
