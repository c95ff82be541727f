#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/config.h"
#include "hone/vote/answers.h"
#include "hone/vote/soft_labels.h"

namespace hone {

/// The tree of a task's classes: the leaves are the classes, in the order of the tree; the inner nodes are groups of neighbouring
/// classes. Empty for a task whose classes stand side by side.
class Taxonomy {
 public:
  struct Node {
    std::string name;
    int parent = -1;     // Place of the node above; -1 at the top.
    int level = 1;       // 1 at the top.
    ClassRange classes;  // Below it.
  };
  /// A tree that is deeper was hardly meant.
  static constexpr int kMostLevels = 16;

  Taxonomy() = default;

  /// Reads either form:
  ///     - payments: [card_payment, {transfer: [incoming, outgoing]}]       the tree as it is; a name alone is a class
  ///     - other
  /// or a list that names what each stands below:
  ///     - {class: payments}
  ///     - {class: card_payment, parent: payments}
  /// Throws kInvalidProject with file and line: for a name twice (naming both places), two parents, a parent that is not there, a circle,
  /// an inner node without classes, more than kMostLevels, fewer than two classes, more classes and nodes than can be numbered.
  static Taxonomy parse(const ConfigNode& tree);

  bool empty() const { return nodes_.empty(); }
  const std::vector<std::string>& classes() const { return classes_; }
  const std::vector<Node>& nodes() const { return nodes_; }  // Inner ones, each before those below it.
  std::vector<ClassRange> groups() const;
  int levels() const;  // Of the deepest class; 1 where all classes stand at the top.

  /// The inner nodes above a class, from the top down.
  std::vector<std::size_t> above(ClassId class_id) const;
  /// What an answer (a class or a group) is at a level: the node of that level above it, itself where it ends higher up.
  ClassId at_level(ClassId answer, int level) const;
  int level_of(ClassId answer) const;

  /// The deepest answer, class or group, whose classes together have at least `certainty` (above 0.5, so that there is one at most per
  /// level) of a pattern's distribution; kNoClass where not even a node at the top has, or the pattern has no label.
  ClassId certain_answer(const SoftLabels& labels, std::size_t pattern, double certainty) const;
  /// Probability of all classes of an answer together.
  double probability(const SoftLabels& labels, std::size_t pattern, ClassId answer) const;

 private:
  friend class TaxonomyReader;

  std::vector<std::string> classes_;
  std::vector<Node> nodes_;
  std::vector<int> parent_;  // By class: the node above, -1 at the top.
};

}  // namespace hone
