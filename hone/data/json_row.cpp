// Our own, since a JSON library would have to give the text of numbers and nested values as it is written, check every value,
// and live beside the simdjson that the Parquet library carries and exports in another version.
#include <bit>
#include <cstdint>
#include <cstring>

#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/data/json_row_internal.h"

namespace hone {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kHighs = 0x8080808080808080u;

std::uint64_t zero_bytes(std::uint64_t eight) { return (eight - kOnes) & ~eight & kHighs; }

// The first quote, backslash or control character; eight bytes at a time (Anderson, Bit Twiddling Hacks, "Determine if a word
// has a byte less than n").
const char* special(const char* place, const char* end) {
  for (std::uint64_t eight; end - place >= 8; place += 8) {
    std::memcpy(&eight, place, 8);
    const std::uint64_t hit =
        zero_bytes(eight ^ (kOnes * '"')) | zero_bytes(eight ^ (kOnes * '\\')) | ((eight - kOnes * 0x20) & ~eight & kHighs);
    if (hit != 0) break;
  }
  while (place != end && *place != '"' && *place != '\\' && static_cast<unsigned char>(*place) >= 0x20) ++place;
  return place;
}

}  // namespace

void JsonRow::fail(const std::string& reason) const { throw BadJson{reason + " at byte " + std::to_string(place_ - begin_ + 1)}; }

void JsonRow::skip_blanks() {
  while (place_ != end_ && (*place_ == ' ' || *place_ == '\t' || *place_ == '\r' || *place_ == '\n')) ++place_;
}

bool JsonRow::take(char c) {
  skip_blanks();
  if (place_ == end_ || *place_ != c) return false;
  ++place_;
  return true;
}

void JsonRow::need(char c, const char* where) {
  if (!take(c)) fail(std::string("'") + c + "' is missing " + where);
}

std::span<const JsonMember> JsonRow::parse(std::string_view line) {
  begin_ = place_ = line.data();
  end_ = line.data() + line.size();
  members_.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());  // What escapes stand for is never longer, so that views into it stay.
  if (!is_valid_utf8(line)) throw BadJson{"the line is not valid UTF-8"};
  if (!take('{')) throw BadJson{"the line is not a JSON object"};
  if (!take('}')) {
    do {
      skip_blanks();
      const std::string_view key = string();
      need(':', "behind a key");
      members_.push_back({key, value(2)});
    } while (take(','));
    need('}', "at the end of the object");
  }
  skip_blanks();
  if (place_ != end_) fail("something follows the object");
  return members_;
}

std::string_view JsonRow::string() {
  if (place_ == end_ || *place_ != '"') fail("a string is missing");
  const char* begin = ++place_;
  place_ = special(place_, end_);
  if (place_ != end_ && *place_ == '\\') return unescaped(begin);
  if (place_ == end_) fail("a string is not closed");
  if (*place_ != '"') fail("a control character stands in a string");
  return {begin, static_cast<std::size_t>(place_++ - begin)};
}

std::string_view JsonRow::unescaped(const char* begin) {
  const std::size_t start = unescaped_.size();
  for (;;) {
    unescaped_.append(begin, place_);
    if (place_ == end_) fail("a string is not closed");
    if (*place_ == '"') break;
    if (*place_ != '\\') fail("a control character stands in a string");
    ++place_;
    escape();
    begin = place_;
    place_ = special(place_, end_);
  }
  ++place_;
  return std::string_view(unescaped_).substr(start);
}

void JsonRow::escape() {
  if (place_ == end_) fail("a string is not closed");
  const char c = *place_++;
  if (c == 'u') return code_point(hex4());
  constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t known = kEscapes.find(c);
  if (known == std::string_view::npos) fail("an escape is not known");
  unescaped_ += kMeanings[known];
}

