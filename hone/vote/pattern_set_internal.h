#pragma once

#include <re2/re2.h>
#include <re2/set.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace hone {

/// Patterns of which no literal can be required, tried together on every text: RE2 runs all of a group as one automaton,
/// with the answer of each pattern alone. Any number of threads may read.
class PatternSet {
 public:
  /// Borrows the patterns, which must outlive it.
  explicit PatternSet(std::vector<const RE2*> patterns);

  bool empty() const { return patterns_.empty(); }

  /// Replaces `found` by the places in the list of the patterns found in the text, ascending.
  void find(std::string_view text, std::vector<std::uint32_t>& found) const;

 private:
  struct Group {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::unique_ptr<RE2::Set> together;  // Null: one by one.
  };
  static std::unique_ptr<RE2::Set> compile(std::span<const RE2* const> patterns);
  void find_one_by_one(const Group& group, std::string_view text, std::vector<std::uint32_t>& found) const;

  std::vector<const RE2*> patterns_;
  std::vector<Group> groups_;
};

/// Whether the pattern is found anywhere in the text.
inline bool finds(const RE2& pattern, std::string_view text) {
  const re2::StringPiece piece(text.data(), text.size());
  return pattern.Match(piece, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

}  // namespace hone
