#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <limits>

#include "hone/data/data_testing.h"

namespace hone {
namespace {

using Strings = std::vector<std::string>;

std::shared_ptr<arrow::Array> strings(const std::vector<std::string>& values) {
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> cast_to(const std::shared_ptr<arrow::DataType>& type, const std::vector<std::string>& values) {
  return arrow::compute::Cast(*strings(values), type).ValueOrDie();
}

std::filesystem::path write_parquet(const std::filesystem::path& path, const arrow::FieldVector& fields, const arrow::ArrayVector& arrays) {
  const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
  const auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  EXPECT_TRUE(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, 2, parquet::default_writer_properties(), properties).ok());
  EXPECT_TRUE(file->Close().ok());
  return path;
}

TEST(ParquetReader, KeepsPlainTypesAndTurnsOthersIntoText) {
  const TestFolder folder;
  const auto file = write_parquet(
      folder / "a.parquet",
      {arrow::field("t", arrow::utf8()), arrow::field("n", arrow::int32()), arrow::field("x", arrow::float32()),
       arrow::field("b", arrow::boolean()), arrow::field("d", arrow::date32()), arrow::field("w", arrow::timestamp(arrow::TimeUnit::MILLI)),
       arrow::field("l", arrow::large_utf8())},
      {strings({"a", "b", "c"}), cast_to(arrow::int32(), {"1", "2", "3"}), cast_to(arrow::float32(), {"0.5", "1.5", "2.5"}),
       cast_to(arrow::boolean(), {"true", "false", "true"}), cast_to(arrow::date32(), {"2026-01-05", "2026-01-06", "2026-01-07"}),
       cast_to(arrow::timestamp(arrow::TimeUnit::MILLI), {"2026-01-05 09:30:00", "2026-01-06", "2026-01-07"}),
       cast_to(arrow::large_utf8(), {"x", "y", "z"})});
  const ReadTable table = read_table(file);
  EXPECT_TRUE(are(table.types, {"string", "int64", "double", "bool", "string", "timestamp[us]", "string"}));
  EXPECT_EQ(table.rows.at(0), (Strings{"a", "1", "0.5", "true", "2026-01-05", "2026-01-05 09:30:00.000000", "x"}));
  EXPECT_TRUE(are(table.lines, {1, 2, 3}));
}

TEST(ParquetReader, ReadsADictionaryAsPlainText) {
  const TestFolder folder;
  const auto codes = cast_to(arrow::int32(), {"1", "0", "1"});
  const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
  const auto array = arrow::DictionaryArray::FromArrays(type, codes, strings({"no", "yes"})).ValueOrDie();
  const ReadTable table = read_table(write_parquet(folder / "a.parquet", {arrow::field("c", type)}, {array}));
  EXPECT_TRUE(are(table.types, {"string"}));
  EXPECT_TRUE(are(table.rows, {Strings{"yes"}, Strings{"no"}, Strings{"yes"}}));
}

TEST(ParquetReader, LeavesOutNestedColumnsAndSaysSo) {
  const TestFolder folder;
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  ASSERT_TRUE(lists.AppendNull().ok());
  const auto file =
      write_parquet(folder / "a.parquet", {arrow::field("t", arrow::utf8()), arrow::field("spans", arrow::list(arrow::int64()))},
                    {strings({"x"}), lists.Finish().ValueOrDie()});
  const ReadTable table = read_table(file);
  EXPECT_TRUE(are(table.columns, {"t"}));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_TRUE(has(table.notes[0], "column 'spans' of a.parquet is left out"));
}

TEST(ParquetReader, KeepsListsOfFloatsAsJson) {
  const TestFolder folder;
  const auto values = std::make_shared<arrow::FloatBuilder>();
  arrow::FixedSizeListBuilder lists(arrow::default_memory_pool(), values, 2);
  ASSERT_TRUE(lists.Append().ok() && values->AppendValues({0.1f, -2.0f}).ok());
  ASSERT_TRUE(lists.Append().ok() && values->Append(std::numeric_limits<float>::quiet_NaN()).ok() && values->AppendNull().ok());
  ASSERT_TRUE(lists.AppendNull().ok());
  const auto file =
      write_parquet(folder / "a.parquet", {arrow::field("v", arrow::fixed_size_list(arrow::float32(), 2))}, {lists.Finish().ValueOrDie()});
  const ReadTable table = read_table(file);
  EXPECT_TRUE(are(table.types, {"string"}));
  EXPECT_EQ(table.rows.at(0), (Strings{"[0.1,-2]"}));
  EXPECT_EQ(table.rows.at(1), (Strings{"[null,null]"}));
}

TEST(ParquetReader, RepairsInvalidUtf8) {
  const TestFolder folder;
  const ReadTable table = read_table(write_parquet(folder / "a.parquet", {arrow::field("t", arrow::utf8())}, {strings({"ok", "caf\xE9"})}));
  EXPECT_TRUE(are(table.rows, {Strings{"ok"}, Strings{"caf\xEF\xBF\xBD"}}));
  EXPECT_EQ(table.repaired, 1u);
}

TEST(ParquetReader, NamesAFileThatIsCutOffOrNoParquet) {
  const TestFolder folder;
  const auto file = write_parquet(folder / "a.parquet", {arrow::field("t", arrow::utf8())}, {strings({"x", "y", "z"})});
  std::string bytes = read_file(file);
  for (const std::string& broken :
       {std::string(), std::string("a,b\n1,2\n"), bytes.substr(0, bytes.size() / 2), bytes.substr(bytes.size() / 2)}) {
    const auto error = error_of([&] { read_table(write_text(folder / "b.parquet", broken)); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), ErrorCode::kCorruptData);
    EXPECT_TRUE(has(error->what(), "b.parquet"));
  }
}

// Whatever byte is damaged, there is an answer or an Error.
TEST(ParquetReader, SurvivesADamagedByteAnywhere) {
  const TestFolder folder;
  const std::string bytes = read_file(write_parquet(folder / "a.parquet", {arrow::field("t", arrow::utf8())}, {strings({"x", "y", "z"})}));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    error_of([&] { read_table(write_text(folder / "b.parquet", damaged)); });
  }
}

}  // namespace
}  // namespace hone
