#include "hone/flow/table_writer.h"

#include <gtest/gtest.h>

#include <sstream>

#include "hone/core/error.h"

namespace hone {
namespace {

const std::vector<TableColumn> kColumns{{"id"}, {"share", ColumnType::kNumber}, {"more"}};

TEST(TableWriter, WritesJsonObjectsAsSuchInJsonl) {
  std::ostringstream out;
  const auto writer = jsonl_writer(out, kColumns);
  writer->add({"a \"b\"", 0.5, nlohmann::json{{"x", 1}}});
  writer->finish();
  EXPECT_EQ(out.str(), "{\"id\": \"a \\\"b\\\"\", \"share\": 0.5, \"more\": {\"x\":1}}\n");
}

TEST(TableWriter, QuotesWhatCsvNeedsQuoted) {
  std::ostringstream out;
  const auto writer = csv_writer(out, kColumns, false);
  writer->add({"a,\"b\"\nc", 0.5, nullptr});
  writer->finish();
  EXPECT_EQ(out.str(), "id,share,more\n\"a,\"\"b\"\"\nc\",0.5,\n");
}

TEST(TableWriter, GuardsEveryWayToBeginAFormula) {
  for (const std::string start : {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}) {
    std::ostringstream out;
    csv_writer(out, {{"text"}}, true)->add({start + "1+1"});
    EXPECT_NE(out.str().find("\"'" + start), std::string::npos) << start;
  }
}

TEST(TableWriter, LeavesNumbersAloneWhenItGuards) {
  std::ostringstream out;
  csv_writer(out, {{"share", ColumnType::kNumber}}, true)->add({-0.5});
  EXPECT_NE(out.str().find("\n-0.5\n"), std::string::npos);
}

TEST(TableWriter, SaysThatTheStreamFailed) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_THROW(jsonl_writer(out, kColumns)->finish(), Error);
}

}  // namespace
}  // namespace hone
