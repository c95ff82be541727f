#include "hone/vote/class_sets.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(ClassSets, KnowSomeNoneOrNothing) {
  ClassSets sets;
  sets.add(std::vector<ClassId>{1, 4});
  sets.add_unknown();
  sets.add({});
  EXPECT_EQ(sets.examples(), 3u);
  EXPECT_TRUE(sets.holds(0, 4));
  EXPECT_FALSE(sets.holds(0, 2));
  EXPECT_FALSE(sets.known(1));
  EXPECT_TRUE(sets.known(2));
  EXPECT_TRUE(sets.of(2).empty());
  EXPECT_FALSE(ClassSets(2).known(1));
}

}  // namespace
}  // namespace hone
