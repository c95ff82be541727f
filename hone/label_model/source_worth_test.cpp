#include "hone/label_model/source_worth.h"

#include <gtest/gtest.h>

#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

std::unique_ptr<LabelModel> fitted(const VotePatterns& votes, std::string_view name = "majority") {
  auto model = make_label_model(name);
  model->fit(votes);
  return model;
}

// 0: a alone; 1: a and b agree; 2: a and b against c; 3: nobody; 4: a against b, a tie that the lower class wins; 0 again.
VotePatterns votes() {
  return VotePatterns(votes_in_rows({{0, -1, -1}, {1, 1, -1}, {1, 1, 0}, {-1, -1, -1}, {1, 0, -1}, {0, -1, -1}}, 2, 3));
}

TEST(WorthOfSources, CountsLabelsThatChangeAndThoseThatVanish) {
  const VotePatterns patterns = votes();
  const SourcesWorth worth = worth_of_sources(*fitted(patterns), patterns);
  EXPECT_EQ(worth.rows, 6u);
  ASSERT_EQ(worth.sources.size(), 3u);
  const SourceWorth &a = worth.sources[0], &b = worth.sources[1], &c = worth.sources[2];
  EXPECT_EQ(a.votes, 5u);
  EXPECT_EQ(a.vanishes, 2u) << "row 0, and its like";
  EXPECT_EQ(a.changes, 1u) << "row 2 becomes a tie that class 0 wins";
  EXPECT_EQ(b.votes, 3u);
  EXPECT_EQ(b.vanishes, 0u);
  EXPECT_EQ(b.changes, 2u) << "rows 2 and 4";
  EXPECT_EQ(c.votes, 1u);
  EXPECT_EQ(c.changes, 0u);
}

// What is left out of the rows is what `predict` says of rows that never had the votes.
TEST(WorthOfSources, IsThatOfVotesThatWereNeverCast) {
  const KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7, 0.6, 0.75}, 400, 3, 0.5, 7);
  const VotePatterns patterns(votes_in_rows(known.rows, 3, 5));
  for (const LabelModelInfo& info : label_models()) {
    const auto model = fitted(patterns, info.name);
    const SoftLabels with = model->predict(patterns);
    const SourcesWorth worth = worth_of_sources(*model, patterns, {.threads = 3});
    for (std::size_t source = 0; source < 5; ++source) {
      std::vector<std::vector<int>> rows = known.rows;
      for (std::vector<int>& row : rows) row[source] = -1;
      const SoftLabels without = model->predict(VotePatterns(votes_in_rows(rows, 3, 5)));
      std::uint64_t changes = 0, vanishes = 0;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        vanishes += with.hard(row) != kNoClass && without.hard(row) == kNoClass;
        changes += without.hard(row) != kNoClass && with.hard(row) != without.hard(row);
      }
      EXPECT_EQ(worth.sources[source].changes, changes) << info.name << ", source " << source;
      EXPECT_EQ(worth.sources[source].vanishes, vanishes) << info.name << ", source " << source;
    }
  }
}

TEST(WorthOfSources, LooksAtEveryFewRowsWhereThereIsTooMuchToDo) {
  const KnownVotes known = votes_of_known_sources({0.9, 0.8, 0.7, 0.6, 0.75}, 1000, 3, 0.9, 7);
  const VotePatterns patterns(votes_in_rows(known.rows, 3, 5));
  const auto model = fitted(patterns);
  const SourcesWorth some = worth_of_sources(*model, patterns, {.most_work = 5000});
  EXPECT_LT(some.rows, 500u);
  EXPECT_GE(some.rows, 1u);
  EXPECT_LE(some.sources[0].votes, some.rows);
  EXPECT_EQ(worth_of_sources(*model, patterns, {.most_work = 0}).rows, 1u);
}

TEST(WorthOfSources, OnGoldIsWhatBecomesRightAndWrong) {
  const VotePatterns patterns = votes();
  const std::vector<ClassId> gold{0, 1, 1, 0, 1, kNoClass};
  const std::vector<std::uint32_t> rows{0, 1, 2, 3, 4};
  std::vector<GoldWorth> worth(3);
  add_gold_worth(*fitted(patterns), patterns, gold, rows, worth);
  EXPECT_EQ(worth[0].gained, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_TRUE(worth[0].lost.empty());
  EXPECT_EQ(worth[1].gained, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(worth[1].lost, (std::vector<std::uint32_t>{4})) << "its vote makes the tie that class 0 wins";
  EXPECT_TRUE(worth[2].gained.empty() && worth[2].lost.empty());
}

}  // namespace
}  // namespace hone
