// The canonical form is the only form that this reader takes: what it takes would be written again as the same bytes, since for every
// value there is exactly one text that follows the rules. The numbers in the messages are those of docs/ledger.md, "Encoding".
#include "verify/canonical.h"

#include <algorithm>
#include <cstring>

namespace hone::verify {
namespace {

constexpr unsigned kMostDepth = 8;
constexpr std::size_t kMostKeyBytes = 32;
constexpr std::size_t kMostStringBytes = 4'096;
constexpr std::int64_t kMostInteger = 9'007'199'254'740'991;  // 2^53 - 1

bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_key_start(char c) { return c >= 'a' && c <= 'z'; }
bool is_key_part(char c) { return is_key_start(c) || is_digit(c) || c == '_'; }

// How many bytes from `begin` need no look of their own: neither quote nor backslash nor control character nor beyond ASCII. Eight at
// a time: a byte of `x ^ pattern` is zero where x has the pattern, and (x - 01..) & ~x has its high bit where a byte is zero.
std::size_t plain_bytes(const char* begin, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const char* at = begin;
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    const std::uint64_t quote = word ^ kOnes * '"', backslash = word ^ kOnes * '\\';
    const std::uint64_t special = ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | ((word - kOnes * ' ') & ~word) | word;
    if ((special & kHigh) != 0) break;
  }
  while (at < end && *at != '"' && *at != '\\' && !is_control(*at) && is_ascii(*at)) ++at;
  return static_cast<std::size_t>(at - begin);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The length of a well-formed UTF-8 sequence beyond ASCII (Unicode, table 3-7), or 0. `bytes` is what is left of the text.
std::size_t sequence_length(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if (!is_continuation(bytes[at])) return 0;
  }
  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F, beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

const char* EventText::read(std::string_view text) {
  text_ = text;
  at_ = 0;
  values_.clear();
  if (text.size() > kMostEntryBytes) return "rule 1: longer than 16,384 bytes";
  if (!next_is('{')) return "rule 1: an event does not begin with '{'";
  if (const char* wrong = read_value(1)) return wrong;
  return at_ == text_.size() ? nullptr : "rule 1: bytes after the event's end";
}

// A value's place in the list is taken before what it holds is read, and its end filled in afterwards.
const char* EventText::read_value(unsigned depth) {
  if (at_ >= text_.size()) return "rule 1: the text ends too soon";
  const std::size_t index = values_.size();
  values_.push_back({Value::kObject, 0, 0, static_cast<std::uint16_t>(at_), 0, 0});
  const char* wrong = nullptr;
  const char first = text_[at_];
  std::size_t quotes = 0;
  if (first == '{' || first == '[') {
    values_[index].type = first == '{' ? Value::kObject : Value::kArray;
    wrong = depth > kMostDepth ? "rule 2: deeper than 8" : read_members(first == '{' ? '}' : ']', depth);
  } else if (first == '"') {
    values_[index].type = Value::kString;
    quotes = 1;
    wrong = read_string();
  } else if (is_digit(first) || first == '-') {
    values_[index].type = Value::kInteger;
    wrong = read_integer();
  } else if (text_.substr(at_).starts_with("true") || text_.substr(at_).starts_with("false")) {
    values_[index].type = Value::kBoolean;
    at_ += first == 't' ? 4 : 5;
  } else {
    return text_.substr(at_).starts_with("null") ? "rule 2: null" : "rule 1: no value begins here";
  }
  if (wrong) return wrong;
  values_[index].begin = static_cast<std::uint16_t>(values_[index].begin + quotes);
  values_[index].end = static_cast<std::uint16_t>(at_ - quotes);
  values_[index].after = static_cast<std::uint16_t>(values_.size());
  return nullptr;
}

const char* EventText::read_members(char close, unsigned depth) {
  ++at_;
  if (next_is(close)) return ++at_, nullptr;
  std::string_view before;
  while (true) {
    std::size_t key = 0, size = 0;
    if (close == '}') {
      if (const char* wrong = read_key(key, size)) return wrong;
      const std::string_view name = text_.substr(key, size);
      if (name == before) return "rule 2: a key stands twice";
      if (name < before) return "rule 2: keys are not sorted";
      before = name;
    }
    const std::size_t index = values_.size();
    if (const char* wrong = read_value(depth + 1)) return wrong;
    values_[index].key = static_cast<std::uint16_t>(key);
    values_[index].key_size = static_cast<std::uint8_t>(size);
    if (next_is(close)) return ++at_, nullptr;
    if (!next_is(',')) return "rule 1: neither ',' nor the end of an object or array";
    ++at_;
  }
}

const char* EventText::read_key(std::size_t& key, std::size_t& size) {
  if (!next_is('"')) return "rule 1: a key does not begin with '\"'";
  key = ++at_;
  while (at_ < text_.size() && is_key_part(text_[at_])) ++at_;
  size = at_ - key;
  if (!next_is('"') || size == 0 || size > kMostKeyBytes || !is_key_start(text_[key])) return "rule 2: a key is not [a-z][a-z0-9_]{0,31}";
  ++at_;
  if (!next_is(':')) return "rule 1: no ':' after a key";
  ++at_;
  return nullptr;
}

const char* EventText::read_string() {
  const std::size_t begin = ++at_;
  std::size_t saved = 0;  // Bytes that escapes have more than what they stand for.
  while (true) {
    at_ += plain_bytes(text_.data() + at_, text_.data() + text_.size());
    if (at_ >= text_.size()) return "rule 1: a string has no end";
    const std::size_t here = at_;
    const char c = text_[at_];
    if (c == '"') break;
    if (is_control(c)) return "rule 4: a control character in a string";
    if (const char* wrong = c == '\\' ? read_escape() : read_utf8()) return wrong;
    if (c == '\\') saved += at_ - here - 1;
  }
  if (at_ - begin - saved > kMostStringBytes) return "rule 4: a string longer than 4,096 bytes";
  ++at_;
  return nullptr;
}

const char* EventText::read_escape() {
  constexpr const char* kWrong = "rule 4: an escape that the canonical form does not use";
  const std::string_view escape = text_.substr(at_, 6);
  if (escape.size() >= 2 && std::strchr("\"\\btnfr", escape[1]) != nullptr && escape[1] != '\0') return at_ += 2, nullptr;
  if (escape.size() < 6 || !escape.starts_with("\\u00") || (escape[4] != '0' && escape[4] != '1')) return kWrong;
  const char low = escape[5];
  if (!is_digit(low) && (low < 'a' || low > 'f')) return kWrong;
  // \u0000 stands nowhere, and 08 09 0a 0c 0d have names of their own.
  if (escape[4] == '0' && std::strchr("089acd", low) != nullptr) return low == '0' ? "rule 4: U+0000" : kWrong;
  return at_ += 6, nullptr;
}

const char* EventText::read_utf8() {
  const std::size_t length = sequence_length(text_.substr(at_));
  at_ += length;
  return length == 0 ? "rule 4: not UTF-8" : nullptr;
}

const char* EventText::read_integer() {
  const std::size_t begin = at_;
  if (text_[at_] == '-') ++at_;
  const std::size_t digits = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  const std::size_t count = at_ - digits;
  if (count == 0) return "rule 3: '-' without a number";
  if (text_[digits] == '0' && (count > 1 || digits > begin)) return "rule 3: a leading zero or -0";
  if (at_ < text_.size() && std::strchr(".eE", text_[at_]) != nullptr && text_[at_] != '\0') return "rule 3: a fraction or exponent";
  if (count > 16) return "rule 3: beyond 2^53-1";
  std::int64_t number = 0;
  for (std::size_t at = digits; at < at_; ++at) number = 10 * number + (text_[at] - '0');
  return number > kMostInteger ? "rule 3: beyond 2^53-1" : nullptr;
}

std::int64_t EventText::integer(const Value& value) const {
  const bool negative = text_[value.begin] == '-';
  std::int64_t number = 0;
  for (std::size_t at = value.begin + (negative ? 1u : 0u); at < value.end; ++at) number = 10 * number + (text_[at] - '0');
  return negative ? -number : number;
}

const Value* EventText::find(const Value* object, std::string_view wanted) const {
  if (object == nullptr || object->type != Value::kObject) return nullptr;
  for (std::size_t at = static_cast<std::size_t>(object - values_.data()) + 1; at < object->after; at = values_[at].after) {
    if (key(values_[at]) == wanted) return &values_[at];
  }
  return nullptr;
}

std::string_view EventText::string(const Value* object, std::string_view wanted) const {
  const Value* const value = find(object, wanted);
  return value != nullptr && value->type == Value::kString ? text(*value) : std::string_view();
}

std::int64_t EventText::integer(const Value* object, std::string_view wanted) const {
  const Value* const value = find(object, wanted);
  return value != nullptr && value->type == Value::kInteger ? integer(*value) : -1;
}

}  // namespace hone::verify
