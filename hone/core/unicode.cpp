// Word boundaries follow Unicode Standard Annex #29 (Text Segmentation), rules WB4 to WB13b, with general
// categories standing in for the Word_Break property: utf8proc carries no table of that property.
#include "hone/core/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "hone/core/error.h"

namespace hone {
namespace {

// Bytes from `position` on that are ASCII, eight at a time.
std::size_t ascii_end(std::string_view text, std::size_t position) {
  for (; position + 8 <= text.size(); position += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + position, 8);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  while (position < text.size() && static_cast<unsigned char>(text[position]) < 0x80) ++position;
  return position;
}

bool is_ascii(std::string_view text) { return ascii_end(text, 0) == text.size(); }

struct CodePoint {
  utf8proc_int32_t value = -1;  // -1: none there.
  std::size_t bytes = 0;
};

CodePoint after(std::string_view text, std::size_t position) {
  if (position >= text.size()) return {};
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) return {first, 1};
  CodePoint point;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                                      static_cast<utf8proc_ssize_t>(text.size() - position), &point.value);
  point.bytes = bytes > 0 ? static_cast<std::size_t>(bytes) : 1;
  return point;
}

CodePoint before(std::string_view text, std::size_t position) {
  if (position == 0) return {};
  std::size_t start = position - 1;
  while (start > 0 && position - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  CodePoint point = after(text.substr(0, position), start);
  point.bytes = position - start;
  return point;
}

enum class WordClass { kOther, kLetter, kDigit, kConnector, kExtend, kUnspaced };

bool in(utf8proc_int32_t value, utf8proc_int32_t first, utf8proc_int32_t last) { return first <= value && value <= last; }

// Scripts written without spaces: every character stands as a word of its own for boundaries.
bool is_unspaced(utf8proc_int32_t value) {
  return in(value, 0x2E80, 0x2FDF) || in(value, 0x3005, 0x3007) || in(value, 0x3041, 0x309F) || in(value, 0x3400, 0x4DBF) ||
         in(value, 0x4E00, 0x9FFF) || in(value, 0xF900, 0xFAFF) || in(value, 0x20000, 0x3FFFD) || in(value, 0x0E01, 0x0EDF) ||
         in(value, 0x1000, 0x109F) || in(value, 0x1780, 0x17DD) || in(value, 0xA9E0, 0xA9FE) || in(value, 0xAA60, 0xAA7F);
}

WordClass class_of_ascii(utf8proc_int32_t value) {
  if (in(value, 'a', 'z') || in(value, 'A', 'Z')) return WordClass::kLetter;
  if (in(value, '0', '9')) return WordClass::kDigit;
  return value == '_' ? WordClass::kConnector : WordClass::kOther;
}

WordClass class_of(utf8proc_int32_t value) {
  if (value < 0) return WordClass::kOther;
  if (value < 0x80) return class_of_ascii(value);
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
bool joins_letters(utf8proc_int32_t value) { return value == '\'' || value == 0x2019 || value == 0x00B7; }
bool joins_digits(utf8proc_int32_t value) { return value == '.' || value == ',' || value == '\'' || value == 0x2019; }

bool joins(WordClass a, WordClass b) {
  const auto part = [](WordClass c) { return c == WordClass::kLetter || c == WordClass::kDigit || c == WordClass::kConnector; };
  return part(a) && part(b);
}

struct Base {
  CodePoint point;
  WordClass word_class = WordClass::kOther;
  std::size_t begin = 0;
};

// The last code point before `position` that is no combining mark (WB4: marks belong to what they follow).
Base base_before(std::string_view text, std::size_t position) {
  for (;;) {
    const CodePoint point = before(text, position);
    if (point.bytes == 0) return {};
    const WordClass word_class = class_of(point.value);
    position -= point.bytes;
    if (word_class != WordClass::kExtend || position == 0) return {point, word_class, position};
  }
}

Base base_after(std::string_view text, std::size_t position) {
  for (;;) {
    const CodePoint point = after(text, position);
    if (point.bytes == 0) return {};
    const WordClass word_class = class_of(point.value);
    if (word_class != WordClass::kExtend) return {point, word_class, position};
    position += point.bytes;
  }
}

// WB6, WB7, WB11, WB12: a joiner between two letters, or between two digits, does not part them.
bool is_joined(const Base& left, const CodePoint& joiner, const Base& right) {
  if (left.word_class == WordClass::kLetter && right.word_class == WordClass::kLetter) return joins_letters(joiner.value);
  if (left.word_class == WordClass::kDigit && right.word_class == WordClass::kDigit) return joins_digits(joiner.value);
  return false;
}

bool counts_as_word(WordClass c) { return c == WordClass::kLetter || c == WordClass::kDigit || c == WordClass::kUnspaced; }

void fold_ascii(std::string_view text, std::string& folded) {
  folded.assign(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

void fold_all(std::string_view text, std::string& folded) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                                 &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) throw Error(ErrorCode::kInvalidArgument, std::string("cannot fold the case of a text: ") + utf8proc_errmsg(size));
  folded.assign(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  for (std::size_t position = ascii_end(text, 0); position < text.size();) {
    const CodePoint point = after(text, position);
    if (point.value < 0) return false;
    position += point.bytes;
    if (position < text.size() && static_cast<unsigned char>(text[position]) < 0x80) position = ascii_end(text, position);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string valid;
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint point = after(text, position);
    if (point.value < 0)
      valid += "\xEF\xBF\xBD";
    else
      valid += text.substr(position, point.bytes);
    position += point.bytes;
  }
  return valid;
}

std::string fold_case(std::string_view text) {
  std::string folded;
  fold_case(text, folded);
  return folded;
}

std::string_view fold_case(std::string_view text, std::string& buffer) {
  if (is_ascii(text))
    fold_ascii(text, buffer);
  else
    fold_all(text, buffer);
  return buffer;
}

bool is_word_boundary(std::string_view text, std::size_t position) {
  if (position == 0 || position >= text.size()) return true;
  const Base right = {after(text, position), class_of(after(text, position).value), position};
  if (right.word_class == WordClass::kExtend) return false;
  const Base left = base_before(text, position);
  if (joins(left.word_class, right.word_class)) return false;
  if (is_joined(left, right.point, base_after(text, position + right.point.bytes))) return false;
  return left.begin == 0 || !is_joined(base_before(text, left.begin), left.point, right);
}

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  for_each_word(text, [&](std::string_view) { ++words; });
  return words;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

WordSpan next_word(std::string_view text, std::size_t position) {
  while (position < text.size()) {
    const CodePoint first = after(text, position);
    bool is_word = counts_as_word(class_of(first.value));
    std::size_t end = position + first.bytes;
    while (end < text.size() && !is_word_boundary(text, end)) {
      const CodePoint point = after(text, end);
      is_word = is_word || counts_as_word(class_of(point.value));
      end += point.bytes;
    }
    if (is_word) return {position, end};
    position = end;
  }
  return {text.size(), text.size()};
}

}  // namespace hone
