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
///     where: {field: amount, above: 1000}
///     all_of: [...], any_of: [...]  lists of conditions
///     not: {...}                    a condition
///     field: subject                beside any, all, none, match: another field than the project's text
///     case: sensitive               beside any, all, none: the text as it is, not its case-folded form
///
/// Words and phrases stand between word boundaries (is_word_boundary in hone/core/unicode.h) of the case-folded text: "card"
/// is not in "cardboard", "strasse" is in "Straße", "不" is in "不是" since that script writes no spaces. Spaces
/// around a word are dropped, those inside must be there as they are.
///
/// `where` asks about one field: `field` with `above`, `below`, `at_least`, `at_most` (a number, or a date when the
/// value reads as one: 2026-01-31), `equals` (a value or a list of them) and `present: true|false`; or `words_of: FIELD` or
/// `characters_of: FIELD` with bounds. All that it says must hold. A number in a text field is written with the project's
/// decimal sign, a date without a zone is in the project's time zone.
///
/// A field that is absent makes any, all and match false, none true, where false, and `present: false` true. An empty text
/// has no value to compare, but 0 words and characters. A value that a bound cannot read ("n/a" above 5) makes the bound unknown: a
/// condition whose answer hangs on it is neither true nor false on that example, but fails there (Kleene's three-valued logic).
struct Condition {
  enum class Kind {
    kAllOf,    // All parts hold.
    kAnyOf,    // One part does.
    kNot,      // The only part does not.
    kWord,     // `text` stands in the field.
    kPattern,  // `text` is found in the field.
    kPresent,  // The field has a value.
    kEquals,   // The field's value is one of `values`.
    kBound,    // The field's `measure` lies on the right side of `bound`.
  };
  enum class Measure { kValue, kWords, kCharacters };
  enum class Side { kAbove, kBelow, kAtLeast, kAtMost };

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
};

/// Longest word or phrase, and longest pattern, in bytes; and the memory that a compiled pattern may take.
inline constexpr std::size_t kMaxWordBytes = 1024;
inline constexpr std::size_t kMaxPatternBytes = 4096;
inline constexpr std::int64_t kMaxPatternMemory = 8 << 20;

/// Reads a condition. Keys in `beside` belong to somebody else and are passed over. Throws kInvalidProject with file, line
/// and column: for an unknown key (naming the nearest), no condition at all, an empty or too long word, and a pattern that
/// does not compile (naming it and the byte where it fails) or is too large.
Condition parse_condition(const ConfigNode& node, std::initializer_list<std::string_view> beside = {});

/// What a condition asks, and nothing of how it is laid out: what versions are hashed from.
nlohmann::json canonical_json(const Condition& condition);

/// What is wrong with a pattern: "missing closing ) at byte 4", "too large…"; empty when it compiles within the limits.
std::string trouble_with_pattern(std::string_view pattern);

}  // namespace hone
