#include "hone/vote/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "hone/core/suggest.h"
#include "hone/core/unicode.h"
#include "hone/data/value.h"
#include "hone/vote/pattern_internal.h"

namespace hone {
namespace {

using Kind = Condition::Kind;

constexpr std::array<std::string_view, 9> kConditionKeys{"any", "all", "none", "match", "where", "all_of", "any_of", "not", "field"};
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

std::string_view trimmed(std::string_view word) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = word.find_first_not_of(kSpace);
  return first == std::string_view::npos ? std::string_view() : word.substr(first, word.find_last_not_of(kSpace) - first + 1);
}

Condition parse_word(const ConfigNode& node, const Reading& reading) {
  const std::string_view word = trimmed(node.text());
  if (word.empty()) throw node.error("a word must not be empty");
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
  if (!trouble.empty()) throw node.error("the pattern '" + shown + "' cannot be used: " + trouble);
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

std::vector<Condition> parse_conditions(const ConfigNode& node) {
  if (!node.is_list() || node.items().empty()) throw node.error("expected a list of conditions");
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
  if (measure != Condition::Measure::kValue) throw node.error("expected a number, found '" + bound.text + "'");
  if (!parse_time(bound.text, "UTC"))
    throw node.error("'" + bound.text + "' is neither a number nor a date like 2026-01-31 or 2026-01-31T09:30:00");
  return bound;
}

struct Subject {
  std::string field;
  Condition::Measure measure = Condition::Measure::kValue;
};

std::string parse_field(const ConfigNode& node) {
  if (node.text().empty()) throw node.error("a field's name must not be empty");
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
  if (equals.values.empty()) throw node.error("'equals' needs a value");
  return equals;
}

Condition parse_where(const ConfigNode& node) {
  node.allow_keys({"field", "words_of", "characters_of", "above", "below", "at_least", "at_most", "equals", "present"});
  const Subject subject = parse_subject(node);
  std::vector<Condition> parts;
  for (const auto& [key, side] : kBoundKeys)
    if (const ConfigNode* value = node.find(key)) {
      parts.push_back(leaf(Kind::kBound, subject));
      parts.back().bound = parse_bound(*value, side, subject.measure);
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

Reading parse_reading(const ConfigNode& node) {
  const bool has_words = node.find("any") || node.find("all") || node.find("none");
  Reading reading;
  if (const ConfigNode* field = node.find("field")) {
    if (!has_words && !node.find("match"))
      throw field->error("'field' stands beside any, all, none or match; a 'where' names its own inside");
    reading.field = parse_field(*field);
  }
  if (const ConfigNode* sensitivity = node.find(kCaseKey)) {
    if (!has_words) throw sensitivity->error("'case' stands beside any, all or none; a pattern ignores case when it begins with (?i)");
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

nlohmann::json canonical_parts(const Condition& condition) {
  nlohmann::json parts = nlohmann::json::array();
  for (const Condition& part : condition.parts) parts.push_back(canonical_json(part));
  return parts;
}

nlohmann::json canonical_bound(const Condition& condition) {
  const Condition::Bound& bound = condition.bound;
  const nlohmann::json value = bound.number ? nlohmann::json(*bound.number) : nlohmann::json(bound.text);
  return {condition.field, static_cast<int>(condition.measure), static_cast<int>(bound.side), value};
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

std::string trouble_with_pattern(std::string_view pattern) {
  if (pattern.empty()) return "it is empty, and would match everything";
  if (pattern.size() > kMaxPatternBytes)
    return "too large: " + std::to_string(pattern.size()) + " bytes, at most " + std::to_string(kMaxPatternBytes) +
           "; split it into a list of patterns";
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), pattern_options());
  if (compiled.ok()) return {};
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
  if (const ConfigNode* where = node.find("where")) parts.push_back(parse_where(*where));
  if (const ConfigNode* conditions = node.find("all_of")) parts.push_back(node_of(Kind::kAllOf, parse_conditions(*conditions)));
  if (const ConfigNode* conditions = node.find("any_of")) parts.push_back(node_of(Kind::kAnyOf, parse_conditions(*conditions)));
  if (const ConfigNode* condition = node.find("not")) parts.push_back(node_of(Kind::kNot, {parse_condition(*condition)}));
  if (parts.empty()) throw node.error("no condition here; add one of any, all, none, match, where, all_of, any_of and not");
  return parts.size() == 1 ? std::move(parts.front()) : node_of(Kind::kAllOf, std::move(parts));
}

}  // namespace hone
