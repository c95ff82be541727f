// Estimator `hone` with a few gold rows, beside itself without them and the gold-weighted vote, on recorded votes. bench/label_models.py
// has the same over twenty draws.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hone/core/random.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_table.h"

namespace hone {
namespace {

class GoldDraws : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("HONE_TEST_DATA");
    if (folder == nullptr) GTEST_SKIP() << "HONE_TEST_DATA is not set";
    const std::filesystem::path votes = std::filesystem::path(folder) / "votes", crowd = votes / "crowd" / GetParam();
    table_ = std::filesystem::exists(crowd) ? read_vote_table(crowd / "label.csv", {.gold = crowd / "truth.csv", .read = {}})
                                            : read_vote_table(votes / "lf" / GetParam() / "votes.csv");
    votes_ = std::make_unique<VotePatterns>(table_.votes);
    for (std::uint32_t row = 0; row < table_.gold.size(); ++row)
      if (table_.gold[row] != kNoClass && (!has_splits() || table_.split[row] == "valid")) pool_.push_back(row);
  }

  bool has_splits() const { return std::ranges::find(table_.split, "valid") != table_.split.end(); }

  // Gold of `rows` rows drawn from the validation split, or from all rows and then at most half of them.
  std::vector<ClassId> drawn(std::size_t rows, std::uint64_t seed) const {
    RandomStream random(seed, "test.gold-draws");
    std::vector<std::uint32_t> pool = pool_;
    rows = has_splits() ? std::min(rows, pool.size()) : std::min(rows, pool.size() / 2);
    std::vector<ClassId> gold(table_.gold.size(), kNoClass);
    for (std::size_t place = 0; place < rows; ++place) {
      std::swap(pool[place], pool[place + random.below(pool.size() - place)]);
      gold[pool[place]] = table_.gold[pool[place]];
    }
    return gold;
  }

  SoftLabels labels(std::string_view model, const std::vector<ClassId>& gold) const {
    const auto made = make_label_model(model);
    made->fit(*votes_, {.gold = gold, .prior = {}}, 2);
    return made->predict(*votes_, 2);
  }

  // On covered rows of the test split, or on all that are not in `gold`.
  double share_right(const SoftLabels& labels, const std::vector<ClassId>& gold) const {
    double right = 0.0, rows = 0.0;
    for (std::size_t row = 0; row < gold.size(); ++row) {
      const ClassId truth = table_.gold[row];
      if (truth == kNoClass || gold[row] != kNoClass || labels.hard(row) == kNoClass) continue;
      if (has_splits() && table_.split[row] != "test") continue;
      right += labels.hard(row) == truth;
      ++rows;
    }
    return right / rows;
  }

  std::size_t scored() const {
    std::size_t rows = 0;
    for (std::size_t row = 0; row < table_.gold.size(); ++row)
      rows += table_.gold[row] != kNoClass && (!has_splits() || table_.split[row] == "test");
    return has_splits() ? rows : rows - std::min<std::size_t>(100, rows / 2);
  }

  VoteTable table_;
  std::unique_ptr<VotePatterns> votes_;
  std::vector<std::uint32_t> pool_;
};

constexpr std::uint64_t kDraws = 3;

TEST_P(GoldDraws, OfAHundredRowsDoNotLoseToTheGoldWeightedVote) {
  double hone = 0.0, vote = 0.0;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const std::vector<ClassId> gold = drawn(100, draw);
    hone += share_right(labels("hone", gold), gold) / kDraws;
    vote += share_right(labels("weighted-majority", gold), gold) / kDraws;
  }
  // A point, or two rows.
  EXPECT_GE(hone, vote - std::max(0.01, 2.0 / static_cast<double>(scored())));
}

// Ten rows teach little. They may cost a point; among rules that tie on many rows at once (semeval: a ninth of them) one row may decide
// all.
TEST_P(GoldDraws, OfTenRowsDoNoHarm) {
  const SoftLabels blind = labels("hone", {});
  double gained = 0.0;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const std::vector<ClassId> gold = drawn(10, draw);
    gained += (share_right(labels("hone", gold), gold) - share_right(blind, gold)) / kDraws;
  }
  EXPECT_GE(gained, has_splits() ? -0.06 : -0.01);
}

INSTANTIATE_TEST_SUITE_P(LabelModel, GoldDraws,
                         testing::Values("agnews", "semeval", "tennis", "trec", "youtube", "SP_amt", "ZenCrowd_all", "bluebird", "dog",
                                         "fact_eval", "rte", "web"),
                         [](const auto& set) { return set.param; });

}  // namespace
}  // namespace hone
