#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// The distinct rows of a vote matrix with their counts, and the pattern of each example. Label models work on these:
/// a million examples with a thousand patterns cost a thousand distributions. Patterns are numbered by first
/// appearance; the pattern without votes, when an example has none, is one of them. Votes that differ in confidence
/// are different patterns. Keeps the matrix; 4 bytes an example and 8 a pattern beside it.
class VotePatterns {
 public:
  /// O(votes + examples) time.
  explicit VotePatterns(VoteMatrix votes);

  const VoteShape& shape() const { return votes_.shape(); }  // Of the matrix: examples, sources, classes, answers.
  const Answers& answers() const { return votes_.answers(); }
  std::size_t size() const { return counts_.size(); }
  std::uint64_t count(std::size_t pattern) const { return counts_[pattern]; }
  ExampleVotes votes(std::size_t pattern) const { return votes_.on(first_[pattern]); }
  std::span<const Vote> kinds() const { return votes_.kinds(); }             // Of the matrix.
  std::span<const std::uint32_t> pattern_of() const { return pattern_of_; }  // By example.

 private:
  VoteMatrix votes_;
  std::vector<std::uint32_t> first_;   // By pattern: the first example that has it.
  std::vector<std::uint32_t> counts_;  // By pattern.
  std::vector<std::uint32_t> pattern_of_;
};

}  // namespace hone
