#include "hone/core/count.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace hone {
namespace {

TEST(Count, HasACommaForEachThreeDigits) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1316), "1,316");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(with_commas(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Count, NamesOneAndMany) {
  EXPECT_EQ(counted(1, "row", "rows"), "1 row");
  EXPECT_EQ(counted(0, "row", "rows"), "0 rows");
  EXPECT_EQ(counted(12304, "row"), "12,304 rows");
  EXPECT_EQ(counted(1, "class", "classes"), "1 class");
  EXPECT_EQ(counted(4169, "vote was", "votes were"), "4,169 votes were");
}

}  // namespace
}  // namespace hone
