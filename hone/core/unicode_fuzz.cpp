#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hone/core/folded_text.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"

using hone::require;

// Whatever the bytes: made valid they stay so, folding twice changes nothing more, and words lie in order between boundaries;
// folded piece by piece it is the same, and each part comes from a part of the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = hone::replace_invalid_utf8({reinterpret_cast<const char*>(data), size});
  require(hone::is_valid_utf8(text));
  require(hone::replace_invalid_utf8(text) == text);
  const std::string folded = hone::fold_case(text);
  require(hone::is_valid_utf8(folded));
  require(hone::fold_case(folded) == folded);
  hone::FoldedText pieces;
  pieces.assign(text);
  require(pieces.text() == folded);
  for (std::size_t byte = 0; byte < folded.size(); ++byte) require(pieces.origin_of_begin(byte) < pieces.origin_of_end(byte + 1));
  const char* end = text.data();
  std::size_t words = 0;
  hone::for_each_word(text, [&](std::string_view word) {
    require(!word.empty() && word.data() >= end);
    end = word.data() + word.size();
    require(hone::is_word_boundary(text, static_cast<std::size_t>(word.data() - text.data())));
    require(hone::is_word_boundary(text, static_cast<std::size_t>(end - text.data())));
    ++words;
  });
  require(hone::count_words(text) == words);
  std::vector<hone::TextPart> parts;
  hone::cut_at_word_boundaries(text, parts);
  std::size_t part = 0;
  for (std::size_t byte = 1; byte <= text.size(); ++byte)
    if ((byte == text.size() || (static_cast<unsigned char>(text[byte]) & 0xC0) != 0x80) && hone::is_word_boundary(text, byte))
      require(part < parts.size() && parts[part++].end == byte);
  require(part == parts.size());
  require(static_cast<std::size_t>(std::ranges::count_if(parts, &hone::TextPart::is_word)) == words);
  require(words <= hone::count_characters(text));
  return 0;
}
