#include "hone/core/random.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <string>

#include "hone/core/hash.h"
#include "hone/core/random_internal.h"

namespace hone {
namespace {

// Multipliers and Weyl constants of Philox4x32 as published.
constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;

std::uint64_t key_of(std::uint64_t seed, std::string_view name) { return sha256_prefix(std::to_string(seed) + "/" + std::string(name)); }

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0], product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view name) : key_(key_of(seed, name)) {}

std::uint64_t RandomStream::at(std::uint64_t position) const {
  const auto block = philox({static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), 0, 0},
                            {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
  return std::uint64_t{block[1]} << 32 | block[0];
}

std::uint64_t RandomStream::below(std::uint64_t end) {
  assert(end > 0);
  // Draws in the incomplete last multiple of `end` are thrown away.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % end;
  std::uint64_t draw = next();
  while (draw >= limit) draw = next();
  return draw % end;
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace hone
