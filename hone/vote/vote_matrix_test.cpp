#include "hone/vote/vote_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/error.h"

namespace hone {
namespace {

std::vector<std::uint32_t> sources_on(const VoteMatrix& votes, std::size_t example) {
  const auto sources = votes.on(example).sources;
  return {sources.begin(), sources.end()};
}

std::string complaint(const SourceVotes& votes) {
  try {
    VoteMatrix(3, 2, std::vector{votes});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "none";
}

TEST(VoteMatrix, GivesTheVotesOnAnExampleByAscendingSource) {
  const VoteMatrix votes(3, 2, std::vector<SourceVotes>{{{0, 2}, {1, 0}, {}}, {}, {{2}, {1}, {}}});
  EXPECT_EQ(votes.shape(), (VoteShape{.examples = 3, .sources = 3, .classes = 2}));
  EXPECT_EQ(votes.size(), 3u);
  EXPECT_EQ(sources_on(votes, 0), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(sources_on(votes, 1), (std::vector<std::uint32_t>{}));
  EXPECT_EQ(sources_on(votes, 2), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(votes.on(2).classes[0], 0);
  EXPECT_EQ(votes.on(2).classes[1], 1);
}

TEST(VoteMatrix, KeepsConfidencesOnlyWhenSomeAreNotOne) {
  const VoteMatrix certain(3, 2, std::vector<SourceVotes>{{{0}, {1}, {1.0f}}});
  EXPECT_FALSE(certain.has_confidence());
  EXPECT_TRUE(certain.on(0).confidence.empty());
  const VoteMatrix doubtful(3, 2, std::vector<SourceVotes>{{{0, 1}, {1, 1}, {0.5f, 1.0f}}, {{0}, {0}, {}}});
  ASSERT_TRUE(doubtful.has_confidence());
  EXPECT_EQ(doubtful.on(0).confidence[0], 0.5f);
  EXPECT_EQ(doubtful.on(0).confidence[1], 1.0f);
  EXPECT_EQ(doubtful.on(1).confidence[0], 1.0f);
}

TEST(VoteMatrix, HoldsNothingWithoutSources) {
  const VoteMatrix votes(2, 2, {});
  EXPECT_EQ(votes.size(), 0u);
  EXPECT_EQ(votes.on(1).size(), 0u);
}

TEST(VoteMatrix, RefusesVotesOutsideItsShape) {
  EXPECT_EQ(complaint({{3}, {0}, {}}), "votes of source 0: example 3 is outside the 3 examples");
  EXPECT_EQ(complaint({{0}, {2}, {}}), "votes of source 0: class 2 is outside the 2 classes");
  EXPECT_EQ(complaint({{0}, {kNoClass}, {}}), "votes of source 0: class 65535 is outside the 2 classes");
}

TEST(VoteMatrix, RefusesExamplesThatDoNotAscend) {
  EXPECT_EQ(complaint({{1, 0}, {0, 0}, {}}), "votes of source 0: examples must ascend, each once; 0 follows 1");
  EXPECT_EQ(complaint({{1, 1}, {0, 0}, {}}), "votes of source 0: examples must ascend, each once; 1 follows 1");
}

TEST(VoteMatrix, RefusesListsOfDifferentLengthAndConfidencesOutOfRange) {
  EXPECT_EQ(complaint({{0, 1}, {0}, {}}), "votes of source 0: as many classes as examples are needed");
  EXPECT_EQ(complaint({{0, 1}, {0, 0}, {1.0f}}), "votes of source 0: as many confidences as examples are needed, or none");
  EXPECT_EQ(complaint({{0}, {0}, {0.0f}}), "votes of source 0: confidence must lie in (0, 1]");
  EXPECT_EQ(complaint({{0}, {0}, {std::numeric_limits<float>::quiet_NaN()}}), "votes of source 0: confidence must lie in (0, 1]");
}

}  // namespace
}  // namespace hone
