#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "hone/core/unicode.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Whatever the bytes: made valid they stay so, folding twice changes nothing more, and words lie in order between boundaries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = hone::replace_invalid_utf8({reinterpret_cast<const char*>(data), size});
  require(hone::is_valid_utf8(text));
  require(hone::replace_invalid_utf8(text) == text);
  const std::string folded = hone::fold_case(text);
  require(hone::is_valid_utf8(folded));
  require(hone::fold_case(folded) == folded);
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
  require(words <= hone::count_characters(text));
  return 0;
}
