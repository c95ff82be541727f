#include <gtest/gtest.h>

#include <map>
#include <set>

#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/data/hash_set_internal.h"

namespace hone {
namespace {

class ImportTest : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view text) { return write_text(folder_ / name, text); }

  static ImportOptions options(std::vector<std::filesystem::path> files) {
    ImportOptions options;
    options.files = std::move(files);
    options.text = {"text"};
    return options;
  }

  Dataset import(const ImportOptions& options) { return {objects_, import_dataset(objects_, options)}; }

  std::string error_importing(const ImportOptions& options) {
    const auto error = error_of([&] { import_dataset(objects_, options); });
    return error ? std::string(to_string(error->code())) + ": " + error->what() : "no error";
  }

  static std::vector<std::string> column(const Dataset& dataset, const std::string& name) {
    std::vector<std::string> values;
    dataset.for_each_batch({&name, 1}, [&](const arrow::RecordBatch& batch, std::uint64_t) {
      for (std::int64_t row = 0; row < batch.num_rows(); ++row) values.push_back(text_of(*batch.column(0), row));
    });
    return values;
  }

  TestFolder folder_;
  ObjectStore objects_{folder_ / "objects"};
};

std::string numbered_rows(int first, int end) {
  std::string text = "id,text\n";
  for (int row = first; row < end; ++row) text += "r" + std::to_string(row) + ",text " + std::to_string(row) + "\n";
  return text;
}

TEST_F(ImportTest, KeepsRowsInOrderWithWhereTheyCameFrom) {
  const Dataset data =
      import(options({file("a.csv", "text,label\none,x\n\"two\nlines\",y\n"), file("b.jsonl", "\n{\"text\": \"three\", \"score\": 5}\n")}));
  EXPECT_TRUE(are(column(data, "text"), {"one", "two\nlines", "three"}));
  EXPECT_TRUE(are(column(data, "label"), {"x", "y", "(null)"}));
  EXPECT_TRUE(are(column(data, "score"), {"(null)", "(null)", "5"}));
  EXPECT_TRUE(are(column(data, "hone_file"), {"0", "0", "1"}));
  EXPECT_TRUE(are(column(data, "hone_line"), {"2", "3", "2"}));
  EXPECT_TRUE(are(data.column_names(), {"text", "label", "score"}));
  EXPECT_EQ(data.manifest().columns[1].nulls, 1u);
  EXPECT_EQ(data.manifest().columns[2].type, "int64");
  EXPECT_EQ(data.manifest().files[0].name, "a.csv");
  EXPECT_EQ(data.manifest().files[0].sha256, sha256_hex_of_file(folder_ / "a.csv"));
  EXPECT_TRUE(has(joined(data.manifest().notes), "column 'score' is missing in 'a.csv'"));
}

TEST_F(ImportTest, MakesIdsOfTextsAndCountsThoseThatComeAgain) {
  const Dataset data = import(options({file("a.csv", "text\nhello\nhello\nother\nhello\n")}));
  const auto ids = column(data, "hone_id");
  const std::string hash = Sha256().update_sized("hello").hex().substr(0, 32);
  EXPECT_EQ(ids[0], hash + "-1");
  EXPECT_EQ(ids[1], hash + "-2");
  EXPECT_EQ(ids[3], hash + "-3");
  EXPECT_NE(ids[2].substr(0, 32), hash);
  EXPECT_TRUE(has(joined(data.manifest().notes), "1 text stands in more than one row"));
}

// Dealt one by one, 200 pairs of equal texts would nearly all be torn at least once: 1 - (0.8^2 + 0.1^2 + 0.1^2) is a third.
TEST_F(ImportTest, DealsEqualTextsWithoutIdsIntoOneSplit) {
  std::string text = "text,customer\n";
  for (int row = 0; row < 600; ++row) text += "text " + std::to_string(row % 200) + ",\n";
  ImportOptions ungrouped = options({file("a.csv", text)});
  ImportOptions without_groups = ungrouped;
  without_groups.group = "customer";  // Which no row has a value of.
  for (const ImportOptions& asked : {ungrouped, without_groups}) {
    const Dataset data = import(asked);
    const std::vector<std::string> texts = column(data, "text"), splits = column(data, "hone_split");
    std::map<std::string, std::set<std::string>> splits_of_text;
    for (std::size_t row = 0; row < texts.size(); ++row) splits_of_text[texts[row]].insert(splits[row]);
    ASSERT_EQ(splits_of_text.size(), 200u);
    for (const auto& [repeated, found] : splits_of_text) EXPECT_EQ(found.size(), 1u) << repeated;
    EXPECT_EQ(std::set<std::string>(splits.begin(), splits.end()).size(), 3u);
  }
  EXPECT_EQ(import(without_groups).manifest().groups, 600u);
}

