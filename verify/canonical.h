#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hone::verify {

inline constexpr std::size_t kMostEntryBytes = 16'384;

/// One value of an event's text: where it stands in it, its key in the object around it, and the place of the value after it.
struct Value {
  enum Type : std::uint8_t { kObject, kArray, kString, kInteger, kBoolean };
  Type type;
  std::uint8_t key_size;
  std::uint16_t key;         ///< Where the key begins.
  std::uint16_t begin, end;  ///< The text; of a string, what stands between its quotes.
  std::uint16_t after;       ///< The index of the next value that is not inside this one.
};

/// An event's text as the flat list of its values, a container before what it holds. Borrows the text. The list is used again for the
/// next event, so that reading one costs no allocation.
class EventText {
 public:
  /// Nothing when the text is canonical (docs/ledger.md, "Encoding"); else the rule that it breaks and `offset()` where.
  const char* read(std::string_view text);
  std::size_t offset() const { return at_; }

  std::string_view text() const { return text_; }
  const Value& operator[](std::size_t index) const { return values_[index]; }
  std::string_view key(const Value& value) const { return text_.substr(value.key, value.key_size); }

  /// As it stands in the text: escapes are not undone. Equal strings have equal texts.
  std::string_view text(const Value& value) const { return text_.substr(value.begin, value.end - value.begin); }
  std::int64_t integer(const Value& value) const;

  /// The value of a key of an object, or nothing.
  const Value* find(const Value* object, std::string_view key) const;
  std::string_view string(const Value* object, std::string_view key) const;  ///< Empty when it is no string or not there.
  std::int64_t integer(const Value* object, std::string_view key) const;     ///< -1 when it is no integer or not there.
  const Value* root() const { return values_.data(); }

  /// Calls `f` with each member or element.
  template <class F>
  void each(const Value* container, F f) const {
    const std::size_t index = static_cast<std::size_t>(container - values_.data());
    for (std::size_t at = index + 1; at < container->after; at = values_[at].after) f(values_[at]);
  }

 private:
  const char* read_value(unsigned depth);
  const char* read_members(char close, unsigned depth);
  const char* read_key(std::size_t& key, std::size_t& size);
  const char* read_string();
  const char* read_escape();
  const char* read_utf8();
  const char* read_integer();
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Value> values_;
};

}  // namespace hone::verify
