#include "hone/core/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "hone/core/error.h"
#include "hone/core/unicode_internal.h"

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

void append_folded_ascii(std::string_view text, std::string& folded) {
  const std::size_t begin = folded.size();
  folded += text;
  for (std::size_t byte = begin; byte < folded.size(); ++byte)
    folded[byte] = folded[byte] >= 'A' && folded[byte] <= 'Z' ? static_cast<char>(folded[byte] + 32) : folded[byte];
}

void append_folded(std::string_view text, std::string& folded) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                                 &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) throw Error(ErrorCode::kInvalidArgument, std::string("cannot fold the case of a text: ") + utf8proc_errmsg(size));
  folded.append(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
}

// No ASCII character joins the one before it, so each run of others can be folded for itself with the one before it, which may take its
// marks.
void fold_runs(std::string_view text, std::string& folded) {
  folded.clear();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t others = ascii_end(text, begin);
    const std::size_t run = others < text.size() && others > begin ? others - 1 : others;
    append_folded_ascii(text.substr(begin, run - begin), folded);
    begin = others;
    while (begin < text.size() && static_cast<unsigned char>(text[begin]) >= 0x80) ++begin;
    if (run < begin) append_folded(text.substr(run, begin - run), folded);
  }
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
  fold_runs(text, buffer);
  return buffer;
}

bool is_word_boundary(std::string_view text, std::size_t position) {
  if (position == 0 || position >= text.size()) return true;
  const Base right = {after(text, position), class_of(after(text, position).value), position};
  if (right.word_class == WordClass::kExtend) return false;
  const Base left = base_before(text, position);
  if (joins(left.word_class, right.word_class)) return false;
  if (is_joined(left.word_class, right.point.value, base_after(text, position + right.point.bytes).word_class)) return false;
  return left.begin == 0 || !is_joined(base_before(text, left.begin).word_class, left.point.value, right.word_class);
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
