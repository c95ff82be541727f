#include "hone/vote/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/data/value.h"
#include "hone/vote/pattern_internal.h"

namespace hone {
namespace {

using Kind = Condition::Kind;

constexpr std::array<std::string_view, 14> kConditionKeys{"any",   "all",     "none",  "match",  "starts", "ends", "position",
                                                          "count", "context", "where", "all_of", "any_of", "not",  "field"};
constexpr std::string_view kCaseKey = "case";
constexpr std::array<std::pair<std::string_view, Condition::Side>, 4> kBoundKeys{{{"above", Condition::Side::kAbove},
                                                                                  {"below", Condition::Side::kBelow},
                                                                                  {"at_least", Condition::Side::kAtLeast},
                                                                                  {"at_most", Condition::Side::kAtMost}}};

Condition node_of(Kind kind, std::vector<Condition> parts) {
  Condition condition;
  condition.kind = kind;
  condition.parts = std::move(parts);
  return condition;
}

// What all words and patterns of one map share.
struct Reading {
  std::string field;
  bool case_sensitive = false;
};

Condition parse_word(const ConfigNode& node, const Reading& reading) {
  const std::string_view word = trimmed(node.text());
  if (word.empty()) throw node.error("a word must not be empty; take it out, or ask where: {field: NAME, present: true}");
  if (word.size() > kMaxWordBytes)
    throw node.error("a word or phrase of " + std::to_string(word.size()) + " bytes is too long; at most " + std::to_string(kMaxWordBytes));
  Condition condition;
  condition.kind = Kind::kWord;
  condition.field = reading.field;
  condition.text = word;
  condition.case_sensitive = reading.case_sensitive;
  return condition;
}

Condition parse_pattern(const ConfigNode& node, const Reading& reading) {
  const std::string trouble = trouble_with_pattern(node.text());
  const bool is_long = node.text().size() > 200;
  const std::string shown = is_long ? replace_invalid_utf8(node.text().substr(0, 200)) + "…" : node.text();
  if (!trouble.empty())
    throw node.error("the pattern '" + shown + "' cannot be used: " + trouble + "; `hone help conditions` says what patterns mean");
  Condition condition;
  condition.kind = Kind::kPattern;
  condition.field = reading.field;
  condition.text = node.text();
  return condition;
}

template <typename Parse>
std::vector<Condition> parse_each(const ConfigNode& node, std::string_view what, const Parse& parse) {
  std::vector<Condition> parts;
  if (node.is_scalar()) return {parse(node)};
  if (!node.is_list() || node.items().empty()) throw node.error("expected " + std::string(what) + " or a list of them");
  for (const ConfigNode& item : node.items()) parts.push_back(parse(item));
  return parts;
}

std::vector<Condition> parse_words(const ConfigNode& node, const Reading& reading) {
  return parse_each(node, "a word or phrase", [&](const ConfigNode& item) { return parse_word(item, reading); });
}

std::vector<Condition> parse_patterns(const ConfigNode& node, const Reading& reading) {
  return parse_each(node, "a pattern", [&](const ConfigNode& item) { return parse_pattern(item, reading); });
}

// The words and patterns of `any` and `match` in one map.
std::vector<Condition> parse_terms(const ConfigNode& node, const Reading& reading) {
  std::vector<Condition> terms;
  if (const ConfigNode* words = node.find("any")) terms = parse_words(*words, reading);
  if (const ConfigNode* patterns = node.find("match"))
    for (Condition& pattern : parse_patterns(*patterns, reading)) terms.push_back(std::move(pattern));
  if (terms.empty()) throw node.error("add what to look for: any: [words], or match: 'a pattern'");
  return terms;
}

Condition placed(Condition::Place place, std::vector<Condition> terms, const Reading& reading) {
  Condition condition = node_of(Kind::kPosition, std::move(terms));
  condition.field = reading.field;
  condition.place = place;
  return condition;
}

std::uint32_t parse_word_count(const ConfigNode& node) {
  const std::int64_t words = node.integer();
  if (words < 1 || words > static_cast<std::int64_t>(kMaxMatches))
    throw node.error("expected a number of words from 1 to " + std::to_string(kMaxMatches) + ", found " + node.text());
  return static_cast<std::uint32_t>(words);
}

Condition parse_position(const ConfigNode& node, const Reading& reading) {
  node.allow_keys({"any", "match", "first", "last"});
  const ConfigNode *first = node.find("first"), *last = node.find("last");
  if ((first == nullptr) == (last == nullptr)) throw node.error("'position' needs one of first and last: so many words");
  Condition condition = placed(first ? Condition::Place::kFirst : Condition::Place::kLast, parse_terms(node, reading), reading);
  condition.words = parse_word_count(first ? *first : *last);
  return condition;
}

// A word, a list of them, or a map with any and match.
Condition parse_neighbour(const ConfigNode& node, const Reading& reading, const Condition& shape) {
  Condition neighbour = shape;
  if (node.is_map()) node.allow_keys({"any", "match"});
  neighbour.parts = node.is_map() ? parse_terms(node, reading) : parse_words(node, reading);
  return neighbour;
}

Condition parse_context(const ConfigNode& node, const Reading& reading) {
  using Direction = Condition::Direction;
  struct Key {
    std::string_view name;
    Direction direction;
    bool is_absent;
  };
  constexpr std::array<Key, 6> kKeys{{{"before", Direction::kBefore, false},
                                      {"after", Direction::kAfter, false},
                                      {"near", Direction::kNear, false},
                                      {"not_before", Direction::kBefore, true},
                                      {"not_after", Direction::kAfter, true},
                                      {"not_near", Direction::kNear, true}}};
  node.allow_keys({"any", "match", "before", "after", "near", "not_before", "not_after", "not_near", "within"});
  Condition condition = node_of(Kind::kContext, {node_of(Kind::kMatches, parse_terms(node, reading))});
  condition.field = reading.field;
  Condition shape = node_of(Kind::kNeighbour, {});
  shape.words = parse_word_count(node.at("within"));
  for (const Key& key : kKeys)
    if (const ConfigNode* neighbour = node.find(key.name)) {
      shape.direction = key.direction;
      shape.is_absent = key.is_absent;
      condition.parts.push_back(parse_neighbour(*neighbour, reading, shape));
    }
  if (condition.parts.size() == 1)
    throw node.error("'context' needs a neighbour: before, after, near, not_before, not_after or not_near, such as after: [lost]");
  return condition;
}

std::vector<Condition> parse_conditions(const ConfigNode& node) {
  if (!node.is_list() || node.items().empty()) throw node.error("expected a list of conditions, such as [{any: [card]}, {match: 'lost'}]");
  std::vector<Condition> parts;
  for (const ConfigNode& item : node.items()) parts.push_back(parse_condition(item));
  return parts;
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Condition::Bound parse_bound(const ConfigNode& node, Condition::Side side, Condition::Measure measure) {
  Condition::Bound bound{side, node.text(), plain_number(node.text())};
  if (bound.number) return bound;
  if (measure != Condition::Measure::kValue) throw node.error("expected a number, found '" + bound.text + "': what is counted has no date");
  if (!parse_time(bound.text, "UTC"))
    throw node.error("'" + bound.text + "' is neither a number nor a date like 2026-01-31 or 2026-01-31T09:30:00");
  return bound;
}

// Those of one map: numbers, or dates.
std::vector<Condition::Bound> parse_bounds(const ConfigNode& node, Condition::Measure measure) {
  std::vector<Condition::Bound> bounds;
  for (const auto& [key, side] : kBoundKeys)
    if (const ConfigNode* value = node.find(key)) {
      bounds.push_back(parse_bound(*value, side, measure));
      if (bounds.back().number.has_value() != bounds.front().number.has_value())
        throw value->error("'" + bounds.front().text + "' and '" + bounds.back().text +
                           "' bound one value, but one is a number and the other a date; write both alike");
    }
  return bounds;
}

Condition parse_count(const ConfigNode& node, const Reading& reading) {
  node.allow_keys({"any", "match", "above", "below", "at_least", "at_most"});
  Condition condition = node_of(Kind::kCount, parse_terms(node, reading));
  condition.field = reading.field;
  condition.bounds = parse_bounds(node, Condition::Measure::kMatches);
  if (condition.bounds.empty()) throw node.error("'count' compares nothing; add at_least, at_most, above or below");
  for (const Condition::Bound& bound : condition.bounds)
    if (*bound.number < 0 || *bound.number >= static_cast<double>(kMaxMatches))
      throw node.error("'count' goes up to " + std::to_string(kMaxMatches) + " matches; a bound of " + bound.text +
                       " lies outside; give one from 0 to " + std::to_string(kMaxMatches - 1));
  return condition;
}

struct Subject {
  std::string field;
  Condition::Measure measure = Condition::Measure::kValue;
};

std::string parse_field(const ConfigNode& node) {
  if (node.text().empty()) throw node.error("a field's name must not be empty; name a column of the data");
  return node.text();
}

Subject parse_subject(const ConfigNode& node) {
  constexpr std::array<std::pair<std::string_view, Condition::Measure>, 3> kSubjects{{{"field", Condition::Measure::kValue},
                                                                                      {"words_of", Condition::Measure::kWords},
                                                                                      {"characters_of", Condition::Measure::kCharacters}}};
  std::optional<Subject> found;
  for (const auto& [key, measure] : kSubjects) {
    const ConfigNode* value = node.find(key);
    if (!value) continue;
    if (found) throw node.error("'where' asks about one of field, words_of and characters_of, not several");
    found = Subject{parse_field(*value), measure};
  }
  if (!found) throw node.error("'where' must say about what: field, words_of or characters_of");
  return *found;
}

Condition leaf(Kind kind, const Subject& subject) {
  Condition condition;
  condition.kind = kind;
  condition.field = subject.field;
  condition.measure = subject.measure;
  return condition;
}

Condition parse_presence(const ConfigNode& node, const Subject& subject) {
  const Condition present = leaf(Kind::kPresent, subject);
  return node.boolean() ? present : node_of(Kind::kNot, {present});
}

Condition parse_equals(const ConfigNode& node, const Subject& subject) {
  Condition equals = leaf(Kind::kEquals, subject);
  equals.values = node.texts();
  if (equals.values.empty()) throw node.error("'equals' needs a value, or a list of them");
  return equals;
}

Condition parse_capture(const ConfigNode& node) {
  node.allow_keys({"capture", "field", "above", "below", "at_least", "at_most", "equals"});
  const ConfigNode& pattern = node.at("capture");
  Reading reading;
  if (const ConfigNode* field = node.find("field")) reading.field = parse_field(*field);
  Condition capture = parse_pattern(pattern, reading);
  capture.kind = Kind::kCapture;
  if (RE2(capture.text, capturing_options()).NumberOfCapturingGroups() == 0)
    throw pattern.error("the pattern captures nothing; put what is to be compared in parentheses, as in 'amount ([0-9.,]+)'");
  capture.bounds = parse_bounds(node, Condition::Measure::kValue);
  if (const ConfigNode* equals = node.find("equals")) capture.values = parse_equals(*equals, {}).values;
  if (capture.bounds.empty() && capture.values.empty())
    throw node.error("'capture' compares nothing; add above, below, at_least, at_most or equals");
  return capture;
}

Condition parse_where(const ConfigNode& node) {
  if (node.is_map() && node.find("capture")) return parse_capture(node);
  node.allow_keys({"field", "words_of", "characters_of", "capture", "above", "below", "at_least", "at_most", "equals", "present"});
  const Subject subject = parse_subject(node);
  std::vector<Condition> parts;
  for (Condition::Bound& bound : parse_bounds(node, subject.measure)) {
    parts.push_back(leaf(Kind::kBound, subject));
    parts.back().bound = std::move(bound);
  }
  for (const auto& [key, parse] : {std::pair("equals", &parse_equals), std::pair("present", &parse_presence)})
    if (const ConfigNode* value = node.find(key)) {
      if (subject.measure != Condition::Measure::kValue) throw value->error("'" + std::string(key) + "' goes with 'field' only");
      parts.push_back(parse(*value, subject));
    }
  if (parts.empty()) throw node.error("'where' compares nothing; add above, below, at_least, at_most, equals or present");
  return parts.size() == 1 ? parts.front() : node_of(Kind::kAllOf, std::move(parts));
}

void check_keys(const ConfigNode& node, std::initializer_list<std::string_view> beside) {
  std::vector<std::string> known(beside.begin(), beside.end());
  known.insert(known.end(), kConditionKeys.begin(), kConditionKeys.end());
  known.emplace_back(kCaseKey);
  for (const auto& [key, value] : node.entries())
    if (std::ranges::find(known, key) == known.end()) throw value.error("unknown key '" + key + "'" + suggestion(key, known));
}

bool has_one_of(const ConfigNode& node, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys, [&](std::string_view key) { return node.find(key) != nullptr; });
}

Reading parse_reading(const ConfigNode& node) {
  const bool has_words = has_one_of(node, {"any", "all", "none", "starts", "ends", "position", "count", "context"});
  Reading reading;
  if (const ConfigNode* field = node.find("field")) {
    if (!has_words && !node.find("match"))
      throw field->error("'field' stands beside what asks about a text, such as any or match; a 'where' names its own inside");
    reading.field = parse_field(*field);
  }
  if (const ConfigNode* sensitivity = node.find(kCaseKey)) {
    if (!has_words)
      throw sensitivity->error("'case' stands beside what looks for words, such as any; a pattern ignores case when it begins with (?i)");
    if (sensitivity->text() != "sensitive")
      throw sensitivity->error("expected 'sensitive', found '" + sensitivity->text() + "'; without the key, case is ignored");
    reading.case_sensitive = true;
  }
  return reading;
}

// Where an unmatched bracket stands: RE2 tells of the whole pattern then.
std::size_t unmatched_bracket(std::string_view pattern) {
  std::vector<std::size_t> open;
  for (std::size_t byte = 0; byte < pattern.size(); ++byte) {
    if (pattern[byte] == '\\') {
      ++byte;
    } else if (pattern[byte] == '[') {
      byte = std::min(pattern.find(']', byte + (pattern.substr(byte + 1, 1) == "^" ? 3 : 2)), pattern.size());
    } else if (pattern[byte] == '(') {
      open.push_back(byte);
    } else if (pattern[byte] == ')') {
      if (open.empty()) return byte;
      open.pop_back();
    }
  }
  return open.empty() ? 0 : open.front();
}

std::size_t place_of_trouble(const RE2& compiled) {
  if (compiled.error_code() == RE2::ErrorMissingParen || compiled.error_code() == RE2::ErrorUnexpectedParen)
    return unmatched_bracket(compiled.pattern());
  const std::size_t place = compiled.pattern().find(compiled.error_arg());
  return place == std::string::npos ? 0 : place;
}

// Whether it is found in every text, since it matches the empty string at some place of each: tried on texts of one character of every kind
// that patterns tell apart, and on one without any.
bool matches_nothing_everywhere(const RE2& pattern) {
  constexpr std::array<std::string_view, 8> kTexts{"", "a", "A", "1", "_", " ", "\n", "\xC3\xA9"};
  const auto matches_empty = [&](std::string_view text, std::size_t place) {
    return pattern.Match(re2::StringPiece(text.data(), text.size()), place, place, RE2::ANCHOR_BOTH, nullptr, 0);
  };
  return std::ranges::all_of(kTexts, [&](std::string_view text) { return matches_empty(text, 0) || matches_empty(text, text.size()); });
}

nlohmann::json canonical_parts(const Condition& condition) {
  nlohmann::json parts = nlohmann::json::array();
  for (const Condition& part : condition.parts) parts.push_back(canonical_json(part));
  return parts;
}

nlohmann::json canonical_value(const Condition::Bound& bound) {
  return bound.number ? nlohmann::json(*bound.number) : nlohmann::json(bound.text);
}

nlohmann::json canonical_bound(const Condition& condition) {
  const Condition::Bound& bound = condition.bound;
  return {condition.field, static_cast<int>(condition.measure), static_cast<int>(bound.side), canonical_value(bound)};
}

nlohmann::json canonical_bounds(const Condition& condition) {
  nlohmann::json bounds = nlohmann::json::array();
  for (const Condition::Bound& bound : condition.bounds) bounds.push_back({static_cast<int>(bound.side), canonical_value(bound)});
  return bounds;
}

}  // namespace

nlohmann::json canonical_json(const Condition& condition) {
  switch (condition.kind) {
    case Kind::kAllOf:
      return {{"all", canonical_parts(condition)}};
    case Kind::kAnyOf:
      return {{"any", canonical_parts(condition)}};
    case Kind::kNot:
      return {{"not", canonical_parts(condition)}};
    case Kind::kWord:
      return {{"word", {condition.field, condition.text, condition.case_sensitive}}};
    case Kind::kPattern:
      return {{"pattern", {condition.field, condition.text}}};
    case Kind::kPresent:
      return {{"present", condition.field}};
    case Kind::kEquals:
      return {{"equals", {condition.field, condition.values}}};
    case Kind::kBound:
      return {{"bound", canonical_bound(condition)}};
    case Kind::kCount:
      return {{"count", {canonical_parts(condition), canonical_bounds(condition)}}};
    case Kind::kPosition:
      return {{"position", {canonical_parts(condition), static_cast<int>(condition.place), condition.words}}};
    case Kind::kContext:
      return {{"context", canonical_parts(condition)}};
    case Kind::kMatches:
      return {{"matches", canonical_parts(condition)}};
    case Kind::kNeighbour:
      return {{"neighbour", {canonical_parts(condition), static_cast<int>(condition.direction), condition.words, condition.is_absent}}};
    case Kind::kCapture:
      return {{"capture", {condition.field, condition.text, canonical_bounds(condition), condition.values}}};
  }
  return nullptr;
}

RE2::Options pattern_options() {
  RE2::Options options(RE2::DefaultOptions);
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMaxPatternMemory);
  return options;
}

