#include "hone/vote/vote_protocol.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/vote/batch_testing.h"

namespace hone {
namespace {

const VoteRequest kRequest{.functions = {"angry", "many"}, .classes = {"card", "loan"}, .text = {"body"}};
const std::map<std::string, ClassId, std::less<>> kClassesAsked{{"card", 0}, {"loan", 1}, {"credit", 1}};
using Rows = std::vector<std::uint32_t>;
using Whole = std::vector<std::optional<std::int64_t>>;

std::shared_ptr<arrow::Array> whole(const Whole& values) { return column<arrow::Int64Builder>(values); }

std::vector<BatchVotes> said_in(const std::shared_ptr<arrow::RecordBatch>& answer, const VoteRequest& request = kRequest) {
  std::vector<BatchVotes> said(request.functions.size(), BatchVotes(10));
  read_answer(*answer, Rows{2, 3, 7}, request, kClassesAsked, said);
  for (BatchVotes& source : said) source.finish(BatchVotes::PerExample::kOneClass);
  return said;
}

std::string refusal_of(const std::shared_ptr<arrow::RecordBatch>& answer, const VoteRequest& request = kRequest) {
  try {
    said_in(answer, request);
  } catch (const Error& error) {
    return error.what();
  }
  return "read";
}

TEST(VoteProtocol, GivesBatchesBackFromPiecesOfAnySize) {
  const auto first = batch_of({{"body", text_column({"a", std::nullopt})}}), second = batch_of({{"body", text_column({"b"})}});
  BatchEncoder encoder(first->schema(), &kRequest);
  std::string bytes = encoder.encode(*first);
  bytes += encoder.encode(*second);
  bytes += encoder.end();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    BatchDecoder decoder;
    for (std::size_t begin = 0; begin < bytes.size(); begin += piece) decoder.add(std::string_view(bytes).substr(begin, piece));
    ASSERT_EQ(decoder.waiting(), 2u);
    EXPECT_TRUE(decoder.take()->Equals(*first));
    EXPECT_TRUE(decoder.take()->Equals(*second));
    EXPECT_TRUE(decoder.has_ended());
    EXPECT_EQ(decoder.request().functions, kRequest.functions);
    EXPECT_EQ(decoder.request().classes, kRequest.classes);
    EXPECT_EQ(decoder.request().text, kRequest.text);
  }
}

TEST(VoteProtocol, ReadsVotesByFunctionRowAndClass) {
  const auto said =
      said_in(batch_of({{"function", text_column({"many", "angry", "angry", "many"})},
                        {"row", whole({0, 2, 1, 0})},
                        {"class", text_column({"card", "credit", std::nullopt, "card"})},
                        {"confidence", column<arrow::DoubleBuilder>(std::vector<std::optional<double>>{1.0, 0.5, 1.0, 0.25})}}));
  EXPECT_EQ(said[0].votes().examples, (Rows{7}));
  EXPECT_EQ(said[0].votes().classes, (std::vector<ClassId>{1}));
  EXPECT_EQ(said[0].votes().confidence, (std::vector<float>{0.5f}));
  EXPECT_EQ(said[1].votes().examples, (Rows{2})) << "of two for one row and class the last counts";
  EXPECT_EQ(said[1].votes().confidence, (std::vector<float>{0.25f}));
}

TEST(VoteProtocol, ReadsPlacesInsteadOfNames) {
  const auto said = said_in(batch_of({{"function", whole({1})}, {"row", whole({2})}, {"class", whole({1})}}));
  EXPECT_EQ(said[1].votes().examples, (Rows{7}));
  EXPECT_EQ(said[1].votes().classes, (std::vector<ClassId>{1}));
}

TEST(VoteProtocol, CountsWhatConcernsOneRowAlone) {
  const auto said = said_in(batch_of({{"function", whole({0, 0, 0})},
                                      {"row", whole({0, 1, 2})},
                                      {"class", text_column({"no class", "card", std::nullopt})},
                                      {"confidence", column<arrow::DoubleBuilder>(std::vector<std::optional<double>>{1.0, 7.0, 1.0})},
                                      {"error", text_column({std::nullopt, std::nullopt, "Traceback"})}}));
  EXPECT_TRUE(said[0].votes().examples.empty());
  ASSERT_EQ(said[0].failures().count, 3u);
  EXPECT_EQ(said[0].failures().first[0].what, "it votes for 'no class', which is no class");
  EXPECT_EQ(said[0].failures().first[1].what, "confidence 7.000000, where it lies above 0 and at most at 1");
  EXPECT_EQ(said[0].failures().first[2].what, "Traceback");
  EXPECT_FALSE(said[0].failures().for_now);
}

TEST(VoteProtocol, RefusesAnswersThatAreNone) {
  const auto functions = whole({0}), rows = whole({0});
  const auto classes = text_column({"card"});
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"class", classes}})), "its answer has no column 'row'");
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"row", rows}})), "its answer has no column 'class'");
  EXPECT_EQ(refusal_of(batch_of({{"row", rows}, {"class", classes}})), "its answer has no column 'function'");
  EXPECT_EQ(refusal_of(batch_of({{"row", rows}, {"class", classes}}), {.functions = {"one"}, .classes = {}, .text = {}}), "read");
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"row", classes}, {"class", classes}})),
            "column 'row' of its answer is string, where it holds whole numbers");
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"row", rows}, {"class", classes}, {"confidence", classes}})),
            "column 'confidence' of its answer is string, where it holds float or double");
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"row", whole({3})}, {"class", classes}})),
            "it answered for row 3, where it was given rows 0 to 2");
  EXPECT_EQ(refusal_of(batch_of({{"function", functions}, {"row", whole({std::nullopt})}, {"class", classes}})),
            "column 'row' of its answer has gaps");
  EXPECT_EQ(refusal_of(batch_of({{"function", whole({2})}, {"row", rows}, {"class", classes}})),
            "it answered for function 2, where functions 0 to 1 were asked");
  EXPECT_EQ(refusal_of(batch_of({{"function", text_column({"sad"})}, {"row", rows}, {"class", classes}})),
            "it answered for the function 'sad', which was not asked");
}

TEST(VoteProtocol, KeepsNoMoreThanItsLimit) {
  const auto batch = batch_of({{"body", text_column({std::string(100'000, 'x')})}});
  BatchEncoder encoder(batch->schema(), nullptr);
  const std::string bytes = encoder.encode(*batch);
  BatchDecoder decoder(50'000);
  EXPECT_THROW(decoder.add(std::string_view(bytes).substr(0, 1000)), Error) << "it says how much will come";
  BatchDecoder other(1 << 20);
  other.add(bytes);
  EXPECT_EQ(other.waiting(), 1u);
  EXPECT_THROW(other.request(), Error) << "the schema says nothing of the protocol";
}

TEST(VoteProtocol, ShowsWhatIsNoStream) {
  BatchDecoder decoder;
  try {
    decoder.add("Traceback (most recent call last):\n");
    FAIL() << "text was read";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("beginning with 'Traceback (most recent call last):"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hone
