#include "hone/vote/condition.h"

#include <gtest/gtest.h>

#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/core/json.h"

namespace hone {
namespace {

Condition condition_of(const std::string& yaml) { return parse_condition(ConfigNode::parse_yaml(yaml, "hone.yaml")); }

std::string canonical(const std::string& yaml) { return canonical_json(condition_of(yaml)).dump(); }

std::string complaint_of_condition(const std::string& yaml) {
  return complaint_of(ErrorCode::kInvalidProject, [&] { condition_of(yaml); });
}

void expect_complaint(const std::string& yaml, const std::string& part) {
  const std::string said = complaint_of_condition(yaml);
  EXPECT_NE(said.find(part), std::string::npos) << yaml << "\n  said: " << said << "\n  not:  " << part;
  EXPECT_TRUE(said.starts_with("hone.yaml:")) << said;
}

TEST(Condition, ReadsWordsAndPhrases) {
  const Condition any = condition_of("any: [stolen, ' not me ']");
  EXPECT_EQ(any.kind, Condition::Kind::kAnyOf);
  ASSERT_EQ(any.parts.size(), 2u);
  EXPECT_EQ(any.parts[1].text, "not me") << "spaces around a word are dropped";
  EXPECT_EQ(condition_of("all: card").kind, Condition::Kind::kAllOf);
  const Condition none = condition_of("none: [card]");
  EXPECT_EQ(none.kind, Condition::Kind::kNot);
  EXPECT_EQ(none.parts[0].kind, Condition::Kind::kAnyOf);
}

TEST(Condition, HoldsAllThatStandsInOneMap) {
  const Condition both = condition_of("{any: [card], match: 'x+', field: subject, case: sensitive}");
  EXPECT_EQ(both.kind, Condition::Kind::kAllOf);
  ASSERT_EQ(both.parts.size(), 2u);
  EXPECT_EQ(both.parts[0].parts[0].field, "subject");
  EXPECT_TRUE(both.parts[0].parts[0].case_sensitive);
  EXPECT_EQ(both.parts[1].parts[0].field, "subject");
}

TEST(Condition, ReadsComparisonsOfFields) {
  const Condition where = condition_of("where: {field: amount, above: 10, at_most: 20.5, present: true}");
  ASSERT_EQ(where.parts.size(), 3u);
  EXPECT_EQ(where.parts[0].bound.side, Condition::Side::kAbove);
  EXPECT_EQ(where.parts[0].bound.number, 10.0);
  EXPECT_EQ(where.parts[1].bound.side, Condition::Side::kAtMost);
  EXPECT_EQ(where.parts[2].kind, Condition::Kind::kPresent);
  EXPECT_FALSE(condition_of("where: {field: sent, below: 2026-01-31}").bound.number) << "a date";
  EXPECT_EQ(condition_of("where: {words_of: body, above: 40}").measure, Condition::Measure::kWords);
  EXPECT_EQ(condition_of("where: {field: state, equals: [open, 7]}").values, (std::vector<std::string>{"open", "7"}));
  EXPECT_EQ(condition_of("where: {field: state, present: false}").kind, Condition::Kind::kNot);
}

TEST(Condition, NestsConditions) {
  const Condition nested = condition_of("{all_of: [{any: [a]}, {not: {any_of: [{none: [b]}, {match: c}]}}]}");
  EXPECT_EQ(nested.kind, Condition::Kind::kAllOf);
  EXPECT_EQ(nested.parts[1].kind, Condition::Kind::kNot);
  EXPECT_EQ(nested.parts[1].parts[0].kind, Condition::Kind::kAnyOf);
}

TEST(Condition, ReadsWhatHangsOnPlaces) {
  const Condition starts = condition_of("{starts: [dear, hello], field: subject, case: sensitive}");
  EXPECT_EQ(starts.kind, Condition::Kind::kPosition);
  EXPECT_EQ(starts.place, Condition::Place::kStart);
  EXPECT_EQ(starts.field, "subject");
  EXPECT_TRUE(starts.parts.at(1).case_sensitive);
  EXPECT_EQ(condition_of("ends: '?'").place, Condition::Place::kEnd);
  const Condition position = condition_of("position: {any: [a], match: ['b+', c], last: 7}");
  EXPECT_EQ(position.place, Condition::Place::kLast);
  EXPECT_EQ(position.words, 7u);
  EXPECT_EQ(position.parts.size(), 3u);
  const Condition count = condition_of("count: {any: [a, b], at_least: 2, below: 5}");
  EXPECT_EQ(count.kind, Condition::Kind::kCount);
  EXPECT_EQ(count.bounds.size(), 2u);
  const Condition context = condition_of("context: {any: card, after: [lost, stolen], not_near: {match: 'x+'}, within: 3}");
  ASSERT_EQ(context.parts.size(), 3u);
  EXPECT_EQ(context.parts[0].kind, Condition::Kind::kMatches);
  EXPECT_EQ(context.parts[1].direction, Condition::Direction::kAfter);
  EXPECT_EQ(context.parts[1].parts.size(), 2u);
  EXPECT_TRUE(context.parts[2].is_absent);
  EXPECT_EQ(context.parts[2].words, 3u);
  const Condition capture = condition_of("where: {capture: 'a (b)', field: subject, above: 3, at_most: 10}");
  EXPECT_EQ(capture.kind, Condition::Kind::kCapture);
  EXPECT_EQ(capture.field, "subject");
  EXPECT_EQ(capture.bounds.size(), 2u);
}

TEST(Condition, RefusesPlacesThatMakeNoSense) {
  expect_complaint("position: {any: a}", "'position' needs one of first and last");
  expect_complaint("position: {any: a, first: 3, last: 2}", "'position' needs one of first and last");
  expect_complaint("position: {any: a, first: 0}", "expected a number of words from 1 to 10000, found 0");
  expect_complaint("position: {any: a, first: many}", "many");
  expect_complaint("position: {first: 3}", "add what to look for: any: [words], or match");
  expect_complaint("position: a", "expected keys with values");
  expect_complaint("position: {any: a, frist: 3}", "unknown key 'frist'; did you mean 'first'?");
  expect_complaint("count: {any: a}", "'count' compares nothing");
  expect_complaint("count: {any: a, at_least: 2026-01-01}", "expected a number, found '2026-01-01'");
  expect_complaint("count: {any: a, at_least: 10000}", "'count' goes up to 10000 matches; a bound of 10000 lies outside");
  expect_complaint("count: {any: a, above: -1}", "a bound of -1 lies outside");
  expect_complaint("context: {any: a, after: b}", "'within' is missing");
  expect_complaint("context: {any: a, within: 3}", "'context' needs a neighbour");
  expect_complaint("context: {any: a, after: {none: b}, within: 3}", "unknown key 'none'");
  expect_complaint("context: {any: a, after: '', within: 3}", "a word must not be empty");
  expect_complaint("starts: {any: a}", "expected a word or phrase or a list of them");
  expect_complaint("starts: ['']", "a word must not be empty");
}

TEST(Condition, RefusesCapturesOfNothing) {
  expect_complaint("where: {capture: 'a+', above: 3}",
                   "hone.yaml:1:18: the pattern captures nothing; put what is to be compared in parentheses");
  expect_complaint("where: {capture: '(?:a+)', above: 3}", "captures nothing");
  expect_complaint("where: {capture: '(a+', above: 3}", "missing )");
  expect_complaint("where: {capture: '(a+)'}", "'capture' compares nothing");
  expect_complaint("where: {capture: '(a+)', above: soon}", "neither a number nor a date");
  expect_complaint("where: {capture: '(a+)', above: 3, below: 2026-01-01}", "one is a number and the other a date");
  expect_complaint("where: {capture: '(a+)', present: true}", "unknown key 'present'");
  expect_complaint("where: {capture: '(a*)', equals: a}", "it matches the empty string");
}

TEST(Condition, RefusesPatternsThatEveryTextHolds) {
  for (const char* pattern : {"a*", "^", "$", "(foo)?", "(?s).*", "a*|b", "\\\\b|\\\\B", "(?i)x{0,3}$", "(?m)^", "\\\\z"})
    expect_complaint("match: \"" + std::string(pattern) + "\"",
                     "it matches the empty string, and so every text; ask for at least one character");
  for (const char* pattern : {"^$", "^\\\\s*$", "\\\\b", "a+", "(?m)^$", "x|^$"})
    EXPECT_EQ(complaint_of_condition("match: \"" + std::string(pattern) + "\""), "none") << pattern;
}

TEST(Condition, NamesTheNearestOfUnknownKeys) {
  expect_complaint("{anny: [a]}", "unknown key 'anny'; did you mean 'any'?");
  expect_complaint("where: {field: a, abov: 3}", "unknown key 'abov'; did you mean 'above'?");
  expect_complaint("{all_of: [{machine: a}]}", "unknown key 'machine'");
}

TEST(Condition, RefusesWordsThatAreEmptyOrTooLong) {
  expect_complaint("any: ['']", "a word must not be empty");
  expect_complaint("any: '  '", "a word must not be empty");
  expect_complaint("any: []", "expected a word or phrase or a list of them");
  expect_complaint("any: {a: b}", "expected a word or phrase or a list of them");
  expect_complaint("any: [[a]]", "expected a single value");
  expect_complaint("any: [" + std::string(1025, 'a') + "]", "a word or phrase of 1025 bytes is too long; at most 1024");
  EXPECT_EQ(complaint_of_condition("any: [" + std::string(1024, 'a') + "]"), "none");
}

TEST(Condition, SaysWhereAPatternFails) {
  expect_complaint("match: '(ab'", "hone.yaml:1:8: the pattern '(ab' cannot be used: missing ): (ab at byte 0");
  expect_complaint("match: 'a(b)[)](c'", "at byte 7");
  expect_complaint("match: 'ab)c'", "at byte 2");
  expect_complaint("match: 'a[z-a]'", "invalid character class range: z-a at byte 2");
  expect_complaint("match: 'xx(?=a)'", "(?= at byte 2");
  expect_complaint("match: [fine, '*a']", "hone.yaml:1:15: the pattern '*a'");
  expect_complaint("match: '\\y'", "\\y at byte 0");
  expect_complaint("match: ''", "it is empty, and would match everything");
}

TEST(Condition, RefusesPatternsThatAreTooLarge) {
  expect_complaint("match: '" + std::string(4097, 'a') + "'", "too large: 4097 bytes, at most 4096");
  expect_complaint("match: '((a{1,100}){1,10}\\pL{1,500}){1,100}'", "cannot be used: ");
  EXPECT_TRUE(trouble_with_pattern(R"((\pL{1,20}\pN{1,20}){1,40}(\pL{1,20}\pN{1,20}){1,40})")
                  .starts_with("too large: compiled it needs more than 8 MiB"));
}

TEST(Condition, RefusesComparisonsOfNothing) {
  expect_complaint("where: {above: 3}", "must say about what: field, words_of or characters_of");
  expect_complaint("where: {field: a, words_of: b, above: 3}", "one of field, words_of and characters_of");
  expect_complaint("where: {field: a}", "compares nothing");
  expect_complaint("where: {field: a, above: 2026-01-31, below: 7}", "'2026-01-31' and '7' bound one value");
  expect_complaint("where: {field: a, above: soon}", "'soon' is neither a number nor a date");
  expect_complaint("where: {field: a, above: 2026-02-30}", "'2026-02-30' is neither a number nor a date");
  expect_complaint("where: {words_of: a, above: 2026-01-01}", "expected a number");
  expect_complaint("where: {words_of: a, equals: 3}", "'equals' goes with 'field' only");
  expect_complaint("where: {field: a, equals: []}", "'equals' needs a value");
  expect_complaint("where: {field: a, present: maybe}", "expected true or false");
  expect_complaint("where: {field: '', present: true}", "must not be empty");
  expect_complaint("where: [a]", "expected keys with values");
}

TEST(Condition, RefusesWhatAsksNothing) {
  expect_complaint("{}", "no condition here");
  expect_complaint("[a]", "expected a condition");
  expect_complaint("{field: a, where: {field: b, above: 3}}", "'field' stands beside what asks about a text");
  expect_complaint("{case: sensitive, match: a}", "'case' stands beside what looks for words");
  expect_complaint("{case: loud, any: a}", "expected 'sensitive', found 'loud'");
  expect_complaint("{all_of: []}", "expected a list of conditions");
  expect_complaint("{not: [{any: a}]}", "expected a condition");
}

TEST(Condition, HasOneFormForOneMeaning) {
  EXPECT_EQ(canonical("where: {field: a, above: 1.0}"), canonical("{where: {above: 1.00, field: a}}"));
  EXPECT_EQ(canonical("any: card"), canonical("any: [' card']"));
  EXPECT_NE(canonical("any: [1.0]"), canonical("any: [1.00]")) << "words are texts";
  EXPECT_NE(canonical("any: a"), canonical("{any: a, case: sensitive}"));
  EXPECT_NE(canonical("any: a"), canonical("{any: a, field: b}"));
  EXPECT_NE(canonical("where: {field: a, above: 1}"), canonical("where: {field: a, at_least: 1}"));
  EXPECT_NE(canonical("starts: a"), canonical("ends: a"));
  EXPECT_NE(canonical("starts: a"), canonical("{starts: a, field: b}"));
  EXPECT_NE(canonical("position: {any: a, first: 2}"), canonical("position: {any: a, first: 3}"));
  EXPECT_NE(canonical("position: {any: a, first: 2}"), canonical("position: {any: a, last: 2}"));
  EXPECT_EQ(canonical("count: {any: a, at_least: 2}"), canonical("count: {at_least: 2.0, any: [a]}"));
  EXPECT_NE(canonical("count: {any: a, at_least: 2}"), canonical("count: {any: a, at_most: 2}"));
  EXPECT_NE(canonical("context: {any: a, after: b, within: 2}"), canonical("context: {any: a, not_after: b, within: 2}"));
  EXPECT_NE(canonical("context: {any: a, after: b, within: 2}"), canonical("context: {any: a, after: b, within: 3}"));
  EXPECT_NE(canonical("context: {any: a, after: b, within: 2}"), canonical("context: {any: a, before: b, within: 2}"));
  EXPECT_NE(canonical("where: {capture: '(a)', above: 1}"), canonical("where: {capture: '(a)', above: 2}"));
  EXPECT_NE(canonical("where: {capture: '(a)', equals: 1}"), canonical("where: {capture: '(a)', equals: 2}"));
  EXPECT_NE(canonical("where: {words_of: a, above: 1}"), canonical("where: {characters_of: a, above: 1}"));
}

}  // namespace
}  // namespace hone
