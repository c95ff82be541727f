#include "hone/eval/admission_gate.h"

#include <gtest/gtest.h>

#include <string>

#include "hone/core/complaint_testing.h"

namespace hone {
namespace {

OwnTexts own_texts(const std::vector<std::string_view>& texts) {
  return {texts.size(), [&texts](const TextVisit& visit) { visit(texts); }};
}

std::vector<std::string_view> reasons(const std::vector<Admission>& verdicts) {
  std::vector<std::string_view> names;
  for (const Admission& verdict : verdicts) names.push_back(to_string(verdict.why));
  return names;
}

using Names = std::vector<std::string_view>;

TEST(AdmissionGate, AdmitsWhatIsNewAndRefusesWhatSaysNothing) {
  const std::vector<GateItem> items{{"1", "my card was stolen", "fraud"},
                                    {"2", "?!", "fraud"},
                                    {"3", "where is my money", ""},
                                    {"4", "which is best", "card", Refusal::kNotAnswerable},
                                    {"5", "stolen card", "fraud", Refusal::kTrivial}};
  EXPECT_EQ(reasons(judge_admission(items, {}, {}, {})), (Names{"admitted", "empty-text", "no-gold", "not-answerable", "trivial"}));
}

TEST(AdmissionGate, NamesTheItemThatIsThereAlready) {
  const std::vector<GateItem> standing{{"9", "an old item here", "card"}, {"1", "my card was stolen", "fraud"}};
  const std::vector<GateItem> items{{"1", "my card was stolen", "fraud"}, {"2", "another thing", "card"}, {"2", "another thing", "card"}};
  const auto verdicts = judge_admission(items, standing, {}, {});
  EXPECT_EQ(reasons(verdicts), (Names{"already-there", "admitted", "already-there"}));
  EXPECT_EQ(verdicts[0].other, Admission::Other::kStanding);
  EXPECT_EQ(verdicts[0].number, 1u);
  EXPECT_EQ(verdicts[2].other, Admission::Other::kCandidate);
  EXPECT_EQ(verdicts[2].number, 1u);
}

TEST(AdmissionGate, RefusesBothOfTwoCandidatesThatContradictEachOther) {
  const std::vector<GateItem> standing{{"9", "An old item!", "card"}};
  const std::vector<GateItem> items{
      {"1", "My card was stolen", "fraud"}, {"2", "my card was stolen.", "card"}, {"3", "an old item", "fraud"}};
  EXPECT_EQ(reasons(judge_admission(items, standing, {}, {})), (Names{"contradiction", "contradiction", "contradiction"}));
}

TEST(AdmissionGate, KeepsTheFirstOfSimilarItems) {
  const std::vector<GateItem> items{{"1", "I would like to know when the new card that I have asked for last week will come", "card"},
                                    {"2", "I would like to know when the new card that I have asked for last week will come?", "card"},
                                    {"3", "I would like to know when the new card that I had asked for last week will come", "card"},
                                    {"4", "something else", "card"}};
  EXPECT_EQ(reasons(judge_admission(items, {}, {}, {.similarity = 0.8})),
            (Names{"admitted", "near-duplicate", "near-duplicate", "admitted"}));
}

TEST(AdmissionGate, RefusesWhatWeTrainOnAndSaysInWhichRow) {
  const std::vector<std::string_view> rows{
      "nothing of this", "please tell me why the payment to the garage was declined twice on friday, thanks and bye", "My card was STOLEN"};
  const std::vector<GateItem> items{{"1", "my card was stolen!", "fraud"},
                                    {"2", "hello, please tell me why the payment to the garage was declined twice on friday", "card"},
                                    {"3", "the payment to the garage went through at once and nobody there had to wait at all", "card"}};
  const auto verdicts = judge_admission(items, {}, own_texts(rows), {});
  EXPECT_EQ(reasons(verdicts), (Names{"own-row", "own-ngrams", "admitted"}));
  EXPECT_EQ(verdicts[0].number, 2u);
  EXPECT_EQ(verdicts[1].number, 1u);
  EXPECT_NEAR(verdicts[1].share, 7.0 / 8.0, 1e-12);
}

TEST(AdmissionGate, RefusesOptionsThatCannotBe) {
  EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument, [] { judge_admission({}, {}, {}, {.overlap = 0.0}); }).find("overlap"),
            std::string::npos);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument, [] { judge_admission({}, {}, {}, {.ngram = 0}); }).find("ngram"), std::string::npos);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument, [] { judge_admission({}, {}, {}, {.similarity = 0.2}); }).find("similarity"),
            std::string::npos);
}

}  // namespace
}  // namespace hone
