#include "hone/eval/errors_to_read.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

const std::vector<std::uint32_t> kSixRows{0, 1, 2, 3, 4, 5};

// Three errors of one cell, one of another, one row without a label.
TEST(ErrorsToRead, TakesSomeOfEachCellAndThenTheMostConfident) {
  SoftLabels labels(3);
  const auto add = [&](ClassId hard, double p) {
    labels.add_pattern(std::vector<double>{hard == 0 ? p : (1 - p) / 2, hard == 1 ? p : (1 - p) / 2, hard == 2 ? p : (1 - p) / 2}, hard);
  };
  for (const double p : {0.7, 0.9, 0.8}) add(1, p);
  add(2, 0.6);
  labels.add_pattern(std::vector<double>(3, 1.0 / 3), kNoClass);
  add(0, 0.99);
  const std::vector<ClassId> gold(6, 0);
  const Judged judged{labels, gold, {}};
  EXPECT_EQ(errors_to_read(judged, kSixRows, {.each = 1, .limit = 10}), (std::vector<std::uint32_t>{1, 2, 0, 3, 4}));
  EXPECT_EQ(errors_to_read(judged, kSixRows, {.each = 1, .limit = 3}), (std::vector<std::uint32_t>{1, 3, 4}))
      << "one of each cell comes first";
  EXPECT_EQ(errors_to_read(judged, kSixRows, {.each = 1, .limit = 4}), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_TRUE(errors_to_read(judged, std::vector<std::uint32_t>{5}).empty());
}

}  // namespace
}  // namespace hone
