#pragma once

#include <cstdint>
#include <string_view>

#include "hone/core/random.h"

namespace hone {

/// The random numbers of one replicate of a simulation: a pure function of (seed, name, replicate, position), so that replicates may be
/// drawn on any thread in any order. Each has 2^32 positions of its own.
class ReplicateRandom {
 public:
  ReplicateRandom(const RandomStream& stream, std::uint64_t replicate) : stream_(&stream), position_(replicate << 32) {}

  std::uint64_t next() { return stream_->at(position_++); }

  /// Even on (0, 1), never 0, so that it has a logarithm.
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }

  /// Even on 0..end-1. REQUIRES: end > 0.
  std::uint32_t below(std::uint32_t end);

  /// How many of n trials succeed that each do with probability p. O(1). REQUIRES: p in [0, 1].
  std::uint64_t binomial(std::uint64_t n, double p);

 private:
  std::uint32_t half();

  const RandomStream* stream_;
  std::uint64_t position_;
  std::uint32_t kept_ = 0;  // The other half of the last 64 bits.
  bool has_kept_ = false;
};

}  // namespace hone
