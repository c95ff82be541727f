#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/reading_testing.h"

namespace hone {
namespace {

using Strings = std::vector<std::string>;

ReadTable read_jsonl(std::string_view text) {
  const TestFolder folder;
  return read_table(write_text(folder / "a.jsonl", text));
}

std::string type_of(const std::string& values) { return read_jsonl(values).types.at(0); }

TEST(JsonlReader, KeepsNumbersAndBooleansAndAbsence) {
  const ReadTable table =
      read_jsonl("{\"n\": 7, \"x\": 1.5, \"t\": \"caf\\u00e9\", \"b\": true}\n{\"x\": 2, \"n\": null, \"t\": \"\"}\r\n");
  EXPECT_TRUE(are(table.columns, {"n", "x", "t", "b"}));
  EXPECT_TRUE(are(table.types, {"int64", "double", "string", "bool"}));
  EXPECT_TRUE(are(table.rows, {Strings{"7", "1.5", "café", "true"}, Strings{"(null)", "2", "", "(null)"}}));
  EXPECT_TRUE(are(table.lines, {1, 2}));
}

Reading read_in_windows(const std::string& text, std::size_t block) {
  const auto window = [&] {
    auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text));
    return TextWindow(std::move(stream), Packing::kNone, "utf-8", "a.jsonl", block);
  };
  return reading_of([&] { return make_jsonl_reader(window(), text_for_null(*scan_jsonl(window()))); });
}

TEST(JsonlReader, TellsTheSameInWindowsOfAnySize) {
  const std::string text =
      "\xEF\xBB\xBF{\"a\": 1, \"b\": \"caf\\u00e9\"}\r\n\n{\"a\": 2.5}\nno row\n{\"b\": null, \"c\": [1, \"\\n\"]}\n{\"a\": ";
  const Reading whole = read_in_windows(text, 4096);
  ASSERT_TRUE(whole.rows) << whole.error;
  EXPECT_TRUE(are(whole.lines, {1, 3, 5}));
  EXPECT_EQ(whole.bad.size(), 2u);
  for (std::size_t block = 1; block <= text.size(); ++block)
    EXPECT_TRUE(is_same(whole, read_in_windows(text, block))) << "in windows of " << block;
}

TEST(JsonlReader, CountsRowsThatNameNoColumn) {
  const Reading reading = read_in_windows("{}\n{}\n", 4096);
  ASSERT_TRUE(reading.rows) << reading.error;
  EXPECT_EQ(reading.rows->num_rows(), 2);
  EXPECT_TRUE(are(reading.lines, {1, 2}));
}

TEST(JsonlReader, MakesTextAsWrittenOfMixedColumns) {
  const ReadTable table = read_jsonl("{\"a\": 1.50}\n{\"a\": \"x\"}\n{\"a\": true}\n{\"a\": [1, {\"k\": \"v\"}]}\n{\"a\": null}\n");
  EXPECT_TRUE(are(table.types, {"string"}));
  EXPECT_TRUE(are(table.rows, {Strings{"1.50"}, Strings{"x"}, Strings{"true"}, Strings{"[1, {\"k\": \"v\"}]"}, Strings{"(null)"}}));
}

TEST(JsonlReader, TakesNumbersThatPythonAloneWritesWhereItIsToldTo) {
  const TestFolder folder;
  const auto file =
      write_text(folder / "a.jsonl", "{\"a\": NaN}\n{\"a\": -Infinity}\n{\"a\": [Infinity]}\n{\"a\": 1}\n{\"a\": -I}\n{\"a\": Nan}\n");
  const ReadTable strict = read_table(file), pythons = read_table(file, {.python_numbers = true});
  EXPECT_EQ(strict.rows.size(), 1u);
  EXPECT_EQ(strict.bad.size(), 5u);
  EXPECT_TRUE(are(pythons.rows, {Strings{"NaN"}, Strings{"-Infinity"}, Strings{"[Infinity]"}, Strings{"1"}}));
  EXPECT_EQ(pythons.bad.size(), 2u);
}

TEST(JsonlReader, NamesTheColumnsOfItsFirstLinesWithoutReadingOn) {
  const TestFolder folder;
  const auto file = write_text(folder / "a.jsonl", "{\"a\": 1}\n{\"b\": \"x\"}\n{\"c\": 1}\n");
  EXPECT_TRUE(are(first_columns(file, {}, 2)->field_names(), {"a", "b"}));
  EXPECT_TRUE(are(first_columns(file, {}, 100)->field_names(), {"a", "b", "c"}));
}

TEST(JsonlReader, NeverRoundsAWholeNumber) {
  EXPECT_EQ(type_of("{\"a\": 9223372036854775807}"), "int64");
  EXPECT_EQ(type_of("{\"a\": 9223372036854775808}"), "string");
  EXPECT_EQ(type_of("{\"a\": 9007199254740993}\n{\"a\": 0.5}"), "string");
  EXPECT_EQ(type_of("{\"a\": 9007199254740992}\n{\"a\": 0.5}"), "double");
  EXPECT_EQ(type_of("{\"a\": true}\n{\"a\": 1}"), "string");
  EXPECT_EQ(type_of("{\"a\": null}"), "string");
}

