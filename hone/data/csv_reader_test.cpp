#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/random.h"
#include "hone/data/data_testing.h"
#include "hone/data/reading_testing.h"

namespace hone {
namespace {

using Strings = std::vector<std::string>;

ReadTable read_csv(std::string_view text, const ReadOptions& options = {}, const std::string& name = "a.csv") {
  const TestFolder folder;
  return read_table(write_text(folder / name, text), options);
}

std::string error_reading(std::string_view text, const std::string& name = "a.csv") {
  const auto error = error_of([&] { read_csv(text, {}, name); });
  return error ? std::string(to_string(error->code())) + ": " + error->what() : "no error";
}

TEST(CsvReader, GivesFieldsAsTheyAre) {
  const ReadTable table = read_csv("id,text\n00123, two words \n2,\n");
  EXPECT_TRUE(are(table.columns, {"id", "text"}));
  EXPECT_TRUE(are(table.types, {"string", "string"}));
  EXPECT_TRUE(are(table.rows, {Strings{"00123", " two words "}, Strings{"2", ""}}));
  EXPECT_TRUE(are(table.lines, {2, 3}));
}

Reading read_in_windows(const std::string& text, const std::string& encoding, std::size_t block) {
  return reading_of([&] {
    auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text));
    return make_csv_reader(TextWindow(std::move(stream), Packing::kNone, encoding, "a.csv", block), ',');
  });
}

TEST(CsvReader, TellsTheSameInWindowsOfAnySize) {
  const std::string body = "\r\na,b\r\n\r\n1,\"x,\"\"y\"\"\r\nz\"\r2,\"\"\n3\n4,caf\xC3\xA9\r5,\xFF\n6,\"open\n7,last";
  for (const std::string encoding : {"utf-8", "windows-1252"}) {
    const std::string text = encoding == "utf-8" ? "\xEF\xBB\xBF" + body : body;
    const Reading whole = read_in_windows(text, encoding, 4096);
    ASSERT_TRUE(whole.rows) << whole.error;
    EXPECT_TRUE(are(whole.lines, {4, 6, 8, 9, 11}));
    EXPECT_EQ(whole.bad.size(), 2u);
    for (std::size_t block = 1; block <= text.size(); ++block)
      EXPECT_TRUE(is_same(whole, read_in_windows(text, encoding, block))) << encoding << " in windows of " << block;
  }
}

TEST(CsvReader, EndsLinesAtLfCrlfAndCr) {
  const std::vector<Strings> rows{{"1", "x"}, {"2", "y"}};
  for (const std::string end : {"\n", "\r\n", "\r"})
    EXPECT_EQ(read_csv("a,b" + end + "1,x" + end + "2,y" + end).rows, rows) << "with an end of " << end.size();
}

TEST(CsvReader, NeedsNoEndBehindTheLastRow) { EXPECT_TRUE(are(read_csv("a,b\n1,").rows, {Strings{"1", ""}})); }

TEST(CsvReader, TakesQuotedDelimitersNewlinesAndQuotes) {
  const ReadTable table = read_csv("a,b\n\"x, \"\"y\"\"\",\"one\r\ntwo\nthree\"\nnext,\"\"\n");
  EXPECT_TRUE(are(table.rows, {Strings{"x, \"y\"", "one\r\ntwo\nthree"}, Strings{"next", ""}}));
  EXPECT_TRUE(are(table.lines, {2, 5}));
}

TEST(CsvReader, TakesAQuoteInsideAnUnquotedFieldAsText) {
  EXPECT_EQ(read_csv("a,b\n5\" pipe,he said \"no\", \n").bad.size(), 1u);
  EXPECT_TRUE(are(read_csv("a,b\n5\" pipe,he said \"no\"\n").rows, {Strings{"5\" pipe", "he said \"no\""}}));
}

TEST(CsvReader, SkipsEmptyLinesAlsoBeforeTheHeader) {
  const ReadTable table = read_csv("\r\n\r\na,b\r\n\r\n1,x\r\n\r\n\r\n2,y\r\n\r\n");
  EXPECT_TRUE(are(table.rows, {Strings{"1", "x"}, Strings{"2", "y"}}));
  EXPECT_TRUE(are(table.lines, {5, 8}));
  EXPECT_TRUE(table.bad.empty());
}

