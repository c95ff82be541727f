#include "hone/data/value.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(ParseNumber, ReadsWhatPeopleWrite) {
  const std::pair<const char*, double> cases[] = {{"7", 7},
                                                  {" -1.5 ", -1.5},
                                                  {"+2", 2},
                                                  {"1,234.50", 1234.5},
                                                  {"12,345,678", 12345678},
                                                  {"1e3", 1000},
                                                  {".5", 0.5},
                                                  {"€ 1,000", 1000},
                                                  {"$5", 5},
                                                  {"-£5.25", -5.25},
                                                  {"$-5", -5},
                                                  {"10 €", 10},
                                                  {"EUR 3", 3},
                                                  {"3.5 CHF", 3.5},
                                                  {"1'000.5", 1000.5},
                                                  {"1 000", 1000},
                                                  {"00123", 123},
                                                  {"\xE2\x88\x92"
                                                   "4",
                                                   -4},
                                                  {"1\xC2\xA0"
                                                   "000",
                                                   1000}};
  for (const auto& [text, value] : cases) {
    ASSERT_TRUE(parse_number(text, '.')) << text;
    EXPECT_DOUBLE_EQ(*parse_number(text, '.'), value) << text;
  }
}

TEST(ParseNumber, TakesTheDecimalCommaWhereItIsDeclared) {
  EXPECT_DOUBLE_EQ(parse_number("1.234,50", ',').value(), 1234.5);
  EXPECT_DOUBLE_EQ(parse_number("0,5", ',').value(), 0.5);
  EXPECT_FALSE(parse_number("0.5", ','));
  EXPECT_FALSE(parse_number("0,5", '.'));
}

TEST(ParseNumber, GivesNothingForWhatIsNoNumber) {
  for (const char* text : {"",    " ",   "-",   ".",   "abc", "12 %",  "1,2", "1,23,456", "1234,567",  "1.2.3", "0x10",
                           "inf", "nan", "--5", "-+5", "1e",  "1e999", "€",   "5 apples", "1,234 567", "1,"})
    EXPECT_FALSE(parse_number(text, '.')) << text;
}

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

TEST(ParseTime, ReadsDatesAndTimes) {
  EXPECT_EQ(parse_time("1970-01-01", "UTC"), 0);
  EXPECT_EQ(parse_time("1970-01-02T00:00:01.5Z", "UTC"), kDay + kSecond + kSecond / 2);
  EXPECT_EQ(parse_time(" 1970-01-02 00:01 ", "UTC"), kDay + 60 * kSecond);
  EXPECT_EQ(parse_time("1970-01-02T01:00:00+01:00", "UTC"), kDay);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59", "UTC"), -kSecond);
  EXPECT_EQ(parse_time("2020/3/18", "UTC"), 18'339 * kDay);
  EXPECT_EQ(parse_time("18.3.2020", "UTC"), 18'339 * kDay);
  EXPECT_EQ(parse_time("2013-11-07T06:20:48", "UTC"), 1'383'805'248 * kSecond);
}

TEST(ParseTime, TakesTheZoneOfTheProjectWhereNoneIsWritten) {
  EXPECT_EQ(parse_time("1970-01-02", "+02:00"), kDay - 7200 * kSecond);
  EXPECT_EQ(parse_time("1970-01-02T00:00-05:00", "+02:00"), kDay + 5 * 3600 * kSecond);
}

TEST(ParseTime, GivesNothingForWhatIsNoTime) {
  for (const char* text : {"", "today", "2026-02-29", "2026-13-01", "2026-00-10", "31.4.2026", "0000-01-01", "2026-01", "2026-01-05T25:00",
                           "2026-01-05T10:60", "2026-01-05T10", "2026-01-05T10:00:61", "2026-01-05X", "2026-01-05T10:00+99:00", "1/2/2026",
                           "2026-01-05T10:00:00.", "20260105", "26-01-05", "2026-01/05"})
    EXPECT_FALSE(parse_time(text, "UTC")) << text;
  EXPECT_TRUE(parse_time("2024-02-29", "UTC"));
}

TEST(ParseTimeZone, KnowsUtcAndOffsets) {
  EXPECT_EQ(parse_time_zone("UTC"), 0);
  EXPECT_EQ(parse_time_zone("-03:30"), -210);
  EXPECT_FALSE(parse_time_zone("CET"));
  EXPECT_FALSE(parse_time_zone("+15:00"));
  EXPECT_FALSE(parse_time_zone(""));
}

}  // namespace
}  // namespace hone
