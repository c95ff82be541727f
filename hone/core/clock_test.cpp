#include "hone/core/clock.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

using namespace std::chrono;

TEST(Clock, WritesMicrosecondsOfUtc) {
  EXPECT_EQ(utc_text(sys_days(2026y / January / 5) + 9h + 30min + microseconds(123)), "2026-01-05T09:30:00.000123Z");
  EXPECT_EQ(utc_text(sys_days(1969y / December / 31) + 23h + 59min + 59s + microseconds(999999)), "1969-12-31T23:59:59.999999Z");
}

TEST(Clock, NowHasTheSameShape) {
  const std::string now = utc_now();
  ASSERT_EQ(now.size(), 27u);
  EXPECT_EQ(now[10], 'T');
  EXPECT_EQ(now.back(), 'Z');
}

}  // namespace
}  // namespace hone
