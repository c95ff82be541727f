#include "hone/data/revise_dataset.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/data/part_splits_internal.h"
#include "hone/data/text_column.h"

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

// Every value of a dataset as text, row after row.
std::vector<std::string> values_of(const Dataset& dataset, const std::vector<std::string>& columns) {
  std::vector<std::string> values;
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    for (int column = 0; column < batch.num_columns(); ++column) {
      const TextColumn texts(*batch.column(column));
      for (std::int64_t row = 0; row < batch.num_rows(); ++row) values.emplace_back(texts.at(row).value_or("(nothing)"));
    }
  });
  return values;
}

// More rows than a row group holds, and texts that outgrow a dictionary, so that a column has pages of both kinds.
class ReviseLargePartTest : public testing::Test {
 protected:
  ReviseLargePartTest() {
    std::string lines = "id,text,topic,amount\n";
    for (int row = 0; row < 70'000; ++row) {
      const std::string number = std::to_string(row);
      lines += number + ",a text of its own " + number + " " + number + "," + (row % 3 == 0 ? "" : "topic " + std::to_string(row % 7)) +
               "," + number + "\n";
    }
    ImportOptions options;
    options.files = {write_text(folder_ / "rows.csv", lines)};
    options.text = {"text"};
    options.id = "id";
    ref_ = import_dataset(objects_, options);
    fates_.resize(70'000);
    for (std::size_t row = 0; row < fates_.size(); ++row) fates_[row] = static_cast<RowFate>(row % 5 % 3);
  }

  std::filesystem::path part() const { return Dataset(objects_, ref_).part_paths()[0]; }

  const std::vector<std::string> columns_{
      std::string(kIdColumn), std::string(kFileColumn), std::string(kLineColumn), "id", "text", "topic", "amount"};
  TestFolder folder_;
  ObjectStore objects_{folder_ / "objects"};
  ObjectRef ref_;
  std::vector<RowFate> fates_;
};

TEST_F(ReviseLargePartTest, CopiesTheOtherColumns) {
  const Dataset before(objects_, ref_), after(objects_, revise_dataset(objects_, before, fates_, {}));
  EXPECT_EQ(values_of(after, columns_), values_of(before, columns_));
  const std::vector<Split> splits = after.splits();
  for (std::size_t row = 0; row < fates_.size(); ++row) ASSERT_EQ(in_split(splits[row]), fates_[row]) << row;
}

TEST_F(ReviseLargePartTest, MakesAPartThatCanBeRevisedAgain) {
  const Dataset first(objects_, revise_dataset(objects_, Dataset(objects_, ref_), fates_, {}));
  const std::vector<RowFate> other(fates_.size(), RowFate::kTest);
  const ObjectRef moved = revise_dataset(objects_, first, other, {});
  EXPECT_EQ(moved, revise_dataset(objects_, Dataset(objects_, ref_), other, {})) << "what was between leaves no trace";
  std::vector<RowFate> fewer = other;
  fewer[3] = RowFate::kDropped;
  const Dataset last(objects_, revise_dataset(objects_, Dataset(objects_, moved), fewer, {}));
  EXPECT_EQ(last.rows(), fates_.size() - 1);
  EXPECT_EQ(last.row(3)[0].second, "4");
}

TEST_F(ReviseLargePartTest, RefusesADamagedPartByName) {
  const std::string whole = read_file(part());
  const auto told = [&](std::string_view bytes) {
    const std::filesystem::path damaged = write_text(folder_ / "damaged", bytes);
    const auto error = error_of([&] { part_with_splits(objects_, damaged, fates_); });
    EXPECT_TRUE(error && error->code() == ErrorCode::kCorruptData) << (error ? error->what() : "no error");
    return std::string(error ? error->what() : "");
  };
  EXPECT_NE(told("").find("damaged"), std::string::npos);
  EXPECT_NE(told("PAR1 and no more PAR1").find("damaged"), std::string::npos);
  EXPECT_NE(told(whole.substr(0, whole.size() / 2)).find("damaged"), std::string::npos);
  // The end of it alone: a footer whose columns lie beyond the file's end.
  EXPECT_NE(told(std::string_view(whole).substr(whole.size() - 10'000)).find("damaged"), std::string::npos);
  fates_.pop_back();
  EXPECT_NE(told(whole).find("another number of rows"), std::string::npos);
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
