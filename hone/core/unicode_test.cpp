#include "hone/core/unicode.h"

#include <gtest/gtest.h>

#include <vector>

namespace hone {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  for_each_word(text, [&](std::string_view word) { found.emplace_back(word); });
  return found;
}

// The text with a bar at every boundary.
std::string boundaries(std::string_view text) {
  std::string shown;
  for (std::size_t position = 0; position <= text.size(); ++position) {
    const bool begins = position == text.size() || (static_cast<unsigned char>(text[position]) & 0xC0) != 0x80;
    if (begins && is_word_boundary(text, position)) shown += '|';
    if (position < text.size()) shown += text[position];
  }
  return shown;
}

using Words = std::vector<std::string>;

TEST(Utf8, KnowsWhatIsValid) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("Größe 😀"));
  for (const char* wrong : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"}) EXPECT_FALSE(is_valid_utf8(wrong));
}

TEST(Utf8, ReplacesEveryByteThatIsNoText) {
  EXPECT_EQ(replace_invalid_utf8("Größe"), "Größe");
  EXPECT_EQ(replace_invalid_utf8("a\xff"
                                 "b"),
            "a\uFFFDb");
  EXPECT_EQ(replace_invalid_utf8("a\xe2\x82"), "a\uFFFD\uFFFD");
  EXPECT_EQ(replace_invalid_utf8("\xc0\x80ö"), "\uFFFD\uFFFDö");
}

TEST(FoldCase, FoldsFully) {
  EXPECT_EQ(fold_case("STRASSE"), "strasse");
  EXPECT_EQ(fold_case("Straße"), "strasse");
  EXPECT_EQ(fold_case("ẞ"), "ss");
  EXPECT_EQ(fold_case("ﬁx"), "fix");
  EXPECT_EQ(fold_case("ΣΊΣΥΦΟΣ"), fold_case("σίσυφος"));
}

TEST(FoldCase, KeepsTheDotOfTheTurkishI) {
  EXPECT_EQ(fold_case("İ"), "i\u0307");
  EXPECT_NE(fold_case("İ"), fold_case("i"));
  EXPECT_EQ(fold_case("I"), "i");
  EXPECT_EQ(fold_case("ı"), "ı");
}

TEST(FoldCase, ComposesWhatWasDecomposed) {
  EXPECT_EQ(fold_case("E\u0301"), "é");
  EXPECT_EQ(fold_case("É"), "é");
  EXPECT_EQ(fold_case("\u212B"), "å");  // The sign for the ångström.
}

TEST(FoldCase, WritesIntoTheBuffer) {
  std::string buffer = "old";
  EXPECT_EQ(fold_case("ABC z", buffer), "abc z");
  EXPECT_EQ(fold_case("ÄB", buffer), "äb");
  EXPECT_EQ(fold_case("", buffer), "");
}

TEST(Words, ArePartedBySpacesAndSigns) {
  EXPECT_EQ(words("The card, never-arrived!"), (Words{"The", "card", "never", "arrived"}));
  EXPECT_EQ(words("  \t\n"), Words{});
  EXPECT_EQ(words(""), Words{});
  EXPECT_EQ(words("--- ... 😀"), Words{});
}

TEST(Words, KeepApostrophesAndNumbersTogether) {
  EXPECT_EQ(words("don't"), Words{"don't"});
  EXPECT_EQ(words("don\u2019t"), Words{"don\u2019t"});
  EXPECT_EQ(words("'quoted'"), Words{"quoted"});
  EXPECT_EQ(words("1,000 and 3.14"), (Words{"1,000", "and", "3.14"}));
  EXPECT_EQ(words("1, 000"), (Words{"1", "000"}));
  EXPECT_EQ(words("stole it from me.my card"), (Words{"stole", "it", "from", "me", "my", "card"}));
  EXPECT_EQ(words("snake_case x2 2nd"), (Words{"snake_case", "x2", "2nd"}));
  EXPECT_EQ(words("__ _"), Words{});
}

TEST(Words, KeepMarksWithWhatTheyFollow) {
  EXPECT_EQ(words("cafe\u0301 noir"), (Words{"cafe\u0301", "noir"}));
  EXPECT_EQ(boundaries("e\u0301"), "|e\u0301|");
  EXPECT_EQ(boundaries("a \u0301b"), "|a| \u0301|b|");
  EXPECT_EQ(words("co\u00ADoperate"), Words{"co\u00ADoperate"});  // A soft hyphen.
  EXPECT_EQ(words("don\u0301't"), Words{"don\u0301't"});
  EXPECT_EQ(boundaries("\u0301\u0301a"), "|\u0301\u0301|a|");
}

TEST(Words, HaveBoundariesEverywhereInScriptsWithoutSpaces) {
  EXPECT_EQ(boundaries("日本語"), "|日|本|語|");
  EXPECT_EQ(boundaries("カード"), "|カード|");  // Katakana runs are words.
  EXPECT_EQ(boundaries("カードの"), "|カード|の|");
  EXPECT_EQ(boundaries("ไทย"), "|ไ|ท|ย|");
  EXPECT_EQ(boundaries("กี่"), "|กี่|");  // Vowel sign and tone mark stay with their consonant.
  EXPECT_EQ(boundaries("card卡"), "|card|卡|");
  EXPECT_EQ(count_words("我的卡 lost"), 4u);
  EXPECT_EQ(words("카드 분실"), (Words{"카드", "분실"}));  // Korean has spaces.
}

TEST(Words, AreFoundFromAnyPosition) {
  const std::string text = "my card";
  EXPECT_EQ(next_word(text, 2).begin, 3u);
  EXPECT_EQ(next_word(text, 2).end, 7u);
  EXPECT_EQ(next_word(text, 7).begin, 7u);
}

TEST(Words, AreCountedInTimeThatGrowsWithTheText) {
  std::string marks = "a'";
  for (int mark = 0; mark < 300000; ++mark) marks += "\u0301";
  EXPECT_EQ(count_words(marks + "b"), 1u);
  std::string apostrophes;
  for (int sign = 0; sign < 300000; ++sign) apostrophes += "'";
  EXPECT_EQ(count_words("a" + apostrophes + "b"), 2u);
}

TEST(Characters, AreCodePoints) {
  EXPECT_EQ(count_characters(""), 0u);
  EXPECT_EQ(count_characters("Größe"), 5u);
  EXPECT_EQ(count_characters("😀"), 1u);
  EXPECT_EQ(count_characters("e\u0301"), 2u);
}

}  // namespace
}  // namespace hone
