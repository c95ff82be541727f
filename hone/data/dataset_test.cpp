#include "hone/data/dataset.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/data/row_texts.h"

namespace hone {
namespace {

class DatasetTest : public testing::Test {
 protected:
  DatasetTest() {
    std::string text = "id,text\n";
    for (int row = 0; row < 70'000; ++row) text += "r" + std::to_string(row) + ",text " + std::to_string(row) + "\n";
    ImportOptions options;
    options.files = {write_text(folder_ / "a.csv", text)};
    options.text = {"text"};
    options.id = "id";
    ref_ = import_dataset(objects_, options);
  }

  TestFolder folder_;
  ObjectStore objects_{folder_ / "objects"};
  ObjectRef ref_;
};

TEST_F(DatasetTest, GivesColumnsInTheOrderAskedAndRowsInTheirs) {
  const Dataset data(objects_, ref_);
  const std::vector<std::string> columns{"text", "hone_line", "id"};
  std::uint64_t next = 0;
  data.for_each_batch(
      columns,
      [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
        EXPECT_EQ(first_row, next);
        EXPECT_EQ(batch.schema()->field_names(), columns);
        EXPECT_LE(batch.num_rows(), 1000);
        EXPECT_EQ(text_of(*batch.column(2), 0), "r" + std::to_string(first_row));
        EXPECT_EQ(text_of(*batch.column(1), 0), std::to_string(first_row + 2));
        next += static_cast<std::uint64_t>(batch.num_rows());
      },
      1000);
  EXPECT_EQ(next, 70'000u);
}

TEST_F(DatasetTest, FindsRowsByNumberAndById) {
  const Dataset data(objects_, ref_);
  for (const std::uint64_t number : {0u, 8191u, 8192u, 65'535u, 65'536u, 69'999u}) {
    const auto row = data.row(number);
    EXPECT_EQ(row[0], (std::pair<std::string, std::optional<std::string>>("hone_id", "r" + std::to_string(number))));
    EXPECT_EQ(row.back().second, "text " + std::to_string(number));
    EXPECT_EQ(data.find_id("r" + std::to_string(number)), number);
  }
  EXPECT_FALSE(data.find_id("nobody"));
  EXPECT_THROW(data.row(70'000), Error);
}

TEST_F(DatasetTest, GivesTheTextsOfSomeRows) {
  const Dataset data(objects_, ref_);
  const std::vector<std::uint32_t> rows{0, 8191, 8192, 65'535, 65'536, 69'999};
  const auto texts = row_texts(data, rows, std::vector<std::string>{"text", "hone_id"});
  ASSERT_EQ(texts.size(), rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    EXPECT_EQ(texts[row], (RowTexts{"text " + std::to_string(rows[row]), "r" + std::to_string(rows[row])}));
  const std::vector<std::uint32_t> late{69'998};  // The first row group holds none of them.
  EXPECT_EQ(row_texts(data, late, std::vector<std::string>{"id"}), (std::vector<RowTexts>{{"r69998"}}));
  EXPECT_TRUE(row_texts(data, {}, std::vector<std::string>{"id"}).empty());
  EXPECT_THROW(row_texts(data, late, std::vector<std::string>{"nothing"}), Error);
}

TEST_F(DatasetTest, NamesTheNearestOfAColumnThatIsNotThere) {
  const Dataset data(objects_, ref_);
  EXPECT_TRUE(data.has_column("hone_split"));
  EXPECT_FALSE(data.has_column("hone_group"));
  const auto error = error_of([&] { data.require_column("txt"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kNotFound);
  EXPECT_STREQ(error->what(), "no column 'txt' in the data; did you mean 'text'?");
}

TEST_F(DatasetTest, WritesAndReadsItsManifest) {
  const nlohmann::json json = Dataset(objects_, ref_).manifest();
  EXPECT_EQ(json.at("format"), "hone-dataset/1");
  EXPECT_EQ(json.at("split_rows").size(), 3u);
  EXPECT_EQ(nlohmann::json(json.get<DatasetManifest>()), json);
}

TEST_F(DatasetTest, NamesABrokenOrMissingObject) {
  const auto part = Dataset(objects_, ref_).manifest().parts.at(0).ref;
  const auto no_dataset = error_of([&] { Dataset(objects_, objects_.put_json({{"format", "other"}})); });
  const auto half = error_of([&] { Dataset(objects_, objects_.put_json({{"format", "hone-dataset/1"}})); });
  ASSERT_TRUE(no_dataset && half);
  EXPECT_EQ(no_dataset->code(), ErrorCode::kCorruptData);
  EXPECT_EQ(half->code(), ErrorCode::kCorruptData);
  const Dataset data(objects_, ref_);
  overwrite(objects_.path(part), std::string(part.bytes, 'x'));
  const auto broken = error_of([&] { data.splits(); });
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->code(), ErrorCode::kCorruptData);
  objects_.remove(part);
  const auto missing = error_of([&] { Dataset(objects_, ref_); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->code(), ErrorCode::kNotFound);
  EXPECT_TRUE(has(missing->what(), part.hash));
}

TEST(ExpandGlobs, SortsTheMatchesOfAGlobAndKeepsTheOrderOfPatterns) {
  const TestFolder folder;
  make_folder(folder / "in [x]/part2");
  make_folder(folder / "in [x]/part1");
  for (const char* name : {"b.csv", "a.csv", "part1/c.csv", "part2/d.csv", ".hidden.csv", "e.txt"})
    write_text(folder / ("in [x]/" + std::string(name)), "");
  const auto names = [&](const std::vector<std::string>& patterns) {
    std::vector<std::string> found;
    for (const auto& path : expand_globs(patterns, folder / "in [x]")) found.push_back(path.lexically_relative(folder / "in [x]").string());
    return found;
  };
  EXPECT_TRUE(are(names({"*.csv"}), {"a.csv", "b.csv"}));
  EXPECT_TRUE(are(names({"b.csv", "[ab].csv", "part?/*.csv"}), {"b.csv", "a.csv", "part1/c.csv", "part2/d.csv"}));
  EXPECT_TRUE(are(names({(folder / "in [x]" / "a.csv").string()}), {"a.csv"}));
  EXPECT_TRUE(are(names({"part1/../e.*"}), {"e.txt"}));
}

TEST(ExpandGlobs, NamesAPatternThatMatchesNothing) {
  const TestFolder folder;
  make_folder(folder / "x.csv");
  for (const char* pattern : {"a.csv", "*.csv", "none/*.csv"}) {
    const auto error = error_of([&] { expand_globs({pattern}, folder / "."); });
    ASSERT_TRUE(error) << pattern;
    EXPECT_EQ(error->code(), ErrorCode::kNotFound);
    EXPECT_TRUE(has(error->what(), pattern));
  }
}

}  // namespace
}  // namespace hone
