#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone {

/// A class by its place in the task's list. kNoClass stands where there is none: no gold, no label.
using ClassId = std::uint16_t;
inline constexpr ClassId kNoClass = 0xFFFF;

/// The votes of one source: the examples it voted on, ascending and each once, and the class of each vote.
/// `confidence` is empty when every vote is certain, else one per vote in (0, 1].
struct SourceVotes {
  std::vector<std::uint32_t> examples;
  std::vector<ClassId> classes;
  std::vector<float> confidence;
};

/// What a vote matrix ranges over.
struct VoteShape {
  std::size_t examples = 0;
  std::size_t sources = 0;
  std::size_t classes = 0;
  bool operator==(const VoteShape&) const = default;
};

/// The votes on one example, by ascending source; borrowed from the matrix.
struct ExampleVotes {
  std::span<const std::uint32_t> sources;
  std::span<const ClassId> classes;
  std::span<const float> confidence;  // Empty: all 1.
  std::size_t size() const { return sources.size(); }
};

/// The votes of all sources on all examples, sparse: an abstention is the absence of a vote. Offsets by example,
/// source ids (32 bit), class ids (16 bit), and confidences only when some are not 1: 6 bytes a vote and 8 an example.
/// At most one vote per source and example. Immutable, so any number of threads may read it.
class VoteMatrix {
 public:
  VoteMatrix() = default;

  /// Throws kInvalidArgument for a vote outside the shape, or examples of a source that do not ascend.
  VoteMatrix(std::size_t examples, std::size_t classes, std::span<const SourceVotes> sources);

  const VoteShape& shape() const { return shape_; }
  std::size_t size() const { return sources_.size(); }
  bool has_confidence() const { return !confidence_.empty(); }

  /// REQUIRES: example < shape().examples.
  ExampleVotes on(std::size_t example) const;

 private:
  VoteShape shape_;
  std::vector<std::uint64_t> begin_{0};  // begin_[e] to begin_[e + 1] are the votes on e.
  std::vector<std::uint32_t> sources_;
  std::vector<ClassId> classes_;
  std::vector<float> confidence_;
};

}  // namespace hone
