#include "hone/vote/values_in.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

using Values = std::vector<std::string>;

TEST(ValuesIn, AreThoseOfAJsonListOrBetweenSeparators) {
  EXPECT_EQ(values_in(R"(["fees", "a; b"])", ";"), (Values{"fees", "a; b"}));
  EXPECT_EQ(values_in("[1, true]", ""), (Values{"1", "true"}));
  EXPECT_EQ(values_in("fees; refund ;", ";"), (Values{"fees", "refund"}));
  EXPECT_EQ(values_in("fees || refund", "||"), (Values{"fees", "refund"}));
  EXPECT_EQ(values_in(" fees; refund ", ""), (Values{"fees; refund"}));
  EXPECT_EQ(values_in("[not a list", ";"), (Values{"[not a list"}));
}

TEST(ValuesIn, OfAnEmptyCellAreNone) {
  for (const char* cell : {"", "  ", "[]", ";"}) EXPECT_TRUE(values_in(cell, ";").empty()) << cell;
}

}  // namespace
}  // namespace hone
