#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/flow/gold_needed_internal.h"

namespace hone {
namespace {

TEST(GoldNeeded, SaysSoManyRowsWithCommas) {
  const nlohmann::json needed = gold_needed_json({.a = "hone", .b = "majority vote", .rows = 1000, .differ = 67});
  EXPECT_EQ(needed.at("rows"), 1313);
  EXPECT_EQ(
      needed.at("text"),
      "hone and majority vote name different classes on 6.7 % of the rows: 1,313 gold rows drawn at random would show a difference of "
      "2 points, or 88 drawn among the rows where they differ");
}

TEST(GoldNeeded, SaysWhereNoAmountOfGoldWould) {
  const nlohmann::json never = gold_needed_json({.a = "hone", .b = "majority vote", .rows = 10, .differ = 0});
  EXPECT_EQ(never.at("text"), "hone and majority vote name the same class on every row");
  EXPECT_TRUE(gold_needed_json({.a = "hone", .b = "majority vote", .rows = 1000, .differ = 10}).at("rows").is_null());
}

}  // namespace
}  // namespace hone
