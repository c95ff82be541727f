#include "hone/eval/comparison.h"

#include <gtest/gtest.h>

#include <numeric>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// Labels for rows whose gold is all class 0: right is class 0, wrong class 1 and, now and then, no label.
SoftLabels labels_that_are(const std::vector<bool>& right) {
  SoftLabels labels(2);
  for (std::size_t row = 0; row < right.size(); ++row) {
    if (right[row])
      labels.add_pattern(std::vector<double>{1.0, 0.0}, 0);
    else if (row % 3 == 0)
      labels.add_pattern({}, kNoClass);
    else
      labels.add_pattern(std::vector<double>{0.0, 1.0}, 1);
  }
  return labels;
}

struct Pair {
  std::vector<bool> a, b;
};

Pair outcomes(int both, int only_a, int only_b, int neither) {
  Pair pair;
  for (const auto& [count, a, b] : {std::tuple{both, true, true}, {only_a, true, false}, {only_b, false, true}, {neither, false, false}}) {
    pair.a.insert(pair.a.end(), count, a);
    pair.b.insert(pair.b.end(), count, b);
  }
  return pair;
}

Comparison compared(const Pair& pair, const std::vector<std::uint32_t>& groups = {}, const VerdictOptions& options = {}) {
  std::vector<std::uint32_t> rows(pair.a.size());
  std::iota(rows.begin(), rows.end(), 0u);
  const SoftLabels a = labels_that_are(pair.a), b = labels_that_are(pair.b);
  return compare({"model", a}, {"majority", b}, std::vector<ClassId>(rows.size(), 0), groups, rows, "test", options);
}

// Known: 70, 15, 5, 10: mid-p 0.026604, Tango 0.013447 to 0.192397.
TEST(Compare, NamesTheBetterSystemWithItsInterval) {
  const Comparison found = compared(outcomes(70, 15, 5, 10));
  EXPECT_EQ(found.n, 100u);
  EXPECT_NEAR(found.p, 0.026604, 1e-6);
  EXPECT_NEAR(found.interval->low, 0.013447, 1e-6);
  EXPECT_EQ(found.verdict, ReportVerdict::kBetter);
  EXPECT_EQ(found.text, "better by 10.0 points (1.3 to 19.2)");
}

TEST(Compare, WorseIsTheMirrorOfBetter) {
  const Comparison found = compared(outcomes(70, 5, 15, 10));
  EXPECT_EQ(found.verdict, ReportVerdict::kWorse);
  EXPECT_NEAR(found.difference, -0.1, 1e-12);
  EXPECT_EQ(found.text, "worse by 10.0 points (1.3 to 19.2)");
}

