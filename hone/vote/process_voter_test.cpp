#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/job/child.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/task_testing.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

// A source of the program beside the tests that behaves in this manner when it meets the manner's word.
std::string source_of(const std::string& manner, const std::string& more = "") {
  return "{process: ['" + (folder_of_this_program() / "hone_voting_program").string() + "', '" + manner + "'], name: letters" + more + "}";
}

std::vector<std::shared_ptr<arrow::RecordBatch>> batches_of(const std::vector<Texts>& batches) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> made;
  for (const Texts& texts : batches) made.push_back(batch_of({{"text", text_column(texts)}}));
  return made;
}

Applied said_by_program(const std::string& yaml, const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, int threads = 2) {
  const std::vector<Source> sources = parse_sources(ConfigNode::parse_yaml("[" + yaml + "]", "hone.yaml"), kTwoClasses, {});
  std::vector<const Source*> asked;
  for (const Source& source : sources) asked.push_back(&source);
  return apply_sources(batches, asked, {}, {.engine = {.text = {"text"}}, .threads = threads});
}

// The first failure of a program that meets its word in the second of three batches, the others being answered.
std::string failure_in(const std::string& manner, const std::string& more = "", const Rows& answered = {0, 1, 6}) {
  const Applied applied = said_by_program(source_of(manner, more), batches_of({{"a", "b", "c"}, {"a", manner, "b"}, {"a", "c"}}));
  EXPECT_EQ(applied.votes[0].unpacked().examples, answered);
  EXPECT_EQ(applied.failures[0].count, 3u);
  EXPECT_TRUE(applied.failures[0].for_now);
  if (applied.failures[0].first.empty()) return "nothing failed";
  EXPECT_EQ(applied.failures[0].first[0].example, 3u);
  return applied.failures[0].first[0].what;
}

void expect_says(const std::string& what, const std::string& part) { EXPECT_NE(what.find(part), std::string::npos) << what; }

TEST(ProcessVoter, VotesAsTheProgramAnswers) {
  const auto batches = batches_of({{"a", "b", "c", std::nullopt}, {"b", "bad", "a"}});
  for (const int threads : {1, 4}) {
    const Applied applied = said_by_program(source_of("well"), batches, threads);
    const SourceVotes votes = applied.votes[0].unpacked();
    EXPECT_EQ(votes.examples, (Rows{0, 1, 4, 6}));
    EXPECT_EQ(votes.classes, (std::vector<ClassId>{0, 1, 1, 0}));
    EXPECT_EQ(votes.confidence, (std::vector<float>{1.0f, 0.5f, 0.5f, 1.0f}));
    ASSERT_EQ(applied.failures[0].count, 1u);
    EXPECT_EQ(applied.failures[0].first[0].example, 5u);
    EXPECT_EQ(applied.failures[0].first[0].what, "a bad row");
    EXPECT_FALSE(applied.failures[0].for_now) << "the row is bad, not the program";
  }
}

TEST(ProcessVoter, GivesTheSameVotesToAnyNumberOfThreadsOverManyBatches) {
  std::vector<Texts> batches;
  for (int batch = 0; batch < 12; ++batch) {
    Texts texts;
    for (int row = 0; row < 1500; ++row) texts.push_back(std::string(1, static_cast<char>('a' + (batch + row) % 3)));
    batches.push_back(texts);
  }
  const Applied one = said_by_program(source_of("well"), batches_of(batches), 1),
                four = said_by_program(source_of("well"), batches_of(batches), 4);
  EXPECT_EQ(one.votes[0].size(), 12'000u);
  EXPECT_EQ(one.votes[0].unpacked().examples, four.votes[0].unpacked().examples);
  EXPECT_EQ(one.votes[0].unpacked().classes, four.votes[0].unpacked().classes);
}

TEST(ProcessVoter, SpeaksForSeveralSourcesOfOneProgram) {
  const std::string other =
      "{process: ['" + (folder_of_this_program() / "hone_voting_program").string() + "', 'well'], name: other, splits: [train]}";
  const auto splits = column<arrow::UInt8Builder>(std::vector<std::optional<std::uint8_t>>{0, 1, 2});
  const auto batch = batch_of({{"text", text_column({"a", "b", "a"})}, {std::string(kSplitColumn), splits}});
  const Applied applied = said_by_program(source_of("well", ", splits: [train, test]") + ", " + other, {batch, batch});
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 2, 3, 5}));
  EXPECT_EQ(applied.votes[1].unpacked().examples, (Rows{0, 3}));
}

