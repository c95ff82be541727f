#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hone {

/// A set of hashes for tens of millions of rows: 8 bytes a slot, 40 to 80 % of them in use, linear probing. The keys must be
/// even over 64 bits, as those of SHA-256 are. Nothing may depend on the order of its slots.
class HashSet {
 public:
  /// Whether the hash is new.
  bool insert(std::uint64_t hash) {
    if (hash == 0) return !std::exchange(has_zero_, true);
    if (5 * (used_ + 1) > 4 * slots_.size()) widen();
    const bool is_new = place(hash);
    used_ += is_new;
    return is_new;
  }

  std::uint64_t size() const { return used_ + has_zero_; }

 private:
  bool place(std::uint64_t hash) {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) & (slots_.size() - 1);
    return std::exchange(slots_[slot], hash) == 0;
  }

  void widen() {
    const std::vector<std::uint64_t> before = std::exchange(slots_, std::vector<std::uint64_t>(slots_.empty() ? 1024 : 2 * slots_.size()));
    for (const std::uint64_t hash : before)
      if (hash != 0) place(hash);
  }

  std::vector<std::uint64_t> slots_;  // 0: free.
  std::size_t used_ = 0;
  bool has_zero_ = false;
};

}  // namespace hone
