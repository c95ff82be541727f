#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "hone/stats/proportion.h"

namespace hone {

inline constexpr double kDigits = 5.1e-7;  // Known answers are given to six digits, some of them rounded half up.

inline void expect_interval(const std::optional<Interval>& interval, double low, double high, double tolerance = kDigits) {
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, low, tolerance);
  EXPECT_NEAR(interval->high, high, tolerance);
}

}  // namespace hone
