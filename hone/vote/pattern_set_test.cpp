#include <gtest/gtest.h>

#include <memory>

#include "hone/vote/pattern_internal.h"
#include "hone/vote/pattern_set_internal.h"

namespace hone {
namespace {

struct Patterns {
  std::vector<std::unique_ptr<RE2>> owned;
  std::vector<const RE2*> pointers;
  void add(const std::string& pattern) {
    owned.push_back(std::make_unique<RE2>(pattern, pattern_options()));
    pointers.push_back(owned.back().get());
  }
};

TEST(PatternSet, FindsWhatEachPatternAloneFinds) {
  Patterns patterns;
  for (int number = 0; number < 100; ++number) patterns.add("(^| )" + std::to_string(number) + "\\d?( |$)");
  const PatternSet set(patterns.pointers);
  std::vector<std::uint32_t> found;
  for (const std::string text : {"", "7", "1 23 99x", "a 100 b", "55 5 555"}) {
    set.find(text, found);
    std::vector<std::uint32_t> alone;
    for (std::uint32_t pattern = 0; pattern < patterns.pointers.size(); ++pattern)
      if (finds(*patterns.pointers[pattern], text)) alone.push_back(pattern);
    EXPECT_EQ(found, alone) << text;
  }
}

TEST(PatternSet, HoldsPatternsThatTogetherAreTooLarge) {
  Patterns patterns;
  for (int number = 0; number < 32; ++number)
    patterns.add("\\pL{" + std::to_string(30 + number) + "," + std::to_string(60 + number) + "}\\d");
  const PatternSet set(patterns.pointers);
  std::vector<std::uint32_t> found;
  set.find(std::string(40, 'x') + "1", found);
  EXPECT_EQ(found.size(), 11u) << "those that ask for 30 to 40 letters";
}

TEST(PatternSet, OfNothingFindsNothing) {
  std::vector<std::uint32_t> found{1};
  PatternSet({}).find("text", found);
  EXPECT_TRUE(found.empty());
}

}  // namespace
}  // namespace hone
