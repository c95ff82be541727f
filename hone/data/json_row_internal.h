#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class JsonKind { kNone, kNull, kBool, kNumber, kString, kNested };

/// A value of a row: what it says where it is a string, else as it is written.
struct JsonValue {
  JsonKind kind = JsonKind::kNone;
  std::string_view text;
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

/// Why a line is no row.
struct BadJson {
  std::string reason;
};

/// Whether NaN, Infinity and -Infinity are numbers, as Python's json module writes them; RFC 8259 has none of the three.
enum class JsonNumbers { kStrict, kPythons };

/// Reads lines that are one JSON object each (RFC 8259), checking them whole, nested values too: at most 64 deep, valid UTF-8,
/// no half surrogate pairs. Views point into the line or into this object, until the next line is parsed.
class JsonRow {
 public:
  explicit JsonRow(JsonNumbers numbers = JsonNumbers::kStrict) : numbers_(numbers) {}

  /// The members of the line's object in order, keys that come twice twice. Throws BadJson.
  std::span<const JsonMember> parse(std::string_view line);

 private:
  void skip_blanks();
  bool take(char c);
  void need(char c, const char* where);
  std::string_view string();
  std::string_view unescaped(const char* begin);
  void escape();
  unsigned hex4();
  void code_point(unsigned code);
  JsonValue value(int depth);
  JsonValue number();
  JsonValue word(std::string_view text, JsonKind kind);
  void list(int depth);
  void object(int depth);
  [[noreturn]] void fail(const std::string& reason) const;

  JsonNumbers numbers_;
  const char* begin_ = nullptr;
  const char* place_ = nullptr;
  const char* end_ = nullptr;
  std::string unescaped_;
  std::vector<JsonMember> members_;
};

}  // namespace hone
