#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// Votes of one source while they are gathered, packed: an example as its distance from the one before (7 bits a byte, so one
/// byte for a source that votes on every hundredth row, two for every ten-thousandth), a class only once two classes differ, a
/// confidence only once one is not 1.
class PackedVotes {
 public:
  /// REQUIRES: (example, voted) is above all before it; confidence in (0, 1].
  void add(std::uint32_t example, ClassId voted, float confidence = 1.0f);

  std::size_t size() const { return size_; }
  SourceVotes unpacked() const;

 private:
  std::vector<std::uint8_t> distances_;
  std::vector<ClassId> classes_;   // Empty while all votes are for first_class_.
  std::vector<float> confidence_;  // Empty while all votes are certain.
  ClassId first_class_ = kNoClass;
  std::uint32_t last_ = 0;  // The example of the last vote.
  std::size_t size_ = 0;
};

}  // namespace hone