TEST(CsvReader, TakesAByteOrderMarkOffTheBeginAndNowhereElse) {
  const ReadTable table = read_csv("\xEF\xBB\xBFid,text\n1,a\xEF\xBB\xBF\n");
  EXPECT_TRUE(are(table.columns, {"id", "text"}));
  EXPECT_EQ(table.rows[0][1], "a\xEF\xBB\xBF");
}

TEST(CsvReader, CountsRowsWithTooManyOrTooFewFields) {
  const ReadTable table = read_csv("a,b\n1\n2,x,y\n3,\"m\nn\"\n4,x,\n5,z\n");
  EXPECT_TRUE(are(table.rows, {Strings{"3", "m\nn"}, Strings{"5", "z"}}));
  ASSERT_EQ(table.bad.size(), 3u);
  EXPECT_EQ(table.bad[0].file, "a.csv");
  EXPECT_EQ(table.bad[0].line, 2u);
  EXPECT_EQ(table.bad[0].reason, "has 1 field where the header has 2");
  EXPECT_EQ(table.bad[1].reason, "has 3 fields where the header has 2");
  EXPECT_EQ(table.bad[2].line, 6u);
}

TEST(CsvReader, ReportsAnUnclosedQuoteWithItsLineAndReadsOnBehindIt) {
  const ReadTable table = read_csv("a,b\n1,x\n2,\"open\n3,y\n4,z\n");
  EXPECT_TRUE(are(table.rows, {Strings{"1", "x"}, Strings{"3", "y"}, Strings{"4", "z"}}));
  ASSERT_EQ(table.bad.size(), 1u);
  EXPECT_EQ(table.bad[0].line, 3u);
  EXPECT_EQ(table.bad[0].reason, "a quote opens here and is not closed");
}

TEST(CsvReader, TakesAQuoteThatStaysOpenFor16MiBAsUnclosed) {
  std::string text = "a,b\n1,\"open\n";
  while (text.size() < (20 << 20)) text += "2,\"\"\n3,\"\"\"\"\n";
  const TestFolder folder;
  const auto reader = open_table(write_text(folder / "a.csv", text + "4,\"closed\"\n"), {});
  std::uint64_t rows = 0;
  for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) rows += batch.lines.size();
  ASSERT_EQ(reader->bad_row_count(), 1u);
  EXPECT_EQ(reader->bad_rows()[0].line, 2u);
  EXPECT_EQ(rows, static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) - 1);
}

TEST(CsvReader, CountsTextBehindAClosingQuote) {
  const ReadTable table = read_csv("a,b\n\"x\" y,1\nz,2\n");
  EXPECT_TRUE(are(table.rows, {Strings{"z", "2"}}));
  EXPECT_TRUE(has(table.bad.at(0).reason, "text follows a closing quote"));
}

TEST(CsvReader, ReplacesInvalidUtf8AndCountsTheFields) {
  const ReadTable table = read_csv("a,b\ncaf\xE9,ok\n\"\xFF\"\"\xFE\",\xC3\xA9\n");
  EXPECT_TRUE(are(table.rows, {Strings{"caf\xEF\xBF\xBD", "ok"}, Strings{"\xEF\xBF\xBD\"\xEF\xBF\xBD", "é"}}));
  EXPECT_EQ(table.repaired, 2u);
}

TEST(CsvReader, RepairsMoreBytesThanTheFileHas) {
  std::string text = "a,b\n";
  for (int row = 0; row < 1000; ++row) text += std::string(30, '\xFF') + ",valid\n";
  const ReadTable table = read_csv(text);
  ASSERT_EQ(table.rows.size(), 1000u);
  EXPECT_EQ(table.rows[999][0].size(), 90u);
  EXPECT_EQ(table.rows[999][1], "valid");
}

TEST(CsvReader, DecodesWindows1252AndLatin1) {
  const std::string text = "a,b\n\x80 caf\xE9,\x93quoted\x94\n";
  EXPECT_TRUE(are(read_csv(text, {.encoding = "windows-1252"}).rows, {Strings{"€ café", "“quoted”"}}));
  EXPECT_TRUE(are(read_csv(text, {.encoding = "latin-1"}).rows, {Strings{"\xC2\x80 café", "\xC2\x93quoted\xC2\x94"}}));
}

TEST(CsvReader, SaysThatUtf16CannotBeRead) {
  EXPECT_TRUE(has(error_reading(std::string("\xFF\xFE"
                                            "a\0,\0",
                                            6)),
                  "UTF-16; save it as UTF-8"));
}

