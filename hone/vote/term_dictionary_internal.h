#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/text_parts.h"

namespace hone {

/// A term that stands in a text: bytes `begin` to `end` of the folded text.
struct TermMatch {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t term = 0;
  bool is_exact = true;
  bool operator==(const TermMatch&) const = default;
};

/// A hundred thousand words and phrases found in a text at once, each between word boundaries of the folded text.
///
/// Exact: the beginnings of all terms, up to each word boundary inside them, lie in one hash table; a text is cut at its boundaries once,
/// and from each boundary the table is asked for longer and longer pieces while these are the beginning of some term. So a word of the text
/// costs one look into a filter that stays in the cache and, rarely, into the table, however many terms there are.
///
/// Fuzzy: see FuzzyTerms in the source.
///
/// Immutable: any number of threads may search, each with a Room of its own.
class TermDictionary {
 public:
  enum class Spelling { kExact, kOneEdit };

  /// What one search needs; kept from call to call.
  struct Room {
    std::vector<TextPart> parts;
    std::vector<std::uint64_t> hashes;      // Of the parts.
    std::vector<std::uint32_t> begun;       // By part, the first one with which no term that begins there goes on.
    std::vector<std::uint64_t> end_hashes;  // Of the parts, for a search from the end.
    std::vector<char32_t> points;           // Fuzzy: the characters of the text…
    std::vector<std::uint32_t> part_begin;  // …at which of them each part begins, and the end…
    std::vector<std::uint64_t> sums;        // …and the hash of the text before each.
  };

  /// REQUIRES: folded, no two alike, none empty or with white space at its ends; less than 2^31 bytes together.
  TermDictionary(std::vector<std::string> terms, Spelling spelling);
  ~TermDictionary();
  TermDictionary(const TermDictionary&) = delete;  // Its parts refer to each other.
  TermDictionary& operator=(const TermDictionary&) = delete;

  /// How many variants of terms a fuzzy search holds, and the memory for each while the table is made; half of it stays.
  static std::size_t fuzzy_variants(std::span<const std::string> terms);
  static constexpr std::size_t kBytesPerVariant = 30;

  /// Terms of fewer characters are found exactly alone: one letter makes another word of them ("loan", "load").
  static constexpr std::size_t kLeastFuzzyCharacters = 5;

  const std::string& term(std::uint32_t number) const { return terms_[number]; }
  /// In characters.
  std::uint32_t length(std::uint32_t term) const { return lengths_[term]; }

  /// Replaces `matches` by the matches that lie inside no other one, by ascending begin; of those at one place the exact one, else the
  /// longest term, else the first. REQUIRES: folded, less than 4 GiB.
  void find(std::string_view folded, Room& room, std::vector<TermMatch>& matches) const;

 private:
  class Chains;
  class FuzzyTerms;
  void prepare(std::size_t part, const Room& room) const;
  void find_exact(std::string_view folded, Room& room, std::vector<TermMatch>& matches) const;
  void keep_outermost(std::vector<TermMatch>& matches) const;

  std::vector<std::string> terms_;
  std::vector<std::uint32_t> lengths_;
  std::unique_ptr<const Chains> beginnings_;
  std::unique_ptr<const FuzzyTerms> fuzzy_;  // Null: exact.
};

/// Whether one edit makes `text` of `term`: a character left out, put in, or taken for another, or two neighbours swapped. Digits are
/// trusted: none is left out or put in, or taken for another digit or swapped with one, since 500 is not 50; but 0 may stand for O. Not
/// where they are equal.
bool is_one_edit_away(std::span<const char32_t> term, std::span<const char32_t> text);

}  // namespace hone
