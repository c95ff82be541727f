#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "verify/bytes.h"

namespace hone::verify {

/// The roots of the largest complete subtrees of what was appended, widest first (docs/ledger.md, "Tree").
class TreeStack {
 public:
  /// Appends the root of a complete subtree: of one leaf, or of always the same number of leaves.
  void append(const Hash& root);
  std::uint64_t count() const { return count_; }
  const std::vector<Hash>& roots() const { return roots_; }

  /// The root of all of it; nothing when it is empty.
  std::optional<Hash> root() const { return fold(std::nullopt); }

  /// The root of all of it with a smaller tree to its right.
  std::optional<Hash> fold(std::optional<Hash> right) const;

 private:
  std::vector<Hash> roots_;
  std::uint64_t count_ = 0;
};

/// The root of no leaf at all.
Hash empty_root();

Hash root_of(std::span<const Hash> hashes);

/// What the root must be if `leaf` is leaf `index` of `size`; nothing when the path does not fit.
std::optional<Hash> root_by_path(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::vector<Hash> path);

}  // namespace hone::verify
