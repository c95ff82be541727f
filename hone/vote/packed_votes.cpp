// Distances in the variable-length code of LEB128: seven bits a byte, low ones first, the top bit says that more follow.
#include "hone/vote/packed_votes.h"

#include <cassert>

namespace hone {

void PackedVotes::add(std::uint32_t example, ClassId voted, float confidence) {
  assert(example >= last_);
  std::uint32_t distance = example - last_;
  for (; distance >= 0x80; distance >>= 7) distances_.push_back(static_cast<std::uint8_t>(distance | 0x80));
  distances_.push_back(static_cast<std::uint8_t>(distance));
  last_ = example;
  if (size_ == 0) first_class_ = voted;
  if (classes_.empty() && voted != first_class_) classes_.assign(size_, first_class_);
  if (!classes_.empty() || voted != first_class_) classes_.push_back(voted);
  if (confidence_.empty() && confidence != 1.0f) confidence_.assign(size_, 1.0f);
  if (!confidence_.empty() || confidence != 1.0f) confidence_.push_back(confidence);
  ++size_;
}

SourceVotes PackedVotes::unpacked() const {
  SourceVotes votes;
  votes.examples.reserve(size_);
  std::uint32_t example = 0, distance = 0;
  unsigned shift = 0;
  for (const std::uint8_t byte : distances_) {
    distance |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    votes.examples.push_back(example += distance);
    distance = shift = 0;
  }
  votes.classes = classes_;
  if (votes.classes.empty()) votes.classes.assign(size_, first_class_);
  votes.confidence = confidence_;
  return votes;
}

}  // namespace hone
