#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "hone/core/error.h"

namespace hone {

// What a label model learned, as bytes: its fields one after the other, numbers as they lie in memory (little-endian), a list behind its
// length, what may be missing behind a 0 or 1. A struct names its fields once, for both directions:
//
//   template <typename Self, typename Archive>
//   static void fields(Self& self, Archive& archive) { archive(self.shares_, self.links_); }

static_assert(std::endian::native == std::endian::little, "what label models learned is kept as it lies in memory");

template <typename T>
inline constexpr bool kIsNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class LearnedWriter {
 public:
  template <typename... Fields>
  void operator()(const Fields&... fields) {
    (write(fields), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <typename T>
  void write(const T& value) {
    if constexpr (kIsNumber<T>)
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    else
      T::fields(value, *this);
  }
  template <typename T>
  void write(const std::optional<T>& value) {
    write(static_cast<std::uint8_t>(value.has_value()));
    if (value) write(*value);
  }
  template <typename T>
  void write(const std::vector<T>& list) {
    write(static_cast<std::uint64_t>(list.size()));
    if constexpr (kIsNumber<T>)
      bytes_.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T));
    else
      for (const T& value : list) write(value);
  }

  std::string bytes_;
};

/// Throws kCorruptData where bytes are missing or left over. A length is believed only as far as there are bytes for it.
class LearnedReader {
 public:
  explicit LearnedReader(std::string_view bytes) : rest_(bytes) {}

  template <typename... Fields>
  void operator()(Fields&... fields) {
    (read(fields), ...);
  }
  /// That what was read fits together; `what` names it.
  static void expect(bool holds, const char* what) {
    if (!holds)
      throw Error(ErrorCode::kCorruptData, std::string("what the label model learned is damaged: ") + what + "; `hone run` makes it again");
  }
  void finish() const { expect(rest_.empty(), "it goes on behind its end"); }

 private:
  const char* take(std::size_t size) {
    expect(size <= rest_.size(), "it ends early");
    const char* const begin = rest_.data();
    rest_.remove_prefix(size);
    return begin;
  }
  template <typename T>
  void read(T& value) {
    if constexpr (kIsNumber<T>)
      std::memcpy(&value, take(sizeof value), sizeof value);
    else
      T::fields(value, *this);
  }
  template <typename T>
  void read(std::optional<T>& value) {
    std::uint8_t there = 0;
    read(there);
    expect(there <= 1, "a mark is neither 0 nor 1");
    value.reset();
    if (there == 1) read(value.emplace());
  }
  template <typename T>
  void read(std::vector<T>& list) {
    std::uint64_t size = 0;
    read(size);
    list.clear();
    if constexpr (kIsNumber<T>) {
      expect(size <= rest_.size() / sizeof(T), "a list ends early");
      list.resize(size);
      if (size > 0) std::memcpy(list.data(), take(size * sizeof(T)), size * sizeof(T));
    } else {
      for (std::uint64_t place = 0; place < size; ++place) read(list.emplace_back());
    }
  }

  std::string_view rest_;
};

}  // namespace hone