unsigned JsonRow::hex4() {
  unsigned code = 0;
  for (int digit = 0; digit < 4; ++digit) {
    const char c = place_ == end_ ? '\0' : *place_++;
    if (is_digit(c)) {
      code = code << 4 | static_cast<unsigned>(c - '0');
    } else if (('a' <= c && c <= 'f') || ('A' <= c && c <= 'F')) {
      code = code << 4 | static_cast<unsigned>((c | 0x20) - 'a' + 10);
    } else {
      fail("\\u needs four hexadecimal digits");
    }
  }
  return code;
}

void JsonRow::code_point(unsigned code) {
  if (0xD800 <= code && code < 0xDC00 && end_ - place_ >= 2 && place_[0] == '\\' && place_[1] == 'u') {
    place_ += 2;
    const unsigned low = hex4();
    if (low < 0xDC00 || low > 0xDFFF) fail("a surrogate pair has only one half");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (0xD800 <= code && code <= 0xDFFF) fail("a surrogate pair has only one half");
  if (code < 0x80) {
    unescaped_ += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  unescaped_ += static_cast<char>(kLead[more] | code >> (6 * more));
  for (int byte = more - 1; byte >= 0; --byte) unescaped_ += static_cast<char>(0x80 | (code >> (6 * byte) & 63));
}

JsonValue JsonRow::value(int depth) {
  skip_blanks();
  if (place_ == end_) fail("a value is missing");
  const char* begin = place_;
  switch (*place_) {
    case '"':
      return {JsonKind::kString, string()};
    case 't':
      return word("true", JsonKind::kBool);
    case 'f':
      return word("false", JsonKind::kBool);
    case 'n':
      return word("null", JsonKind::kNull);
    case '[':
      list(depth);
      break;
    case '{':
      object(depth);
      break;
    case 'N':
    case 'I':
      if (numbers_ == JsonNumbers::kPythons) return word(*place_ == 'N' ? "NaN" : "Infinity", JsonKind::kNumber);
      return number();
    default:
      return number();
  }
  return {JsonKind::kNested, {begin, static_cast<std::size_t>(place_ - begin)}};
}

JsonValue JsonRow::word(std::string_view text, JsonKind kind) {
  if (!std::string_view(place_, static_cast<std::size_t>(end_ - place_)).starts_with(text)) fail("a value is not JSON");
  place_ += text.size();
  return {kind, {place_ - text.size(), text.size()}};
}

JsonValue JsonRow::number() {
  const char* begin = place_;
  const auto digits = [&] {
    if (place_ == end_ || !is_digit(*place_)) fail("a value is not JSON");
    while (place_ != end_ && is_digit(*place_)) ++place_;
  };
  const auto is = [&](std::string_view any) { return place_ != end_ && any.find(*place_) != std::string_view::npos; };
  if (is("-")) ++place_;
  if (is("I") && place_ != begin && numbers_ == JsonNumbers::kPythons) {
    const JsonValue infinity = word("Infinity", JsonKind::kNumber);
    return {infinity.kind, {begin, infinity.text.size() + 1}};
  }
  const bool zero = is("0");
  zero ? static_cast<void>(++place_) : digits();
  if (is(".")) ++place_, digits();
  if (is("eE")) {
    ++place_;
    if (is("+-")) ++place_;
    digits();
  }
  return {JsonKind::kNumber, {begin, static_cast<std::size_t>(place_ - begin)}};
}

void JsonRow::list(int depth) {
  if (depth > kMaxDepth) fail("values are nested deeper than 64");
  ++place_;
  if (take(']')) return;
  do value(depth + 1);
  while (take(','));
  need(']', "at the end of a list");
}

void JsonRow::object(int depth) {
  if (depth > kMaxDepth) fail("values are nested deeper than 64");
  ++place_;
  if (take('}')) return;
  do {
    skip_blanks();
    string();
    need(':', "behind a key");
    value(depth + 1);
  } while (take(','));
  need('}', "at the end of an object");
}

}  // namespace hone