RE2::Options capturing_options() {
  RE2::Options options = pattern_options();
  options.set_never_capture(false);
  return options;
}

std::string trouble_with_pattern(std::string_view pattern) {
  if (pattern.empty()) return "it is empty, and would match everything";
  if (pattern.size() > kMaxPatternBytes)
    return "too large: " + std::to_string(pattern.size()) + " bytes, at most " + std::to_string(kMaxPatternBytes) +
           "; split it into a list of patterns";
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), pattern_options());
  if (compiled.ok())
    return matches_nothing_everywhere(compiled)
               ? "it matches the empty string, and so every text; ask for at least one character (a+, not a*)"
               : std::string();
  if (compiled.error_code() == RE2::ErrorPatternTooLarge)
    return "too large: compiled it needs more than 8 MiB; repeat less or split it into a list of patterns";
  return compiled.error() + " at byte " + std::to_string(place_of_trouble(compiled));
}

Condition parse_condition(const ConfigNode& node, std::initializer_list<std::string_view> beside) {
  if (!node.is_map()) throw node.error("expected a condition such as {any: [word]}");
  check_keys(node, beside);
  const Reading reading = parse_reading(node);
  std::vector<Condition> parts;
  if (const ConfigNode* words = node.find("any")) parts.push_back(node_of(Kind::kAnyOf, parse_words(*words, reading)));
  if (const ConfigNode* words = node.find("all")) parts.push_back(node_of(Kind::kAllOf, parse_words(*words, reading)));
  if (const ConfigNode* words = node.find("none"))
    parts.push_back(node_of(Kind::kNot, {node_of(Kind::kAnyOf, parse_words(*words, reading))}));
  if (const ConfigNode* patterns = node.find("match")) parts.push_back(node_of(Kind::kAnyOf, parse_patterns(*patterns, reading)));
  for (const auto& [key, place] : {std::pair("starts", Condition::Place::kStart), std::pair("ends", Condition::Place::kEnd)})
    if (const ConfigNode* words = node.find(key)) parts.push_back(placed(place, parse_words(*words, reading), reading));
  for (const auto& [key, parse] :
       {std::pair("position", &parse_position), std::pair("count", &parse_count), std::pair("context", &parse_context)})
    if (const ConfigNode* asked = node.find(key)) parts.push_back(parse(*asked, reading));
  if (const ConfigNode* where = node.find("where")) parts.push_back(parse_where(*where));
  if (const ConfigNode* conditions = node.find("all_of")) parts.push_back(node_of(Kind::kAllOf, parse_conditions(*conditions)));
  if (const ConfigNode* conditions = node.find("any_of")) parts.push_back(node_of(Kind::kAnyOf, parse_conditions(*conditions)));
  if (const ConfigNode* condition = node.find("not")) parts.push_back(node_of(Kind::kNot, {parse_condition(*condition)}));
  if (parts.empty())
    throw node.error(
        "no condition here; add one of any, all, none, match, starts, ends, position, count, context, where, all_of, any_of and not");
  return parts.size() == 1 ? std::move(parts.front()) : node_of(Kind::kAllOf, std::move(parts));
}

}  // namespace hone
