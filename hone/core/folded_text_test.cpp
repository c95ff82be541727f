#include "hone/core/folded_text.h"

#include <gtest/gtest.h>

#include "hone/core/random.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

// What the folded word comes from.
std::string origin(const std::string& text, const std::string& folded_word) {
  FoldedText folded;
  folded.assign(text);
  const std::size_t begin = folded.text().find(folded_word);
  if (begin == std::string_view::npos) return "not there";
  const std::size_t from = folded.origin_of_begin(begin);
  return text.substr(from, folded.origin_of_end(begin + folded_word.size()) - from);
}

TEST(FoldedText, KnowsWhereItsPartsComeFrom) {
  EXPECT_EQ(origin("Die STRASSE 12", "strasse"), "STRASSE");
  EXPECT_EQ(origin("Die Straße 12", "strasse"), "Straße");
  EXPECT_EQ(origin("Die Straße 12", "12"), "12");
  EXPECT_EQ(origin("ein cafe\u0301!", "café"), "cafe\u0301");
  EXPECT_EQ(origin("ΟΔΟΣ", "οδοσ"), "ΟΔΟΣ");
  EXPECT_EQ(origin("\u1112\u1161\u11ab 12", "한"), "\u1112\u1161\u11ab");
  EXPECT_EQ(origin("我的银行卡", "银行"), "银行");
}

TEST(FoldedText, OfNothingBeginsAndEndsWhereTheTextDoes) {
  FoldedText folded;
  folded.assign("");
  EXPECT_EQ(folded.text(), "");
  EXPECT_EQ(folded.origin_of_begin(0), 0u);
  EXPECT_EQ(folded.origin_of_end(0), 0u);
}

TEST(FoldedText, IsTheFoldedWhole) {
  constexpr std::string_view kAlphabet[] = {"a",      "K", " ",  "1", "é", "\u0301", "\u0323", "ß", "İ",
                                            "\u0345", "α", "ᄒ", "ᅡ", "ᆫ", "한",     "卡",     "ﬁ", "\u1FEF"};
  RandomStream random(1, "folded texts");
  FoldedText folded;
  for (int count = 0; count < 2000; ++count) {
    std::string text;
    for (std::uint64_t length = random.below(12); length > 0; --length) text += kAlphabet[random.below(std::size(kAlphabet))];
    folded.assign(text);
    ASSERT_EQ(folded.text(), fold_case(text)) << text;
  }
}

}  // namespace
}  // namespace hone
