#include "hone/stats/macro_f1.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

const std::vector<ClassNumber> kGold{0, 0, 0, 1, 1, 2, 2, 2, 2, 1}, kPredicted{0, 0, 1, 1, 1, 2, 2, 0, 2, 2};

TEST(MacroF1, GivesTheKnownAnswers) {
  const auto by_class = f1_by_class(kGold, kPredicted, 3);
  EXPECT_NEAR(*by_class[0].f1, .666667, kDigits);
  EXPECT_NEAR(*by_class[1].f1, .666667, kDigits);
  EXPECT_NEAR(*by_class[2].f1, .75, kDigits);
  const ClusterCells cells = macro_f1_cells(kGold, kPredicted, {}, 3);
  EXPECT_NEAR(macro_f1(cells.totals()), 0.694444, kDigits);
  const auto without = jackknife(cells, macro_f1);
  EXPECT_NEAR(without->standard_error, 0.177723, kDigits);
  EXPECT_NEAR(without->acceleration, -0.039986, kDigits);
}

TEST(MacroF1, LeavesOutClassesThatDoNotOccurAndNamesThoseWithLittleGold) {
  const auto by_class = f1_by_class(kGold, kPredicted, 5);
  EXPECT_FALSE(by_class[4].f1);
  EXPECT_EQ(macro_f1(macro_f1_cells(kGold, kPredicted, {}, 5).totals()), macro_f1(macro_f1_cells(kGold, kPredicted, {}, 3).totals()));
  EXPECT_EQ(classes_with_little_gold(by_class), (std::vector<ClassNumber>{0, 1, 2}));
}

// One item per cluster is items that stand alone.
TEST(MacroF1, CellsOfClustersOfOneAreThoseOfItems) {
  std::vector<std::uint32_t> alone;
  for (std::uint32_t item = 0; item < kGold.size(); ++item) alone.push_back(item);
  const ClusterCells items = macro_f1_cells(kGold, kPredicted, kGold, {}, 3), clusters = macro_f1_cells(kGold, kPredicted, kGold, alone, 3);
  ASSERT_EQ(items.cells().size(), clusters.cells().size());
  for (std::size_t cell = 0; cell < items.cells().size(); ++cell) {
    EXPECT_EQ(items.cells()[cell].entries, clusters.cells()[cell].entries);
    EXPECT_EQ(items.cells()[cell].clusters, clusters.cells()[cell].clusters);
  }
  EXPECT_NEAR(difference_of(macro_f1)(items.totals()), 0.694444 - 1.0, kDigits);
}

// Without clusters and with each on its own the intervals come of other random numbers: the ends differ by 0.003 at most over seeds.
TEST(MacroF1, IntervalHoldsTheEstimateAndNarrowsWithItems) {
  RandomStream draw(20260101, "macro_f1.test");
  std::vector<ClassNumber> gold, predicted;
  for (int item = 0; item < 2000; ++item) {
    gold.push_back(static_cast<ClassNumber>(draw.below(4)));
    predicted.push_back(draw.uniform() < 0.8 ? gold.back() : static_cast<ClassNumber>(draw.below(4)));
  }
  const auto width = [&](std::size_t n) {
    const auto found = resampled_interval(macro_f1_cells(std::span(gold).first(n), std::span(predicted).first(n), {}, 4), macro_f1);
    EXPECT_LT(found->interval.low, found->estimate);
    EXPECT_GT(found->interval.high, found->estimate);
    return found->interval.high - found->interval.low;
  };
  EXPECT_NEAR(width(500) / width(2000), 2.0, 0.25);
}

TEST(MacroF1, OfNothingIsNotDefinedAndRefusesOtherClasses) {
  EXPECT_TRUE(std::isnan(macro_f1(macro_f1_cells({}, {}, {}, 3).totals())));
  EXPECT_THROW(macro_f1_cells(kGold, kPredicted, {}, 2), Error);
  EXPECT_THROW(macro_f1_cells(kGold, std::vector<ClassNumber>{0}, {}, 3), Error);
  EXPECT_THROW(macro_f1_cells(kGold, kPredicted, std::vector<std::uint32_t>{0}, 3), Error);
}

}  // namespace
}  // namespace hone