TEST(CsvReader, TakesTheDelimiterFromTheOptionsOrTheEnding) {
  EXPECT_TRUE(are(read_csv("a;b\n1;2,5\n", {.delimiter = ';'}).rows, {Strings{"1", "2,5"}}));
  EXPECT_TRUE(are(read_csv("a\tb\n1\t2,5\n", {}, "a.tsv").rows, {Strings{"1", "2,5"}}));
}

TEST(CsvReader, RefusesTwoColumnsOfOneName) {
  EXPECT_EQ(error_reading("id,text,id\n1,2,3\n"), "corrupt-data: a.csv: columns 1 and 3 are both named 'id'; give each its own name");
}

TEST(CsvReader, GivesAColumnWithoutANameOne) {
  const ReadTable table = read_csv(",text,column_1\n0,a,b\n");
  EXPECT_TRUE(are(table.columns, {"column_1_", "text", "column_1"}));
  EXPECT_TRUE(are(table.notes, {"column 1 of a.csv has no name and is called 'column_1_'"}));
}

TEST(CsvReader, GivesNoRowsOfAnEmptyFileOrAHeaderAlone) {
  EXPECT_TRUE(read_csv("").columns.empty());
  EXPECT_TRUE(read_csv("\n\r\n\n").columns.empty());
  EXPECT_TRUE(read_csv("\xEF\xBB\xBF").columns.empty());
  EXPECT_TRUE(are(read_csv("a,b").columns, {"a", "b"}));
  EXPECT_TRUE(read_csv("a,b\n").rows.empty());
}

