#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hone/core/text_parts.h"

namespace hone {

/// Numbers for strings in the order in which they are first seen.
class NumberedTexts {
 public:
  std::uint32_t number_of(std::string_view text) {
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.push_back(numbers_.emplace(text, number).first->first);  // Keys of a node-based map stay where they are.
    return number;
  }
  std::optional<std::uint32_t> find(std::string_view text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  }
  std::string_view text(std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<std::string_view> texts_;
};

/// A word of a text, and what stands before it: 0, nothing that a term of several words could hold.
struct SliceToken {
  std::uint32_t word = 0;
  std::uint32_t gap = 0;
};

/// Texts folded and cut into words: of each row the first 2,000 of up to 60 bytes; beyond that nobody would read a slice's name.
class TokenizedTexts {
 public:
  explicit TokenizedTexts(std::span<const std::optional<std::string>> texts);

  std::size_t rows() const { return begin_.size() - 1; }
  std::span<const SliceToken> of(std::size_t row) const { return std::span(tokens_).subspan(begin_[row], begin_[row + 1] - begin_[row]); }
  const NumberedTexts& words() const { return words_; }
  std::string_view gap(std::uint32_t number) const { return gaps_.text(number); }

 private:
  void add(std::string_view folded, std::vector<TextPart>& parts);

  NumberedTexts words_, gaps_;
  std::vector<std::size_t> begin_{0};
  std::vector<SliceToken> tokens_;
};

/// A term must mean the same when it is read from hone.yaml: of at most 60 bytes, and as it is when trimmed and folded once more.
bool is_stable_term(std::string_view text);

/// No control characters.
bool is_plain_term(std::string_view text);

inline constexpr std::size_t kMostSliceTermBytes = 60;

}  // namespace hone
