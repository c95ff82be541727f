#include "hone/vote/voter.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;
using Classes = std::vector<ClassId>;

TEST(BatchVotes, AreSortedAndTheLastOfTwoCounts) {
  BatchVotes said(9);
  said.vote(7, 1, 0.5f);
  said.vote(2, 0);
  said.vote(7, 1, 0.25f);
  said.vote(4, 3);
  said.finish(BatchVotes::PerExample::kOneClass);
  EXPECT_EQ(said.votes().examples, (Rows{2, 4, 7}));
  EXPECT_EQ(said.votes().classes, (Classes{0, 3, 1}));
  EXPECT_EQ(said.votes().confidence, (std::vector<float>{1.0f, 1.0f, 0.25f}));
  EXPECT_EQ(said.failures().count, 0u);
}

TEST(BatchVotes, ForSeveralClassesOfARowFailWhereOneIsWanted) {
  const auto vote = [](BatchVotes::PerExample per_example) {
    BatchVotes said(9);
    for (const ClassId voted : {2, 1, 0}) said.vote(5, voted);
    said.vote(6, 1);
    said.finish(per_example);
    return said;
  };
  const BatchVotes one = vote(BatchVotes::PerExample::kOneClass), several = vote(BatchVotes::PerExample::kSeveralClasses);
  EXPECT_EQ(one.votes().examples, (Rows{6}));
  ASSERT_EQ(one.failures().count, 1u);
  EXPECT_EQ(one.failures().first[0].what, "votes for several classes, where a row has one");
  EXPECT_EQ(several.votes().examples, (Rows{5, 5, 5, 6}));
  EXPECT_EQ(several.votes().classes, (Classes{0, 1, 2, 1}));
}

TEST(BatchVotes, WithAConfidenceThatIsNoneFail) {
  BatchVotes said(9);
  Rows rows;
  for (const float confidence : {0.0f, -0.5f, 1.5f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    rows.push_back(static_cast<std::uint32_t>(rows.size()));
    said.vote(rows.back(), 0, confidence);
  }
  said.finish(BatchVotes::PerExample::kOneClass);
  EXPECT_TRUE(said.votes().examples.empty());
  EXPECT_EQ(said.failures().count, rows.size());
  EXPECT_EQ(said.failures().first[0].what, "confidence 0.000000, where it lies above 0 and at most at 1");
}

TEST(BatchVotes, OnARowThatFailedOrIsNotWantedCountForNothing) {
  const std::vector<std::uint8_t> splits{0, 1, 2, 0};
  BatchVotes said(splits, {true, false, false});
  for (std::uint32_t row = 0; row < 4; ++row) said.vote(row, 0);
  said.fail(3, "first");
  said.fail(3, "second");
  said.fail(2, "not wanted");
  said.finish(BatchVotes::PerExample::kOneClass);
  EXPECT_EQ(said.votes().examples, (Rows{0}));
  ASSERT_EQ(said.failures().count, 1u);
  EXPECT_EQ(said.failures().first[0].what, "first");
  EXPECT_THROW(said.vote(4, 0), std::out_of_range);
}

TEST(ApplyFailures, ShowTheFirstRowsWhateverTheOrder) {
  ApplyFailures failures;
  for (const std::uint32_t row : {9, 3, 7, 1, 8, 2, 6}) failures.add(row, "row " + std::to_string(row));
  EXPECT_EQ(failures.count, 7u);
  ASSERT_EQ(failures.first.size(), ApplyFailures::kShown);
  EXPECT_EQ(failures.first.front().what, "row 1");
  EXPECT_EQ(failures.first.back().example, 7u);
}

// Its first source votes as its rows are numbered, backwards; its second for two classes of every third row.
class Counting : public Voter {
 public:
  explicit Counting(Calls calls) : calls_(calls) {}
  std::vector<std::string> columns() const override { return {}; }
  std::size_t size() const override { return 2; }
  Calls calls() const override { return calls_; }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) override {
    if (calls_ == Calls::kInOrder) {
      EXPECT_EQ(next_, first_row);
      next_ = first_row + static_cast<std::uint64_t>(batch.num_rows());
    }
    for (auto row = static_cast<std::uint32_t>(batch.num_rows()); row-- > 0;) {
      const std::uint64_t number = first_row + row;
      said[0].vote(row, static_cast<ClassId>(number % 4), number % 2 ? 0.5f : 1.0f);
      if (number % 3) continue;
      said[1].vote(row, 1);
      said[1].vote(row, 0);
    }
  }

  Calls calls_;
  std::uint64_t next_ = 0;
};

std::vector<std::shared_ptr<arrow::RecordBatch>> batches_of(int batches, int rows) {
  return std::vector<std::shared_ptr<arrow::RecordBatch>>(static_cast<std::size_t>(batches),
                                                          batch_of({{"text", text_column(Texts(static_cast<std::size_t>(rows), "x"))}}));
}

