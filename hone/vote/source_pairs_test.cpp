#include "hone/vote/source_pairs.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hone {
namespace {

// a and b meet on 0 and 1 and differ on 1; b and c meet on 1 and 3 and differ on both; a and c meet on 1 and agree.
VoteMatrix paired_votes() {
  return VoteMatrix(5, 2, std::vector<SourceVotes>{{{0, 1, 2}, {0, 0, 1}, {}}, {{0, 1, 3}, {0, 1, 1}, {}}, {{1, 3}, {0, 0}, {}}, {}});
}

TEST(SourcePairs, CountsWhereTwoMeetAndWhereTheyDiffer) {
  const SourcePairs found = source_pairs(paired_votes());
  EXPECT_EQ(found.pairs, (std::vector<SourcePair>{{1, 2, 2, 2}, {0, 1, 2, 1}, {0, 2, 1, 0}}));
  EXPECT_EQ(found.left_out, 0u);
}

TEST(SourcePairs, SaysHowManyItLeavesOut) {
  const SourcePairs found = source_pairs(paired_votes(), {.most_pairs = 1});
  EXPECT_EQ(found.pairs, (std::vector<SourcePair>{{1, 2, 2, 2}}));
  EXPECT_EQ(found.left_out, 2u);
}

TEST(SourcePairs, CountsAmongTheBusiestSources) {
  const SourcePairs found = source_pairs(paired_votes(), {.most_sources = 2});
  EXPECT_EQ(found.pairs, (std::vector<SourcePair>{{0, 1, 2, 1}}));
}

// Three meetings on row 1 and one each on 0 and 3.
TEST(SourcePairs, LooksAtEveryFewRowsWhereVotesMeetTooOften) {
  EXPECT_EQ(source_pairs(paired_votes()).rows, 5u);
  const SourcePairs half = source_pairs(paired_votes(), {.most_meetings = 3});  // Of five.
  EXPECT_EQ(half.rows, 3u);
  EXPECT_EQ(half.pairs, (std::vector<SourcePair>{{0, 1, 1, 0}})) << "rows 0, 2 and 4";
}

// 200,000 rows of ten sources, so that they are counted in several blocks.
TEST(SourcePairs, AreTheSameOnAnyNumberOfThreads) {
  std::vector<SourceVotes> sources(10);
  for (std::uint32_t source = 0; source < sources.size(); ++source)
    for (std::uint32_t row = source; row < 200000; row += source + 2) {
      sources[source].examples.push_back(row);
      sources[source].classes.push_back(static_cast<ClassId>((row / 7 + source) % 3));
    }
  const VoteMatrix many(200000, 3, sources);
  const SourcePairs alone = source_pairs(many), together = source_pairs(many, {.threads = 8});
  EXPECT_EQ(alone.pairs, together.pairs);
  ASSERT_EQ(alone.pairs.size(), 45u);
  // Every second row and every third one from 1 on meet on 4, 10, 16…
  const auto first = std::ranges::find_if(alone.pairs, [](const SourcePair& pair) { return pair.a == 0 && pair.b == 1; });
  ASSERT_NE(first, alone.pairs.end());
  EXPECT_EQ(first->both, 33333u);
  EXPECT_EQ(first->differ, first->both) << "they name neighbouring classes everywhere";
}

// Wilson 95 % of 1 in 2.
TEST(SourcePairs, AgreeWithAnInterval) {
  const SourcePair pair{.a = 0, .b = 1, .both = 2, .differ = 1};
  EXPECT_EQ(pair.agreement(), 0.5);
  EXPECT_NEAR(pair.agreement_interval().low, 0.0945, 5e-5);
  EXPECT_NEAR(pair.agreement_interval().high, 0.9055, 5e-5);
}

TEST(SourcePairs, OfNoVotesAreNone) {
  EXPECT_TRUE(source_pairs(VoteMatrix(3, 2, std::vector<SourceVotes>(4))).pairs.empty());
  EXPECT_TRUE(source_pairs(VoteMatrix(0, 2, std::vector<SourceVotes>{})).pairs.empty());
}

TEST(SourcePairs, DifferWhereNoClassIsLeft) {
  const VoteMatrix votes(2, Answers(3, {}), std::vector<SourceVotes>{{{0, 1}, {0, 0}, {}}, {{0, 1}, {3, 4}, {}}});
  EXPECT_EQ(source_pairs(votes).pairs, (std::vector<SourcePair>{{0, 1, 2, 1}})) << "0 and not 0";
}

TEST(SourcePairs, MeetOnOneClassWhereRowsHoldSeveral) {
  const VoteMatrix votes(2, Answers(3, {}, Answers::Rows::kSeveral),
                         std::vector<SourceVotes>{{{0, 0, 1}, {0, 1, 1}, {}}, {{0, 1}, {4, 2}, {}}});
  EXPECT_EQ(source_pairs(votes).pairs, (std::vector<SourcePair>{{0, 1, 1, 1}})) << "1 and not 1";
}

}  // namespace
}  // namespace hone
