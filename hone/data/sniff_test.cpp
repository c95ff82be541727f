#include "hone/data/sniff.h"

#include <gtest/gtest.h>

#include "hone/data/data_testing.h"

namespace hone {
namespace {

SniffedFile sniff_text(std::string_view text, const std::string& name = "a.csv") {
  const TestFolder folder;
  return sniff(write_text(folder / name, text));
}

std::string numbers(const std::string& row, int rows) {
  std::string text;
  for (int number = 0; number < rows; ++number) {
    std::string line = row;
    for (std::size_t at; (at = line.find('#')) != std::string::npos;) line.replace(at, 1, std::to_string(number));
    text += line + "\n";
  }
  return text;
}

TEST(Sniff, FindsTheDelimiterAndTheDecimalComma) {
  const SniffedFile file = sniff_text("name;price;note\n" + numbers("item #;1.234,5#;well, # of them", 50));
  EXPECT_EQ(file.read.delimiter, ';');
  EXPECT_EQ(file.read.decimal, ',');
  EXPECT_EQ(file.columns.size(), 3u);
  EXPECT_TRUE(has(joined(file.assumptions), "decimal: ',' because 50 numbers are written like 1.234,50"));
  EXPECT_TRUE(has(joined(file.assumptions), "delimiter: ';'"));
  EXPECT_EQ(sniff_text("a|b\n" + numbers("#|x, y", 20)).read.delimiter, '|');
  EXPECT_EQ(sniff_text("a\tb\n" + numbers("#\tx, y", 20)).read.delimiter, '\t');
  EXPECT_EQ(sniff_text("a,b\n" + numbers("#,x; y; z", 20)).read.delimiter, ',');
}

TEST(Sniff, FindsTheEncodingAndTheByteOrderMark) {
  EXPECT_EQ(sniff_text("a,b\n" + numbers("#,caf\xE9", 20)).read.encoding, "windows-1252");
  const SniffedFile utf8 = sniff_text(
      "\xEF\xBB\xBF"
      "a,b\n" +
      numbers("#,café", 20));
  EXPECT_EQ(utf8.read.encoding, "utf-8");
  EXPECT_TRUE(utf8.had_bom);
  EXPECT_TRUE(has(joined(utf8.assumptions), "encoding: UTF-8 (all of it is valid UTF-8)"));
  EXPECT_EQ(sniff_text("a,b\n" + numbers("#,café", 50) + "x,\xFF\n").read.encoding, "utf-8");
}

TEST(Sniff, SaysThatAHeaderIsMissing) {
  EXPECT_TRUE(sniff_text("id,text\n" + numbers("#,text #", 20)).has_header);
  for (const std::string text : {"17,first text\n", "first text,2026-01-05\n"}) {
    const SniffedFile file = sniff_text(text + numbers("#,text #", 20));
    EXPECT_FALSE(file.has_header);
    EXPECT_TRUE(has(joined(file.assumptions), "looks like data"));
  }
}

TEST(Sniff, TellsWhatColumnsAreAndCouldBeFor) {
  std::string text = "message_id,customer,date,amount,body,label\n";
  for (int row = 0; row < 200; ++row)
    text += "m" + std::to_string(row) + ",c" + std::to_string(row % 30) + ",2026-01-0" + std::to_string(1 + row % 9) + "," +
            std::to_string(row) + ".25,this is message " + std::to_string(row) + " of many," + (row % 3 ? "card" : "loan") + "\n";
  const SniffedFile file = sniff_text(text);
  std::vector<ColumnKind> kinds;
  for (const SniffedColumn& column : file.columns) kinds.push_back(column.kind);
  EXPECT_EQ(kinds[0], ColumnKind::kId);
  EXPECT_EQ(kinds[2], ColumnKind::kDate);
  EXPECT_EQ(kinds[3], ColumnKind::kNumber);
  EXPECT_EQ(kinds[4], ColumnKind::kText);
  EXPECT_EQ(kinds[5], ColumnKind::kCategory);
  ASSERT_TRUE(file.id && file.text && file.label && file.group);
  EXPECT_EQ(file.id->column, "message_id");
  EXPECT_EQ(file.text->column, "body");
  EXPECT_EQ(file.label->column, "label");
  EXPECT_EQ(file.group->column, "customer");
  EXPECT_EQ(file.first_rows.size(), 3u);
  EXPECT_TRUE(are(file.first_rows[0], {"m0", "c0", "2026-01-01", "0.25", "this is message 0 of many", "loan"}));
}

TEST(Sniff, PrefersTextsToAddressesAndNames) {
  const SniffedFile file =
      sniff_text("page,review\n" + numbers("https://shop.example/a/very/long/path/to/some/page/number/#,short words # here", 50));
  EXPECT_EQ(file.text->column, "review");
  // Texts that come again look like a category, and still are what there is to read.
  std::string again = "question,label\n";
  for (int row = 0; row < 200; ++row)
    again += std::string(row % 2 ? "where is my card" : "what is the fee") + "," + (row % 2 ? "card" : "fees") + "\n";
  EXPECT_EQ(sniff_text(again).text->column, "question");
  EXPECT_EQ(sniff_text(again).label->column, "label");
  EXPECT_FALSE(sniff_text("item,worker,label\n" + numbers("i#,w1,yes", 50)).text);
}

TEST(Sniff, TakesColumnsThatAreNamed) {
  const TestFolder folder;
  const auto path =
      write_text(folder / "a.csv", "id,text,other,label\n" + numbers("#,words and words #,longer words of another column #,x", 50));
  EXPECT_EQ(sniff(path).text->column, "text");
  const SniffedFile named = sniff(path, {.id = "", .text = "other", .label = {}, .group = {}});
  EXPECT_EQ(named.text->column, "other");
  EXPECT_FALSE(named.id);
  const auto error = error_of([&] { sniff(path, {.id = {}, .text = "txt", .label = {}, .group = {}}); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "text: no column 'txt'; did you mean 'text'?");
}

TEST(Sniff, SaysWhatElseCouldBeTheLabel) {
  std::string text = "text,topic,sentiment,tags_label\n";
  for (int row = 0; row < 100; ++row)
    text += "words and words " + std::to_string(row) + "," + (row % 2 ? "a" : "b") + "," + (row % 3 ? "c" : "d") + ",\"[1]\"\n";
  const SniffedFile file = sniff_text(text);
  EXPECT_EQ(file.label->column, "topic");
  EXPECT_TRUE(has(joined(file.assumptions), "label: 'sentiment' could be it, too (2 different values)"));
  EXPECT_TRUE(has(joined(file.assumptions), "label: not 'tags_label', which holds lists"));
}

TEST(Sniff, RefusesBytesThatAreNoText) {
  const TestFolder folder;
  const auto said = [&](std::string_view bytes, const char* name = "a.csv") {
    const auto error = error_of([&] { sniff(write_text(folder / name, bytes)); });
    return error ? std::string(error->what()) : std::string();
  };
  EXPECT_TRUE(has(said(std::string("PK\x03\x04") + std::string(50, '\0')), "save the sheet as CSV"));
  EXPECT_TRUE(has(said(std::string_view("a\0,\0b\0\n\0c\0,\0d\0\n\0", 16)), "iconv -f UTF-16LE"));
  EXPECT_TRUE(has(said(std::string(100, '\0') + "a,b"), "is no text"));
  EXPECT_TRUE(has(said("[{\"a\": 1}]", "a.json"), "jq -c '.[]' a.json > a.jsonl"));
  EXPECT_TRUE(has(said("{\"v\": [1], \"rows\": [{\"a\": 1}]}", "a.json"), "jq -c '.rows[]' a.json"));
}

TEST(Sniff, ReadsJsonl) {
  const SniffedFile file = sniff_text(numbers("{\"id\": #, \"text\": \"words and words #\"}", 30), "a.jsonl");
  ASSERT_TRUE(file.id && file.text);
  EXPECT_EQ(file.id->column, "id");
  EXPECT_EQ(file.text->column, "text");
}

TEST(Sniff, RefusesWhatHasNoRows) {
  const TestFolder folder;
  for (const char* text : {"", "a,b\n", "\n\n"}) {
    const auto error = error_of([&] { sniff(write_text(folder / "a.csv", text)); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(error_of([&] { sniff(folder / "none.csv"); })->code(), ErrorCode::kNotFound);
  EXPECT_EQ(error_of([&] { sniff(folder / "."); })->code(), ErrorCode::kInvalidArgument);
}

TEST(Sniff, UnderstandsTheRealFiles) {
  const auto data = test_data();
  if (!data) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  const SniffedFile bank = sniff(*data / "banking77/train.csv");
  EXPECT_EQ(bank.text->column, "text");
  EXPECT_EQ(bank.label->column, "category");
  EXPECT_FALSE(bank.id);
  const SniffedFile spam = sniff(*data / "youtube_spam/comments.csv");
  EXPECT_EQ(spam.columns[1].empty, 245u);
  EXPECT_EQ(spam.columns[1].kind, ColumnKind::kDate);
  EXPECT_EQ(spam.text->column, "content");
  EXPECT_EQ(spam.label->column, "class");
  EXPECT_FALSE(spam.id);
  EXPECT_TRUE(has(joined(spam.assumptions), "id: not 'comment_id', of which only 1953 of 1956 values differ"));
  const SniffedFile complaints = sniff(*data / "cfpb_complaints/complaints_sample.csv");
  EXPECT_EQ(complaints.id->column, "Complaint ID");
  EXPECT_EQ(complaints.text->column, "Consumer complaint narrative");
  EXPECT_EQ(complaints.label->column, "Product");
}

}  // namespace
}  // namespace hone
