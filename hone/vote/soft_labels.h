#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// A distribution over classes per *pattern*, sparse: the listed classes with their probabilities, and what is left of 1
/// spread evenly over the classes not listed; and the pattern of each example. Labels of a label model and
/// predictions of a model (there every example is a pattern of its own) have this one form.
class SoftLabels {
 public:
  /// Lists at most this many classes a pattern; with more, those of least probability are left to the rest.
  static constexpr std::size_t kMaxListed = 16;

  SoftLabels() = default;
  explicit SoftLabels(std::size_t classes) : classes_(classes) {}

  /// Appends a pattern. `distribution` has one probability per class (sum 1); `hard` is its hard label, kNoClass for a
  /// pattern that gets no label, whose distribution may be empty. Returns the pattern's number.
  std::uint32_t add_pattern(std::span<const double> distribution, ClassId hard);

  /// Appends the patterns of `more`, which has the same classes and one example a pattern.
  void append(SoftLabels more);

  /// The pattern of each example; without this call, example e has pattern e.
  void set_examples(std::vector<std::uint32_t> pattern_of);

  std::size_t classes() const { return classes_; }
  std::size_t patterns() const { return hard_.size(); }
  std::size_t examples() const { return pattern_of_.empty() ? hard_.size() : pattern_of_.size(); }
  std::uint32_t pattern(std::size_t example) const {
    return pattern_of_.empty() ? static_cast<std::uint32_t>(example) : pattern_of_[example];
  }
  bool one_pattern_each() const { return pattern_of_.empty(); }

  /// The labels of some examples alone, which become examples 0, 1, 2… in the order given, each with a pattern of its own.
  SoftLabels only(std::span<const std::uint32_t> examples) const;

  /// kNoClass where the pattern has no label.
  ClassId hard_of_pattern(std::size_t pattern) const { return hard_[pattern]; }
  ClassId hard(std::size_t example) const { return hard_[pattern(example)]; }

  std::span<const ClassId> listed_classes(std::size_t pattern) const;  // Ascending.
  std::span<const float> listed_probabilities(std::size_t pattern) const;
  /// Mass of all classes not listed; exactly 0 when every possible class is.
  double rest(std::size_t pattern) const;

  double probability_in_pattern(std::size_t pattern, ClassId class_id) const;
  double probability(std::size_t example, ClassId class_id) const { return probability_in_pattern(pattern(example), class_id); }
  /// Probability of the hard label; 0 without one.
  double confidence(std::size_t example) const;

 private:
  friend SoftLabels read_soft_labels(const std::filesystem::path& patterns, const std::filesystem::path& examples);
  std::uint32_t add_all(std::span<const double> distribution, ClassId hard);
  std::uint32_t add_listed(std::span<const ClassId> listed, std::span<const float> probabilities, ClassId hard);

  std::size_t classes_ = 0;
  std::vector<std::uint64_t> begin_{0};
  std::vector<ClassId> class_ids_;
  std::vector<float> probabilities_;
  std::vector<ClassId> hard_;
  std::vector<std::uint32_t> pattern_of_;
};

/// Two Parquet files: `patterns` (hard: uint16 null for none; classes: list<uint16>; probabilities: list<float>), a row per
/// pattern; and `examples` (pattern: uint32), a row per example, absent when every example is its own pattern.
/// Same labels, same bytes. The number of classes stands in the Parquet key-value metadata as `hone.classes`.
void write_soft_labels(const SoftLabels& labels, const std::filesystem::path& patterns, const std::filesystem::path& examples);

/// `examples` may be empty. Throws kCorruptData, naming the file, when it does not hold soft labels.
SoftLabels read_soft_labels(const std::filesystem::path& patterns, const std::filesystem::path& examples);

}  // namespace hone
