#include "hone/vote/class_sets.h"

#include <algorithm>
#include <cassert>

namespace hone {

void ClassSets::add(std::span<const ClassId> classes) {
  assert(std::ranges::adjacent_find(classes, std::ranges::greater_equal{}) == classes.end());
  classes_.insert(classes_.end(), classes.begin(), classes.end());
  begin_.push_back(classes_.size());
  known_.push_back(true);
}

void ClassSets::add_unknown() {
  begin_.push_back(classes_.size());
  known_.push_back(false);
}

bool ClassSets::holds(std::size_t example, ClassId class_id) const { return std::ranges::binary_search(of(example), class_id); }

}  // namespace hone
