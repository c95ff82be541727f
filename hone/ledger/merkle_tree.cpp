#include "hone/ledger/merkle_tree.h"

#include <bit>
#include <cassert>
#include <optional>

namespace hone {
namespace {

// k(n): the largest power of two below n > 1.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

std::vector<Hash> with(std::vector<Hash> path, const Hash& last) {
  path.push_back(last);
  return path;
}

std::vector<Hash> include(std::uint64_t index, std::uint64_t begin, std::uint64_t end, const SubtreeRoot& root) {
  if (end - begin == 1) return {};
  const std::uint64_t middle = begin + split(end - begin);
  return index < middle ? with(include(index, begin, middle, root), root(middle, end))
                        : with(include(index, middle, end, root), root(begin, middle));
}

// `whole`: the old tree is the range itself so far, and its root known to who checks.
std::vector<Hash> consist(std::uint64_t old, std::uint64_t begin, std::uint64_t end, bool whole, const SubtreeRoot& root) {
  if (old == end - begin) return whole ? std::vector<Hash>{} : std::vector<Hash>{root(begin, end)};
  const std::uint64_t k = split(end - begin), middle = begin + k;
  return old <= k ? with(consist(old, begin, middle, whole, root), root(middle, end))
                  : with(consist(old - k, middle, end, false, root), root(begin, middle));
}

// Takes hashes from the end of a path; an empty one has failed.
class Path {
 public:
  explicit Path(std::span<const Hash> hashes) : hashes_(hashes) {}
  std::optional<Hash> pop() {
    if (hashes_.empty()) return std::nullopt;
    const Hash last = hashes_.back();
    hashes_ = hashes_.first(hashes_.size() - 1);
    return last;
  }
  bool empty() const { return hashes_.empty(); }

 private:
  std::span<const Hash> hashes_;
};

std::optional<Hash> included_root(const Hash& leaf, std::uint64_t index, std::uint64_t size, Path& path) {
  if (size == 1) return leaf;
  const auto sibling = path.pop();
  if (!sibling) return std::nullopt;
  const std::uint64_t k = split(size);
  const auto own = index < k ? included_root(leaf, index, k, path) : included_root(leaf, index - k, size - k, path);
  if (!own) return std::nullopt;
  return index < k ? node_hash(*own, *sibling) : node_hash(*sibling, *own);
}

struct OldAndNew {
  Hash old, now;
};

std::optional<OldAndNew> consistent_roots(std::uint64_t old_size, std::uint64_t size, bool whole, const Hash& old_root, Path& path) {
  if (old_size == size && whole) return OldAndNew{old_root, old_root};
  const auto sibling = path.pop();
  if (!sibling) return std::nullopt;
  if (old_size == size) return OldAndNew{*sibling, *sibling};
  const std::uint64_t k = split(size);
  if (old_size <= k) {
    const auto left = consistent_roots(old_size, k, whole, old_root, path);
    if (!left) return std::nullopt;
    return OldAndNew{left->old, node_hash(left->now, *sibling)};
  }
  const auto right = consistent_roots(old_size - k, size - k, false, old_root, path);
  if (!right) return std::nullopt;
  return OldAndNew{node_hash(*sibling, right->old), node_hash(*sibling, right->now)};
}

}  // namespace

Hash leaf_hash(std::string_view entry) { return sha256({std::string_view("\0", 1), entry}); }

Hash node_hash(const Hash& left, const Hash& right) { return sha256({std::string_view("\1", 1), bytes_of(left), bytes_of(right)}); }

Hash empty_root() { return sha256({}); }

void MerkleStack::push(const Hash& leaf, const Completed& completed) {
  complete_.push_back(leaf);
  if (completed) completed(0, leaf);
  ++size_;
  for (unsigned height = 1; size_ % (std::uint64_t{1} << height) == 0; ++height) {
    const Hash right = complete_.back();
    complete_.pop_back();
    complete_.back() = node_hash(complete_.back(), right);
    if (completed) completed(height, complete_.back());
    if (height == 63) break;
  }
}

Hash MerkleStack::root() const {
  if (complete_.empty()) return empty_root();
  Hash root = complete_.back();
  for (std::size_t subtree = complete_.size() - 1; subtree-- > 0;) root = node_hash(complete_[subtree], root);
  return root;
}

Hash root_of_range(std::uint64_t begin, std::uint64_t end, const SubtreeRoot& complete) {
  const std::uint64_t size = end - begin;
  if (size == 0) return empty_root();
  if (std::has_single_bit(size)) return complete(begin, end);
  const std::uint64_t middle = begin + split(size);
  return node_hash(complete(begin, middle), root_of_range(middle, end, complete));
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const SubtreeRoot& root) {
  assert(index < size);
  return include(index, 0, size, root);
}

std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const SubtreeRoot& root) {
  assert(old_size <= new_size);
  if (old_size == 0) return {};
  return consist(old_size, 0, new_size, true, root);
}

bool check_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root, std::span<const Hash> path) {
  if (index >= size || path.size() > kMaxProofHashes) return false;
  Path rest(path);
  const auto found = included_root(leaf, index, size, rest);
  return found && rest.empty() && *found == root;
}

bool check_consistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root, const Hash& new_root,
                       std::span<const Hash> path) {
  if (old_size > new_size || path.size() > kMaxProofHashes) return false;
  if (old_size == new_size) return path.empty() && old_root == new_root;
  if (old_size == 0) return path.empty() && old_root == empty_root();
  Path rest(path);
  const auto found = consistent_roots(old_size, new_size, true, old_root, rest);
  return found && rest.empty() && found->old == old_root && found->now == new_root;
}

}  // namespace hone
