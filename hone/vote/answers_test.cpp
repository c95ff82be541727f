#include "hone/vote/answers.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

std::vector<ClassId> classes_of(const Answers& answers, ClassId answer) {
  std::vector<ClassId> classes;
  answers.for_each_class(answer, [&](ClassId id) { classes.push_back(id); });
  return classes;
}

// Classes 0 to 3; 4 is {0, 1}, 5 is {2, 3}; 6 to 9 are not 0 to not 3; 10 is not {0, 1}, 11 is not {2, 3}.
Answers tree() { return Answers(4, {{0, 2}, {2, 4}}); }

TEST(Answers, OfClassesAloneAreTheClasses) {
  const Answers answers = 3;
  EXPECT_EQ(answers.size(), 3u);
  EXPECT_FALSE(answers.has_against());
  EXPECT_EQ(classes_of(answers, 1), std::vector<ClassId>{1});
  EXPECT_TRUE(answers.agree(1, 1));
  EXPECT_FALSE(answers.agree(1, 2));
}

TEST(Answers, LeaveTheClassesThatTheyName) {
  EXPECT_EQ(tree().size(), 12u);
  EXPECT_EQ(classes_of(tree(), tree().group(0)), (std::vector<ClassId>{0, 1}));
  EXPECT_EQ(classes_of(tree(), tree().against(1)), (std::vector<ClassId>{0, 2, 3}));
  EXPECT_EQ(classes_of(tree(), tree().against(5)), (std::vector<ClassId>{0, 1}));
  EXPECT_EQ(tree().subject(7), 1);
}

// By the definition: some class is left by both; every class of what is known is left.
TEST(Answers, AgreeWhereSomeClassIsLeftByBoth) {
  const Answers answers = tree();
  for (ClassId a = 0; a < answers.size(); ++a) {
    EXPECT_EQ(answers.breadth(a), classes_of(answers, a).size());
    for (ClassId b = 0; b < answers.size(); ++b) {
      bool meet = false, covers = true;
      for (ClassId id = 0; id < 4; ++id) {
        meet |= answers.allows(a, id) && answers.allows(b, id);
        covers &= answers.allows(a, id) || !answers.allows(b, id);
      }
      EXPECT_EQ(answers.agree(a, b), meet) << a << " and " << b;
      if (!answers.is_against(b)) {
        EXPECT_EQ(answers.covers(a, b), covers) << a << " and " << b;
      }
    }
  }
}

TEST(Answers, AboutDifferentClassesAgreeWhereARowMayHoldSeveral) {
  const Answers answers(3, {}, Answers::Rows::kSeveral);
  EXPECT_TRUE(answers.agree(0, 1));
  EXPECT_TRUE(answers.agree(0, answers.against(1)));
  EXPECT_TRUE(answers.agree(answers.against(0), answers.against(1)));
  EXPECT_FALSE(answers.agree(0, answers.against(0)));
}

TEST(Answers, OfTooManyClassesHaveNoNot) {
  EXPECT_TRUE(Answers(32767, {}).has_against());
  EXPECT_EQ(Answers(32767, {}).size(), 65534u);
  EXPECT_FALSE(Answers(32768, {}).has_against());
  EXPECT_EQ(Answers(65534, {}).size(), 65534u);
}

TEST(Answers, AreEqualWhenTheyLeaveTheSame) {
  EXPECT_EQ(tree(), tree());
  EXPECT_NE(tree(), Answers(4, {{0, 2}}));
  EXPECT_NE(Answers(4), Answers(4, {}));
}

}  // namespace
}  // namespace hone
