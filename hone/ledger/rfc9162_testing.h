#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/ledger/merkle_tree.h"

// The checks of RFC 9162, iterative and so unlike ours: 2.1.3.2 and 2.1.4.2.
namespace hone {

inline bool rfc9162_inclusion(Hash r, std::uint64_t index, std::uint64_t size, const Hash& root, std::span<const Hash> path) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  for (const Hash& p : path) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      r = node_hash(p, r);
      while (fn % 2 == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && r == root;
}

inline bool rfc9162_consistency(std::uint64_t first, std::uint64_t second, const Hash& old_root, const Hash& new_root,
                                std::vector<Hash> path) {
  if (path.empty()) return false;
  if ((first & (first - 1)) == 0) path.insert(path.begin(), old_root);
  std::uint64_t fn = first - 1, sn = second - 1;
  while (fn % 2 == 1) fn >>= 1, sn >>= 1;
  Hash fr = path[0], sr = path[0];
  for (std::size_t at = 1; at < path.size(); ++at) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      fr = node_hash(path[at], fr), sr = node_hash(path[at], sr);
      while (fn % 2 == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      sr = node_hash(sr, path[at]);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == new_root;
}

}  // namespace hone
