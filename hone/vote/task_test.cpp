#include "hone/vote/task.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"

namespace hone {
namespace {

Task tree_task() {
  Task task;
  task.taxonomy = Taxonomy::parse(ConfigNode::parse_yaml("[{all: [{pay: [card, transfer]}, {fee: [monthly]}, other]}]", "t"));
  task.classes = task.taxonomy.classes();
  return task;
}

std::string complaint(const Task& task, const std::string& name) {
  try {
    task.vote_for(name);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Task, NamesAnswers) {
  const Task task = tree_task();
  const Answers answers = task.answers();
  EXPECT_EQ(task.name_of(task.vote_for("pay")), "pay");
  EXPECT_EQ(task.name_of(task.vote_against("card")), "not card");
  const auto names = task.answer_names();
  ASSERT_EQ(names.size(), answers.size());
  for (ClassId answer = 0; answer < answers.size(); ++answer) EXPECT_EQ(names[answer], task.name_of(answer));
}

TEST(Task, FindsAnswersByTheirNames) {
  const Task task = tree_task();
  EXPECT_EQ(task.find_answer("transfer"), 1);
  EXPECT_EQ(task.find_answer("pay"), task.vote_for("pay"));
  EXPECT_EQ(task.find_answer("not pay"), task.vote_against("pay"));
  EXPECT_EQ(task.find_answer("fee"), 2) << "a node above one class is that class";
  EXPECT_EQ(task.find_answer("all"), kNoClass) << "it says nothing";
  EXPECT_EQ(task.find_answer("not all"), kNoClass) << "it leaves nothing";
  EXPECT_EQ(task.find_answer("not"), kNoClass);
}

TEST(Task, OfTwoClassesHasNoSets) {
  Task task;
  task.classes = {"spam", "not spam"};
  EXPECT_EQ(task.find_answer("not spam"), 1);
  EXPECT_EQ(task.vote_against("spam"), 1);
  EXPECT_EQ(task.vote_against("not spam"), 0);
}

TEST(Task, RefusesVotesThatSayNothing) {
  EXPECT_EQ(complaint(tree_task(), "all"), "every class lies below 'all', so a vote on it says nothing; name a node further down");
  EXPECT_EQ(complaint(tree_task(), "pays"), "no class named 'pays'; did you mean 'pay'?");
}

TEST(Task, OfSeveralClassesKeepsEachAgainstApart) {
  Task task;
  task.kind = "multi-label";
  task.classes = {"a", "b"};
  EXPECT_EQ(task.vote_against("a"), 2);
  EXPECT_EQ(task.name_of(2), "not a");
}

}  // namespace
}  // namespace hone
