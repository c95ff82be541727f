#include "hone/eval/set_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "hone/core/random.h"

namespace hone {
namespace {

using Row = std::vector<ClassId>;

constexpr std::size_t kSetClasses = 3;
constexpr double kHeldShares[kSetClasses]{0.3, 0.2, 0.1};

ClassSets gold_of(const std::vector<Row>& rows) {
  ClassSets gold;
  for (const Row& row : rows) gold.add(row);
  return gold;
}

// Labels that hold exactly these classes.
SoftSets labels_of(const std::vector<Row>& rows) {
  SoftSets labels(std::vector<float>(kSetClasses, 0.1f));
  for (const Row& row : rows) labels.add_pattern(row, std::vector<float>(row.size(), 0.9f));
  return labels;
}

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

Row drawn_gold(RandomStream& random) {
  Row row;
  for (ClassId id = 0; id < kSetClasses; ++id)
    if (random.uniform() < kHeldShares[id]) row.push_back(id);
  return row;
}

// The same row said by somebody who is right about each class by itself on a share of the rows.
Row said_of(const Row& row, double right, RandomStream& random) {
  Row said;
  for (ClassId id = 0; id < kSetClasses; ++id)
    if ((random.uniform() < right) == (std::ranges::find(row, id) != row.end())) said.push_back(id);
  return said;
}

struct Drawn {
  std::vector<Row> gold, a, b;
  std::vector<std::uint32_t> groups;
};

// `copies` rows of each draw are one group and alike.
Drawn drawn(std::size_t draws, double a_right, double b_right, RandomStream& random, std::uint32_t copies = 1) {
  Drawn all;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const Row gold = drawn_gold(random), a = said_of(gold, a_right, random), b = said_of(gold, b_right, random);
    for (std::uint32_t copy = 0; copy < copies; ++copy) {
      all.gold.push_back(gold);
      all.a.push_back(a);
      all.b.push_back(b);
      all.groups.push_back(draw);
    }
  }
  return all;
}

Comparison compared(const Drawn& drawn, F1Kind kind) {
  const SoftSets a = labels_of(drawn.a), b = labels_of(drawn.b);
  const ClassSets gold = gold_of(drawn.gold);
  return compare_f1({{"a", a}, {"b", b}, gold, drawn.groups, "valid"}, kind, numbers(drawn.gold.size()));
}

TEST(SetComparison, IsOfTheNumbersThatAreShown) {
  RandomStream random(1, "test.sets");
  const Drawn rows = drawn(200, 0.95, 0.8, random);
  const SoftSets a = labels_of(rows.a), b = labels_of(rows.b);
  const ClassSets gold = gold_of(rows.gold);
  const auto of_a = measure_sets({a, gold, {}}, numbers(200)), of_b = measure_sets({b, gold, {}}, numbers(200));
  const Comparison micro = compared(rows, F1Kind::kMicro), macro = compared(rows, F1Kind::kMacro);
  EXPECT_NEAR(micro.difference, of_a->micro_f1.value - of_b->micro_f1.value, 1e-12);
  EXPECT_NEAR(macro.difference, of_a->macro_f1.value - of_b->macro_f1.value, 1e-12);
  EXPECT_EQ(micro.verdict, ReportVerdict::kBetter);
  EXPECT_EQ(micro.n, 200u);
  EXPECT_EQ(std::pair(micro.a, micro.split), std::pair(std::string("a"), std::string("valid")));
  const SetPair pair{{"a", a}, {"b", b}, gold, {}, "valid"};
  EXPECT_NEAR(compare_whole_rows(pair, numbers(200)).difference, of_a->accuracy.value - of_b->accuracy.value, 1e-12);
}

// R = 0.6 x 0.85 and N = 0.6 + 0.6 x 0.85 + 2.4 x 0.15 a row: F1 is 1.02 / 1.47. Of 400 intervals 95 % hold it, give or take 1.1 %, and
// equal systems are told apart in one of twenty.
TEST(SetComparison, IntervalsHoldWhatTheyShould) {
  RandomStream random(2, "test.sets");
  int held = 0, false_alarms = 0;
  for (int draw = 0; draw < 400; ++draw) {
    const Drawn rows = drawn(60, 0.85, 0.85, random);
    const SoftSets a = labels_of(rows.a);
    const ClassSets gold = gold_of(rows.gold);
    const Measure f1 = measure_sets({a, gold, {}}, numbers(60))->micro_f1;
    held += *f1.low <= 1.02 / 1.47 && 1.02 / 1.47 <= *f1.high;
    false_alarms += compared(rows, F1Kind::kMicro).p <= 0.05;
  }
  EXPECT_NEAR(held / 400.0, 0.95, 0.035);
  EXPECT_NEAR(false_alarms / 400.0, 0.05, 0.035);
}

TEST(SetComparison, RowsOfOneGroupCountOnce) {
  RandomStream one(3, "test.sets"), four(3, "test.sets");
  const Comparison single = compared(drawn(50, 0.9, 0.8, one), F1Kind::kMicro);
  const Comparison copied = compared(drawn(50, 0.9, 0.8, four, 4), F1Kind::kMicro);
  EXPECT_EQ(copied.n, 200u);
  EXPECT_NEAR(copied.difference, single.difference, 1e-12);
  EXPECT_NEAR(copied.interval->low, single.interval->low, 1e-9);
}

TEST(SetComparison, FewAnswersGetNoVerdict) {
  RandomStream random(4, "test.sets");
  const Drawn few = drawn(20, 0.9, 0.5, random);
  EXPECT_EQ(compared(few, F1Kind::kMicro).text, "too few items: 20 of 30 needed");
  Drawn empty = drawn(60, 0.9, 0.5, random);
  for (std::size_t row = 0; row < empty.gold.size(); ++row) empty.gold[row] = row < 5 ? Row{0, 1} : Row{};
  EXPECT_EQ(compared(empty, F1Kind::kMacro).text, "too few classes in gold: 10 of 30 needed");
  EXPECT_EQ(compared({}, F1Kind::kMicro).text, "no items");
}

TEST(SetComparison, SystemsThatNeverDifferAreNotCalledEqual) {
  RandomStream random(5, "test.sets");
  Drawn rows = drawn(60, 0.9, 0.5, random);
  rows.b = rows.a;
  const Comparison found = compared(rows, F1Kind::kMicro);
  EXPECT_EQ(found.verdict, ReportVerdict::kNeverDiffer);
  EXPECT_GT(found.interval->high, 0.01);
}

// Class 1 is held on rows 0 to 19; A finds all of them, B none, and A takes five more.
TEST(SetComparison, OfOneClassIsOfTheRowsThatAreRightAboutIt) {
  Drawn rows;
  for (std::uint32_t row = 0; row < 40; ++row) {
    rows.gold.push_back(row < 20 ? Row{1} : Row{});
    rows.a.push_back(row < 25 ? Row{1} : Row{});
    rows.b.push_back({});
  }
  const SoftSets a = labels_of(rows.a), b = labels_of(rows.b);
  const ClassSets gold = gold_of(rows.gold);
  const SetPair pair{{"a", a}, {"b", b}, gold, {}, "valid"};
  const Comparison found = compare_on_class(pair, 1, numbers(40));
  EXPECT_NEAR(found.difference, 15.0 / 40.0, 1e-12);
  EXPECT_EQ(found.verdict, ReportVerdict::kBetter);
  EXPECT_EQ(compare_on_class(pair, 2, numbers(40)).verdict, ReportVerdict::kNeverDiffer);
}

}  // namespace
}  // namespace hone