TEST_F(ImportTest, SplitsByTheHashThatTheHeaderStates) {
  ImportOptions by_id = options({file("a.csv", numbered_rows(0, 500))});
  by_id.id = "id";
  const Dataset data = import(by_id);
  const std::vector<Split> splits = data.splits();
  for (int row = 0; row < 500; ++row) {
    const double point = static_cast<double>(sha256_prefix(std::string("hone/split/v1\0r", 15) + std::to_string(row)) >> 11) * 0x1p-53;
    EXPECT_EQ(splits[static_cast<std::size_t>(row)], point < 0.8 ? Split::kTrain : point < 0.9 ? Split::kValid : Split::kTest);
  }
}

TEST_F(ImportTest, MovesNoRowToAnotherSplitWhenRowsAreAdded) {
  ImportOptions few = options({file("a.csv", numbered_rows(100, 200))});
  ImportOptions more = options({file("b.csv", numbered_rows(0, 400))});
  few.id = more.id = "id";
  const auto before = import(few).splits();
  const auto after = import(more).splits();
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin() + 100));
}

// 10,000 rows: the shares spread by 0.004 around what was asked.
TEST_F(ImportTest, DealsTheSharesThatWereAskedFor) {
  const Dataset data = import(options({file("a.csv", numbered_rows(0, 10'000))}));
  const auto& rows = data.manifest().split_rows;
  EXPECT_NEAR(static_cast<double>(rows[0]), 8000, 160);
  EXPECT_NEAR(static_cast<double>(rows[1]), 1000, 120);
  EXPECT_EQ(rows[0] + rows[1] + rows[2], 10'000u);
}

TEST_F(ImportTest, KeepsAGroupTogether) {
  std::string text = "text,customer\n";
  for (int row = 0; row < 2000; ++row) text += "t" + std::to_string(row) + ",c" + std::to_string(row % 40) + "\n";
  text += "alone,\n";
  ImportOptions grouped = options({file("a.csv", text)});
  grouped.group = "customer";
  const Dataset data = import(grouped);
  const auto groups = column(data, "hone_group");
  const auto splits = data.splits();
  std::set<std::pair<std::string, Split>> pairs;
  for (std::size_t row = 0; row < groups.size(); ++row) pairs.emplace(groups[row], splits[row]);
  EXPECT_EQ(pairs.size(), 41u);
  EXPECT_EQ(data.manifest().groups, 41u);
  EXPECT_EQ(groups.back(), column(data, "hone_id").back());
}

TEST_F(ImportTest, SplitsByAField) {
  ImportOptions by_field = options({file("a.csv", "text,part\na,train\nb,Dev\nc, test \nd,validation\ne,other\n")});
  by_field.split.by = SplitOptions::By::kField;
  by_field.split.field = "part";
  by_field.max_bad_rows = 0.2;
  const Dataset data = import(by_field);
  EXPECT_TRUE(are(data.splits(), {Split::kTrain, Split::kValid, Split::kTest, Split::kValid}));
  ASSERT_EQ(data.manifest().first_bad_rows.size(), 1u);
  EXPECT_EQ(data.manifest().first_bad_rows[0].reason, "the split 'other' is none of train, valid and test");
  EXPECT_EQ(data.manifest().first_bad_rows[0].line, 6u);
}

TEST_F(ImportTest, SplitsByFilesAndTakesValidFromTrain) {
  ImportOptions by_files = options({});
  by_files.split.by = SplitOptions::By::kFiles;
  by_files.split.files[0] = {file("train.csv", numbered_rows(0, 1000))};
  by_files.split.files[2] = {file("test.csv", numbered_rows(1000, 1100))};
  by_files.split.valid_share_of_train = 0.1;
  const Dataset data = import(by_files);
  const auto& rows = data.manifest().split_rows;
  EXPECT_EQ(rows[2], 100u);
  EXPECT_EQ(rows[0] + rows[1], 1000u);
  EXPECT_NEAR(static_cast<double>(rows[1]), 100, 40);
}

TEST_F(ImportTest, GivesTheSameBytesTwiceAndInTwoFolders) {
  make_folder(folder_ / "other");
  const auto here = file("a.csv", numbered_rows(0, 3000));
  const auto there = file("other/a.csv", numbered_rows(0, 3000));
  ObjectStore elsewhere(folder_ / "elsewhere");
  const ObjectRef first = import_dataset(objects_, options({here}));
  EXPECT_EQ(import_dataset(objects_, options({here})), first);
  EXPECT_EQ(import_dataset(elsewhere, options({there})), first);
  EXPECT_EQ(elsewhere.get(first), objects_.get(first));
}

TEST_F(ImportTest, NamesBothPlacesOfADuplicateId) {
  ImportOptions twice = options({file("a.csv", "id,text\n1,a\n2,b\n"), file("b.csv", "id,text\n3,\"c\nd\"\n2,e\n")});
  twice.id = "id";
  EXPECT_TRUE(
      begins(error_importing(twice), "corrupt-data: the id '2' of column 'id' stands twice: a.csv:3 and b.csv:4; ids must be unique"));
}

TEST_F(ImportTest, CountsRowsWithoutAnId) {
  ImportOptions missing = options({file("a.csv", "id,text\n1,a\n,b\n3,c\n ,d\n5,e\n")});
  missing.id = "id";
  EXPECT_TRUE(has(error_importing(missing),
                  "2 of 5 rows cannot be used (40 %; max_bad_rows allows 1 %):\n  a.csv:3: has no id in column 'id'\n  a.csv:5:"));
  missing.max_bad_rows = 0.4;
  const Dataset data = import(missing);
  EXPECT_TRUE(are(column(data, "hone_id"), {"1", "3", "5"}));
  EXPECT_TRUE(are(column(data, "text"), {"a", "c", "e"}));
  EXPECT_TRUE(are(column(data, "hone_line"), {"2", "4", "6"}));
}

TEST_F(ImportTest, AllowsAsManyBadRowsAsItIsToldAndShowsTenOfThem) {
  std::string text = numbered_rows(0, 988);
  for (int row = 0; row < 12; ++row) text += "bad\n";
  ImportOptions some = options({file("a.csv", text)});
  EXPECT_TRUE(has(error_importing(some),
                  "12 of 1,000 rows cannot be used (1.2 %; max_bad_rows allows 1 %):\n  a.csv:990: has 1 field where the header has 2"));
  EXPECT_TRUE(has(error_importing(some), "\n  a.csv:999: "));
  EXPECT_TRUE(has(error_importing(some), "\n  and 2 more"));
  EXPECT_FALSE(has(error_importing(some), "a.csv:1000"));
  some.max_bad_rows = 0.012;
  const Dataset data = import(some);
  EXPECT_EQ(data.rows(), 988u);
  EXPECT_EQ(data.manifest().bad_rows, 12u);
  EXPECT_EQ(data.manifest().first_bad_rows.size(), 10u);
}

TEST_F(ImportTest, NamesTheNearestOfAMissingColumn) {
  ImportOptions wrong = options({file("a.csv", "id,body\n1,a\n")});
  wrong.text = {"bdy"};
  EXPECT_EQ(error_importing(wrong), "not-found: text: no column 'bdy' in 'a.csv'; did you mean 'body'?");
  wrong.text = {"body"};
  wrong.group = "customer";
  EXPECT_EQ(error_importing(wrong), "not-found: group: no column 'customer' in 'a.csv'; there are: 'id' and 'body'");
}

TEST_F(ImportTest, RefusesFilesWithoutRowsMissingFilesAndFolders) {
  const auto empty = file("empty.csv", ""), header = file("header.csv", "text\n");
  EXPECT_EQ(error_importing(options({empty})), "invalid-argument: no rows in 'empty.csv'");
  EXPECT_EQ(error_importing(options({header})), "invalid-argument: no rows in 'header.csv'");
  EXPECT_TRUE(begins(error_importing(options({folder_ / "none.csv"})), "not-found: no file '"));
  EXPECT_TRUE(has(error_importing(options({folder_ / "objects"})), "is a folder"));
  EXPECT_EQ(error_importing(options({})), "invalid-argument: files: name at least one file");
  const Dataset data = import(options({empty, file("a.csv", "text\nx\n")}));
  EXPECT_TRUE(are(data.manifest().notes, {"'empty.csv' is empty"}));
}

TEST_F(ImportTest, SaysWhyWhenEveryRowIsMalformed) {
  const std::string error = error_importing(options({file("rows.jsonl", "{\"text\": \n")}));
  EXPECT_TRUE(has(error, "1 of 1 row cannot be used")) << error;
  EXPECT_TRUE(has(error, "rows.jsonl:1: ")) << error;
}

TEST_F(ImportTest, RefusesNamesThatAreKept) {
  EXPECT_TRUE(has(error_importing(options({file("a.csv", "text,hone_id\nx,y\n")})),
                  "column 'hone_id' of 'a.csv' has a name that begins with hone_"));
}

TEST_F(ImportTest, NoticesAFileThatChangesWhileItIsRead) {
  const auto path = file("a.csv", "text\nx\ny\n");
  const auto error =
      error_of([&] { import_dataset(objects_, options({path}), [&](const ProgressEvent&) { write_text(path, "text\nx\ny\nmore\n"); }); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kCorruptData);
  EXPECT_TRUE(has(error->what(), "changed while it was read"));
}

TEST_F(ImportTest, LeavesNothingBehindWhenItIsCancelled) {
  const auto path = file("a.csv", numbered_rows(0, 100));
  EXPECT_THROW(import_dataset(objects_, options({path}), [](const ProgressEvent&) { throw std::runtime_error("stop"); }),
               std::runtime_error);
  EXPECT_TRUE(objects_.list().empty());
  EXPECT_TRUE(!std::filesystem::exists(objects_.temporary_folder()) || std::filesystem::is_empty(objects_.temporary_folder()));
}

TEST_F(ImportTest, CountsRowsWithoutTextAndRepairedFields) {
  const Dataset data = import(options({file("a.csv", "text,label\n,x\n  ,x\nok,\xFF\n")}));
  EXPECT_EQ(data.manifest().empty_texts, 2u);
  EXPECT_TRUE(has(joined(data.manifest().notes), "1 field of 'a.csv' held invalid UTF-8"));
  EXPECT_TRUE(has(joined(data.manifest().notes), "2 rows have no text"));
}

TEST_F(ImportTest, LeavesRowsWithoutATextOutWhereItIsAskedTo) {
  ImportOptions wanted = options({file("a.csv", "id,text,more\n1,one,\n2,,\n,\" \",\n4,,four\n5,five,\n")});
  wanted.id = "id";
  wanted.text = {"text", "more"};
  wanted.skip_empty_texts = true;
  wanted.max_bad_rows = 0.0;
  const Dataset data = import(wanted);
  EXPECT_TRUE(are(column(data, "hone_id"), {"1", "4", "5"}));
  EXPECT_TRUE(are(column(data, "hone_line"), {"2", "5", "6"}));
  EXPECT_EQ(data.manifest().skipped_rows, 2u) << "one of them has no id either, and need not have one";
  EXPECT_EQ(data.manifest().bad_rows, 0u);
  EXPECT_EQ(data.manifest().empty_texts, 0u);
  EXPECT_EQ(data.manifest().split_rows[0] + data.manifest().split_rows[1] + data.manifest().split_rows[2], 3u);
  EXPECT_TRUE(are(data.manifest().notes, {"2 rows without a text were left out"}));
}

TEST_F(ImportTest, SaysSoWhenNoRowHasAText) {
  ImportOptions wanted = options({file("a.csv", "id,text\n1,\n2,\n")});
  wanted.skip_empty_texts = true;
  EXPECT_EQ(error_importing(wanted),
            "invalid-argument: none of 2 rows has a text in 'text', and skip_empty_texts leaves such rows out; is it the right column?");
}

TEST_F(ImportTest, ReadsManifestsThatKnowNothingOfSkippedRows) {
  nlohmann::json json = import(options({file("a.csv", "text\none\n")})).manifest();
  json.erase("skipped_rows");
  EXPECT_EQ(json.get<DatasetManifest>().skipped_rows, 0u);
}

TEST_F(ImportTest, FindsOneTypeForAColumnOfSeveralFiles) {
  const Dataset data = import(options({file("a.jsonl", "{\"text\": \"x\", \"n\": 1, \"m\": 1, \"z\": null}\n"),
                                       file("b.jsonl", "{\"text\": \"y\", \"n\": 0.5, \"m\": \"q\", \"z\": 3}\n")}));
  EXPECT_EQ(data.manifest().columns[1].type, "double");
  EXPECT_EQ(data.manifest().columns[2].type, "string");
  EXPECT_EQ(data.manifest().columns[3].type, "int64");
  EXPECT_TRUE(are(column(data, "m"), {"1", "q"}));
}

TEST_F(ImportTest, CutsPartsAtAMillionRows) {
  std::string text = "text\n";
  for (int row = 0; row < 1'050'000; ++row) text += "x" + std::to_string(row % 1000) + "\n";
  const Dataset data = import(options({file("a.csv", text)}));
  ASSERT_EQ(data.manifest().parts.size(), 2u);
  EXPECT_EQ(data.manifest().parts[0].rows, 1u << 20);
  EXPECT_EQ(data.row(1'049'999).at(3).second, "1050001");
}

TEST_F(ImportTest, ReadsTheRealFiles) {
  const auto data = test_data();
  if (!data) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  const Dataset bank = import(options({*data / "banking77/train.csv"}));
  EXPECT_EQ(bank.rows(), 10'003u);
  EXPECT_EQ(bank.manifest().bad_rows, 0u);
  ImportOptions complaints = options({*data / "cfpb_complaints/complaints_sample.csv"});
  complaints.text = {"Consumer complaint narrative"};
  complaints.id = "Complaint ID";
  EXPECT_EQ(import(complaints).manifest().empty_texts, 5091u);
  ImportOptions comments = options({*data / "youtube_spam/comments.csv"});
  comments.text = {"content"};
  EXPECT_EQ(import(comments).rows(), 1956u);
  comments.id = "comment_id";
  EXPECT_TRUE(has(error_importing(comments), "comments.csv:1427 and comments.csv:1428"));
}

TEST(HashSet, KnowsWhatItHoldsAsItGrows) {
  HashSet set;
  for (std::uint64_t key = 0; key < 100'000; ++key) EXPECT_TRUE(set.insert(key * 0x9E3779B97F4A7C15u));
  for (std::uint64_t key = 0; key < 100'000; ++key) EXPECT_FALSE(set.insert(key * 0x9E3779B97F4A7C15u));
  EXPECT_EQ(set.size(), 100'000u);
}

TEST(ImportOptions, NamesTheFieldThatCannotBe) {
  const auto message = [](auto change) {
    ImportOptions options;
    options.files = {"a.csv"};
    options.text = {"text"};
    change(options);
    const auto error = error_of([&] { options.validate(); });
    return error ? std::string(error->what()) : "valid";
  };
  EXPECT_EQ(message([](auto&) {}), "valid");
  EXPECT_TRUE(has(message([](auto& options) { options.read.encoding = "utf-7"; }), "encoding: 'utf-7' is not known"));
  EXPECT_TRUE(has(message([](auto& options) { options.read.delimiter = '\n'; }), "delimiter:"));
  EXPECT_TRUE(has(message([](auto& options) { options.read.decimal = ';'; }), "decimal:"));
  EXPECT_TRUE(has(message([](auto& options) { options.read.time_zone = "CET"; }), "time_zone: 'CET'"));
  EXPECT_TRUE(has(message([](auto& options) { options.text.clear(); }), "text:"));
  EXPECT_EQ(message([](auto& options) { options.split.share[0] = 0.7; }), "split: the shares must add up to 1, not 0.9");
  EXPECT_TRUE(has(message([](auto& options) { options.split.share[1] = -0.1; }), "between 0 and 1, not -0.1"));
  EXPECT_TRUE(has(message([](auto& options) { options.split.by = SplitOptions::By::kField; }), "has no name"));
  EXPECT_TRUE(has(message([](auto& options) { options.split.by = SplitOptions::By::kFiles; }), "no file for train"));
  EXPECT_TRUE(has(message([](auto& options) { options.max_bad_rows = 2; }), "max_bad_rows:"));
}

}  // namespace
}  // namespace hone
