// Majority, Dawid-Skene and hone on recorded votes of people and of rules, against accuracies that were measured
// with another implementation of the same formulas.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_table.h"

namespace hone {
namespace {

struct RecordedSet {
  std::string name;
  std::size_t examples, sources, classes;
  double majority;     // Percent right, ties broken at random, in expectation.
  double dawid_skene;  // Percent right.
  double hone;         // Percent right.
  double hone_loss;    // Mean log loss.
};

class RecordedVotes : public testing::TestWithParam<RecordedSet> {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("HONE_TEST_DATA");
    if (folder == nullptr) GTEST_SKIP() << "HONE_TEST_DATA is not set";
    table_ = read(std::filesystem::path(folder) / "votes");
    votes_ = std::make_unique<VotePatterns>(table_.votes);
  }

  SoftLabels labels(std::string_view model, int threads = 1, const nlohmann::json& options = nlohmann::json::object()) const {
    const auto made = make_label_model(model, options);
    made->fit(*votes_, {}, threads);
    return made->predict(*votes_);
  }

  // Over covered rows with gold; `share_right` says how much of a row is right.
  template <typename ShareRight>
  double percent_right(const SoftLabels& labels, const ShareRight& share_right) const {
    double right = 0.0;
    std::size_t rows = 0;
    for (std::size_t example = 0; example < table_.gold.size(); ++example) {
      if (table_.gold[example] == kNoClass || labels.hard(example) == kNoClass) continue;
      right += share_right(example, table_.gold[example]);
      ++rows;
    }
    return 100.0 * right / static_cast<double>(rows);
  }

  VoteTable table_;
  std::unique_ptr<VotePatterns> votes_;

 private:
  static VoteTable read(const std::filesystem::path& folder) {
    const std::filesystem::path crowd = folder / "crowd" / GetParam().name;
    if (std::filesystem::exists(crowd)) return read_vote_table(crowd / "label.csv", {.gold = crowd / "truth.csv", .read = {}});
    return read_vote_table(folder / "lf" / GetParam().name / "votes.csv");
  }
};

// The share of the most probable classes that gold is one of: the expectation over ties broken at random.
double expected_right(const SoftLabels& labels, std::size_t example, ClassId gold) {
  std::size_t tied = 0;
  const double most = labels.confidence(example);
  for (std::size_t id = 0; id < labels.classes(); ++id) tied += labels.probability(example, static_cast<ClassId>(id)) > most - 1e-6;
  return labels.probability(example, gold) > most - 1e-6 ? 1.0 / static_cast<double>(tied) : 0.0;
}

// Half of the last digit given.
constexpr double kRounding = 0.0501;

TEST_P(RecordedVotes, AreReadWhole) {
  EXPECT_EQ(table_.votes.shape(), (VoteShape{GetParam().examples, GetParam().sources, GetParam().classes}));
  EXPECT_EQ(table_.rejected_rows, 0u);
}

TEST_P(RecordedVotes, MajorityIsAsMeasuredElsewhere) {
  const SoftLabels result = labels("majority");
  EXPECT_NEAR(percent_right(result, [&](std::size_t example, ClassId gold) { return expected_right(result, example, gold); }),
              GetParam().majority, kRounding);
}

TEST_P(RecordedVotes, DawidSkeneIsAsMeasuredElsewhere) {
  const SoftLabels result = labels("dawid-skene", 2, {{"tolerance", 1e-300}});  // As there: a hundred steps.
  EXPECT_NEAR(percent_right(result, [&](std::size_t example, ClassId gold) { return result.hard(example) == gold ? 1.0 : 0.0; }),
              GetParam().dawid_skene, kRounding);
}

// Accuracy and log loss of another implementation of the same equations, to their last digit.
TEST_P(RecordedVotes, HoneIsAsMeasuredElsewhere) {
  const SoftLabels result = labels("hone", 2);
  EXPECT_NEAR(percent_right(result, [&](std::size_t example, ClassId gold) { return result.hard(example) == gold ? 1.0 : 0.0; }),
              GetParam().hone, 0.0051);
  double loss = 0.0, rows = 0.0;
  for (std::size_t example = 0; example < table_.gold.size(); ++example) {
    if (table_.gold[example] == kNoClass || result.hard(example) == kNoClass) continue;
    loss -= std::log(std::max(1e-6, result.probability(example, table_.gold[example])));
    ++rows;
  }
  EXPECT_NEAR(loss / rows, GetParam().hone_loss, 0.00051);
}

INSTANTIATE_TEST_SUITE_P(
    LabelModel, RecordedVotes,
    testing::Values(
        RecordedSet{"agnews", 24000, 9, 4, 83.5, 29.9, 83.99, 0.5696}, RecordedSet{"semeval", 2527, 164, 9, 78.9, 30.2, 84.21, 0.7236},
        RecordedSet{"tennis", 7705, 6, 2, 88.5, 89.1, 88.87, 0.5623}, RecordedSet{"trec", 6033, 68, 6, 54.4, 21.0, 57.70, 1.2960},
        RecordedSet{"youtube", 2056, 10, 2, 85.2, 45.7, 89.42, 0.3124}, RecordedSet{"SP_amt", 500, 143, 2, 94.3, 94.4, 94.40, 0.1757},
        RecordedSet{"ZenCrowd_all", 2040, 78, 2, 83.0, 79.2, 83.09, 0.3786}, RecordedSet{"bluebird", 108, 39, 2, 75.9, 89.8, 84.26, 0.3459},
        RecordedSet{"dog", 807, 109, 4, 82.2, 84.3, 83.27, 0.4601}, RecordedSet{"fact_eval", 42624, 57, 3, 90.2, 85.1, 89.76, 0.6052},
        RecordedSet{"rte", 800, 164, 2, 89.7, 92.8, 93.00, 0.1947}, RecordedSet{"web", 2665, 177, 5, 73.1, 82.2, 82.32, 0.4818}),
    [](const auto& set) { return set.param.name; });

}  // namespace
}  // namespace hone
