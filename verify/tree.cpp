#include "verify/tree.h"

#include <bit>

namespace hone::verify {
namespace {

// R(m, n) of docs/ledger.md, "Tree": the path is used up from its end. A path that ends too soon is no proof.
std::optional<Hash> climb(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::vector<Hash>& path) {
  if (size == 1) return leaf;
  if (path.empty()) return std::nullopt;
  const Hash other = path.back();
  path.pop_back();
  const std::uint64_t left = std::bit_floor(size - 1);
  const auto inner = index < left ? climb(leaf, index, left, path) : climb(leaf, index - left, size - left, path);
  if (!inner) return std::nullopt;
  return index < left ? node_hash(*inner, other) : node_hash(other, *inner);
}

}  // namespace

void TreeStack::append(const Hash& root) {
  roots_.push_back(root);
  for (std::uint64_t count = ++count_; count % 2 == 0; count /= 2) {
    const Hash right = roots_.back();
    roots_.pop_back();
    roots_.back() = node_hash(roots_.back(), right);
  }
}

std::optional<Hash> TreeStack::fold(std::optional<Hash> right) const {
  for (auto root = roots_.rbegin(); root != roots_.rend(); ++root) right = right ? node_hash(*root, *right) : *root;
  return right;
}

Hash empty_root() { return sha256({}); }

Hash root_of(std::span<const Hash> hashes) {
  TreeStack stack;
  for (const Hash& hash : hashes) stack.append(hash);
  return stack.root().value_or(empty_root());
}

std::optional<Hash> root_by_path(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::vector<Hash> path) {
  if (index >= size) return std::nullopt;
  const auto root = climb(leaf, index, size, path);
  return path.empty() ? root : std::nullopt;
}

}  // namespace hone::verify
