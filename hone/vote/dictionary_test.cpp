#include "hone/vote/dictionary.h"

#include <gtest/gtest.h>

#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/vote/task.h"
#include "hone/vote/task_testing.h"

namespace hone {
namespace {

using Spelling = Dictionary::Spelling;

const std::map<std::string, ClassId, std::less<>> kIdOfClass{{"card", 0}, {"loan", 1}, {"fraud", 2}};

Dictionary read(const std::string& csv, Spelling spelling = Spelling::kExact) {
  return read_dictionary(csv, "terms.csv", kIdOfClass, spelling);
}

std::string complaint_of_terms(const std::string& csv) {
  return complaint_of(ErrorCode::kInvalidProject, [&] { read(csv); });
}

TEST(Dictionary, IsReadFromLinesOfTermAndClass) {
  const Dictionary dictionary =
      read("\xEF\xBB\xBFTerm,class\r\nSTRASSE,card\r\n\r\n\" a, \"\"b\"\" \",loan\r\n\"two\nlines\",fraud\nlast,card");
  EXPECT_EQ(dictionary.terms, (std::vector<std::string>{"strasse", "a, \"b\"", "two\nlines", "last"}));
  EXPECT_EQ(dictionary.classes, (std::vector<ClassId>{0, 1, 2, 0}));
  EXPECT_EQ(read("term,card\nclass,loan").terms.size(), 2u) << "no header";
  EXPECT_EQ(read("Straße,card\nSTRASSE , card").terms.size(), 1u) << "twice for the same class";
  EXPECT_NE(read("a,card").hash, read("a,loan").hash);
}

TEST(Dictionary, NamesTheLineOfWhatItCannotRead) {
  EXPECT_EQ(complaint_of_terms("a,card\nb,lone\n"), "terms.csv:2: no class named 'lone'; did you mean 'loan'?");
  EXPECT_EQ(complaint_of_terms("a,card\n\n,card"), "terms.csv:3: the term is empty; take the line out");
  EXPECT_EQ(complaint_of_terms("\"\n\",card"), "terms.csv:1: the term is empty; take the line out");
  EXPECT_EQ(complaint_of_terms(std::string(1025, 'a') + ",card"), "terms.csv:1: a term of 1025 bytes is too long; at most 1024");
  EXPECT_EQ(complaint_of_terms("Card,card\nb,loan\ncard,loan"),
            "terms.csv:3: the term 'card' already stands for another class in line 1; take one of them out");
  EXPECT_EQ(complaint_of_terms("a,b,card"),
            "terms.csv:1: expected two fields, term,class, and found 3; put a term that holds a comma between quotes");
  EXPECT_EQ(complaint_of_terms("x\n"),
            "terms.csv:1: expected two fields, term,class, and found 1; put a term that holds a comma between quotes");
  EXPECT_EQ(complaint_of_terms("\"a,card"), "terms.csv:1: a quote does not end; write one inside a term as two (\"\")");
  EXPECT_EQ(complaint_of_terms("\"a\"b,card"), "terms.csv:1: a quoted field is followed by 'b', not by a comma");
  EXPECT_EQ(complaint_of_terms("\"a\nb\nc\",card\nd,x"), "terms.csv:4: no class named 'x'; there are: 'card', 'fraud' and 'loan'");
  EXPECT_NE(complaint_of_terms("caf\xE9,card").find("terms.csv:1: the term"), std::string::npos);
  EXPECT_EQ(complaint_of_terms(""), "terms.csv holds no term; write lines such as: credit card,card");
  EXPECT_EQ(complaint_of_terms("term,class\n"), "terms.csv holds no term; write lines such as: credit card,card");
}

TEST(Dictionary, SaysHowLargeAFuzzySearchWouldBe) {
  std::string csv;
  for (int term = 0; term < 32000; ++term) csv += std::string(1000, 'a') + std::to_string(term) + ",card\n";
  EXPECT_EQ(read(csv).terms.size(), 32000u);
  const std::string said = complaint_of(ErrorCode::kInvalidProject, [&] { read(csv, Spelling::kOneEdit); });
  EXPECT_NE(said.find("terms.csv: a fuzzy search for its 32000 terms would hold 32"), std::string::npos) << said;
  EXPECT_NE(said.find(" MB); at most 20000000 (600 MB). Leave fuzzy out, shorten long terms, or split the file"), std::string::npos)
      << said;
}

std::string class_in(const std::string& csv, Spelling spelling, const std::string& text) {
  const DictionaryMatcher matcher(std::make_shared<Dictionary>(read(csv, spelling)));
  DictionaryMatcher::Room room;
  const auto* match = matcher.longest(matcher.find(text, room));
  return match ? kThreeClasses.classes[matcher.class_of(*match)] : "none";
}

TEST(DictionaryMatcher, TakesTheLongestTerm) {
  const std::string csv = "card,card\nloan,loan\nstolen card,fraud\n";
  EXPECT_EQ(class_in(csv, Spelling::kExact, "a loan for my card"), "loan") << "of those as long the first in the text";
  EXPECT_EQ(class_in(csv, Spelling::kExact, "my CARD, a loan"), "card");
  EXPECT_EQ(class_in(csv, Spelling::kExact, "a loan, a card, a stolen card"), "fraud");
  EXPECT_EQ(class_in(csv, Spelling::kExact, "cardboard"), "none");
  EXPECT_EQ(class_in(csv, Spelling::kExact, ""), "none");
}

TEST(DictionaryMatcher, PrefersExactOnesOfTheSameLength) {
  const std::string csv = "cards,card\nloans,loan\n";
  EXPECT_EQ(class_in(csv, Spelling::kOneEdit, "carts and loans"), "loan");
  EXPECT_EQ(class_in(csv, Spelling::kOneEdit, "carts and boats"), "card");
  EXPECT_EQ(class_in(csv, Spelling::kExact, "carts and boats"), "none");
}

TEST(DictionaryMatcher, ShowsWhatCountsForAVote) {
  const DictionaryMatcher matcher(std::make_shared<Dictionary>(read("strasse,card\nkredit,loan\nstrasse 5,fraud\n", Spelling::kOneEdit)));
  const std::string text = "Kredit, Straße 5, KREDTI";
  const auto shown = [&](ClassId only) {
    std::vector<std::string> parts;
    for (const TextSpan& span : matcher.spans(text, only)) parts.push_back(text.substr(span.begin, span.end - span.begin));
    return parts;
  };
  EXPECT_EQ(shown(kNoClass), std::vector<std::string>{"Straße 5"});
  EXPECT_EQ(shown(1), (std::vector<std::string>{"Kredit", "KREDTI"}));
  EXPECT_EQ(shown(0), std::vector<std::string>{}) << "it lies inside a longer one";
}

}  // namespace
}  // namespace hone