TEST(ProcessVoter, FailsOnTheRowsOnWhichTheProgramDiedAndGoesOn) {
  expect_says(failure_in("die"), "was ended by SIGABRT (Aborted); it says:\nnow I die");
  expect_says(failure_in("leave"), "ended with status 3; it says:\nnow I leave");
}

TEST(ProcessVoter, EndsAProgramThatTakesTooLong) {
  // The first answer of a program may take a minute more, so it hangs on its second batch; the third is answered by another.
  expect_says(failure_in("hang", ", seconds: 0.5"),
              "gave no answer within 0.5 seconds and was ended; seconds: 5 gives it more time; it says:");
}

TEST(ProcessVoter, KeepsLittleOfWhatAProgramComplains) {
  const Applied applied = said_by_program(source_of("shout"), batches_of({{"a"}, {"shout", "b"}}));
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 2})) << "it complains, but it votes";
  EXPECT_EQ(applied.failures[0].count, 0u);
}

TEST(ProcessVoter, EndsAProgramThatFloodsItsOutput) { expect_says(failure_in("flood"), "it wrote what is no stream of Arrow batches"); }

TEST(ProcessVoter, ShowsWhatAProgramWroteThatIsNoAnswer) {
  expect_says(failure_in("mumble"), "it wrote what is no stream of Arrow batches");
}

TEST(ProcessVoter, RefusesAnswersForRowsThatWereNotGiven) {
  const auto batches = batches_of({{"a", "b"}});
  for (const auto& [manner, said] : {std::pair{"foreign", "it answered for row 5000, where it was given rows 0 to 1"},
                                     std::pair{"negative", "it answered for row -1, where it was given rows 0 to 1"},
                                     std::pair{"twice", "answered more than once to one batch of rows"}}) {
    const Applied applied = said_by_program(source_of(manner), batches);
    EXPECT_EQ(applied.votes[0].size(), 0u);
    ASSERT_EQ(applied.failures[0].count, 2u);
    expect_says(applied.failures[0].first[0].what, said);
  }
}

TEST(ProcessVoter, CountsVotesForWhatIsNoClass) {
  const Applied applied = said_by_program(source_of("well"), batches_of({{"strange", "b"}}));
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{1}));
  ASSERT_EQ(applied.failures[0].count, 1u);
  EXPECT_EQ(applied.failures[0].first[0].what, "it votes for class 9, where there are classes 0 to 1");
}

TEST(ProcessVoter, CountsRowsWithVotesForSeveralClasses) {
  const Applied applied = said_by_program(source_of("well"), batches_of({{"ab", "b"}}));
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{1}));
  EXPECT_EQ(applied.failures[0].first[0].what, "votes for several classes, where a row has one");
}

TEST(ProcessVoter, GivesUpOnAProgramThatAlwaysFails) {
  for (const auto& [command, said] : {std::pair{"[no-such-program]", "cannot start 'no-such-program': there is no such program in PATH"},
                                      std::pair{"[sh, -c, 'echo out of luck >&2; exit 9']",
                                                "'sh -c echo out of luck >&2; exit 9' ended with status 9; it says:\nout of luck"},
                                      std::pair{"[sh, -c, 'echo hello; sleep 600']", "it wrote what is no stream of Arrow batches"},
                                      std::pair{"[sh, -c, 'exec 1<&-; exit 0']", "ended with status 0"}}) {
    const Applied applied = said_by_program("{process: " + std::string(command) + ", name: bad}, {lf: a, vote: card, any: a}",
                                            batches_of({{"a"}, {"a"}, {"a"}, {"a"}, {"a", "b"}, {"a"}}));
    EXPECT_EQ(applied.votes[0].size(), 0u);
    EXPECT_EQ(applied.votes[1].size(), 6u) << "other sources vote";
    EXPECT_EQ(applied.failures[0].count, 7u);
    EXPECT_TRUE(applied.failures[0].for_now);
    expect_says(applied.failures[0].first[0].what, said);
    expect_says(applied.failures[0].first[4].what, "failed 2 times before");
  }
}

}  // namespace
}  // namespace hone
