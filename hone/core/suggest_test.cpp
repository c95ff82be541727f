#include "hone/core/suggest.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

const std::vector<std::string> kKnown = {"data", "task", "label_model", "slices"};

TEST(Suggest, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("dta", kKnown), "data");
  EXPECT_EQ(nearest_name("tsak", kKnown), "task");
  EXPECT_EQ(nearest_name("labelmodel", kKnown), "label_model");
  EXPECT_EQ(nearest_name("slice", kKnown), "slices");
}

TEST(Suggest, OffersNothingThatIsUnlike) {
  EXPECT_EQ(nearest_name("evaluate", kKnown), "");
  EXPECT_EQ(nearest_name("", std::vector<std::string>{"a"}), "");
  EXPECT_EQ(nearest_name("x", std::vector<std::string>{"y"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(Suggest, TakesTheFirstOfEquallyNearNames) { EXPECT_EQ(nearest_name("cart", std::vector<std::string>{"card", "care"}), "card"); }

TEST(Suggest, PassesOverNamesTooLongToCompare) {
  const std::string longest(100000, 'x');
  EXPECT_EQ(nearest_name(longest, std::vector<std::string>{longest}), "");
}

TEST(Suggest, WordsTheOffer) {
  EXPECT_EQ(suggestion("dta", kKnown), "; did you mean 'data'?");
  EXPECT_EQ(suggestion("evaluate", kKnown), "; there are: 'data', 'task', 'label_model' and 'slices'");
  EXPECT_EQ(suggestion("x", {}), "; there are none");
}

TEST(QuotedList, CountsWhatItLeavesOut) {
  EXPECT_EQ(quoted_list({}), "");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a"}), "'a'");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b"}), "'a' and 'b'");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b", "c", "d"}, 2), "'a', 'b' and 2 more");
}

}  // namespace
}  // namespace hone