TEST(CsvReader, RefusesMoreThanTenThousandColumns) {
  EXPECT_EQ(read_csv(std::string(9999, ',') + "\n" + std::string(9999, ',') + "\n").rows.size(), 1u);
  EXPECT_EQ(error_reading(std::string(10'000, ',') + "\n"), "corrupt-data: a.csv has 10001 columns; at most 10,000 can be read");
}

TEST(CsvReader, CountsAFieldLargerThan16MiB) {
  const std::string large(16 << 20, 'x');
  const ReadTable table = read_csv("a,b\n1," + large + "\n2," + large + "x\n3,y\n");
  EXPECT_TRUE(are(table.lines, {2, 4}));
  EXPECT_EQ(table.bad.at(0).reason, "a field is larger than 16 MiB");
}

TEST(CsvReader, RefusesARowLargerThan64MiB) {
  EXPECT_TRUE(has(error_reading("a,b\n1," + std::string(80 << 20, 'x')), "a row is larger than 64 MiB"));
}

TEST(CsvReader, KeepsOnlySomeOfVeryManyBadRows) {
  const TestFolder folder;
  std::string text = "a,b\n";
  for (int row = 0; row < 3000; ++row) text += "1\n";
  const auto reader = open_table(write_text(folder / "a.csv", text), {});
  EXPECT_FALSE(reader->next().rows);
  EXPECT_EQ(reader->bad_row_count(), 3000u);
  EXPECT_EQ(reader->bad_rows().size(), 1000u);
}

// Rows of every shape, some larger than the blocks in which files are read; what was written is what is read.
TEST(CsvReader, ReadsBackWhatWasWrittenAcrossBlocksAndBatches) {
  RandomStream random(7, "csv");
  std::string text = "a,b,c\r\n";
  std::vector<Strings> rows;
  for (int row = 0; row < 10'000; ++row) {
    rows.emplace_back();
    for (int column = 0; column < 3; ++column) {
      std::string value, written;
      const std::uint64_t bytes = random.below(row % 2500 == 17 ? 2'000'000 : 100);
      while (value.size() < bytes) value += "ab,\"\n\r "[random.below(7)];
      for (const char c : value) written += c == '"' ? std::string("\"\"") : std::string(1, c);
      rows.back().push_back(value);
      text += '"' + written + '"' + (column < 2 ? "," : "\r\n");
    }
  }
  const ReadTable table = read_csv(text);
  ASSERT_EQ(table.rows.size(), rows.size());
  EXPECT_TRUE(table.rows == rows);
  EXPECT_TRUE(table.bad.empty());
}

std::filesystem::path write_packed(const std::filesystem::path& path, std::string_view text, arrow::Compression::type kind) {
  const auto codec = arrow::util::Codec::Create(kind).ValueOrDie();
  const auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  const auto packed = arrow::io::CompressedOutputStream::Make(codec.get(), file).ValueOrDie();
  EXPECT_TRUE(packed->Write(text.data(), static_cast<std::int64_t>(text.size())).ok());
  EXPECT_TRUE(packed->Close().ok());
  return path;
}

std::string many_rows() {
  std::string text = "a,b\n";
  for (int row = 0; row < 20'000; ++row) text += std::to_string(row) + ",row " + std::to_string(row * 7919) + "\n";
  return text;
}

TEST(CsvReader, ReadsGzipAndZstandard) {
  const TestFolder folder;
  EXPECT_EQ(read_table(write_packed(folder / "a.csv.gz", many_rows(), arrow::Compression::GZIP)).rows.size(), 20'000u);
  EXPECT_EQ(read_table(write_packed(folder / "a.csv.zst", many_rows(), arrow::Compression::ZSTD)).rows.size(), 20'000u);
}

TEST(CsvReader, NamesAPackedFileThatIsCutOffOrNoSuchFile) {
  const TestFolder folder;
  for (const auto& [name, kind] : {std::pair("a.csv.gz", arrow::Compression::GZIP), std::pair("a.csv.zst", arrow::Compression::ZSTD)}) {
    const auto file = write_packed(folder / name, many_rows(), kind);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    const auto cut = error_of([&] { read_table(file); });
    ASSERT_TRUE(cut) << name;
    EXPECT_EQ(cut->code(), ErrorCode::kCorruptData);
    EXPECT_TRUE(has(cut->what(), name));
    const auto plain = error_of([&] { read_table(write_text(file, "a,b\n1,2\n")); });
    ASSERT_TRUE(plain) << name;
    EXPECT_EQ(plain->code(), ErrorCode::kCorruptData);
  }
}

TEST(CsvReader, RefusesAnArchiveThatUnpacksToFarTooMuch) {
  const TestFolder folder;
  {
    const auto codec = arrow::util::Codec::Create(arrow::Compression::ZSTD).ValueOrDie();
    const auto stream = arrow::io::FileOutputStream::Open((folder / "bomb.csv.zst").string()).ValueOrDie();
    const auto packed = arrow::io::CompressedOutputStream::Make(codec.get(), stream).ValueOrDie();
    const std::string block = "a," + std::string((8 << 20) - 3, 'x') + "\n";
    for (int times = 0; times < 140; ++times) ASSERT_TRUE(packed->Write(block.data(), static_cast<std::int64_t>(block.size())).ok());
    ASSERT_TRUE(packed->Close().ok());
  }
  const auto error = error_of([&] {
    const auto reader = open_table(folder / "bomb.csv.zst", {});
    while (reader->next().rows) {
    }
  });
  ASSERT_TRUE(error);
  EXPECT_TRUE(has(error->what(), "unpacks to more than 200 times its size"));
}

TEST(OpenTable, NamesWhatIsMissingAFolderOrOfAnotherFormat) {
  const TestFolder folder;
  make_folder(folder / "b.csv");
  write_text(folder / "c.xlsx", "");
  const auto missing = error_of([&] { open_table(folder / "a.csv", {}); });
  const auto is_folder = error_of([&] { open_table(folder / "b.csv", {}); });
  const auto other = error_of([&] { open_table(folder / "c.xlsx", {}); });
  ASSERT_TRUE(missing && is_folder && other);
  EXPECT_EQ(missing->code(), ErrorCode::kNotFound);
  EXPECT_TRUE(has(is_folder->what(), "is a folder; name the files in it"));
  EXPECT_TRUE(has(other->what(), "'c.xlsx' by its ending; known are .csv, .tsv, .jsonl, .ndjson, .parquet"));
}

TEST(CsvReader, ReadsTheRealFilesWhole) {
  const auto data = test_data();
  if (!data) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  for (const auto& [file, rows] :
       {std::pair("banking77/train.csv", 10'003u), std::pair("banking77/test.csv", 3080u),
        std::pair("cfpb_complaints/complaints_sample.csv", 6623u), std::pair("youtube_spam/comments.csv", 1956u)}) {
    const ReadTable table = read_table(*data / file);
    EXPECT_EQ(table.rows.size(), rows) << file;
    EXPECT_TRUE(table.bad.empty()) << file;
    EXPECT_EQ(table.repaired, 0u) << file;
  }
}

}  // namespace
}  // namespace hone
