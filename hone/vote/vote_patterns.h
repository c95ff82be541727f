#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// The distinct rows of a vote matrix with their counts, and the pattern of each example. Label models work on these:
/// a million examples with a thousand patterns cost a thousand distributions. Patterns are numbered by first
/// appearance; the pattern without votes, when an example has none, is one of them. Votes that differ in confidence
/// are different patterns.
class VotePatterns {
 public:
  /// O(votes + examples) time.
  explicit VotePatterns(const VoteMatrix& votes);

  const VoteShape& shape() const { return shape_; }  // Of the matrix: examples, sources, classes.
  std::size_t size() const { return counts_.size(); }
  std::uint64_t count(std::size_t pattern) const { return counts_[pattern]; }
  ExampleVotes votes(std::size_t pattern) const;
  std::span<const std::uint32_t> pattern_of() const { return pattern_of_; }  // By example.

 private:
  VoteShape shape_;
  std::vector<std::uint64_t> begin_{0};
  std::vector<std::uint32_t> sources_;
  std::vector<ClassId> classes_;
  std::vector<float> confidence_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint32_t> pattern_of_;
};

}  // namespace hone