TEST(JsonlReader, CountsLinesThatAreNoRows) {
  const ReadTable table =
      read_jsonl("{\"a\": 1}\nnot json\n[1]\n{\"a\": 01}\n\n{\"a\": \"\xFF\"}\n{\"a\": 1} x\n{\"a\": \"\\ud800\"}\n{\"a\": 2}\n{\"a\": ");
  EXPECT_TRUE(are(table.rows, {Strings{"1"}, Strings{"2"}}));
  EXPECT_TRUE(are(table.lines, {1, 9}));
  std::vector<std::uint64_t> lines;
  for (const BadRow& bad : table.bad) lines.push_back(bad.line);
  EXPECT_TRUE(are(lines, {2, 3, 4, 6, 7, 8, 10}));
  EXPECT_EQ(table.bad[1].reason, "the line is not a JSON object");
  EXPECT_EQ(table.bad[3].reason, "the line is not valid UTF-8");
  EXPECT_TRUE(has(table.bad[4].reason, "something follows the object"));
  EXPECT_TRUE(has(table.bad[5].reason, "a surrogate pair has only one half"));
}

TEST(JsonlReader, TakesTheLastOfTwoValuesOfAKeyAndSaysSo) {
  const ReadTable table = read_jsonl("{\"a\": 1, \"a\": 2}\n");
  EXPECT_TRUE(are(table.rows, {Strings{"2"}}));
  EXPECT_TRUE(are(table.notes, {"a.jsonl: 1 times a row names a key twice; the last value is taken"}));
}

TEST(JsonlReader, RefusesDepthBeyond64) {
  const auto nested = [](int depth) {
    return "{\"a\": " + std::string(static_cast<std::size_t>(depth - 1), '[') + std::string(static_cast<std::size_t>(depth - 1), ']') +
           "}\n";
  };
  EXPECT_EQ(read_jsonl(nested(64)).rows.size(), 1u);
  EXPECT_TRUE(has(read_jsonl(nested(65)).bad.at(0).reason, "nested deeper than 64"));
  EXPECT_EQ(read_jsonl(nested(1'000'000)).bad.size(), 1u);
}

TEST(JsonlReader, CountsALineLongerThan16MiBAndReadsOn) {
  const auto line = [](std::size_t bytes) { return "{\"a\": \"" + std::string(bytes, 'x') + "\"}\n"; };
  const ReadTable table = read_jsonl(line(15 << 20) + line(40 << 20) + line(1) + line(17 << 20));
  EXPECT_TRUE(are(table.lines, {1, 3}));
  ASSERT_EQ(table.bad.size(), 2u);
  EXPECT_EQ(table.bad[0].line, 2u);
  EXPECT_EQ(table.bad[1].line, 4u);
}

TEST(JsonlReader, TakesAByteOrderMarkAndBlankLines) {
  EXPECT_TRUE(are(read_jsonl("\xEF\xBB\xBF\n{\"a\": 1}\n  \n").rows, {Strings{"1"}}));
  EXPECT_TRUE(read_jsonl("").columns.empty());
}

bool is_object(const std::string& line) {
  const auto parsed = nlohmann::json::parse(line, nullptr, false);
  return parsed.is_object();
}

bool is_row(const std::string& line) {
  JsonRow row;
  try {
    row.parse(line);
    return true;
  } catch (const BadJson&) {
    return false;
  }
}

// The oracle is a JSON library; every line is some valid row with one byte changed, left out or put in.
TEST(JsonRow, AgreesWithALibraryOnWhatIsJson) {
  const std::string valid =
      R"({"a": [1, -0.5e+3, true, null, {"k": "v\u00e9\ud83d\ude00\n"}], "b": "x y", "c": {}, "d": [], "e": 0, "f": false})";
  ASSERT_TRUE(is_row(valid));
  const std::string bytes = "{}[]\",:\\u0127.eE+-tfn x\x01\xC3\x7F";
  for (std::size_t at = 0; at <= valid.size(); ++at) {
    for (const char byte : bytes) {
      std::string inserted = valid, changed = valid;
      inserted.insert(at, 1, byte);
      if (at < valid.size()) changed[at] = byte;
      EXPECT_EQ(is_row(inserted), is_object(inserted)) << inserted;
      EXPECT_EQ(is_row(changed), is_object(changed)) << changed;
    }
    const std::string shorter = valid.substr(0, at) + (at < valid.size() ? valid.substr(at + 1) : "");
    EXPECT_EQ(is_row(shorter), is_object(shorter)) << shorter;
    EXPECT_EQ(is_row(valid.substr(0, at)), is_object(valid.substr(0, at)));
  }
}

TEST(JsonRow, UnescapesAsALibraryDoes) {
  const std::string line = R"({"\u00e9\"k": "\\\/\b\f\n\r\t\u0000\u20ac\ud83d\ude00 plain \u007f\u07ff\u0800"})";
  JsonRow row;
  const auto members = row.parse(line);
  const auto parsed = nlohmann::json::parse(line);
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].key, parsed.begin().key());
  EXPECT_EQ(members[0].value.text, parsed.begin()->get<std::string>());
}

}  // namespace
}  // namespace hone
