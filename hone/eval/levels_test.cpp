#include "hone/eval/levels.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"

namespace hone {
namespace {

// Classes a and b below pay, c below fee, d at the top: answers 4 (pay) and 5 (fee).
Taxonomy tree() { return Taxonomy::parse(ConfigNode::parse_yaml("[{pay: [a, b]}, {fee: [c]}, d]", "tree.yaml")); }

SoftLabels labels() {
  SoftLabels labels(4);
  labels.add_pattern(std::vector{0.9, 0.1, 0.0, 0.0}, 0);  // Surely a.
  labels.add_pattern(std::vector{0.5, 0.4, 0.1, 0.0}, 0);  // Surely pay.
  labels.add_pattern(std::vector{0.4, 0.0, 0.3, 0.3}, 0);  // Surely nothing.
  labels.add_pattern({}, kNoClass);
  return labels;
}

TEST(Levels, JudgeLabelsAtEachLevelOfTheTree) {
  const std::vector<ClassId> gold{0, 1, 2, 3};
  const SoftLabels given = labels();
  const auto levels = measure_levels({given, gold, {}}, std::vector<std::uint32_t>{0, 1, 2, 3}, tree(), 0.7);
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_EQ(levels[0].accuracy.value, 0.5) << "a and pay";
  EXPECT_EQ(levels[0].answered.value, 0.5);
  EXPECT_EQ(levels[0].right->value, 1.0);
  EXPECT_EQ(levels[1].accuracy.value, 0.25) << "a alone";
  EXPECT_EQ(levels[1].answered.value, 0.25);
  EXPECT_EQ(levels[1].right->value, 1.0);
}

TEST(Levels, CountANodeThatIsKnownDownToItsLevel) {
  const std::vector<ClassId> gold{4, 5, kNoClass, kNoClass};
  const SoftLabels given = labels();
  const auto levels = measure_levels({given, gold, {}}, std::vector<std::uint32_t>{0, 1}, tree(), 0.7);
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].accuracy.n, 2u);
  EXPECT_EQ(levels[0].accuracy.value, 0.5);
  EXPECT_EQ(nlohmann::json(levels[0]).at("level"), 1);
}

}  // namespace
}  // namespace hone
