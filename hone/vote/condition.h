#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/config.h"

namespace hone {

/// A question about an example that is true or false: what LFs, slices, filters and queues are made of. A tree, as plain
/// data. In YAML it is a map; several of these keys in one map must all hold:
///
///     any: [stolen, "not me"]       one of the words or phrases stands in the text
///     all: [card, blocked]          all of them do
///     none: [insurance]             none of them does
///     match: '\b\d{4}\b'            the pattern (RE2 syntax) is found anywhere in the text as it is; of a list, one of them
///     starts: [dear, "to whom"]     the text begins with one of them: no word stands before it
///     ends: [regards, '?']          the text ends with one of them: no word stands behind it
///     position: {any: [refund], first: 5}               one of the words stands within the first (last) so many words of the text
///     count: {any: [please, now], at_least: 3}          so many of them stand in the text, counted without overlap
///     context: {any: [card], after: [lost], within: 3}  one of the words, and near it another
///     where: {field: amount, above: 1000}
///     all_of: [...], any_of: [...]  lists of conditions
///     not: {...}                    a condition
///     field: subject                beside what asks about a text: another field than the project's text
///     case: sensitive               beside what looks for words: the text as it is, not its case-folded form
///
/// Words and phrases stand between word boundaries (is_word_boundary in hone/core/unicode.h) of the case-folded text: "card"
/// is not in "cardboard", "strasse" is in "Straße", "不" is in "不是" since that script writes no spaces. Spaces
/// around a word are dropped, those inside must be there as they are.
///
/// `position`, `count` and `context` look for what `any` (words) or `match` (patterns) names, or both. Words of the text are those of
/// count_words(), counted in the text as it is. `count` has bounds as `where` has; of matches that overlap the first counts, and the
/// longest of those that begin together. `context` asks for one match that has all of its neighbours: `before: X` (the match stands before
/// X), `after: X`, `near: X` (either), and `not_before`, `not_after`, `not_near` for what must not be there, X being words, or a map with
/// `any` and `match`; `within: n` is the distance in words, 1 for neighbours that touch or have no word between them. Empty matches of a
/// pattern do not count, nor those behind the first kMaxMatches of a text. A pattern that is found in every text (a*) is refused.
///
/// `where` asks about one field: `field` with `above`, `below`, `at_least`, `at_most` (a number, or a date when the
/// value reads as one: 2026-01-31), `equals` (a value or a list of them) and `present: true|false`; or `words_of: FIELD` or
/// `characters_of: FIELD` with bounds. All that it says must hold. A number in a text field is written with the project's
/// decimal sign, a date without a zone is in the project's time zone.
///
///     where: {capture: '(?i)amount:? ([\d.,]+)', above: 10000}
///
/// asks the same, with above, below, at_least, at_most and equals, of what the first group of a pattern holds that took part in a match,
/// without the points and commas at its end; it is true when one match has a value that lies within all bounds. `field` names another text.
///
/// A field that is absent makes none true, all else about its text false, where false, and `present: false` true. An empty text
/// has no value to compare, but 0 words and characters. A value that a bound cannot read ("n/a" above 5) makes the bound unknown: a
/// condition whose answer hangs on it is neither true nor false on that example, but fails there (Kleene's three-valued logic).
struct Condition {
  enum class Kind {
    kAllOf,      // All parts hold.
    kAnyOf,      // One part does.
    kNot,        // The only part does not.
    kWord,       // `text` stands in the field.
    kPattern,    // `text` is found in the field.
    kPresent,    // The field has a value.
    kEquals,     // The field's value is one of `values`.
    kBound,      // The field's `measure` lies on the right side of `bound`.
    kCount,      // So many of the `parts`, words and patterns, stand in the field as `bounds` say.
    kPosition,   // One of the `parts` stands at `place`, within `words` words for kFirst and kLast.
    kContext,    // One match of parts[0] has what the other parts, each a kNeighbour, ask for.
    kMatches,    // Part of a kContext: its `parts` are the words and patterns that are looked for.
    kNeighbour,  // Part of a kContext: one of its `parts` stands `direction` of the match within `words` words; or none does, if
                 // `is_absent`.
    kCapture,    // The pattern `text` captures a value that lies within all `bounds` and is one of `values`, if there are any.
  };
  enum class Measure { kValue, kWords, kCharacters, kMatches };
  enum class Side { kAbove, kBelow, kAtLeast, kAtMost };
  enum class Place { kStart, kEnd, kFirst, kLast };
  enum class Direction { kBefore, kAfter, kNear };  // Of the match: it stands before its neighbour, after it, or either.

  struct Bound {
    Side side = Side::kAbove;
    std::string text;              // As it is written.
    std::optional<double> number;  // Nothing: it is a date.
  };

  Kind kind = Kind::kAllOf;
  std::vector<Condition> parts;
  std::string field;  // Empty: the project's text.
  std::string text;
  bool case_sensitive = false;
  std::vector<std::string> values;
  Measure measure = Measure::kValue;
  Bound bound;
  std::vector<Bound> bounds;
  Place place = Place::kStart;
  Direction direction = Direction::kNear;
  std::uint32_t words = 0;
  bool is_absent = false;
};

/// Longest word or phrase, and longest pattern, in bytes; and the memory that a compiled pattern may take.
inline constexpr std::size_t kMaxWordBytes = 1024;
inline constexpr std::size_t kMaxPatternBytes = 4096;
inline constexpr std::int64_t kMaxPatternMemory = 8 << 20;

/// Matches of one pattern that are looked at in one text where their places matter: each may cost a walk to the text's end. Bounds of
/// `count`, and distances in words, are at most that.
inline constexpr std::size_t kMaxMatches = 10'000;

/// Reads a condition. Keys in `beside` belong to somebody else and are passed over. Throws kInvalidProject with file, line
/// and column: for an unknown key (naming the nearest), no condition at all, an empty or too long word, and a pattern that
/// does not compile (naming it and the byte where it fails) or is too large.
Condition parse_condition(const ConfigNode& node, std::initializer_list<std::string_view> beside = {});

/// What a condition asks, and nothing of how it is laid out: what versions are hashed from.
nlohmann::json canonical_json(const Condition& condition);

/// What is wrong with a pattern: "missing closing ) at byte 4", "too large…", "it matches the empty string in every text…"; empty when it
/// compiles within the limits.
std::string trouble_with_pattern(std::string_view pattern);

}  // namespace hone
