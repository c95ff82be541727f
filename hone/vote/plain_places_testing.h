#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/condition.h"
#include "hone/vote/pattern_internal.h"
#include "hone/vote/plain_matcher_testing.h"

namespace hone {

/// The oracle of conditions that hang on places: count, position and context, as docs/project.md says of them, tried for every match, every
/// neighbour and every word. Counts in code points of the text as it is.
class PlainPlaces {
 public:
  /// REQUIRES: valid UTF-8.
  explicit PlainPlaces(std::string_view utf8)
      : utf8_(utf8), text_(utf8, PlainText::Case::kAsItIs), folded_(utf8, PlainText::Case::kFolded), words_(text_.words()) {
    for (std::size_t byte = 0; byte <= utf8.size(); ++byte)
      if (byte == utf8.size() || (static_cast<unsigned char>(utf8[byte]) & 0xC0) != 0x80) byte_of_.push_back(byte);
    cuts_ = text_.cuts();
    for (std::size_t point = 0; point < byte_of_.size(); ++point)
      folded_size_.push_back(PlainText(utf8_.substr(0, byte_of_[point]), PlainText::Case::kFolded).size());
  }

  /// REQUIRES: kCount with numbers as bounds, kPosition or kContext.
  bool holds(const Condition& condition) const {
    if (condition.kind == Condition::Kind::kCount) return holds_count(condition);
    if (condition.kind == Condition::Kind::kPosition)
      return std::ranges::any_of(places(condition.parts), [&](Part place) { return stands_at(condition, place); });
    std::vector<std::vector<Part>> others;
    for (const Condition& part : condition.parts) others.push_back(places(part.parts));
    return std::ranges::any_of(others.front(), [&](Part match) {
      for (std::size_t part = 1; part < others.size(); ++part)
        if (has_neighbour(match, condition.parts[part], others[part]) == condition.parts[part].is_absent) return false;
      return true;
    });
  }

 private:
  using Part = PlainText::Part;

  std::vector<Part> places(const std::vector<Condition>& terms) const {
    std::vector<Part> all;
    for (const Condition& term : terms)
      for (const Part& place : term.kind == Condition::Kind::kPattern ? places_of_pattern(term) : places_of_word(term))
        all.push_back(place);
    return all;
  }

  std::vector<Part> places_of_word(const Condition& word) const {
    if (word.case_sensitive) return text_.places_of(PlainText(word.text, PlainText::Case::kAsItIs));
    std::vector<Part> places;
    for (const Part& place : folded_.places_of(PlainText(word.text, PlainText::Case::kFolded))) {
      Part origin{0, text_.size()};
      for (std::size_t point = 0; point <= text_.size(); ++point)
        if (cuts_[point] && folded_size_[point] <= place.begin) origin.begin = point;
      for (std::size_t point = text_.size() + 1; point-- > 0;)
        if (cuts_[point] && folded_size_[point] >= place.end) origin.end = point;
      places.push_back(origin);
    }
    return places;
  }

  std::vector<Part> places_of_pattern(const Condition& pattern) const {
    std::unique_ptr<RE2>& made = patterns_[pattern.text];
    if (!made) made = std::make_unique<RE2>(pattern.text, pattern_options());
    const RE2& compiled = *made;
    const re2::StringPiece whole(utf8_.data(), utf8_.size());
    std::vector<Part> places;
    re2::StringPiece match;
    for (std::size_t from = 0; from <= text_.size() && compiled.Match(whole, byte_of_[from], utf8_.size(), RE2::UNANCHORED, &match, 1);) {
      const Part place{point_at(match.data()), point_at(match.data() + match.size())};
      if (place.begin < place.end) places.push_back(place);
      from = std::max(place.begin + 1, place.end);
    }
    return places;
  }

  std::size_t point_at(const char* place) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(byte_of_, static_cast<std::size_t>(place - utf8_.data())) - byte_of_.begin());
  }

  bool holds_count(const Condition& condition) const {
    std::vector<Part> found = places(condition.parts);
    std::ranges::sort(found, [](Part one, Part other) { return one.begin != other.begin ? one.begin < other.begin : one.end > other.end; });
    double count = 0;
    std::size_t end = 0;
    for (const Part& place : found) {
      if (place.begin < end) continue;
      ++count;
      end = place.end;
    }
    return std::ranges::all_of(condition.bounds, [&](const Condition::Bound& bound) {
      switch (bound.side) {
        case Condition::Side::kAbove:
          return count > *bound.number;
        case Condition::Side::kBelow:
          return count < *bound.number;
        case Condition::Side::kAtLeast:
          return count >= *bound.number;
        default:
          return count <= *bound.number;
      }
    });
  }

  std::size_t words_that(const auto& are) const { return static_cast<std::size_t>(std::ranges::count_if(words_, are)); }

  bool stands_at(const Condition& condition, Part place) const {
    switch (condition.place) {
      case Condition::Place::kStart:
        return words_that([&](Part word) { return word.end <= place.begin; }) == 0;
      case Condition::Place::kEnd:
        return words_that([&](Part word) { return word.begin >= place.end; }) == 0;
      case Condition::Place::kFirst:
        return words_that([&](Part word) { return word.begin < place.end; }) <= condition.words;
      default:
        return words_that([&](Part word) { return word.end > place.begin; }) <= condition.words;
    }
  }

  bool is_within(const Condition& neighbour, Part first, Part second) const {
    return first.end <= second.begin &&
           words_that([&](Part word) { return word.begin >= first.end && word.end <= second.begin; }) < neighbour.words;
  }

  bool has_neighbour(Part match, const Condition& neighbour, const std::vector<Part>& others) const {
    return std::ranges::any_of(others, [&](Part other) {
      const bool is_before = is_within(neighbour, match, other), is_after = is_within(neighbour, other, match);
      if (neighbour.direction == Condition::Direction::kBefore) return is_before;
      if (neighbour.direction == Condition::Direction::kAfter) return is_after;
      return is_before || is_after;
    });
  }

  std::string_view utf8_;
  mutable std::map<std::string, std::unique_ptr<RE2>> patterns_;
  PlainText text_, folded_;
  std::vector<Part> words_;
  std::vector<std::size_t> byte_of_;  // By code point, and of the end.
  std::vector<bool> cuts_;
  std::vector<std::size_t> folded_size_;  // Of the text before each code point, folded.
};

}  // namespace hone
