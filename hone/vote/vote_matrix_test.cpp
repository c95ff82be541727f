#include "hone/vote/vote_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"

namespace hone {
namespace {

std::vector<std::uint32_t> sources_on(const VoteMatrix& votes, std::size_t example) {
  std::vector<std::uint32_t> sources;
  for (const Vote vote : votes.on(example)) sources.push_back(vote.source);
  return sources;
}

std::string complaint_of_votes(const SourceVotes& votes) {
  return complaint_of(ErrorCode::kInvalidArgument, [&] { VoteMatrix(3, 2, std::vector{votes}); });
}

TEST(VoteMatrix, GivesTheVotesOnAnExampleByAscendingSource) {
  const VoteMatrix votes(3, 2, std::vector<SourceVotes>{{{0, 2}, {1, 0}, {}}, {}, {{2}, {1}, {}}});
  EXPECT_EQ(votes.shape(), (VoteShape{.examples = 3, .sources = 3, .classes = 2}));
  EXPECT_EQ(votes.size(), 3u);
  EXPECT_EQ(sources_on(votes, 0), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(sources_on(votes, 1), (std::vector<std::uint32_t>{}));
  EXPECT_EQ(sources_on(votes, 2), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(votes.on(2)[0].class_id, 0);
  EXPECT_EQ(votes.on(2)[1].class_id, 1);
}

TEST(VoteMatrix, KeepsConfidences) {
  const VoteMatrix votes(3, 2, std::vector<SourceVotes>{{{0, 1}, {1, 1}, {0.5f, 1.0f}}, {{0}, {0}, {}}});
  EXPECT_EQ(votes.on(0)[0], (Vote{0, 1, 0.5f}));
  EXPECT_EQ(votes.on(0)[1], (Vote{1, 0, 1.0f}));
  EXPECT_EQ(votes.on(1)[0], (Vote{0, 1, 1.0f}));
}

// Tokens of 1, 2 and 4 bytes: as many kinds of votes as sources x classes, here one source that votes for every class.
TEST(VoteMatrix, HoldsAnyNumberOfKindsOfVotes) {
  for (const std::uint32_t kinds : {2u, 0x100u, 0x101u, 0x10000u - 1, 0x10001u}) {
    SourceVotes votes, more;
    for (std::uint32_t example = 0; example < kinds; ++example) {
      votes.examples.push_back(example);
      votes.classes.push_back(static_cast<ClassId>(example % 0xFFFF));
      votes.confidence.push_back(example < 0xFFFF ? 1.0f : 0.5f);
    }
    const VoteMatrix matrix(kinds, 0xFFFF, std::vector{more, votes});
    for (std::uint32_t example = 0; example < kinds; ++example) {
      ASSERT_EQ(matrix.on(example).size(), 1u);
      ASSERT_EQ(matrix.on(example)[0], (Vote{1, votes.classes[example], votes.confidence[example]})) << example << " of " << kinds;
    }
  }
}

TEST(VoteMatrix, RefusesVotesThatChangeBetweenTheReadings) {
  int asked = 0;
  const auto votes_of = [&](std::size_t) { return ++asked == 1 ? SourceVotes{{0, 1}, {0, 0}, {}} : SourceVotes{{0, 1}, {0, 1}, {}}; };
  EXPECT_THROW(VoteMatrix(2, 2, 1, votes_of), Error);
  asked = 0;
  const auto growing = [&](std::size_t) { return ++asked == 1 ? SourceVotes{{0}, {0}, {}} : SourceVotes{{0, 1, 2}, {0, 0, 0}, {}}; };
  EXPECT_THROW(VoteMatrix(2, 2, 1, growing), Error);
}

TEST(VoteMatrix, HoldsNothingWithoutSources) {
  const VoteMatrix votes(2, 2, {});
  EXPECT_EQ(votes.size(), 0u);
  EXPECT_EQ(votes.on(1).size(), 0u);
}

TEST(VoteMatrix, RefusesVotesOutsideItsShape) {
  EXPECT_EQ(complaint_of_votes({{3}, {0}, {}}), "votes of source 0: example 3 is outside the 3 examples");
  EXPECT_EQ(complaint_of_votes({{0}, {2}, {}}), "votes of source 0: class 2 is outside the 2 classes");
  EXPECT_EQ(complaint_of_votes({{0}, {kNoClass}, {}}), "votes of source 0: class 65535 is outside the 2 classes");
}

TEST(VoteMatrix, RefusesExamplesThatDoNotAscend) {
  EXPECT_EQ(complaint_of_votes({{1, 0}, {0, 0}, {}}), "votes of source 0: examples must ascend, each once; 0 follows 1");
  EXPECT_EQ(complaint_of_votes({{1, 1}, {0, 0}, {}}), "votes of source 0: examples must ascend, each once; 1 follows 1");
}

TEST(VoteMatrix, RefusesListsOfDifferentLengthAndConfidencesOutOfRange) {
  EXPECT_EQ(complaint_of_votes({{0, 1}, {0}, {}}), "votes of source 0: as many classes as examples are needed");
  EXPECT_EQ(complaint_of_votes({{0, 1}, {0, 0}, {1.0f}}), "votes of source 0: as many confidences as examples are needed, or none");
  EXPECT_EQ(complaint_of_votes({{0}, {0}, {0.0f}}), "votes of source 0: confidence must lie in (0, 1]");
  EXPECT_EQ(complaint_of_votes({{0}, {0}, {std::numeric_limits<float>::quiet_NaN()}}), "votes of source 0: confidence must lie in (0, 1]");
}

TEST(VoteMatrix, HoldsVotesForSetsOfClasses) {
  const VoteMatrix votes(1, Answers(3, {}), std::vector<SourceVotes>{{{0}, {5}, {}}});
  EXPECT_EQ(votes.on(0)[0].class_id, 5);
  EXPECT_EQ(votes.shape().classes, 3u);
  EXPECT_THROW(VoteMatrix(1, Answers(3, {}), std::vector<SourceVotes>{{{0}, {6}, {}}}), Error);
}

TEST(VoteMatrix, HoldsSeveralVotesOfASourceWhereRowsMayHoldSeveralClasses) {
  const std::vector<SourceVotes> sources{{{0, 0, 1}, {0, 2, 0}, {}}};
  EXPECT_EQ(VoteMatrix(2, Answers(3, {}, Answers::Rows::kSeveral), sources).on(0).size(), 2u);
  EXPECT_THROW(VoteMatrix(2, 3, sources), Error);
  const std::vector<SourceVotes> twice{{{0, 0}, {2, 2}, {}}};
  EXPECT_THROW(VoteMatrix(2, Answers(3, {}, Answers::Rows::kSeveral), twice), Error);
}

}  // namespace
}  // namespace hone
