#include "hone/job/text_linear_options.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

using nlohmann::json;

std::string trouble(const json& options) {
  try {
    options.get<TextLinearOptions>();
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
}

TEST(TextLinearOptions, TheDefaultsAreValidAndSurviveJson) {
  const json shown = TextLinearOptions{};
  EXPECT_EQ(json(shown.get<TextLinearOptions>()), shown);
  EXPECT_EQ(trouble(json::object()), "none");
}

TEST(TextLinearOptions, ReadsEveryOption) {
  json options = TextLinearOptions{};
  options["name"] = "text-linear";
  options["epochs"] = 7;
  options["learning_rate"] = 1;
  const auto read = options.get<TextLinearOptions>();
  EXPECT_EQ(read.epochs, 7);
  EXPECT_EQ(read.learning_rate, 1.0);
}

TEST(TextLinearOptions, AnUnknownOptionNamesTheNearest) {
  EXPECT_EQ(trouble({{"epoch", 3}}), "text-linear has no option 'epoch'; did you mean 'epochs'?");
}

TEST(TextLinearOptions, AValueOutOfRangeOrOfAnotherTypeNamesTheOption) {
  EXPECT_EQ(trouble({{"epochs", 0}}), "text-linear: 'epochs' must be from 1 to 10000, not 0");
  EXPECT_EQ(trouble({{"epochs", 2.5}}), "text-linear: 'epochs' must be a whole number, not 2.5");
  EXPECT_EQ(trouble({{"epochs", 4294967297}}), "text-linear: 'epochs' is out of range: 4294967297");
  EXPECT_EQ(trouble({{"buckets", 100000}}), "text-linear: 'buckets' must be a power of two, not 100000");
  EXPECT_EQ(trouble({{"learning_rate", "fast"}}), "text-linear: 'learning_rate' must be a number, not \"fast\"");
  EXPECT_EQ(trouble({{"balance", 1.5}}), "text-linear: 'balance' must be from 0 to 1");
  EXPECT_EQ(trouble({{"min_characters", 7}}), "text-linear: 'min_characters' must be from 1 to 5, not 7");
  EXPECT_EQ(trouble(json::array()), "text-linear: the options must be a mapping, not []");
}

}  // namespace
}  // namespace hone
