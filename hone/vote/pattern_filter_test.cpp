#include <gtest/gtest.h>
#include <re2/filtered_re2.h>
#include <utf8proc.h>

#include <algorithm>

#include "hone/vote/pattern_filter_internal.h"
#include "hone/vote/pattern_internal.h"

namespace hone {
namespace {

using Cut = std::vector<std::string>;

std::string filter_view(std::string_view text) {
  std::string view;
  append_filter_view(text, view);
  return view;
}

TEST(PatternFilter, RequiresTheLongestWords) {
  EXPECT_EQ(required_literals("stolen"), (RequiredLiterals{{"stolen"}}));
  EXPECT_EQ(required_literals(R"((?i)\b(Lost|stolen)\b.*\bcard)"), (RequiredLiterals{{"lost", "stolen"}, {"card"}}));
  EXPECT_EQ(required_literals(R"(what[^\w]* (\w+ ){0,1}hypertension)").front(), (Cut{"hypertension"}));
}

TEST(PatternFilter, RequiresNothingWhereNothingTells) {
  EXPECT_TRUE(required_literals(R"(\d{4})").empty());
  EXPECT_TRUE(required_literals("a|stolen").empty());
  EXPECT_TRUE(required_literals("(stolen)?").empty());
  EXPECT_TRUE(required_literals("ab").empty()) << "too short to tell texts apart";
  EXPECT_TRUE(required_literals("卡片").empty()) << "no ASCII in it";
}

TEST(PatternFilter, LeavesNulCharactersOut) { EXPECT_EQ(required_literals(std::string_view("\0card", 5)), (RequiredLiterals{{"card"}})); }

TEST(PatternFilter, CutsLiteralsThatAreLongerThanTellsAnything) {
  EXPECT_EQ(required_literals("(stolen card ){1000}"),
            (RequiredLiterals{{"stolen card stolen card stolen card stolen card stolen card stol"}}));
}

TEST(PatternFilter, SparesTheVariantsOfSAndK) {
  EXPECT_EQ(required_literals("(?i)missing"), (RequiredLiterals{{"missing"}}));
  EXPECT_EQ(required_literals("(?i)risk"), (RequiredLiterals{{"risk"}}));
}

TEST(PatternFilter, LowersWhatBecomesAscii) { EXPECT_EQ(filter_view("RI\u017F\u212A \u0130Z É"), "risk iz É"); }

// What the filter rests on: of all characters with a lower case, only the three that it maps have atoms in ASCII.
TEST(PatternFilter, KnowsEveryCharacterWhoseAtomIsAscii) {
  std::vector<utf8proc_int32_t> ascii_atoms;
  for (utf8proc_int32_t character = 0x80; character < 0x1F000; ++character) {
    if (character == 0xD800) character = 0xE000;
    if (utf8proc_tolower(character) == character && utf8proc_toupper(character) == character) continue;
    std::string pattern(4, '\0');
    pattern.resize(static_cast<std::size_t>(utf8proc_encode_char(character, reinterpret_cast<utf8proc_uint8_t*>(pattern.data()))));
    re2::FilteredRE2 filter;
    int id = 0;
    ASSERT_EQ(filter.Add(pattern, pattern_options(), &id), RE2::NoError);
    std::vector<std::string> atoms;
    filter.Compile(&atoms);
    const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
    if (std::ranges::any_of(atoms, [&](const std::string& atom) { return std::ranges::any_of(atom, is_ascii); }))
      ascii_atoms.push_back(character);
  }
  for (const utf8proc_int32_t character : ascii_atoms) EXPECT_TRUE(character == 0x130 || character == 0x212A) << character;
}

}  // namespace
}  // namespace hone
