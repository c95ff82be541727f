#include "hone/core/normal_text.h"

#include <gtest/gtest.h>

#include "hone/core/random.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

TEST(NormalText, FoldsCaseAndMakesOneSpaceOfWhatPartsWords) {
  EXPECT_EQ(normal_text("My card -- is LOST!!\r\n\tHelp..."), "my card is lost help");
  EXPECT_EQ(normal_text("e-mail/phone_number"), "e mail phone number");
  EXPECT_EQ(normal_text("STRASSE"), normal_text("Straße"));
  EXPECT_EQ(normal_text("“Привет”, МИР…"), "привет мир");
}

TEST(NormalText, LeavesApostrophesAndFormattingOut) {
  EXPECT_EQ(normal_text("don't"), "dont");
  EXPECT_EQ(normal_text("don\u2019t"), "dont");
  EXPECT_EQ(normal_text("co\u00ADoperate \u200Fnow\u2069"), "cooperate now");
  EXPECT_EQ(normal_text("\u2764\uFE0F"), normal_text("\u2764"));
}

TEST(NormalText, KeepsDigitsCurrenciesAndPictures) {
  EXPECT_EQ(normal_text("$50, £50 & 50€"), "$50 £50 50€");
  EXPECT_NE(normal_text("👍"), normal_text("👎"));
  EXPECT_FALSE(normal_text("👍").empty());
}

TEST(NormalText, MakesOneOfRedactions) {
  EXPECT_EQ(normal_text("XXXX XXXX on XX/XX/2019"), "xx on xx 2019");
  EXPECT_EQ(normal_text("xx on XX/XXXX/2019"), "xx on xx 2019");
  EXPECT_EQ(normal_text("XXXX XX"), "xx");
  EXPECT_EQ(normal_text("x marks the spot; xerox, xxl, XXXX2"), "x marks the spot xerox xxl xxxx2");
}

TEST(NormalText, HasNothingWhereNothingIsSaid) {
  for (const char* text : {"", "   ", "?!", "\n\t", "'", "\u200B\u00AD", "+=<>"}) EXPECT_EQ(normal_text(text), "") << text;
}

TEST(NormalText, ComposesMarksWithTheLetterBeforeThem) {
  EXPECT_EQ(normal_text("cafe\u0301"), normal_text("CAF\u00C9"));
  EXPECT_EQ(normal_text("e\u0301"), "\u00E9");
  EXPECT_EQ(normal_text("\u1112\u1161\u11AB\u1100\u1173\u11AF"), "\uD55C\uAE00");  // Hangul letters and syllables.
  EXPECT_EQ(normal_text("\u0130"), normal_text("i\u0307"));
}

TEST(NormalText, TakesBytesThatAreNoUtf8) {
  EXPECT_EQ(normal_text("caf\xE9 x"), "caf\uFFFD x");
  EXPECT_EQ(normal_text("e\xCC"), "e\uFFFD");
  EXPECT_EQ(normal_text("\xF0\x9F\x91"), "\uFFFD\uFFFD\uFFFD");
}

TEST(NormalText, EndsWithASpaceOnBothSidesAndKeepsNothingOfTheTextBefore) {
  TextNormalizer normalizer;
  normalizer.normalize("a much longer text that came before XXXX");
  const auto symbols = normalizer.normalize("XX b");
  EXPECT_EQ(std::u32string(symbols.begin(), symbols.end()), U" xx b ");
  EXPECT_TRUE(normalizer.normalize("").empty());
}

// The oracle folds the whole text at once and looks at its characters one by one; here runs are folded apart.
TEST(NormalText, FoldsRunByRunAsTheWholeTextAtOnce) {
  const std::string pieces[] = {"a",      "E",      "x",  " ",  "'", ".", "é", "ß",  "\u0301", "\u0327", "\u1112",
                                "\u1161", "\u11A8", "한", "漢", "ﬁ", "İ", "Ω", "😀", "\u05B0", "ש",      "1"};
  RandomStream random(20261126, "normal.text");
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::uint64_t left = random.below(8); left > 0; --left) text += pieces[random.below(std::size(pieces))];
    EXPECT_EQ(normal_text(text), normal_text(fold_case(text))) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace hone
