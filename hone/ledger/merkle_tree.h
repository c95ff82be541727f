#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/hash.h"

namespace hone {

/// The Merkle tree of RFC 6962 and RFC 9162 over the entries of a log. A tree of n > 1 leaves splits at the largest power of two below n.
using Hash = Sha256::Digest;

/// SHA-256(00 || entry) and SHA-256(01 || left || right).
Hash leaf_hash(std::string_view entry);
Hash node_hash(const Hash& left, const Hash& right);

/// The root of a tree without leaves: SHA-256 of nothing.
Hash empty_root();

inline std::string_view bytes_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }
inline std::string to_hex(const Hash& hash) { return to_hex(bytes_of(hash)); }

/// Grows a tree leaf by leaf, holding the roots of its complete subtrees alone: at most 64 hashes.
///
///     MerkleStack tree;
///     tree.push(leaf_hash("an entry"));
///     Hash root = tree.root();
class MerkleStack {
 public:
  /// Called with each subtree of 2^height leaves that becomes complete, the leaf itself (height 0) first.
  using Completed = std::function<void(unsigned height, const Hash& root)>;

  MerkleStack() = default;
  /// The tree of `size` leaves whose complete subtrees, largest first, have these roots. REQUIRES: as many as `size` has one-bits.
  MerkleStack(std::uint64_t size, std::vector<Hash> complete) : size_(size), complete_(std::move(complete)) {}

  void push(const Hash& leaf) { push(leaf, nullptr); }
  void push(const Hash& leaf, const Completed& completed);

  std::uint64_t size() const { return size_; }
  Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> complete_;  // Largest first.
};

/// Gives the root of the leaves begin..end-1. It is asked for ranges that begin at a multiple of the power of two that is at least
/// their length, so that a table of complete subtrees answers most.
using SubtreeRoot = std::function<Hash(std::uint64_t begin, std::uint64_t end)>;

/// The root of begin..end-1 out of complete aligned subtrees, which `complete` is asked for.
Hash root_of_range(std::uint64_t begin, std::uint64_t end, const SubtreeRoot& complete);

/// What proves that leaf `index` is in the tree of `size` leaves. REQUIRES: index < size.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const SubtreeRoot& root);

/// What proves that the tree of `new_size` leaves begins with that of `old_size`. REQUIRES: old_size <= new_size.
std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const SubtreeRoot& root);

/// Longer proofs than any tree can need are refused.
inline constexpr std::size_t kMaxProofHashes = 63;

/// Whether the path proves what it should. Never throws, whatever the path.
bool check_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root, std::span<const Hash> path);
bool check_consistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root, const Hash& new_root,
                       std::span<const Hash> path);

}  // namespace hone
