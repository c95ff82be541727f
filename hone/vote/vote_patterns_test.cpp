#include "hone/vote/vote_patterns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "hone/core/random.h"

namespace hone {
namespace {

using Row = std::vector<std::tuple<std::uint32_t, ClassId, float>>;

Row row_of(const ExampleVotes& votes) {
  Row row;
  for (const Vote vote : votes) row.emplace_back(vote.source, vote.class_id, vote.confidence);
  return row;
}

// The oracle: an ordered map instead of the hash table.
void expect_same_patterns(const VoteMatrix& votes) {
  const VotePatterns patterns(votes);
  std::map<Row, std::uint32_t> numbers;
  std::vector<std::uint64_t> counts;
  for (std::size_t example = 0; example < votes.shape().examples; ++example) {
    const auto [place, is_new] = numbers.try_emplace(row_of(votes.on(example)), static_cast<std::uint32_t>(numbers.size()));
    if (is_new) counts.push_back(0);
    ++counts[place->second];
    ASSERT_EQ(patterns.pattern_of()[example], place->second);
    ASSERT_EQ(row_of(patterns.votes(place->second)), place->first);
  }
  ASSERT_EQ(patterns.size(), numbers.size());
  for (std::size_t pattern = 0; pattern < counts.size(); ++pattern) EXPECT_EQ(patterns.count(pattern), counts[pattern]);
}

VoteMatrix random_votes(std::size_t examples, std::size_t sources, bool with_confidence, std::uint64_t seed) {
  RandomStream random(seed, "votes");
  std::vector<SourceVotes> votes(sources);
  for (SourceVotes& source : votes)
    for (std::uint32_t example = 0; example < examples; ++example) {
      if (random.below(3) > 0) continue;
      source.examples.push_back(example);
      source.classes.push_back(static_cast<ClassId>(random.below(2)));
      if (with_confidence) source.confidence.push_back(random.below(2) == 0 ? 1.0f : 0.5f);
    }
  return VoteMatrix(examples, 2, votes);
}

TEST(VotePatterns, AreTheDistinctRowsByFirstAppearance) {
  const VoteMatrix votes(5, 2, std::vector<SourceVotes>{{{1, 2, 4}, {0, 1, 0}, {}}, {{2}, {1}, {}}});
  const VotePatterns patterns(votes);
  EXPECT_EQ(patterns.size(), 3u);
  EXPECT_TRUE(std::ranges::equal(patterns.pattern_of(), std::vector<std::uint32_t>{0, 1, 2, 0, 1}));
  EXPECT_EQ(patterns.votes(0).size(), 0u) << "the pattern without votes";
  EXPECT_EQ(patterns.count(0), 2u);
  EXPECT_EQ(patterns.shape(), votes.shape());
}

TEST(VotePatterns, AgreeWithAnOrderedMap) {
  expect_same_patterns(random_votes(3000, 9, false, 1));
  expect_same_patterns(random_votes(3000, 2, false, 2));
  expect_same_patterns(random_votes(0, 3, false, 3));
}

TEST(VotePatterns, TellConfidencesApart) {
  const VotePatterns patterns(VoteMatrix(3, 2, std::vector<SourceVotes>{{{0, 1, 2}, {1, 1, 1}, {0.5f, 0.25f, 0.5f}}}));
  EXPECT_EQ(patterns.size(), 2u);
  expect_same_patterns(random_votes(3000, 5, true, 4));
}

}  // namespace
}  // namespace hone
