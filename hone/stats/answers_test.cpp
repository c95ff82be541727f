#include "hone/stats/answers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

TEST(RepeatedAnswers, GiveTheKnownAnswers) {
  std::vector<double> scores;
  std::vector<std::uint32_t> item_of;
  std::uint32_t item = 0;
  for (const std::string_view answers : {"1101", "0001", "1111", "0101", "1011", "0000"}) {
    for (const char answer : answers) {
      scores.push_back(answer - '0');
      item_of.push_back(item);
    }
    ++item;
  }
  const auto found = repeated_answers(scores, item_of);
  EXPECT_NEAR(found->mean, 0.541667, kDigits);
  EXPECT_NEAR(found->standard_error, 0.150231, kDigits);
  EXPECT_NEAR(found->within, 0.180556, kDigits);
  EXPECT_NEAR(found->between, 0.090278, kDigits);
  EXPECT_EQ(found->item_means, (std::vector{.75, .25, 1.0, .5, .75, 0.0}));
}

TEST(RepeatedAnswers, SpreadBetweenItemsIsNeverBelowZero) {
  const auto found = repeated_answers(std::vector<double>{0, 1, 1, 0}, std::vector<std::uint32_t>{0, 0, 1, 1});
  EXPECT_EQ(found->between, 0.0);
  EXPECT_NEAR(found->within, 0.5, 1e-12);
}

TEST(RepeatedAnswers, OfOneEachAreItems) {
  const auto found = repeated_answers(std::vector<double>{0, 1, 1}, std::vector<std::uint32_t>{0, 1, 2});
  EXPECT_EQ(found->within, 0.0);
  EXPECT_NEAR(found->between, 1.0 / 3.0, 1e-12);
}

TEST(RepeatedAnswers, OfNothingAreNoneAndRefuseWhatCannotBe) {
  EXPECT_FALSE(repeated_answers({}, {}));
  EXPECT_EQ(repeated_answers(std::vector{1.0}, std::vector<std::uint32_t>{3})->standard_error, 0.0);
  EXPECT_THROW(repeated_answers(std::vector{std::nan("")}, std::vector<std::uint32_t>{3}), Error);
  EXPECT_THROW(repeated_answers(std::vector{1.0}, {}), Error);
}

}  // namespace
}  // namespace hone
