#include "hone/vote/soft_sets.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

SoftSets sets() {
  SoftSets sets({0.1f, 0.2f, 0.6f});
  sets.add_pattern(std::vector<ClassId>{0, 1}, std::vector<float>{0.9f, 0.5f});
  sets.add_unlabeled();
  sets.set_examples({0, 1, 0});
  return sets;
}

TEST(SoftSets, TakeWhatIsNotListedFromSilence) {
  EXPECT_FLOAT_EQ(sets().probability(2, 0), 0.9f);
  EXPECT_FLOAT_EQ(sets().probability(0, 2), 0.6f);
  EXPECT_EQ(sets().hard(0), (std::vector<ClassId>{0, 2})) << "at one half a class is not held";
  EXPECT_TRUE(sets().hard(1).empty());
  EXPECT_FALSE(sets().labeled(1));
}

TEST(SoftSets, ComeBackFromTheirFiles) {
  const RemovedAtEnd folder(temporary_name(testing::TempDir()));
  make_folder(folder.path());
  write_soft_sets(sets(), folder.path() / "patterns", folder.path() / "examples");
  const SoftSets read = read_soft_sets(folder.path() / "patterns", folder.path() / "examples");
  ASSERT_EQ(read.examples(), 3u);
  EXPECT_EQ(read.hard(2), sets().hard(2));
  EXPECT_FALSE(read.labeled(1));
  EXPECT_FLOAT_EQ(read.silent()[1], 0.2f);
}

TEST(SoftSets, RefuseOtherFiles) {
  const RemovedAtEnd folder(temporary_name(testing::TempDir()));
  make_folder(folder.path());
  write_file_atomically(folder.path() / "patterns", "no Parquet");
  EXPECT_THROW(read_soft_sets(folder.path() / "patterns", {}), Error);
}

}  // namespace
}  // namespace hone
