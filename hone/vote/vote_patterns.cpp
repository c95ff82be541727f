// Distinct rows by open addressing with linear probing over a table of pattern numbers (Knuth: The Art of Computer
// Programming, vol. 3, section 6.4, algorithm L). Only the lookups go through the hash; numbers are given by first
// appearance, so that the hash leaves no trace in the result.
#include "hone/vote/vote_patterns.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace hone {
namespace {

constexpr std::uint32_t kFree = 0xFFFFFFFF;
constexpr std::size_t kHashedAhead = 64;
// So many patterns say how many there will be.
constexpr std::size_t kPatternsToForesee = 32768;

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators. OOPSLA 2014).
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) + 0x9E3779B97F4A7C15u;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

std::uint64_t hash_of(std::span<const std::byte> tokens) {
  std::uint64_t hash = tokens.size();
  for (; !tokens.empty(); tokens = tokens.subspan(std::min(tokens.size(), sizeof(std::uint64_t)))) {
    std::uint64_t word = 0;
    std::memcpy(&word, tokens.data(), std::min(tokens.size(), sizeof word));
    hash = mix(hash, word);
  }
  return hash;
}

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Where each pattern lies, by the hash of its votes. A slot keeps the upper half of the hash beside the pattern's number, so that
// other patterns are hardly ever looked at.
class PatternTable {
 public:
  struct Slot {
    std::uint32_t pattern = kFree;
    std::uint32_t check = 0;
  };

  std::size_t size() const { return used_; }

  /// Asks the processor for the memory where such a pattern would lie, so that find() need not wait for it.
  void expect(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }

  /// The slot of the pattern for which `is_same(number)` holds, or the free one where it belongs.
  template <typename IsSame>
  Slot& find(std::uint64_t hash, const IsSame& is_same) {
    std::size_t place = hash & (slots_.size() - 1);
    while (slots_[place].pattern != kFree && !(slots_[place].check == check_of(hash) && is_same(slots_[place].pattern)))
      place = (place + 1) & (slots_.size() - 1);
    return slots_[place];
  }

  /// Puts a new pattern into its slot. The table grows before it is three quarters full; at once for all of the `expected` patterns when
  /// many were seen, which may be too many: at most eightfold.
  void add(std::uint64_t hash, Slot& slot, std::size_t expected) {
    slot = {used_++, check_of(hash)};
    hashes_.push_back(hash);
    if (4 * std::uint64_t{used_} <= 3 * slots_.size()) return;
    const std::size_t most = used_ < kPatternsToForesee ? 2 : 8;
    slots_.assign(std::clamp(std::bit_ceil(expected + expected / 3), 2 * slots_.size(), most * slots_.size()), {});
    for (std::uint32_t pattern = 0; pattern < used_; ++pattern) {
      find(hashes_[pattern], [](std::uint32_t) { return false; }) = {pattern, check_of(hashes_[pattern])};
    }
  }

 private:
  static std::uint32_t check_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::vector<std::uint64_t> hashes_;  // By pattern.
  std::uint32_t used_ = 0;
};

}  // namespace

VotePatterns::VotePatterns(VoteMatrix votes) : votes_(std::move(votes)) {
  PatternTable table;
  pattern_of_.reserve(shape().examples);
  // Hashed some way ahead: a table of a million patterns is larger than the caches.
  std::array<std::uint64_t, kHashedAhead> hashes{};
  for (std::size_t example = 0; example < shape().examples; ++example) {
    if (example % kHashedAhead == 0) {
      const std::size_t count = std::min(kHashedAhead, shape().examples - example);
      for (std::size_t ahead = 0; ahead < count; ++ahead) {
        hashes[ahead] = hash_of(votes_.on(example + ahead).tokens());
        table.expect(hashes[ahead]);
      }
    }
    const std::span<const std::byte> tokens = votes_.on(example).tokens();
    const std::uint64_t hash = hashes[example % kHashedAhead];
    PatternTable::Slot& slot = table.find(hash, [&](std::uint32_t pattern) { return same(this->votes(pattern).tokens(), tokens); });
    const std::uint32_t pattern = slot.pattern == kFree ? static_cast<std::uint32_t>(size()) : slot.pattern;
    if (pattern == size()) {
      first_.push_back(static_cast<std::uint32_t>(example));
      counts_.push_back(0);
      table.add(hash, slot, table.size() * shape().examples / (example + 1));
    }
    ++counts_[pattern];
    pattern_of_.push_back(pattern);
  }
}

}  // namespace hone
