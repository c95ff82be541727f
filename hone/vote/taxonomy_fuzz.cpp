// The input is a taxonomy. Whatever it holds: a tree whose nodes are runs of its classes, or an Error that says what is wrong with it.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/vote/taxonomy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const hone::Taxonomy tree = hone::Taxonomy::parse(hone::ConfigNode::parse_yaml(hone::bytes_of(data, size), "tree.yaml"));
    hone::require(tree.classes().size() >= 2 && tree.levels() <= hone::Taxonomy::kMostLevels);
    for (std::size_t place = 0; place < tree.nodes().size(); ++place) {
      const hone::Taxonomy::Node& node = tree.nodes()[place];
      hone::require(node.classes.begin < node.classes.end && node.classes.end <= tree.classes().size());
      hone::require(node.parent < static_cast<int>(place));
    }
    for (hone::ClassId id = 0; id < tree.classes().size(); ++id)
      hone::require(static_cast<int>(tree.above(id).size()) + 1 == tree.level_of(id));
  } catch (const hone::Error& error) {
    hone::require(error.code() == hone::ErrorCode::kInvalidProject);
  }
  return 0;
}
