#include "hone/eval/slice_words_internal.h"

#include <algorithm>

#include "hone/core/unicode.h"

namespace hone {
namespace {

constexpr std::size_t kMostWordsOfText = 2000;
// What may stand between the words of a term. A longer gap, or a line's end, parts them.
constexpr std::size_t kMostGapBytes = 2;

}  // namespace

TokenizedTexts::TokenizedTexts(std::span<const std::optional<std::string>> texts) {
  gaps_.number_of("\n");  // Gap 0.
  std::string buffer;
  std::vector<TextPart> parts;
  for (const std::optional<std::string>& text : texts) {
    if (text) add(fold_case(*text, buffer), parts);
    begin_.push_back(tokens_.size());
  }
}

void TokenizedTexts::add(std::string_view folded, std::vector<TextPart>& parts) {
  cut_at_word_boundaries(folded, parts);
  std::size_t begin = 0, words = 0, last_end = std::string_view::npos;
  for (const TextPart& part : parts) {
    const std::string_view word = folded.substr(begin, part.end - begin);
    if (part.is_word && word.size() <= kMostSliceTermBytes) {
      SliceToken token{words_.number_of(word), 0};
      if (last_end != std::string_view::npos && begin - last_end <= kMostGapBytes)
        if (const std::string_view gap = folded.substr(last_end, begin - last_end); is_plain_term(gap)) token.gap = gaps_.number_of(gap);
      tokens_.push_back(token);
      last_end = part.end;
      if (++words == kMostWordsOfText) return;
    } else if (part.is_word) {
      last_end = std::string_view::npos;
    }
    begin = part.end;
  }
}

bool is_plain_term(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_stable_term(std::string_view text) {
  return text.size() <= kMostSliceTermBytes && is_plain_term(text) && trimmed(text) == text && fold_case(text) == text;
}

}  // namespace hone
