#include "hone/core/text_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "hone/core/random.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

// The same as is_word_boundary() says of each place alone.
TEST(TextParts, AreCutAtAllWordBoundaries) {
  constexpr std::string_view kAlphabet[] = {"a", "b",      "1",  "2", "_", "'", ".",      ",", " ",
                                            "é", "\u0301", "卡", "’", "·", "-", "\u200B", "가"};
  RandomStream random(1, "texts to cut");
  std::vector<TextPart> parts;
  for (int count = 0; count < 3000; ++count) {
    std::string text;
    for (std::uint64_t length = random.below(10); length > 0; --length) text += kAlphabet[random.below(std::size(kAlphabet))];
    cut_at_word_boundaries(text, parts);
    std::vector<std::size_t> cut, alone;
    for (const TextPart& part : parts) cut.push_back(part.end);
    for (std::size_t byte = 1; byte <= text.size(); ++byte)
      if ((byte == text.size() || (static_cast<unsigned char>(text[byte]) & 0xC0) != 0x80) && is_word_boundary(text, byte))
        alone.push_back(byte);
    ASSERT_EQ(cut, alone) << text;
    ASSERT_EQ(static_cast<std::size_t>(std::ranges::count_if(parts, &TextPart::is_word)), count_words(text)) << text;
  }
}

}  // namespace
}  // namespace hone
