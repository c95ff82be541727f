#include <algorithm>
#include <cassert>

#include "hone/vote/pattern_internal.h"
#include "hone/vote/place_check_internal.h"

namespace hone {
namespace {

using Kind = Condition::Kind;

// Words that begin before a place, and words that end at or before it.
std::size_t begun_before(const std::vector<WordSpan>& words, std::size_t place) {
  return static_cast<std::size_t>(std::ranges::lower_bound(words, place, {}, &WordSpan::begin) - words.begin());
}
std::size_t ended_by(const std::vector<WordSpan>& words, std::size_t place) {
  return static_cast<std::size_t>(std::ranges::upper_bound(words, place, {}, &WordSpan::end) - words.begin());
}

// Whole words between two places.
std::size_t words_between(const std::vector<WordSpan>& words, std::size_t from, std::size_t to) {
  const std::size_t before = begun_before(words, from), within = ended_by(words, to);
  return within > before ? within - before : 0;
}

bool stands_at(const Condition& condition, TextSpan place, const std::vector<WordSpan>& words) {
  switch (condition.place) {
    case Condition::Place::kStart:
      return ended_by(words, place.begin) == 0;
    case Condition::Place::kEnd:
      return begun_before(words, place.end) == words.size();
    case Condition::Place::kFirst:
      return begun_before(words, place.end) <= condition.words;
    case Condition::Place::kLast:
      return words.size() - ended_by(words, place.begin) <= condition.words;
  }
  return false;
}

// By begin, the longest first.
void sort_places(std::vector<TextSpan>& places) {
  std::ranges::sort(places, [](const TextSpan& one, const TextSpan& other) {
    return one.begin != other.begin ? one.begin < other.begin : one.end > other.end;
  });
}

// Leaves of sorted places that overlap the first, and of those that begin together the longest.
void keep_apart(std::vector<TextSpan>& places) {
  std::size_t kept = 0;
  for (const TextSpan& place : places)
    if (kept == 0 || place.begin >= places[kept - 1].end) places[kept++] = place;
  places.resize(kept);
}

// Calls visit(groups) for each match that is not empty, until it says false or there were kMaxMatches; groups[0] is the whole match.
template <typename Visit>
void for_each_match(const RE2& pattern, std::string_view text, std::span<re2::StringPiece> groups, const Visit& visit) {
  const re2::StringPiece whole(text.data(), text.size());
  std::size_t from = 0;
  for (std::size_t matches = 0; matches < kMaxMatches && from <= text.size(); ++matches) {
    if (!pattern.Match(whole, from, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) return;
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    if (!groups[0].empty() && !visit()) return;
    from = begin + std::max<std::size_t>(1, groups[0].size());
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
  }
}

// What a group captured, without the signs that end a clause: "10,000." and "10,000,".
std::string_view without_end_of_clause(const re2::StringPiece& group) {
  std::string_view value(group.data(), group.size());
  while (!value.empty() && (value.back() == '.' || value.back() == ',')) value.remove_suffix(1);
  return value;
}

}  // namespace

void SeenText::assign(std::string_view text) {
  text_ = text;
  has_folded_ = has_words_ = false;
}

const FoldedText& SeenText::folded() {
  if (!has_folded_) folded_.assign(text_);
  has_folded_ = true;
  return folded_;
}

const std::vector<WordSpan>& SeenText::words() {
  if (has_words_) return words_;
  words_.clear();
  cut_at_word_boundaries(text_, parts_);
  std::size_t begin = 0;
  for (const TextPart& part : parts_) {
    if (part.is_word) words_.push_back({begin, part.end});
    begin = part.end;
  }
  has_words_ = true;
  return words_;
}

TermFinder::TermFinder(Condition term) : term_(std::move(term)) {
  if (term_.kind == Kind::kPattern)
    pattern_ = std::make_unique<RE2>(term_.text, pattern_options());
  else
    wanted_ = term_.case_sensitive ? term_.text : fold_case(term_.text);
}

void TermFinder::find(SeenText& text, std::vector<TextSpan>& places) const {
  if (pattern_)
    find_pattern(text.text(), places);
  else
    find_word(text, places);
}

void TermFinder::find_word(SeenText& text, std::vector<TextSpan>& places) const {
  const std::string_view view = term_.case_sensitive ? text.text() : text.folded().text();
  for (std::size_t begin = view.find(wanted_); begin != std::string_view::npos; begin = view.find(wanted_, begin + 1)) {
    const std::size_t end = begin + wanted_.size();
    if (!is_word_boundary(view, begin) || !is_word_boundary(view, end)) continue;
    if (term_.case_sensitive)
      places.push_back({begin, end});
    else
      places.push_back({text.folded().origin_of_begin(begin), text.folded().origin_of_end(end)});
  }
}

void TermFinder::find_pattern(std::string_view text, std::vector<TextSpan>& places) const {
  re2::StringPiece match;
  for_each_match(*pattern_, text, {&match, 1}, [&] {
    const auto begin = static_cast<std::size_t>(match.data() - text.data());
    places.push_back({begin, begin + match.size()});
    return true;
  });
}

bool PlaceCheck::is_for(Kind kind) {
  return kind == Kind::kCount || kind == Kind::kPosition || kind == Kind::kContext || kind == Kind::kCapture;
}

PlaceCheck::PlaceCheck(const Condition& condition, char decimal, std::string time_zone)
    : condition_(condition), bounds_(condition.bounds, std::move(time_zone)), decimal_(decimal) {
  assert(is_for(condition.kind));
  if (condition.kind == Kind::kCapture) {
    Condition pattern = condition;
    pattern.kind = Kind::kPattern;
    matches_ = add_terms({pattern});
    capturing_ = std::make_unique<RE2>(condition.text, capturing_options());
  } else if (condition.kind == Kind::kContext) {
    matches_ = add_terms(condition.parts.front().parts);
    for (std::size_t part = 1; part < condition.parts.size(); ++part) neighbours_.push_back(add_terms(condition.parts[part].parts));
  } else {
    matches_ = add_terms(condition.parts);
  }
}

PlaceCheck::Range PlaceCheck::add_terms(const std::vector<Condition>& terms) {
  const std::size_t first = terms_.size();
  for (const Condition& term : terms) terms_.emplace_back(term);
  return {first, terms_.size()};
}

bool PlaceCheck::holds_for_none() const { return condition_.kind == Kind::kCount && bounds_.hold(0.0); }

void PlaceCheck::find(Range terms, SeenText& text, std::span<const std::uint8_t> stands, std::vector<TextSpan>& places) const {
  places.clear();
  for (std::size_t term = terms.first; term < terms.last; ++term)
    if (stands[term] != 0) terms_[term].find(text, places);
  if (terms.last - terms.first > 1) sort_places(places);
}

Truth PlaceCheck::holds(SeenText& text, std::span<const std::uint8_t> stands, Room& room) const {
  room.places.clear();
  room.beside.clear();
  room.unreadable.clear();
  const auto own = stands.subspan(matches_.first, matches_.last - matches_.first);
  if (std::ranges::all_of(own, [](std::uint8_t one) { return one == 0; })) return truth(holds_for_none());
  if (condition_.kind == Kind::kCapture) return find_captured(text.text(), room);
  find(matches_, text, stands, room.found);
  if (condition_.kind == Kind::kCount) return count(room);
  if (condition_.kind == Kind::kPosition) return find_placed(text, room);
  return find_with_neighbours(text, stands, room);
}

Truth PlaceCheck::count(Room& room) const {
  keep_apart(room.found);
  room.places = room.found;
  return truth(bounds_.hold(static_cast<double>(room.places.size())));
}

Truth PlaceCheck::find_placed(SeenText& text, Room& room) const {
  for (const TextSpan& place : room.found)
    if (stands_at(condition_, place, text.words())) room.places.push_back(place);
  return truth(!room.places.empty());
}

Truth PlaceCheck::find_with_neighbours(SeenText& text, std::span<const std::uint8_t> stands, Room& room) const {
  room.neighbours.resize(neighbours_.size());
  for (std::size_t neighbour = 0; neighbour < neighbours_.size(); ++neighbour) {
    auto& [by_begin, by_end] = room.neighbours[neighbour];
    find(neighbours_[neighbour], text, stands, by_begin);
    by_end = by_begin;
    std::ranges::sort(by_end, {}, &TextSpan::end);
  }
  for (const TextSpan& match : room.found)
    if (has_neighbours(match, text, room)) room.places.push_back(match);
  return truth(!room.places.empty());
}

// The nearest on each side decides: whatever stands farther away has no fewer words between.
bool PlaceCheck::has_neighbours(TextSpan match, SeenText& text, Room& room) const {
  const std::size_t beside_before = room.beside.size();
  for (std::size_t number = 0; number < neighbours_.size(); ++number) {
    const Condition& wanted = condition_.parts[number + 1];
    const auto& [by_begin, by_end] = room.neighbours[number];
    bool is_there = false;
    const auto take = [&](TextSpan neighbour, std::size_t from, std::size_t to) {
      if (words_between(text.words(), from, to) >= wanted.words) return;
      is_there = true;
      if (!wanted.is_absent) room.beside.push_back(neighbour);
    };
    const auto behind = std::ranges::lower_bound(by_begin, match.end, {}, &TextSpan::begin);
    if (wanted.direction != Condition::Direction::kAfter && behind != by_begin.end()) take(*behind, match.end, behind->begin);
    const auto ahead = std::ranges::upper_bound(by_end, match.begin, {}, &TextSpan::end);
    if (wanted.direction != Condition::Direction::kBefore && ahead != by_end.begin())
      take(*std::prev(ahead), std::prev(ahead)->end, match.begin);
    if (is_there != wanted.is_absent) continue;
    room.beside.resize(beside_before);
    return false;
  }
  return true;
}

// Kleene's "or" over the matches.
Truth PlaceCheck::find_captured(std::string_view text, Room& room) const {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(capturing_->NumberOfCapturingGroups()) + 1);
  for_each_match(*capturing_, text, groups, [&] {
    const auto group = std::find_if(groups.begin() + 1, groups.end(), [](const re2::StringPiece& one) { return one.data() != nullptr; });
    const std::string_view value = group == groups.end() ? std::string_view() : without_end_of_clause(*group);
    if (value.empty()) return true;
    const Truth holds = compare(value);
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    if (holds == Truth::kTrue) room.places.push_back({begin, begin + groups[0].size()});
    if (holds == Truth::kUnknown && room.unreadable.empty()) room.unreadable = value;
    return true;
  });
  if (!room.places.empty()) return Truth::kTrue;
  return room.unreadable.empty() ? Truth::kFalse : Truth::kUnknown;
}

Truth PlaceCheck::compare(std::string_view value) const {
  if (!condition_.values.empty() && std::ranges::find(condition_.values, value) == condition_.values.end()) return Truth::kFalse;
  return bounds_.empty() ? Truth::kTrue : bounds_.hold(value, decimal_);
}

std::string PlaceCheck::complaint(std::string_view unreadable) const {
  return "the capture of " + quoted_beginning(condition_.text) + ": " + quoted_beginning(unreadable) + " is not a " +
         (bounds_.are_dates() ? "date" : "number");
}

}  // namespace hone
