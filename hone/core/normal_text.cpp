#include "hone/core/normal_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

enum class Part : std::uint8_t { kInside, kGap, kNothing, kDepends };  // kDepends: on what stands beside it, or several symbols.

constexpr std::uint32_t kSymbolBits = 24;
constexpr std::uint32_t kSymbolMask = (1u << kSymbolBits) - 1;
constexpr char32_t kReplacement = 0xFFFD;

bool is_apostrophe(utf8proc_int32_t value) { return value == '\'' || value == 0x2018 || value == 0x2019 || value == 0x02BC; }
bool is_variation_selector(utf8proc_int32_t value) { return value >= 0xFE00 && value <= 0xFE0F; }

Part part_of(utf8proc_int32_t value) {
  if (is_apostrophe(value) || is_variation_selector(value)) return Part::kNothing;
  if (value == 0x200B || value == 0xFEFF) return Part::kGap;  // Of the formatting characters, those that stand for a space.
  switch (utf8proc_category(value)) {
    case UTF8PROC_CATEGORY_CF:
      return Part::kNothing;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SK:
      return Part::kGap;
    default:
      return Part::kInside;
  }
}

// Whether a character may join the one before it under canonical composition: marks, and the letters of Hangul.
bool may_compose(utf8proc_int32_t value) {
  const auto category = utf8proc_category(value);
  const bool is_mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
  return is_mark || (value >= 0x1100 && value <= 0x11FF);
}

utf8proc_int32_t decode(std::string_view text, std::size_t position, std::size_t& bytes) {
  utf8proc_int32_t value = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                                     static_cast<utf8proc_ssize_t>(text.size() - position), &value);
  bytes = size > 0 ? static_cast<std::size_t>(size) : 1;
  return size > 0 ? value : -1;
}

std::string encoded(char32_t value) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(value), bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)};
}

constexpr std::uint32_t entry(Part part, char32_t symbol) { return static_cast<std::uint32_t>(part) << kSymbolBits | symbol; }

std::uint32_t entry_of(utf8proc_int32_t value) {
  if (may_compose(value) && !is_variation_selector(value)) return entry(Part::kDepends, 0);
  const utf8proc_property_t& property = *utf8proc_get_property(value);
  if (property.casefold_seqindex == UINT16_MAX && property.decomp_seqindex == UINT16_MAX)
    return entry(part_of(value), static_cast<char32_t>(value));
  const std::string folded = fold_case(encoded(static_cast<char32_t>(value)));
  std::size_t bytes = 0;
  const utf8proc_int32_t symbol = folded.empty() ? -1 : decode(folded, 0, bytes);
  if (symbol < 0 || bytes != folded.size() || may_compose(symbol)) return entry(Part::kDepends, 0);
  return entry(part_of(symbol), static_cast<char32_t>(symbol));
}

constexpr utf8proc_int32_t kTableEnd = 0x10000;

// What becomes of each character of the basic plane that stands alone. Made once, in about a millisecond.
const std::vector<std::uint32_t>& folding_table() {
  static const std::vector<std::uint32_t> table = [] {
    std::vector<std::uint32_t> entries(kTableEnd, entry(Part::kDepends, 0));
    for (utf8proc_int32_t value = 0; value < kTableEnd; ++value)
      if (value < 0xD800 || value > 0xDFFF) entries[static_cast<std::size_t>(value)] = entry_of(value);
    return entries;
  }();
  return table;
}

// ASCII: the folded character, or one of the two below.
constexpr char kGap = 0, kNothing = 1;

constexpr std::array<char, 128> kAscii = [] {
  std::array<char, 128> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 32)] = static_cast<char>(c);
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = static_cast<char>(c);
  table['$'] = '$';
  table['\''] = kNothing;
  return table;
}();

}  // namespace

