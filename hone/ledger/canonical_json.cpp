#include "hone/ledger/canonical_json.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/ledger/canonical_json_internal.h"

namespace hone {
namespace ledger_internal {

std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t byte) { return byte < text.size() ? static_cast<unsigned char>(text[byte]) : 0u; };
  const auto follows = [&](std::size_t byte) { return (at(byte) & 0xC0) == 0x80; };
  const unsigned first = at(0), second = at(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_canonical_key(std::string_view key) {
  constexpr std::size_t kMaxKey = 32;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (key.empty() || key.size() > kMaxKey || !letter(key.front())) return false;
  return std::ranges::all_of(key, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace ledger_internal

namespace {

using ledger_internal::is_canonical_key;
using ledger_internal::utf8_length;

// The character behind the backslash for those that JCS escapes by a letter; 0 for all others.
char short_escape(char character) {
  switch (character) {
    case '"':
    case '\\':
      return character;
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    default:
      return 0;
  }
}

// Reads one value in one pass, accepting only the canonical form of it. With kBuild false no value is made.
template <bool kBuild>
class Parser {
 public:
  explicit Parser(std::string_view text, std::size_t most_bytes = kMaxEventBytes) : text_(text), most_bytes_(most_bytes) {}

  nlohmann::json parse() {
    if (text_.size() > most_bytes_) fail(1, "more than " + std::to_string(most_bytes_) + " bytes");
    nlohmann::json value;
    read_value(value, 0);
    if (at_ != text_.size()) fail(1, "something behind the value");
    return value;
  }

 private:
  [[noreturn]] void fail(int rule, const std::string& what) const {
    throw Error(ErrorCode::kCorruptData,
                "rule " + std::to_string(rule) + " of the event encoding: " + what + " at byte " + std::to_string(at_));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char expected) {
    if (peek() != expected || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void expect(char expected) {
    if (!take(expected)) fail(1, std::string("no '") + expected + "'");
  }

  void read_value(nlohmann::json& value, std::size_t depth) {
    const char first = peek();
    if (first == '{') return read_object(value, depth + 1);
    if (first == '[') return read_array(value, depth + 1);
    if (first == '"') return read_text_value(value);
    if (first == '-' || (first >= '0' && first <= '9')) return read_number(value);
    if (take_word("true")) return set(value, true);
    if (take_word("false")) return set(value, false);
    if (take_word("null")) fail(2, "null, where what is absent is left out,");
    fail(1, "no value");
  }

  template <typename Value>
  static void set(nlohmann::json& value, Value&& given) {
    if constexpr (kBuild) value = std::forward<Value>(given);
  }

  void enter(std::size_t depth) const {
    if (depth > kMaxDepth) fail(2, "more than " + std::to_string(kMaxDepth) + " objects and arrays inside each other");
  }

  void read_object(nlohmann::json& value, std::size_t depth) {
    enter(depth);
    set(value, nlohmann::json::object());
    expect('{');
    if (take('}')) return;
    std::string_view last;
    do {
      const std::string_view key = read_key();
      if (key <= last) fail(2, "the key '" + std::string(key) + "' is not behind '" + std::string(last) + "'");
      last = key;
      expect(':');
      read_member(value, key, depth);
    } while (take(','));
    expect('}');
  }

  void read_member(nlohmann::json& object, std::string_view key, std::size_t depth) {
    nlohmann::json member;
    read_value(member, depth);
    if constexpr (kBuild) object.emplace(std::string(key), std::move(member));
  }

  // A key never holds what is escaped, so that it can stay where it is.
  std::string_view read_key() {
    expect('"');
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) fail(1, "a key without an end");
    const std::string_view key = text_.substr(at_, end - at_);
    if (!is_canonical_key(key)) fail(2, "a key that is not [a-z][a-z0-9_]{0,31}");
    at_ = end + 1;
    return key;
  }

  void read_array(nlohmann::json& value, std::size_t depth) {
    enter(depth);
    set(value, nlohmann::json::array());
    expect('[');
    if (take(']')) return;
    do {
      nlohmann::json element;
      read_value(element, depth);
      if constexpr (kBuild) value.push_back(std::move(element));
    } while (take(','));
    expect(']');
  }

  void read_number(nlohmann::json& value) {
    const std::size_t begin = at_;
    const bool negative = take('-');
    const std::size_t digits = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    const std::string_view magnitude = text_.substr(digits, at_ - digits);
    if (magnitude.empty()) fail(3, "a sign without digits");
    if (magnitude.front() == '0' && (negative || magnitude.size() > 1)) fail(3, "-0 or a leading zero");
    if (peek() == '.' || peek() == 'e' || peek() == 'E') fail(3, "a number with a fraction or an exponent");
    long long number = 0;
    const char* const end = text_.data() + at_;
    const auto [stopped, error] = std::from_chars(text_.data() + begin, end, number);
    if (error != std::errc() || stopped != end || number > kMaxNumber || number < -kMaxNumber) fail(3, "a number beyond 2^53 - 1");
    set(value, number);
  }

  void read_text_value(nlohmann::json& value) {
    std::string text;
    read_text(text);
    set(value, std::move(text));
  }

  void read_text(std::string& text) {
    expect('"');
    std::size_t bytes = 0;
    while (!take('"')) {
      const std::size_t plain = plain_length();
      if (plain > 0) {
        if constexpr (kBuild) text.append(text_, at_, plain);
        bytes += plain;
        at_ += plain;
      } else {
        bytes += read_character(text);
      }
      if (bytes > kMaxTextBytes) fail(4, "a text of more than " + std::to_string(kMaxTextBytes) + " bytes");
    }
  }

  // How many bytes from here stand for themselves and need no look at what UTF-8 they are.
  std::size_t plain_length() const {
    std::size_t end = at_;
    while (end < text_.size() && text_[end] >= 0x20 && text_[end] != '"' && text_[end] != '\\')
      ++end;  // char: 0x80 and above are negative.
    return end - at_;
  }

  std::size_t read_character(std::string& text) {
    if (at_ >= text_.size()) fail(4, "a text without an end");
    if (text_[at_] == '\\') {
      const char character = read_escape();
      if constexpr (kBuild) text += character;
      return 1;
    }
    if (static_cast<unsigned char>(text_[at_]) < 0x20) fail(4, "a control character that is not escaped");
    const std::size_t length = utf8_length(text_.substr(at_));
    if (length == 0) fail(4, "invalid UTF-8");
    if constexpr (kBuild) text.append(text_, at_, length);
    at_ += length;
    return length;
  }

  char read_escape() {
    constexpr std::string_view kLetters = "\"\\btnfr";
    constexpr std::string_view kMeant = "\"\\\b\t\n\f\r";
    expect('\\');
    const std::size_t letter = kLetters.find(peek());
    if (at_ < text_.size() && letter != std::string_view::npos) {
      ++at_;
      return kMeant[letter];
    }
    return read_control();
  }

  // u00xx for the control characters that have no letter.
  char read_control() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (!take_word("u00")) fail(4, "an escape that is not needed or not known");
    const std::size_t high = at_ < text_.size() ? kDigits.find(text_[at_]) : std::string_view::npos;
    const std::size_t low = at_ + 1 < text_.size() ? kDigits.find(text_[at_ + 1]) : std::string_view::npos;
    if (high > 1 || low > 15) fail(4, "an escape that is not needed, or not in lower-case hex");
    const char character = static_cast<char>(16 * high + low);
    if (character == '\0') fail(4, "U+0000");
    if (short_escape(character) != 0) fail(4, "a long escape for a character that has a short one");
    at_ += 2;
    return character;
  }

  std::string_view text_;
  std::size_t most_bytes_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse(int rule, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, "rule " + std::to_string(rule) + " of the event encoding: " + what);
}

void append_number(std::string& out, long long number) {
  if (number > kMaxNumber || number < -kMaxNumber) refuse(3, std::to_string(number) + " is beyond 2^53 - 1");
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

void append_value(std::string& out, const nlohmann::json& value, std::size_t depth);

void append_object(std::string& out, const nlohmann::json& value, std::size_t depth) {
  char before = '{';
  for (auto member = value.begin(); member != value.end(); ++member) {  // nlohmann keeps keys in the order of their bytes.
    if (!is_canonical_key(member.key())) refuse(2, "the key '" + member.key() + "' is not [a-z][a-z0-9_]{0,31}");
    out += before;
    out += '"';
    out += member.key();
    out += "\":";
    append_value(out, member.value(), depth);
    before = ',';
  }
  out += before == '{' ? "{}" : "}";
}

void append_array(std::string& out, const nlohmann::json& value, std::size_t depth) {
  char before = '[';
  for (const nlohmann::json& element : value) {
    out += before;
    append_value(out, element, depth);
    before = ',';
  }
  out += before == '[' ? "[]" : "]";
}

void append_value(std::string& out, const nlohmann::json& value, std::size_t depth) {
  if (value.is_structured() && depth + 1 > kMaxDepth)
    refuse(2, "more than " + std::to_string(kMaxDepth) + " objects and arrays inside each other");
  switch (value.type()) {
    case nlohmann::json::value_t::object:
      return append_object(out, value, depth + 1);
    case nlohmann::json::value_t::array:
      return append_array(out, value, depth + 1);
    case nlohmann::json::value_t::string:
      return append_canonical_text(out, value.get_ref<const std::string&>());
    case nlohmann::json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case nlohmann::json::value_t::number_integer:
      return append_number(out, value.get<long long>());
    case nlohmann::json::value_t::number_unsigned:
      if (value.get<unsigned long long>() > static_cast<unsigned long long>(kMaxNumber)) refuse(3, value.dump() + " is beyond 2^53 - 1");
      return append_number(out, value.get<long long>());
    case nlohmann::json::value_t::number_float:
      refuse(3, value.dump() + " is not a whole number; write it scaled, with the unit in its key (_ppm, _micro, _ms)");
    default:
      refuse(2, "null; what is absent is left out");
  }
}

}  // namespace

nlohmann::json parse_canonical(std::string_view text, std::size_t most_bytes) { return Parser<true>(text, most_bytes).parse(); }

void check_canonical(std::string_view text) { Parser<false>(text).parse(); }

void append_canonical_text(std::string& out, std::string_view text) {
  if (text.size() > kMaxTextBytes) refuse(4, "a text of more than " + std::to_string(kMaxTextBytes) + " bytes; put it into an object");
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\') ++plain;
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t length = 1;
    if (const char letter = short_escape(text.front())) {
      out += '\\';
      out += letter;
    } else if (static_cast<unsigned char>(text.front()) < 0x20) {
      if (text.front() == '\0') refuse(4, "U+0000 in a text");
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(text.front()) >> 4];
      out += kDigits[text.front() & 15];
    } else {
      length = utf8_length(text);
      if (length == 0) refuse(4, "a text that is not UTF-8");
      out.append(text, 0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

std::string to_canonical(const nlohmann::json& value, std::size_t depth, std::size_t most_bytes) {
  std::string out;
  append_value(out, value, depth);
  if (out.size() > most_bytes) refuse(1, "more than " + std::to_string(most_bytes) + " bytes; put what is long into an object");
  return out;
}

}  // namespace hone
