#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hone {

/// What stands between two word boundaries (is_word_boundary) next to each other; it begins where the part before it ends.
struct TextPart {
  std::uint32_t end = 0;
  bool is_word = false;  // One of those that count_words() counts: it holds a letter, a digit or an ideograph.
};

/// Replaces `parts` by all parts of the text, in one pass. REQUIRES: valid UTF-8, less than 4 GiB.
void cut_at_word_boundaries(std::string_view text, std::vector<TextPart>& parts);

inline bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

inline bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// The text without blanks, tabs and line ends at either end.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace hone