std::span<const char32_t> TextNormalizer::normalize(std::string_view text) {
  // No character folds to more than 3 symbols, nor one of a single byte to more than one.
  if (symbols_.size() < 2 * text.size() + 4) symbols_.resize(2 * text.size() + 4);
  state_ = {};
  put(U' ');
  state_.word = state_.end;
  for (std::size_t position = 0; position < text.size();) {
    if (!is_ascii(text[position])) {
      position = take_run(text, position);
      continue;
    }
    const char c = kAscii[static_cast<unsigned char>(text[position++])];
    if (c > kNothing)
      put(static_cast<char32_t>(c));
    else if (c == kGap)
      end_word();
  }
  end_word();
  return {symbols_.data(), state_.end > 1 ? state_.end : 0};
}

bool TextNormalizer::is_redaction() const {
  if (state_.end - state_.word < 2 || symbols_[state_.word] != U'x') return false;
  return std::all_of(symbols_.begin() + static_cast<std::ptrdiff_t>(state_.word),
                     symbols_.begin() + static_cast<std::ptrdiff_t>(state_.end), [](char32_t symbol) { return symbol == U'x'; });
}

void TextNormalizer::end_word() {
  if (state_.end == state_.word) return;
  const bool redacted = is_redaction();
  if (redacted) state_.end = state_.word + (state_.after_redaction ? 0 : 2);
  if (state_.end > state_.word) put(U' ');
  state_.word = state_.end;
  state_.after_redaction = redacted;
}

void TextNormalizer::take(char32_t folded) {
  const Part part = part_of(static_cast<utf8proc_int32_t>(folded));
  if (part == Part::kInside)
    put(folded);
  else if (part == Part::kGap)
    end_word();
}

// A run of bytes that are not ASCII; returns where it ends.
std::size_t TextNormalizer::take_run(std::string_view text, std::size_t begin) {
  const State before = state_;
  if (const std::size_t end = take_quickly(text, begin); end > begin) return end;
  state_ = before;
  return take_fully(text, begin);
}

// By the table; returns `begin` where the run holds something that depends on its neighbours.
std::size_t TextNormalizer::take_quickly(std::string_view text, std::size_t begin) {
  const std::vector<std::uint32_t>& table = folding_table();
  std::size_t position = begin;
  while (position < text.size() && !is_ascii(text[position])) {
    std::size_t bytes = 0;
    const utf8proc_int32_t value = decode(text, position, bytes);
    if (value >= kTableEnd) return begin;
    const std::uint32_t found = value < 0 ? entry(Part::kInside, kReplacement) : table[static_cast<std::size_t>(value)];
    const Part part = static_cast<Part>(found >> kSymbolBits);
    if (part == Part::kDepends) return begin;
    if (part == Part::kInside)
      put(found & kSymbolMask);
    else if (part == Part::kGap)
      end_word();
    position += bytes;
  }
  return position;
}

// By fold_case(), together with the letter or digit before the run, which a mark may belong to. No ASCII character joins what stands before
// it, so the rest of the text does not matter.
std::size_t TextNormalizer::take_fully(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && !is_ascii(text[end])) ++end;
  std::size_t from = begin;
  if (begin > 0 && is_ascii(text[begin - 1]) && kAscii[static_cast<unsigned char>(text[begin - 1])] > kNothing) {
    --from;
    --state_.end;
  }
  const std::string_view folded = fold_case(replace_invalid_utf8(text.substr(from, end - from)), folded_);
  for (std::size_t position = 0; position < folded.size();) {
    std::size_t bytes = 0;
    take(static_cast<char32_t>(decode(folded, position, bytes)));
    position += bytes;
  }
  return end;
}

std::string normal_text(std::string_view text) {
  TextNormalizer normalizer;
  const std::span<const char32_t> symbols = normalizer.normalize(text);
  if (symbols.empty()) return {};
  std::string normal;
  for (const char32_t symbol : symbols.subspan(1, symbols.size() - 2)) normal += encoded(symbol);
  return normal;
}

}  // namespace hone
