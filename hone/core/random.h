#pragma once

#include <cstdint>
#include <string_view>

namespace hone {

/// Random numbers that are a pure function of (seed, name of the use, position): a new use of
/// randomness elsewhere changes nothing here, and any part of a stream can be drawn on any thread.
///
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3. SC 2011),
/// keyed by the first 8 bytes of SHA-256 over seed and name.
///
///     RandomStream shuffle(options.seed, "train.shuffle");
///     std::uint64_t row = shuffle.below(rows);
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);

  /// 64 random bits at a position, whatever was drawn before.
  std::uint64_t at(std::uint64_t position) const;

  std::uint64_t next() { return at(position_++); }

  /// Even on [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Even on 0..end-1, without modulo bias. REQUIRES: end > 0.
  std::uint64_t below(std::uint64_t end);

  /// Standard normal (Box and Muller 1958); takes two positions.
  double normal();

 private:
  std::uint64_t key_;
  std::uint64_t position_ = 0;
};

}  // namespace hone
