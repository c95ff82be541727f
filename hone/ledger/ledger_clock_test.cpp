#include "hone/ledger/ledger_clock.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNow = 1767225600 * kSecond;

TEST(LedgerClock, TimesAreTextsInTheirOrder) {
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{123}, kNow, kNow + 86399 * kSecond + 999999})
    EXPECT_EQ(time_of(time_text(time)), time);
  EXPECT_EQ(time_text(kNow + 123), "2026-01-01T00:00:00.000123Z");
}

TEST(LedgerClock, FollowsTheWallClock) {
  EventTimes times;
  EXPECT_EQ(times.stamp({.wall = kNow, .boot = 5}, std::nullopt).time, kNow);
  const auto later = times.stamp({.wall = kNow + 3 * kSecond, .boot = 5 + 3 * kSecond}, kNow);
  EXPECT_EQ(later.time, kNow + 3 * kSecond);
  EXPECT_FALSE(later.wall || later.clock_from);
}

TEST(LedgerClock, RepeatsTheTimeBeforeWhereTheClockIsALittleBehind) {
  EventTimes times;
  const auto stamp = times.stamp({.wall = kNow - kSecond, .boot = 0}, kNow);
  EXPECT_EQ(stamp.time, kNow);
  EXPECT_EQ(stamp.wall, kNow - kSecond);
  EXPECT_FALSE(stamp.clock_from);
}

TEST(LedgerClock, SaysSoWhereTheClockFell) {
  for (const std::int64_t back : {kSecond + 1, 3600 * kSecond, kNow}) {  // The last one is 1970.
    EventTimes times;
    const auto stamp = times.stamp({.wall = kNow - back, .boot = 0}, kNow);
    EXPECT_EQ(stamp.time, kNow - back);
    EXPECT_FALSE(stamp.wall);
    EXPECT_EQ(stamp.clock_from, kNow);
  }
}

// One wrong year must not freeze the clock.
TEST(LedgerClock, AYearForwardAndBackAreTwoSteps) {
  constexpr std::int64_t kYear = 365 * 86400 * kSecond;
  EventTimes times;
  EXPECT_FALSE(times.stamp({.wall = kNow, .boot = 0}, kNow - 1).clock_from);
  EXPECT_EQ(times.stamp({.wall = kNow + kYear, .boot = kSecond}, kNow).clock_from, kNow);
  EXPECT_FALSE(times.stamp({.wall = kNow + kYear + kSecond, .boot = 2 * kSecond}, kNow + kYear).clock_from) << "once";
  EXPECT_EQ(times.stamp({.wall = kNow + 3 * kSecond, .boot = 3 * kSecond}, kNow + kYear + kSecond).clock_from, kNow + kYear + kSecond);
  EXPECT_FALSE(times.stamp({.wall = kNow + 4 * kSecond, .boot = 4 * kSecond}, kNow + 3 * kSecond).clock_from);
}

TEST(LedgerClock, AMinuteForwardAgainstTheTimeSinceTheStartIsAStep) {
  EventTimes times;
  times.stamp({.wall = kNow, .boot = 0}, std::nullopt);
  EXPECT_FALSE(times.stamp({.wall = kNow + 60 * kSecond, .boot = 0}, kNow).clock_from);
  EXPECT_TRUE(times.stamp({.wall = kNow + 122 * kSecond, .boot = kSecond}, kNow + 60 * kSecond).clock_from);
}

}  // namespace
}  // namespace hone
