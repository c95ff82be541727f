#include "hone/eval/clarity.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"

namespace hone {
namespace {

SoftLabels hard_labels(const std::vector<ClassId>& hard) {
  SoftLabels labels(2);
  for (const ClassId id : hard) labels.add_pattern(std::vector<double>{id == 1 ? 0.2 : 0.8, id == 1 ? 0.8 : 0.2}, id);
  return labels;
}

// Rows 0 and 1 have one vote, 2 and 3 two that differ, 4 none.
VoteMatrix votes() { return VoteMatrix(5, 2, std::vector<SourceVotes>{{{0, 1, 2, 3}, {0, 0, 0, 0}, {}}, {{2, 3}, {1, 1}, {}}}); }

TEST(VotesSaid, TellsRightFromWrongAndConflictFromAgreement) {
  const VoteMatrix matrix = votes();
  EXPECT_EQ(votes_said(matrix.on(0), matrix.answers(), 0, 0), VotesSaid::kRight);
  EXPECT_EQ(votes_said(matrix.on(0), matrix.answers(), 0, 1), VotesSaid::kWrong);
  EXPECT_EQ(votes_said(matrix.on(2), matrix.answers(), 1, 1), VotesSaid::kRightInConflict);
  EXPECT_EQ(votes_said(matrix.on(2), matrix.answers(), 0, 1), VotesSaid::kWrongInConflict);
  EXPECT_EQ(votes_said(matrix.on(4), matrix.answers(), kNoClass, 1), VotesSaid::kNothing);
  EXPECT_EQ(votes_said(matrix.on(2), matrix.answers(), kNoClass, 1), VotesSaid::kNothing) << "votes that make no label say nothing";
}

TEST(Clarity, CountsByGoldClassAndWhoIsRight) {
  const SoftLabels labels = hard_labels({0, 0, 0, 1, kNoClass}), predictions = hard_labels({0, 1, 1, 1, 1});
  const std::vector<ClassId> gold{0, 1, 1, 1, 1};
  const auto by_class = clarity(votes(), labels, {predictions, gold, {}}, std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  ASSERT_EQ(by_class.size(), 2u);
  EXPECT_EQ(by_class[0].rows, (std::array<std::uint64_t, kVotesSaid>{1, 0, 0, 0, 0}));
  EXPECT_EQ(by_class[1].rows, (std::array<std::uint64_t, kVotesSaid>{0, 1, 1, 1, 1}));
  EXPECT_EQ(by_class[1].right, (std::array<std::uint64_t, kVotesSaid>{0, 1, 1, 1, 1}));
}

TEST(Clarity, LooksAtRowsWithGoldAlone) {
  const SoftLabels labels = hard_labels({0, 0, 0, 1, kNoClass});
  const std::vector<ClassId> gold{0, kNoClass, 1, 1, 1};
  const auto by_class = clarity(votes(), labels, {labels, gold, {}}, std::vector<std::uint32_t>{0, 1});
  EXPECT_EQ(by_class[0].rows[0], 1u);
  EXPECT_EQ(by_class[1].rows, (std::array<std::uint64_t, kVotesSaid>{}));
  EXPECT_THROW(clarity(votes(), labels, {labels, std::vector<ClassId>{0}, {}}, std::vector<std::uint32_t>{0}), Error);
}

}  // namespace
}  // namespace hone
