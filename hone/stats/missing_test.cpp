#include "hone/stats/missing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"

namespace hone {
namespace {

const std::vector<std::optional<double>> kA{1.0, std::nullopt, 0.5, std::nullopt}, kB{0.0, 0.25, std::nullopt, std::nullopt};

TEST(MissingScores, AreCountedOncePerItem) {
  EXPECT_EQ(count_missing(kA, kB), 3u);
  EXPECT_EQ(items_with_both(kA, kB), std::vector<std::uint32_t>{0});
  EXPECT_EQ(count_missing({}, {}), 0u);
}

TEST(MissingScores, AreFilledBestAndWorst) {
  EXPECT_EQ(filled_differences(kA, kB, {}, Fill::kBestForA), (std::vector{1.0, 0.75, 0.5, 1.0}));
  EXPECT_EQ(filled_differences(kA, kB, {}, Fill::kWorstForA), (std::vector{1.0, -0.25, -0.5, -1.0}));
}

TEST(MissingScores, MustFitTheRange) {
  EXPECT_THROW(filled_differences(kA, kB, {.low = 0.0, .high = 0.75}, Fill::kBestForA), Error);
  EXPECT_THROW(filled_differences(kA, kB, {.low = 1.0, .high = 1.0}, Fill::kBestForA), Error);
  const std::vector<std::optional<double>> broken{std::nan("")}, one{1.0};
  EXPECT_THROW(filled_differences(broken, one, {}, Fill::kBestForA), Error);
  EXPECT_THROW(filled_differences(kA, one, {}, Fill::kBestForA), Error);
  EXPECT_THROW(count_missing(kA, one), Error);
}

}  // namespace
}  // namespace hone
