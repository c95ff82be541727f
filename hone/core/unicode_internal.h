#pragma once

#include <utf8proc.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// Word boundaries follow Unicode Standard Annex #29 (Text Segmentation), rules WB4 to WB13b, with general
// categories standing in for the Word_Break property: utf8proc carries no table of that property.
namespace hone {

struct CodePoint {
  utf8proc_int32_t value = -1;  // -1: none there.
  std::size_t bytes = 0;
};

inline CodePoint after(std::string_view text, std::size_t position) {
  if (position >= text.size()) return {};
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) return {first, 1};
  CodePoint point;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                                      static_cast<utf8proc_ssize_t>(text.size() - position), &point.value);
  point.bytes = bytes > 0 ? static_cast<std::size_t>(bytes) : 1;
  return point;
}

inline CodePoint before(std::string_view text, std::size_t position) {
  if (position == 0) return {};
  std::size_t start = position - 1;
  while (start > 0 && position - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  CodePoint point = after(text.substr(0, position), start);
  point.bytes = position - start;
  return point;
}

enum class WordClass : std::uint8_t { kOther, kLetter, kDigit, kConnector, kExtend, kUnspaced };

inline bool in(utf8proc_int32_t value, utf8proc_int32_t first, utf8proc_int32_t last) { return first <= value && value <= last; }

// Scripts written without spaces: every character stands as a word of its own for boundaries.
inline bool is_unspaced(utf8proc_int32_t value) {
  return in(value, 0x2E80, 0x2FDF) || in(value, 0x3005, 0x3007) || in(value, 0x3041, 0x309F) || in(value, 0x3400, 0x4DBF) ||
         in(value, 0x4E00, 0x9FFF) || in(value, 0xF900, 0xFAFF) || in(value, 0x20000, 0x3FFFD) || in(value, 0x0E01, 0x0EDF) ||
         in(value, 0x1000, 0x109F) || in(value, 0x1780, 0x17DD) || in(value, 0xA9E0, 0xA9FE) || in(value, 0xAA60, 0xAA7F);
}

inline constexpr std::array<WordClass, 128> kAsciiClasses = [] {
  std::array<WordClass, 128> classes{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = WordClass::kLetter;
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = WordClass::kDigit;
  classes['_'] = WordClass::kConnector;
  return classes;
}();

inline WordClass class_of(utf8proc_int32_t value) {
  if (value < 0) return WordClass::kOther;
  if (value < 0x80) return kAsciiClasses[static_cast<std::size_t>(value)];
  const auto category = utf8proc_category(value);
  switch (category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
      return value == 0x200B || value == 0xFEFF ? WordClass::kOther : WordClass::kExtend;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
      return is_unspaced(value) ? WordClass::kUnspaced : WordClass::kLetter;
    case UTF8PROC_CATEGORY_ND:
      return WordClass::kDigit;
    case UTF8PROC_CATEGORY_PC:
      return WordClass::kConnector;
    default:
      return WordClass::kOther;
  }
}

// Narrower than the annex, which also joins letters over ':' and '.': messages often lack the space after a full stop.
inline bool joins_letters(utf8proc_int32_t value) { return value == '\'' || value == 0x2019 || value == 0x00B7; }
inline bool joins_digits(utf8proc_int32_t value) { return value == '.' || value == ',' || value == '\'' || value == 0x2019; }

inline bool joins(WordClass a, WordClass b) {
  const auto part = [](WordClass c) { return c == WordClass::kLetter || c == WordClass::kDigit || c == WordClass::kConnector; };
  return part(a) && part(b);
}

// WB6, WB7, WB11, WB12: a joiner between two letters, or between two digits, does not part them.
inline bool is_joined(WordClass left, utf8proc_int32_t joiner, WordClass right) {
  if (left == WordClass::kLetter && right == WordClass::kLetter) return joins_letters(joiner);
  if (left == WordClass::kDigit && right == WordClass::kDigit) return joins_digits(joiner);
  return false;
}

inline bool counts_as_word(WordClass c) { return c == WordClass::kLetter || c == WordClass::kDigit || c == WordClass::kUnspaced; }

}  // namespace hone
