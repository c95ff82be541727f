#include "hone/data/row_groups.h"

#include <gtest/gtest.h>

#include "hone/data/data_testing.h"

namespace hone {
namespace {

TEST(RowGroups, HangTogetherThroughChainsOfBothGroupings) {
  const RowGroups texts{kNoGroup, 0, 0, kNoGroup, 1, 1, kNoGroup}, customers{5, 5, 9, 9, kNoGroup, kNoGroup, kNoGroup};
  EXPECT_EQ(join_groups(texts, customers), (RowGroups{0, 0, 0, 0, 1, 1, kNoGroup}));
  EXPECT_EQ(join_groups({}, customers), (RowGroups{0, 0, 1, 1, kNoGroup, kNoGroup, kNoGroup}));
  EXPECT_EQ(join_groups(texts, {}), (RowGroups{kNoGroup, 0, 0, kNoGroup, 1, 1, kNoGroup}));
  EXPECT_TRUE(join_groups({}, {}).empty());
}

TEST(RowGroups, NumberEachRowThatStandsAlone) {
  RowGroups groups{kNoGroup, 4, 4, kNoGroup};
  number_rows_alone(groups);
  EXPECT_EQ(groups, (RowGroups{5, 4, 4, 6}));
}

TEST(RowGroups, AreReadBackAsTheyWereWritten) {
  const TestFolder folder;
  for (const RowGroups& groups : {RowGroups{kNoGroup, 0, 1, 0, 1, kNoGroup}, RowGroups{kNoGroup, kNoGroup}, RowGroups{}}) {
    write_row_groups(groups, folder / "groups");
    EXPECT_EQ(read_row_groups(folder / "groups", groups.size()), groups);
  }
}

TEST(RowGroups, AreRefusedWhereTheyAreNone) {
  const TestFolder folder;
  write_row_groups(RowGroups{0, 0}, folder / "groups");
  const auto error = error_of([&] { read_row_groups(folder / "groups", 1); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kCorruptData);
  EXPECT_TRUE(has(error->what(), "names row 1"));
  write_text(folder / "broken", "no Parquet at all");
  EXPECT_EQ(error_of([&] { read_row_groups(folder / "broken", 1); })->code(), ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace hone
