#include "hone/vote/taxonomy.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"

namespace hone {
namespace {

Taxonomy tree_of(const std::string& yaml) { return Taxonomy::parse(ConfigNode::parse_yaml(yaml, "tree.yaml")); }

std::string complaint_of_tree(const std::string& yaml) {
  return complaint_of(ErrorCode::kInvalidProject, [&] { tree_of(yaml); });
}

const char kTree[] =
    "- payments:\n"
    "    - card\n"
    "    - transfer: [incoming, outgoing]\n"
    "- other\n";

const char kList[] =
    "- {class: payments}\n"
    "- {class: other}\n"
    "- {class: card, parent: payments}\n"
    "- {class: incoming, parent: transfer}\n"
    "- {class: transfer, parent: payments}\n"
    "- {class: outgoing, parent: transfer}\n";

TEST(Taxonomy, HasItsLeavesAsClassesInTheOrderOfTheTree) {
  for (const char* yaml : {kTree, kList}) {
    const Taxonomy tree = tree_of(yaml);
    EXPECT_EQ(tree.classes(), (std::vector<std::string>{"card", "incoming", "outgoing", "other"}));
    ASSERT_EQ(tree.nodes().size(), 2u);
    EXPECT_EQ(tree.nodes()[0].name, "payments");
    EXPECT_EQ(tree.nodes()[0].classes, (ClassRange{0, 3}));
    EXPECT_EQ(tree.nodes()[1].name, "transfer");
    EXPECT_EQ(tree.nodes()[1].classes, (ClassRange{1, 3}));
    EXPECT_EQ(tree.nodes()[1].parent, 0);
    EXPECT_EQ(tree.levels(), 3);
    EXPECT_EQ(tree.above(2), (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(tree.at_level(2, 2), 5);
    EXPECT_EQ(tree.at_level(2, 1), 4);
    EXPECT_EQ(tree.at_level(3, 2), 3) << "it ends at the top";
  }
}

TEST(Taxonomy, MayBeAMapOfMaps) {
  EXPECT_EQ(tree_of("{payments: {transfer: [incoming, outgoing], card: [debit]}, fees: [monthly]}").classes(),
            (std::vector<std::string>{"incoming", "outgoing", "debit", "monthly"}));
}

TEST(Taxonomy, RefusesANameTwice) {
  EXPECT_EQ(complaint_of_tree("- a\n- b\n- a\n"), "tree.yaml:3:3: 'a' stands here twice (line 1); take one out");
  EXPECT_EQ(complaint_of_tree("- {class: a}\n- {class: b}\n- {class: a}\n"), "tree.yaml:3:3: 'a' stands here twice (line 1); take one out");
}

TEST(Taxonomy, RefusesTwoParents) {
  EXPECT_EQ(
      complaint_of_tree("- fees: [a, b]\n- cards: [a, c]\n"),
      "tree.yaml:2:11: 'a' stands below both 'fees' (line 1) and 'cards'; a class has one parent: take one out, or give them two names");
  EXPECT_EQ(complaint_of_tree("- {class: x}\n- {class: y}\n- {class: a, parent: x}\n- {class: a, parent: y}\n"),
            "tree.yaml:4:3: 'a' stands below both 'x' (line 3) and 'y'; a class has one parent: take one out, or give them two names");
  EXPECT_EQ(
      complaint_of_tree("- fees: [a, fees]\n- b\n"),
      "tree.yaml:1:13: 'fees' stands below both the top (line 1) and 'fees'; a class has one parent: take one out, or give them two names");
}

TEST(Taxonomy, RefusesAParentThatIsNotThere) {
  EXPECT_EQ(complaint_of_tree("- {class: payments}\n- {class: card, parent: payment}\n"),
            "tree.yaml:2:25: no class named 'payment' in the list; did you mean 'payments'?; add {class: payment}");
}

TEST(Taxonomy, RefusesACircle) {
  EXPECT_EQ(complaint_of_tree("- {class: top}\n- {class: a, parent: b}\n- {class: b, parent: c}\n- {class: c, parent: b}\n"),
            "tree.yaml:2:3: 'b' stands below itself, by way of 'c'; one of them belongs at the top, without a parent");
  EXPECT_EQ(complaint_of_tree("- {class: a, parent: a}\n- {class: b}\n- {class: c}\n"),
            "tree.yaml:1:3: 'a' stands below itself; one of them belongs at the top, without a parent");
}

TEST(Taxonomy, RefusesAnInnerNodeWithoutClasses) {
  EXPECT_EQ(complaint_of_tree("- fees: []\n- a\n- b\n"),
            "tree.yaml:1:9: 'fees' has no classes below it; list them, or write its name alone where it is a class itself");
  EXPECT_NE(complaint_of_tree("- a\n- b\n- fees:\n").find("'fees' has no classes below it"), std::string::npos);
  EXPECT_EQ(complaint_of_tree("- fees: monthly\n- a\n"),
            "tree.yaml:1:9: expected the classes below 'fees' as a list, found 'monthly'; write [monthly]");
}

TEST(Taxonomy, RefusesTooManyLevels) {
  std::string yaml = "- {class: a0}\n- {class: b}\n";
  for (int level = 1; level < Taxonomy::kMostLevels; ++level)
    yaml += "- {class: a" + std::to_string(level) + ", parent: a" + std::to_string(level - 1) + "}\n";
  EXPECT_EQ(tree_of(yaml).levels(), Taxonomy::kMostLevels);
  yaml += "- {class: c, parent: a" + std::to_string(Taxonomy::kMostLevels - 1) + "}\n";
  EXPECT_EQ(
      complaint_of_tree(yaml),
      "tree.yaml:17:3: 'a15' lies too deep: a taxonomy has at most 16 levels, classes included; leave out levels that nobody votes for");
}

TEST(Taxonomy, RefusesTooFewAndTooManyClasses) {
  EXPECT_NE(complaint_of_tree("- fees: [a]\n").find("at least two classes"), std::string::npos);
  EXPECT_NE(complaint_of_tree("[]").find("at least two classes"), std::string::npos);
  std::string yaml = "[";
  for (int name = 0; name < 70000; ++name) yaml += std::to_string(name) + ",";
  EXPECT_NE(complaint_of_tree(yaml + "]").find("at most 65,534 classes and inner nodes"), std::string::npos);
}

TEST(Taxonomy, BacksOffToTheDeepestNodeThatIsCertainEnough) {
  const Taxonomy tree = tree_of(kTree);
  SoftLabels labels(4);
  labels.add_pattern(std::vector{0.0, 0.8, 0.1, 0.1}, 1);
  labels.add_pattern(std::vector{0.0, 0.4, 0.4, 0.2}, 1);
  labels.add_pattern(std::vector{0.3, 0.3, 0.2, 0.2}, 0);
  labels.add_pattern(std::vector{0.3, 0.3, 0.0, 0.4}, 3);
  labels.add_pattern({}, kNoClass);
  EXPECT_EQ(tree.certain_answer(labels, 0, 0.7), 1) << "incoming";
  EXPECT_EQ(tree.certain_answer(labels, 1, 0.7), 5) << "transfer";
  EXPECT_EQ(tree.certain_answer(labels, 2, 0.7), 4) << "payments";
  EXPECT_EQ(tree.certain_answer(labels, 3, 0.7), kNoClass);
  EXPECT_EQ(tree.certain_answer(labels, 4, 0.7), kNoClass);
  EXPECT_NEAR(tree.probability(labels, 1, 5), 0.8, 1e-6);
}

}  // namespace
}  // namespace hone
