#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "hone/core/random.h"
#include "hone/core/unicode.h"
#include "hone/vote/plain_dictionary_testing.h"
#include "hone/vote/term_dictionary_internal.h"

namespace hone {
namespace {

using TermSpelling = TermDictionary::Spelling;
using Found = std::vector<std::string>;

// The matched terms; one found by an edit is followed by the place in the text.
Found found(const std::vector<std::string>& terms, TermSpelling spelling, const std::string& text) {
  const TermDictionary dictionary(terms, spelling);
  TermDictionary::Room room;
  std::vector<TermMatch> matches;
  const std::string folded = fold_case(text);
  dictionary.find(folded, room, matches);
  Found shown;
  for (const TermMatch& match : matches)
    shown.push_back(dictionary.term(match.term) + (match.is_exact ? "" : " <- " + folded.substr(match.begin, match.end - match.begin)));
  return shown;
}

TEST(TermDictionary, FindsTheLongestTermsBetweenWordBoundaries) {
  const std::vector<std::string> terms{"card", "credit card", "credit", "credit card fee", "fee for", "卡", "银行卡", "c++", "1,000"};
  const auto in = [&](const std::string& text) { return found(terms, TermSpelling::kExact, text); };
  EXPECT_EQ(in("My CREDIT card, cardboard"), Found{"credit card"}) << "what lies inside does not count";
  EXPECT_EQ(in("credit card fee for card"), (Found{"credit card fee", "fee for", "card"})) << "what overlaps does";
  EXPECT_EQ(in("credit  card"), (Found{"credit", "card"}));
  EXPECT_EQ(in("我的银行卡和卡"), (Found{"银行卡", "卡"}));
  EXPECT_EQ(in("C++: 1,000 cards"), (Found{"c++", "1,000"}));
  EXPECT_EQ(in(""), Found{});
}

TEST(TermDictionary, ForgivesOneEdit) {
  const std::vector<std::string> terms{"mortgage", "credit card", "loan", "visa 500", "überweisung"};
  const auto in = [&](const std::string& text) { return found(terms, TermSpelling::kOneEdit, text); };
  EXPECT_EQ(in("my mortgge"), Found{"mortgage <- mortgge"}) << "left out";
  EXPECT_EQ(in("my mortggage!"), Found{"mortgage <- mortggage"}) << "put in";
  EXPECT_EQ(in("my rnortgage, my mortqage"), Found{"mortgage <- mortqage"}) << "taken for another; two edits are too many";
  EXPECT_EQ(in("mortagge motrgage"), (Found{"mortgage <- mortagge", "mortgage <- motrgage"})) << "swapped, in the middle too";
  EXPECT_EQ(in("creditcard, cred it card"), (Found{"credit card <- creditcard", "credit card <- cred it card"}))
      << "a space is a character";
  EXPECT_EQ(in("load loan"), Found{"loan"}) << "short terms are found as they are";
  EXPECT_EQ(in("visa 500, visa 50, visa 800, visa 5oo, visa 5o0"), (Found{"visa 500", "visa 500 <- visa 5o0"})) << "digits are trusted";
  EXPECT_EQ(in("Uberweisung, Überweisunq"), (Found{"überweisung <- uberweisung", "überweisung <- überweisunq"}));
  EXPECT_EQ(in("mortgages mortgage"), (Found{"mortgage <- mortgages", "mortgage"}));
}

TEST(TermDictionary, PrefersWhatStandsThereExactly) {
  EXPECT_EQ(found({"cards", "carts"}, TermSpelling::kOneEdit, "carts"), Found{"carts"});
  EXPECT_EQ(found({"cards", "carts"}, TermSpelling::kOneEdit, "carps"), Found{"cards <- carps"}) << "the first of two as near";
  EXPECT_EQ(found({"carps", "carpets"}, TermSpelling::kOneEdit, "carpes"), Found{"carpets <- carpes"}) << "the longer of two as near";
  EXPECT_EQ(found({"card", "cards"}, TermSpelling::kOneEdit, "card, please"), Found{"card"}) << "a sign is no part of a word";
}

TEST(TermDictionary, SaysHowManyVariantsAFuzzySearchHolds) {
  EXPECT_EQ(TermDictionary::fuzzy_variants(std::vector<std::string>{"card", "cards", "银行卡银行"}), 12u);
}

constexpr std::array<std::string_view, 16> kTermAlphabet{"a", "b", "a",  "b",      "c", " ", " ", "1",
                                                         "2", "é", "卡", "\u0301", "'", "-", ".", "d"};

std::string random_term_text(RandomStream& random, std::size_t most) {
  std::string text;
  for (std::size_t length = random.below(most + 1); length > 0; --length) text += kTermAlphabet[random.below(kTermAlphabet.size())];
  return fold_case(text);
}

std::vector<std::string> random_terms(RandomStream& random) {
  std::set<std::string> terms;
  for (std::uint64_t count = 1 + random.below(40); count > 0; --count) {
    const std::string term = random_term_text(random, 9);
    if (!term.empty() && term.front() != ' ' && term.back() != ' ') terms.insert(term);
  }
  return {terms.begin(), terms.end()};
}

// A term, one with an edit, or anything.
std::string woven_text(RandomStream& random, const std::vector<std::string>& terms) {
  std::string text;
  for (std::uint64_t pieces = random.below(5); pieces > 0; --pieces) {
    std::string piece = random.below(4) > 0 && !terms.empty() ? terms[random.below(terms.size())] : random_term_text(random, 6);
    if (random.below(2) == 0 && !piece.empty()) piece[random.below(piece.size())] = "ab1 "[random.below(4)];
    text += piece + (random.below(3) > 0 ? " " : "");
  }
  return fold_case(replace_invalid_utf8(text));
}

class RandomDictionaries : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomDictionaries, FindWhatThePlainOneFinds) {
  RandomStream random(GetParam(), "dictionaries");
  TermDictionary::Room room;
  std::vector<TermMatch> matches;
  for (int count = 0; count < 8; ++count) {
    const std::vector<std::string> terms = random_terms(random);
    for (const TermSpelling spelling : {TermSpelling::kExact, TermSpelling::kOneEdit}) {
      const TermDictionary dictionary(terms, spelling);
      const PlainDictionary plain(terms, spelling);
      for (int texts = 0; texts < 40; ++texts) {
        const std::string text = woven_text(random, terms);
        dictionary.find(text, room, matches);
        ASSERT_EQ(matches.size(), plain.find(text).size()) << nlohmann::json(text) << nlohmann::json(terms);
        ASSERT_TRUE(std::ranges::equal(matches, plain.find(text))) << nlohmann::json(text) << nlohmann::json(terms);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(TermDictionary, RandomDictionaries, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace hone
