#include "hone/stats/cluster_cells.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"

namespace hone {
namespace {

TEST(ClusterCells, KeepEqualClustersOnce) {
  const ClusterCells cells = mean_cells(std::vector<double>{1, 0, 1, 1, 0, 1}, {});
  ASSERT_EQ(cells.cells().size(), 2u);
  EXPECT_EQ(cells.clusters(), 6u);
  EXPECT_EQ(cells.cells()[0].clusters, 4u);
  EXPECT_EQ(cells.totals()[0], 4.0);
  EXPECT_EQ(cells.totals()[1], 6.0);
}

TEST(ClusterCells, TakeEqualNumbersTogetherWhereverTheyStand) {
  const ClusterCells cells = mean_cells(std::vector<double>{1, 2, 3, 4}, std::vector<std::uint32_t>{7, 3, 7, 9});
  EXPECT_EQ(cells.clusters(), 3u);
  EXPECT_EQ(ratio(cells.totals()), 2.5);
}

TEST(ClusterCells, HoldBothSystemsSideBySide) {
  const ClusterCells cells = mean_cells(std::vector<double>{1, 1, 0}, std::vector<double>{0, 1, 0}, {});
  EXPECT_NEAR(difference_of(ratio)(cells.totals()), 1.0 / 3.0, 1e-12);
}

TEST(ClusterCells, OfNothingAreNone) {
  EXPECT_EQ(mean_cells({}, {}).clusters(), 0u);
  EXPECT_TRUE(std::isnan(ratio(mean_cells({}, {}).totals())));
}

TEST(ClusterCells, RefuseLengthsThatDiffer) {
  EXPECT_THROW(mean_cells(std::vector<double>{1, 2}, std::vector<std::uint32_t>{0}), Error);
  EXPECT_THROW(mean_cells(std::vector<double>{1, 2}, std::vector<double>{0}, {}), Error);
}

}  // namespace
}  // namespace hone