TEST(Compare, FewItemsGetNoVerdict) {
  const Comparison found = compared(outcomes(1, 7, 1, 9));
  EXPECT_EQ(found.verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(found.text, "too few items: 18 of 30 needed");
}

// Known: 50, 0, 0, 0: the interval is ±0.071348.
TEST(Compare, SystemsThatNeverDifferAreNotCalledEqual) {
  const Comparison found = compared(outcomes(50, 0, 0, 0));
  EXPECT_EQ(found.verdict, ReportVerdict::kNeverDiffer);
  EXPECT_NEAR(found.interval->high, 0.071348, 1e-6);
  EXPECT_EQ(found.text, "the systems never differ on these 50 items (-7.1 to 7.1)");
}

TEST(Compare, NoDifferenceNamesTheSmallestThatCouldHaveBeenSeen) {
  const Comparison found = compared(outcomes(170, 15, 14, 1));
  EXPECT_EQ(found.verdict, ReportVerdict::kNoDifferenceDetectable);
  EXPECT_EQ(found.text.substr(0, 64), "no difference detectable: smallest detectable effect is 7.6 poin");
}

TEST(Compare, WithoutGoldThereIsNothingToCompare) {
  const SoftLabels labels = labels_that_are({true, false});
  const Comparison found =
      compare({"a", labels}, {"b", labels}, std::vector<ClassId>(2, kNoClass), {}, std::vector<std::uint32_t>{0, 1}, "test");
  EXPECT_EQ(found.n, 0u);
  EXPECT_EQ(found.verdict, ReportVerdict::kTooFewItems);
  EXPECT_EQ(found.text, "no items");
}

// The same 100 rows, but each written five times over by one customer: what was enough evidence is none any more.
TEST(Compare, ExamplesThatHangTogetherCountAsClusters) {
  Pair pair;
  std::vector<std::uint32_t> groups;
  const Pair customers = outcomes(14, 3, 1, 2);
  for (std::uint32_t customer = 0; customer < 20; ++customer) {
    for (int copy = 0; copy < 5; ++copy) {
      pair.a.push_back(customers.a[customer]);
      pair.b.push_back(customers.b[customer]);
      groups.push_back(customer);
    }
  }
  EXPECT_EQ(compared(pair).verdict, ReportVerdict::kBetter);
  const Comparison found = compared(pair, groups);
  EXPECT_EQ(found.verdict, ReportVerdict::kNoDifferenceDetectable);
  EXPECT_NEAR(found.difference, 0.1, 1e-12);
  EXPECT_LT(found.interval->low, 0.0);
}

TEST(Compare, FewClustersGetNoVerdict) {
  const Pair pair = outcomes(40, 10, 0, 10);
  std::vector<std::uint32_t> groups;
  for (std::uint32_t row = 0; row < 60; ++row) groups.push_back(row % 4);
  EXPECT_EQ(compared(pair, groups).text, "too few clusters: 4 of 10 needed");
  for (std::uint32_t row = 0; row < 60; ++row) groups[row] = row < 45 ? 0 : row;
  const Comparison uneven = compared(pair, groups);
  EXPECT_EQ(uneven.verdict, ReportVerdict::kTooFewClusters);
  EXPECT_NE(uneven.text.find("one holds 75 % of the items"), std::string::npos) << uneven.text;
}

TEST(Compare, ClustersThatAllDifferAlikeHaveNoIntervalOfWidthZero) {
  Pair pair = outcomes(0, 60, 0, 0);
  std::vector<std::uint32_t> groups;
  for (std::uint32_t row = 0; row < 60; ++row) groups.push_back(row / 5);
  const Comparison found = compared(pair, groups);
  EXPECT_EQ(found.verdict, ReportVerdict::kNotDefined);
  EXPECT_FALSE(found.interval);
  EXPECT_TRUE(nlohmann::json(found).at("low").is_null());
  const Comparison same = compared(outcomes(60, 0, 0, 0), groups);
  EXPECT_EQ(same.verdict, ReportVerdict::kNeverDiffer);
  EXPECT_NEAR(same.interval->high, 3.841459 / (12 + 3.841459), 1e-5);  // z²/(G + z²).
}

TEST(Compare, RefusesLabelsOfOtherExamples) {
  const SoftLabels two = labels_that_are({true, false}), one = labels_that_are({true});
  EXPECT_THROW(compare({"a", two}, {"b", one}, std::vector<ClassId>(2, 0), {}, std::vector<std::uint32_t>{0}, "test"), Error);
}

TEST(Compare, JsonHasTheShapeOfTheReport) {
  const nlohmann::json json = compared(outcomes(70, 15, 5, 10));
  EXPECT_EQ(json.at("a"), "model");
  EXPECT_EQ(json.at("b"), "majority");
  EXPECT_EQ(json.at("split"), "test");
  EXPECT_EQ(json.at("verdict"), "better") << "as `hone compare` has it";
  for (const char* key : {"n", "difference", "low", "high", "p", "text"}) EXPECT_TRUE(json.contains(key)) << key;
}

// What compare() finds where the systems differ on rows 3, 5 (A right) and 9 (B right) of the even and odd rows below 40.
TEST(CompareChanges, IsWhatCompareFinds) {
  std::vector<bool> a(40, true), b(40, true);
  b[3] = b[5] = a[9] = false;
  std::vector<std::uint32_t> rows(40), pairs(40), gained{3, 5}, lost{9};
  for (std::uint32_t row = 0; row < 40; ++row) {
    rows[row] = row;
    pairs[row] = row / 2;
  }
  const SoftLabels of_a = labels_that_are(a), of_b = labels_that_are(b);
  const std::vector<ClassId> gold(40, 0);
  for (const std::vector<std::uint32_t>& groups : {std::vector<std::uint32_t>{}, rows, pairs}) {
    const Comparison whole = compare({"a", of_a}, {"b", of_b}, gold, groups, rows, "");
    const Comparison sparse = compare_changes({gained, lost}, groups, rows);
    EXPECT_EQ(sparse.n, whole.n);
    EXPECT_DOUBLE_EQ(sparse.difference, whole.difference);
    EXPECT_DOUBLE_EQ(sparse.interval->low, whole.interval->low);
    EXPECT_DOUBLE_EQ(sparse.interval->high, whole.interval->high);
    EXPECT_EQ(sparse.verdict, whole.verdict);
    EXPECT_EQ(sparse.text, whole.text);
  }
}

TEST(SmallestDetectable, FallsWithRowsAndRisesWhereTheyHangTogether) {
  SoftLabels labels(2), other(2);
  for (SoftLabels* of : {&labels, &other}) {
    of->add_pattern(std::vector<double>{1.0, 0.0}, 0);
    of->add_pattern(std::vector<double>{0.0, 1.0}, 1);
  }
  std::vector<std::uint32_t> right(200), differs(200), rows(200), groups(200);
  for (std::uint32_t row = 0; row < 200; ++row) {
    right[row] = row < 40;  // Wrong on the first 40 rows; the other system differs on a tenth.
    differs[row] = row < 40 || row >= 180;
    rows[row] = row;
    groups[row] = row / 10;
  }
  labels.set_examples(right);
  other.set_examples(differs);
  const std::vector<ClassId> gold(200, 0);
  const auto all = smallest_detectable({labels, gold, {}}, &other, rows);
  ASSERT_TRUE(all);
  EXPECT_EQ(all, smallest_detectable(200, 21.0 / 202.0));
  EXPECT_EQ(smallest_detectable({labels, gold, {}}, nullptr, rows), smallest_detectable(200, 0.2));
  EXPECT_GT(*smallest_detectable({labels, gold, {}}, &other, std::span(rows).last(100)), *all);
  const auto grouped = smallest_detectable({labels, gold, groups}, nullptr, rows);
  EXPECT_TRUE(!grouped || *grouped > *smallest_detectable(200, 0.2)) << "20 groups, each all right or all wrong";
  EXPECT_FALSE(smallest_detectable({labels, gold, {}}, nullptr, {}));
}

}  // namespace
}  // namespace hone
