#include "hone/stats/linear_f1.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

namespace hone {
namespace {

using Classes = std::vector<std::uint32_t>;

struct ItemClasses {
  Classes gold, predicted;
};

const std::vector<ItemClasses> kLabeled{{{0}, {0}}, {{0, 1}, {1}}, {{1}, {1, 2}}, {{}, {2}},        {{2}, {}},
                                        {{1}, {1}}, {{0}, {0, 1}}, {{}, {}},      {{0, 1}, {0, 1}}, {{0}, {1}}};
constexpr std::size_t kNumber = 4;  // The last of which nobody names.

std::vector<ClassCounts> counted(const std::vector<ItemClasses>& items) {
  std::vector<ClassCounts> counts(kNumber);
  for (const ItemClasses& item : items) {
    for (const std::uint32_t id : item.gold) ++counts[id].gold;
    for (const std::uint32_t id : item.predicted) {
      ++counts[id].predicted;
      counts[id].right += std::ranges::find(item.gold, id) != item.gold.end();
    }
  }
  return counts;
}

using Linear = std::function<LinearF1(std::span<const ClassCounts>, std::size_t)>;
const std::array<Linear, 4> kAverages{
    linear_micro_f1, linear_macro_f1, linear_weighted_f1,
    [](std::span<const ClassCounts> counts, std::size_t items) { return linear_f1_of_class(counts, 1, items); }};

TEST(LinearF1, GivesTheKnownValues) {
  const std::vector<ClassCounts> counts{{3, 3, 2}, {3, 3, 2}, {4, 4, 3}, {0, 0, 0}};
  EXPECT_NEAR(linear_macro_f1(counts, 10).value, 0.694444, 5e-7);
  EXPECT_NEAR(linear_micro_f1(counts, 10).value, 0.7, 1e-12);
  EXPECT_NEAR(linear_weighted_f1(counts, 10).value, 0.7, 1e-12);
  EXPECT_NEAR(linear_f1_of_class(counts, 2, 10).value, 0.75, 1e-12);
  EXPECT_EQ(linear_macro_f1(std::vector<ClassCounts>(4), 10).value, 0.0);
}

TEST(LinearF1, TheMeanOfTheScoresIsTheValue) {
  for (const Linear& linear : kAverages) {
    const LinearF1 f1 = linear(counted(kLabeled), kLabeled.size());
    double sum = 0.0;
    for (const ItemClasses& item : kLabeled) sum += f1.score(item.gold, item.predicted);
    EXPECT_NEAR(sum / static_cast<double>(kLabeled.size()), f1.value, 1e-12);
  }
}

// The oracle: a thousand copies of the items with one item more move the value by that item's score, divided by how many there are.
TEST(LinearF1, AScoreIsWhatOneItemMoreDoesToTheValue) {
  for (const Linear& linear : kAverages) {
    const LinearF1 f1 = linear(counted(kLabeled), kLabeled.size());
    for (const ItemClasses& item : kLabeled) {
      std::vector<ClassCounts> many = counted(kLabeled);
      for (ClassCounts& counts : many) counts = {counts.gold * 1'000'000, counts.predicted * 1'000'000, counts.right * 1'000'000};
      const double before = linear(many, 1).value, all = 1'000'000.0 * static_cast<double>(kLabeled.size());
      const std::vector<ClassCounts> one = counted({item});
      for (std::size_t id = 0; id < kNumber; ++id)
        many[id] = {many[id].gold + one[id].gold, many[id].predicted + one[id].predicted, many[id].right + one[id].right};
      EXPECT_NEAR((linear(many, 1).value - before) * all, f1.score(item.gold, item.predicted) - f1.value, 1e-5);
    }
  }
}

}  // namespace
}  // namespace hone
