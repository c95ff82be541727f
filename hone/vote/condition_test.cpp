#include "hone/vote/condition.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace hone {
namespace {

Condition parse(const std::string& yaml) { return parse_condition(ConfigNode::parse_yaml(yaml, "hone.yaml")); }

std::string canonical(const std::string& yaml) { return canonical_json(parse(yaml)).dump(); }

std::string complaint(const std::string& yaml) {
  try {
    parse(yaml);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidProject);
    return error.what();
  }
  return "none";
}

void expect_complaint(const std::string& yaml, const std::string& part) {
  const std::string said = complaint(yaml);
  EXPECT_NE(said.find(part), std::string::npos) << yaml << "\n  said: " << said << "\n  not:  " << part;
  EXPECT_TRUE(said.starts_with("hone.yaml:")) << said;
}

TEST(Condition, ReadsWordsAndPhrases) {
  const Condition any = parse("any: [stolen, ' not me ']");
  EXPECT_EQ(any.kind, Condition::Kind::kAnyOf);
  ASSERT_EQ(any.parts.size(), 2u);
  EXPECT_EQ(any.parts[1].text, "not me") << "spaces around a word are dropped";
  EXPECT_EQ(parse("all: card").kind, Condition::Kind::kAllOf);
  const Condition none = parse("none: [card]");
  EXPECT_EQ(none.kind, Condition::Kind::kNot);
  EXPECT_EQ(none.parts[0].kind, Condition::Kind::kAnyOf);
}

TEST(Condition, HoldsAllThatStandsInOneMap) {
  const Condition both = parse("{any: [card], match: 'x+', field: subject, case: sensitive}");
  EXPECT_EQ(both.kind, Condition::Kind::kAllOf);
  ASSERT_EQ(both.parts.size(), 2u);
  EXPECT_EQ(both.parts[0].parts[0].field, "subject");
  EXPECT_TRUE(both.parts[0].parts[0].case_sensitive);
  EXPECT_EQ(both.parts[1].parts[0].field, "subject");
}

TEST(Condition, ReadsComparisonsOfFields) {
  const Condition where = parse("where: {field: amount, above: 10, at_most: 20.5, present: true}");
  ASSERT_EQ(where.parts.size(), 3u);
  EXPECT_EQ(where.parts[0].bound.side, Condition::Side::kAbove);
  EXPECT_EQ(where.parts[0].bound.number, 10.0);
  EXPECT_EQ(where.parts[1].bound.side, Condition::Side::kAtMost);
  EXPECT_EQ(where.parts[2].kind, Condition::Kind::kPresent);
  EXPECT_FALSE(parse("where: {field: sent, below: 2026-01-31}").bound.number) << "a date";
  EXPECT_EQ(parse("where: {words_of: body, above: 40}").measure, Condition::Measure::kWords);
  EXPECT_EQ(parse("where: {field: state, equals: [open, 7]}").values, (std::vector<std::string>{"open", "7"}));
  EXPECT_EQ(parse("where: {field: state, present: false}").kind, Condition::Kind::kNot);
}

TEST(Condition, NestsConditions) {
  const Condition nested = parse("{all_of: [{any: [a]}, {not: {any_of: [{none: [b]}, {match: c}]}}]}");
  EXPECT_EQ(nested.kind, Condition::Kind::kAllOf);
  EXPECT_EQ(nested.parts[1].kind, Condition::Kind::kNot);
  EXPECT_EQ(nested.parts[1].parts[0].kind, Condition::Kind::kAnyOf);
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
  EXPECT_EQ(complaint("any: [" + std::string(1024, 'a') + "]"), "none");
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
  expect_complaint("{field: a, where: {field: b, above: 3}}", "'field' stands beside any, all, none or match");
  expect_complaint("{case: sensitive, match: a}", "'case' stands beside any, all or none");
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
  EXPECT_NE(canonical("where: {words_of: a, above: 1}"), canonical("where: {characters_of: a, above: 1}"));
}

}  // namespace
}  // namespace hone
