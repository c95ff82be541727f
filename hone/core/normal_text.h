#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Reduces texts to what they say, so that two that differ in writing alone become the same symbols:
///
/// - full case folding and canonical composition, as fold_case() does: "STRASSE" and "Straße" are one;
/// - letters, marks, digits, currency signs, emoji and other pictures stay, each a symbol;
/// - apostrophes (' ‘ ’ ʼ), characters that only format (soft hyphen, joiners, marks of direction) and variation selectors are left out:
///   "don't", "don’t" and "dont" are one;
/// - everything else (spaces, line breaks, punctuation, signs of mathematics, control characters) parts words: each run of it is one space;
/// - a word of two or more x and nothing else is a redaction, however long ("XX", "XXXX"), and several one after another are one: they
/// become
///   "xx", so that "XXXX XXXX on XX/XX/2019" and "XXXX on XX/XX/2019" are one.
///
/// Digits stay: "50" and "500" differ. ASCII is folded by a table, other characters of one symbol by a second; only combining marks, Hangul
/// letters and what folds to several symbols go through utf8proc. Bytes that are no UTF-8 count as U+FFFD.
///
///     TextNormalizer normalizer;
///     normalizer.normalize("My card's LOST!!");   // the symbols of " my cards lost "
class TextNormalizer {
 public:
  /// The symbols, with one space before the first word and one behind the last; none where nothing is left (an empty text, "?!").
  /// The view is good until the next call. Memory: 8 bytes for each byte of the longest text.
  std::span<const char32_t> normalize(std::string_view text);

 private:
  // Where the next symbol goes, where the word being written began, and whether the word before it was a redaction.
  struct State {
    std::size_t end = 0;
    std::size_t word = 0;
    bool after_redaction = false;
  };

  std::size_t take_run(std::string_view text, std::size_t begin);
  std::size_t take_quickly(std::string_view text, std::size_t begin);
  std::size_t take_fully(std::string_view text, std::size_t begin);
  void put(char32_t symbol) { symbols_[state_.end++] = symbol; }
  void take(char32_t folded);
  void end_word();
  bool is_redaction() const;

  std::vector<char32_t> symbols_;
  State state_;
  std::string folded_;
};

/// The same as text: "my cards lost".
std::string normal_text(std::string_view text);

}  // namespace hone
