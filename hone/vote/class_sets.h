#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/vote/answers.h"

namespace hone {

/// The classes of each example, where an example may hold several: none, some, or not known at all.
class ClassSets {
 public:
  ClassSets() = default;
  /// So many examples of which nothing is known.
  explicit ClassSets(std::size_t examples) : begin_(examples + 1), known_(examples) {}

  /// Appends an example. `classes` ascend, each once.
  void add(std::span<const ClassId> classes);
  void add_unknown();

  std::size_t examples() const { return known_.size(); }
  bool empty() const { return known_.empty(); }
  bool known(std::size_t example) const { return known_[example]; }
  /// Empty where nothing is known.
  std::span<const ClassId> of(std::size_t example) const {
    return std::span(classes_).subspan(begin_[example], begin_[example + 1] - begin_[example]);
  }
  bool holds(std::size_t example, ClassId class_id) const;

 private:
  std::vector<std::uint64_t> begin_{0};
  std::vector<ClassId> classes_;
  std::vector<bool> known_;
};

}  // namespace hone
