#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/unicode.h"
#include "hone/vote/term_dictionary_internal.h"

namespace hone {

/// The oracle of dictionaries: every piece of the folded text between word boundaries is compared with every term, in the plainest way.
class PlainDictionary {
 public:
  using Points = std::vector<char32_t>;

  PlainDictionary(std::vector<std::string> terms, TermDictionary::Spelling spelling) : terms_(std::move(terms)), spelling_(spelling) {
    for (const std::string& term : terms_) points_.push_back(decoded(term));
  }

  std::vector<TermMatch> find(std::string_view folded) const {
    std::vector<TermMatch> all;
    for (std::uint32_t begin = 0; begin < folded.size(); ++begin)
      for (std::uint32_t end = begin + 1; is_place(folded, begin) && end <= folded.size(); ++end)
        if (is_place(folded, end)) add_matches(folded, begin, end, all);
    std::vector<TermMatch> outermost;
    for (const TermMatch& match : all)
      if (std::ranges::none_of(all, [&](const TermMatch& other) { return hides(other, match); })) outermost.push_back(match);
    return outermost;
  }

 private:
  static Points decoded(std::string_view utf8) {
    Points points;
    for (std::size_t at = 0; at < utf8.size(); ++at) {
      const auto byte = static_cast<unsigned char>(utf8[at]);
      if (byte < 0x80)
        points.push_back(byte);
      else if (byte >= 0xC0)
        points.push_back(byte < 0xE0 ? byte & 0x1F : byte < 0xF0 ? byte & 0x0F : byte & 0x07);
      else
        points.back() = points.back() << 6 | (byte & 0x3F);
    }
    return points;
  }

  static bool is_place(std::string_view text, std::size_t place) {
    const bool is_start = place == text.size() || (static_cast<unsigned char>(text[place]) & 0xC0) != 0x80;
    return is_start && is_word_boundary(text, place);
  }

  // Whether a word begins (ends) just there.
  static bool word_begins(std::string_view text, std::size_t place) { return next_word(text, place).begin == place; }
  static bool word_ends(std::string_view text, std::size_t place) {
    bool ends = false;
    for_each_word(text, [&](std::string_view word) { ends = ends || word.data() + word.size() == text.data() + place; });
    return ends;
  }

  static bool is_digit(char32_t point) { return point >= U'0' && point <= U'9'; }

  // Every edit of the term, one after the other.
  static bool one_edit_makes(const Points& term, const Points& text) {
    for (std::size_t at = 0; at < term.size(); ++at) {
      Points edited = term;
      edited.erase(edited.begin() + static_cast<std::ptrdiff_t>(at));
      if (!is_digit(term[at]) && edited == text) return true;
      edited = term;
      if (at < text.size()) edited[at] = text[at];
      if (edited == text && !(is_digit(term[at]) && is_digit(text[at]))) return true;
      if (at + 1 == term.size()) continue;
      edited = term;
      std::swap(edited[at], edited[at + 1]);
      if (edited == text && !(is_digit(term[at]) && is_digit(term[at + 1]))) return true;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
      Points edited = text;
      edited.erase(edited.begin() + static_cast<std::ptrdiff_t>(at));
      if (!is_digit(text[at]) && edited == term) return true;
    }
    return false;
  }

  void add_matches(std::string_view text, std::uint32_t begin, std::uint32_t end, std::vector<TermMatch>& all) const {
    const std::string_view piece = text.substr(begin, end - begin);
    const Points points = decoded(piece);
    const bool is_words = spelling_ == TermDictionary::Spelling::kOneEdit && word_begins(text, begin) && word_ends(text, end);
    for (std::uint32_t term = 0; term < terms_.size(); ++term) {
      if (terms_[term] == piece)
        all.push_back({begin, end, term, true});
      else if (is_words && points_[term].size() >= TermDictionary::kLeastFuzzyCharacters && one_edit_makes(points_[term], points))
        all.push_back({begin, end, term, false});
    }
  }

  bool hides(const TermMatch& one, const TermMatch& other) const {
    if (one == other || one.begin > other.begin || one.end < other.end) return false;
    if (one.begin < other.begin || one.end > other.end || one.is_exact != other.is_exact)
      return one.begin < other.begin || one.end > other.end || one.is_exact;
    const std::size_t length = points_[one.term].size(), other_length = points_[other.term].size();
    return length != other_length ? length > other_length : one.term < other.term;
  }

  std::vector<std::string> terms_;
  TermDictionary::Spelling spelling_;
  std::vector<Points> points_;
};

}  // namespace hone
