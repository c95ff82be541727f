#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// Probabilities of classes where an example may hold several, each class a question of its own: per *pattern*, sparse, and the pattern
/// of each example. A labeled pattern lists classes with their probabilities; each class that it does not list has that of its silence,
/// the same for all patterns. A pattern without a label lists none. The labels of a multi-label task, and predictions (every example a
/// pattern of its own, every class listed), have this one form.
class SoftSets {
 public:
  SoftSets() = default;
  /// By class: how probable it is in a labeled pattern that does not list it, in [0, 1].
  explicit SoftSets(std::vector<float> silent) : silent_(std::move(silent)) {}

  /// Appends a labeled pattern and returns its number. REQUIRES: classes ascend; as many probabilities, in [0, 1].
  std::uint32_t add_pattern(std::span<const ClassId> listed, std::span<const float> probabilities);
  std::uint32_t add_unlabeled();

  /// The pattern of each example; without this call, example e has pattern e.
  void set_examples(std::vector<std::uint32_t> pattern_of);

  std::size_t classes() const { return silent_.size(); }
  std::size_t patterns() const { return labeled_.size(); }
  std::size_t examples() const { return pattern_of_.empty() ? labeled_.size() : pattern_of_.size(); }
  std::uint32_t pattern(std::size_t example) const {
    return pattern_of_.empty() ? static_cast<std::uint32_t>(example) : pattern_of_[example];
  }
  bool one_pattern_each() const { return pattern_of_.empty(); }
  std::span<const float> silent() const { return silent_; }

  bool labeled_pattern(std::size_t pattern) const { return labeled_[pattern]; }
  bool labeled(std::size_t example) const { return labeled_[pattern(example)]; }
  std::span<const ClassId> listed_classes(std::size_t pattern) const;  // Ascending.
  std::span<const float> listed_probabilities(std::size_t pattern) const;

  /// REQUIRES: the pattern has a label.
  double probability_in_pattern(std::size_t pattern, ClassId class_id) const;
  double probability(std::size_t example, ClassId class_id) const { return probability_in_pattern(pattern(example), class_id); }
  /// The hard label: the classes that are more likely than not, ascending; none without a label.
  std::vector<ClassId> hard_of_pattern(std::size_t pattern) const;
  std::vector<ClassId> hard(std::size_t example) const { return hard_of_pattern(pattern(example)); }
  /// A class is held from above this on; at it the sources are of two minds, and it is not.
  static constexpr double kHeld = 0.5;

 private:
  std::vector<float> silent_;
  std::vector<std::uint64_t> begin_{0};
  std::vector<ClassId> class_ids_;
  std::vector<float> probabilities_;
  std::vector<bool> labeled_;
  std::vector<std::uint32_t> pattern_of_;
};

/// Two Parquet files: `patterns` (labeled: bool; classes: list<uint16>; probabilities: list<float>), a row per pattern; and `examples`
/// (pattern: uint32), absent when every example is its own pattern. The key-value metadata holds `hone.silent`, a JSON list by class.
/// Same sets, same bytes.
void write_soft_sets(const SoftSets& sets, const std::filesystem::path& patterns, const std::filesystem::path& examples);

/// `examples` may be empty. Throws kCorruptData, naming the file, when it does not hold soft sets.
SoftSets read_soft_sets(const std::filesystem::path& patterns, const std::filesystem::path& examples);

}  // namespace hone
