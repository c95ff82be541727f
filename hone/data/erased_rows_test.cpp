#include "hone/data/erased_rows.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"
#include "hone/core/file.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

TEST(ErasedRows, AreNoneWithoutAFile) {
  const TestFolder folder;
  const ErasedRows rows = ErasedRows::read(folder / "erased.json");
  EXPECT_TRUE(rows.empty());
  EXPECT_FALSE(rows.holds("row-1"));
}

TEST(ErasedRows, AreKnownAgainFromTheFile) {
  const TestFolder folder;
  ErasedRows rows;
  rows.add("row-1");
  rows.write(folder / "erased.json");
  ErasedRows again = ErasedRows::read(folder / "erased.json");
  EXPECT_TRUE(again.holds("row-1"));
  EXPECT_FALSE(again.holds("row-2"));
  EXPECT_EQ(again.version(), rows.version());
  again.add("row-2");
  EXPECT_NE(again.version(), rows.version());
}

TEST(ErasedRows, DoNotStandInTheFileByName) {
  const TestFolder folder;
  ErasedRows rows;
  rows.add("jane.doe@example.org");
  rows.write(folder / "erased.json");
  EXPECT_EQ(read_file(folder / "erased.json").find("jane"), std::string::npos);
}

TEST(ErasedRows, OfTwoProjectsHaveOtherHashes) {
  ErasedRows one, other;
  one.add("row-1");
  other.add("row-1");
  EXPECT_NE(one.version(), other.version());
}

TEST(ErasedRows, AreNotLostInABrokenFile) {
  const TestFolder folder;
  for (const char* text : {"", "[]", "{\"format\":\"hone-erased/1\"}", "{\"format\":\"hone-erased/1\",\"salt\":\"00\",\"rows\":[]}"}) {
    write_file_atomically(folder / "erased.json", text);
    EXPECT_NE(complaint_of([&] { ErasedRows::read(folder / "erased.json"); }).find("would come back"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace hone
