#include "hone/core/name_table.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(NameTable, NumbersNamesInTheOrderInWhichTheyAreSeen) {
  NameTable names;
  EXPECT_EQ(names.of("card"), 0u);
  EXPECT_EQ(names.of(""), 1u);
  EXPECT_EQ(names.of("card"), 0u);
  EXPECT_EQ(names.find(""), 1u);
  EXPECT_EQ(names.find("loan"), kNoName);
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(names.name(0), "card");
  EXPECT_EQ(names.names(), (std::vector<std::string>{"card", ""}));
}

TEST(NameTable, KeepsManyApart) {
  NameTable names;
  for (std::uint32_t number = 0; number < 100'000; ++number) ASSERT_EQ(names.of("name " + std::to_string(number)), number);
  for (std::uint32_t number = 0; number < 100'000; ++number) ASSERT_EQ(names.find("name " + std::to_string(number)), number);
  EXPECT_EQ(names.find("name"), kNoName);
}

TEST(NameTable, FindsItsNamesInAnother) {
  NameTable one, other;
  for (const char* name : {"a", "b", "c"}) one.of(name);
  for (const char* name : {"c", "a"}) other.of(name);
  EXPECT_EQ(one.numbers_in(other), (std::vector<std::uint32_t>{1, kNoName, 0}));
}

}  // namespace
}  // namespace hone
