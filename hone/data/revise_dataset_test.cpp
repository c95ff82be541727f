#include "hone/data/revise_dataset.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/data/data_testing.h"

namespace hone {
namespace {

// Two parts of 100 rows each, as a dataset of more than a million rows has; every tenth row lacks its amount.
class ReviseDatasetTest : public testing::Test {
 protected:
  ReviseDatasetTest() {
    DatasetManifest manifest = import(0);
    const DatasetManifest second = import(100);
    manifest.parts.push_back(second.parts[0]);
    manifest.rows += second.rows;
    for (std::size_t column = 0; column < manifest.columns.size(); ++column) manifest.columns[column].nulls += second.columns[column].nulls;
    for (std::size_t split = 0; split < kSplits; ++split) manifest.split_rows[split] += second.split_rows[split];
    manifest.groups += second.groups;
    ref_ = objects_.put_json(manifest);
    for (const Split split : Dataset(objects_, ref_).splits()) fates_.push_back(in_split(split));
  }

  DatasetManifest import(int first) {
    std::string lines;
    for (int row = first; row < first + 100; ++row)
      lines += R"({"id": "r)" + std::to_string(row) + R"(", "text": "text )" + std::to_string(row) + R"(", "customer": "c)" +
               std::to_string(row / 2) + R"(", "amount": )" + (row % 10 == 0 ? "null" : std::to_string(row)) + "}\n";
    ImportOptions options;
    options.files = {write_text(folder_ / "rows.jsonl", lines)};
    options.text = {"text"};
    options.id = "id";
    options.group = "customer";
    return Dataset(objects_, import_dataset(objects_, options)).manifest();
  }

  Dataset revised(int threads = 1) {
    return Dataset(objects_, revise_dataset(objects_, Dataset(objects_, ref_), fates_, {"a note"}, threads));
  }

  TestFolder folder_;
  ObjectStore objects_{folder_ / "objects"};
  ObjectRef ref_;
  std::vector<RowFate> fates_;
};

TEST_F(ReviseDatasetTest, KeepsThePartsInWhichNothingChanges) {
  const DatasetManifest before = Dataset(objects_, ref_).manifest();
  fates_[150] = fates_[150] == RowFate::kTest ? RowFate::kTrain : RowFate::kTest;
  const Dataset after = revised();
  ASSERT_EQ(after.manifest().parts.size(), 2u);
  EXPECT_EQ(after.manifest().parts[0].ref, before.parts[0].ref);
  EXPECT_FALSE(after.manifest().parts[1].ref == before.parts[1].ref);
  EXPECT_EQ(after.manifest().notes.back(), "a note");
  EXPECT_EQ(in_split(after.splits()[150]), fates_[150]);
}

TEST_F(ReviseDatasetTest, IsTheSameDatasetWhereNothingChanges) {
  const Dataset before(objects_, ref_);
  EXPECT_EQ(revise_dataset(objects_, before, fates_, {}), ref_);
}

TEST_F(ReviseDatasetTest, ChangesSplitsAndNothingElse) {
  fates_.assign(fates_.size(), RowFate::kValid);
  const Dataset before(objects_, ref_), after = revised();
  for (const std::uint64_t row : {0u, 57u, 100u, 199u}) {
    auto expected = before.row(row);
    ASSERT_EQ(expected[1].first, kSplitColumn);
    expected[1].second = "1";
    EXPECT_EQ(after.row(row), expected);
  }
  EXPECT_EQ(after.manifest().split_rows[1], 200u);
  EXPECT_EQ(after.manifest().split_rows[0], 0u);
  EXPECT_EQ(after.manifest().columns[3].type, "int64");
}

TEST_F(ReviseDatasetTest, DropsRowsAndCountsThoseThatStay) {
  for (std::size_t row = 0; row < 110; ++row) fates_[row] = RowFate::kDropped;  // The first part whole.
  fates_[199] = RowFate::kDropped;
  const Dataset after = revised();
  EXPECT_EQ(after.rows(), 89u);
  ASSERT_EQ(after.manifest().parts.size(), 1u);
  EXPECT_EQ(after.manifest().parts[0].rows, 89u);
  EXPECT_EQ(after.row(0)[0].second, "r110");
  EXPECT_EQ(after.row(88)[0].second, "r198");
  EXPECT_EQ(after.manifest().groups, 45u);
  EXPECT_EQ(after.manifest().columns[3].name, "amount");
  EXPECT_EQ(after.manifest().columns[3].nulls, 9u);
  EXPECT_EQ(after.manifest().files[0].rows, 100u);
  std::uint64_t counts[kSplits] = {0, 0, 0};
  for (const Split split : after.splits()) ++counts[static_cast<std::size_t>(split)];
  for (std::size_t split = 0; split < kSplits; ++split) EXPECT_EQ(after.manifest().split_rows[split], counts[split]);
}

TEST_F(ReviseDatasetTest, GivesTheSameBytesForAnyThreads) {
  for (std::size_t row = 0; row < fates_.size(); row += 3) fates_[row] = RowFate::kDropped;
  EXPECT_EQ(revised(1).ref(), revised(2).ref());
}

TEST_F(ReviseDatasetTest, RefusesToDropEveryRow) {
  fates_.assign(fates_.size(), RowFate::kDropped);
  EXPECT_EQ(error_of([&] { revised(); })->code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace hone