TEST(Voter, GivesTheSameVotesInOrderAndConcurrently) {
  for (const int threads : {1, 4}) {
    const std::shared_ptr<Voter> voters[] = {std::make_shared<Counting>(Voter::Calls::kInOrder),
                                             std::make_shared<Counting>(Voter::Calls::kConcurrently)};
    const auto said = apply_voters(batches_of(30, 70), voters,
                                   {.engine = {}, .threads = threads, .per_example = BatchVotes::PerExample::kSeveralClasses});
    ASSERT_EQ(said.size(), 4u);
    for (const std::size_t place : {0u, 2u}) {
      const SourceVotes votes = said[place].votes.unpacked();
      ASSERT_EQ(votes.examples.size(), 2100u);
      for (std::uint32_t row = 0; row < 2100; ++row) {
        EXPECT_EQ(votes.examples[row], row);
        EXPECT_EQ(votes.classes[row], row % 4);
        EXPECT_EQ(votes.confidence[row], row % 2 ? 0.5f : 1.0f);
      }
      EXPECT_EQ(said[place + 1].votes.size(), 1400u);
      EXPECT_EQ(said[place + 1].votes.unpacked().classes[1], 1);
    }
  }
}

TEST(Voter, ThatVotesForSeveralClassesFailsWhereTheTaskHasOne) {
  const std::shared_ptr<Voter> voters[] = {std::make_shared<Counting>(Voter::Calls::kConcurrently)};
  const auto said = apply_voters(batches_of(3, 10), voters);
  EXPECT_EQ(said[1].votes.size(), 0u);
  EXPECT_EQ(said[1].failures.count, 10u);
  EXPECT_EQ(said[1].failures.first[4].example, 12u);
}

// Throws on every second batch; votes on a row that is not there in the last.
class Failing : public Voter {
 public:
  std::vector<std::string> columns() const override { return {}; }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) override {
    said[0].vote(0, 0);
    if (first_row == 10) throw std::runtime_error("no network");
    if (first_row == 30) said[0].vote(static_cast<std::uint32_t>(batch.num_rows()), 0);
    if (first_row == 50) throw Error(ErrorCode::kNotFound, "no such column");
  }
};

TEST(Voter, FailsOnTheRowsOfABatchThatItThrewOn) {
  const std::shared_ptr<Voter> voters[] = {std::make_shared<Failing>()};
  const auto said = apply_voters(batches_of(4, 10), voters);
  EXPECT_EQ(said[0].votes.unpacked().examples, (Rows{0, 20}));
  EXPECT_EQ(said[0].failures.count, 20u);
  EXPECT_EQ(said[0].failures.first[0].example, 10u);
  EXPECT_EQ(said[0].failures.first[0].what, "no network");
  EXPECT_THROW(apply_voters(batches_of(6, 10), voters), Error) << "an Error ends the run";
}

// Votes on the last row it saw, once all were seen.
class Last : public Voter {
 public:
  explicit Last(bool before = false) : before_(before) {}
  std::vector<std::string> columns() const override { return {}; }
  Calls calls() const override { return Calls::kInOrder; }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) override {
    last_ = static_cast<std::uint32_t>(first_row + static_cast<std::uint64_t>(batch.num_rows()) - 1);
    if (before_) said[0].vote(0, 0);
  }
  void vote_on_all(std::span<BatchVotes> said) override { said[0].vote(last_, 1); }

  bool before_;
  std::uint32_t last_ = 0;
};

TEST(Voter, MayVoteAtTheEnd) {
  const std::shared_ptr<Voter> voters[] = {std::make_shared<Last>()};
  EXPECT_EQ(apply_voters(batches_of(4, 10), voters)[0].votes.unpacked().examples, (Rows{39}));
  const std::shared_ptr<Voter> both[] = {std::make_shared<Last>(true)};
  EXPECT_THROW(apply_voters(batches_of(4, 10), both), Error);
}

TEST(Voter, SpeaksForASourceInPlaceOfApplySources) {
  const Task task{.classes = {"card", "loan"}, .class_balance = {}};
  const auto sources = parse_sources(ConfigNode::parse_yaml("[{lf: a, vote: card, any: x}, {column: label}]", "hone.yaml"), task, {});
  const Source* asked[] = {&sources[0], &sources[1]};
  ApplyOptions options{.engine = {.text = {"text"}}};
  options.given = {{std::make_shared<Last>(), {1}}};
  const Applied applied = apply_sources(batches_of(2, 3), asked, {}, options);
  EXPECT_EQ(applied.votes[0].size(), 6u);
  EXPECT_EQ(applied.votes[1].unpacked().examples, (Rows{5}));
}

}  // namespace
}  // namespace hone
