#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hone {

bool is_valid_utf8(std::string_view text);

/// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

/// Full Unicode case folding, then canonical composition (NFC): "STRASSE", "Straße" and "strasse" fold alike,
/// and so do the composed and the decomposed "é". Language-neutral: "İ" folds to "i" with a dot above, which
/// differs from "i". Text of ASCII alone is folded without tables. REQUIRES: valid UTF-8.
std::string fold_case(std::string_view text);

/// The same into a buffer that is kept from call to call; returns a view of it, or of `text` when nothing changed.
std::string_view fold_case(std::string_view text, std::string& buffer);

/// Whether a word may begin or end between the bytes before and after `position`, after UAX #29 with the
/// character classes of utf8proc: no boundary inside a run of letters, marks, digits and connectors, nor at an
/// apostrophe between letters ("don't" is one word) or a point or comma between digits ("1,000" is one);
/// always one beside an ideograph, hiragana, Thai, Lao, Khmer or Myanmar character, since these scripts write no spaces.
/// A combining mark never begins a word. REQUIRES: position at a code point's start or at the end.
bool is_word_boundary(std::string_view text, std::size_t position);

/// Words as counted by `words_of`: runs between word boundaries that hold a letter, a digit or an ideograph.
std::size_t count_words(std::string_view text);

/// Code points.
std::size_t count_characters(std::string_view text);

/// Calls visit(word) for each word of count_words(), in order; the views point into `text`.
template <typename Visit>
void for_each_word(std::string_view text, const Visit& visit);

/// Begin and end of the next word at or after `position`; begin == text.size() when there is none.
struct WordSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};
WordSpan next_word(std::string_view text, std::size_t position);

template <typename Visit>
void for_each_word(std::string_view text, const Visit& visit) {
  for (WordSpan word = next_word(text, 0); word.begin < text.size(); word = next_word(text, word.end))
    visit(text.substr(word.begin, word.end - word.begin));
}

}  // namespace hone
