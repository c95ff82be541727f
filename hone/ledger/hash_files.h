#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "hone/ledger/disk.h"
#include "hone/ledger/merkle_tree.h"
#include "hone/ledger/segments.h"

namespace hone {

/// A tile holds the hashes of so many levels of the tree in one: 256 of them.
inline constexpr unsigned kTileHeight = 8;

/// The files hash/0, hash/1, …: file L holds the roots of all complete subtrees of 256^L leaves, in order. A cache of the entries: what
/// is missing is computed from them, and what is wrong shows when a root comes out wrong. 256 hashes that begin at a multiple of 256
/// are one full tile. One thread at a time.
class HashFiles {
 public:
  HashFiles(const Disk& disk, std::filesystem::path folder) : disk_(disk), folder_(std::move(folder)) {}

  static constexpr unsigned kLevels = 8;

  /// `count` hashes of a level, or fewer where the file ends.
  std::vector<Hash> read(unsigned level, std::uint64_t first, std::uint64_t count);

  /// How many hashes the file has.
  std::uint64_t count(unsigned level);

  void write(unsigned level, std::uint64_t first, std::span<const Hash> hashes);

  /// Cuts all files down to what a tree of `size` leaves has.
  void truncate(std::uint64_t size);

 private:
  std::filesystem::path file_of(unsigned level) const { return folder_ / std::to_string(level); }

  const Disk& disk_;
  std::filesystem::path folder_;
  std::map<unsigned, DiskFile> readers_, writers_;
};

/// Roots of ranges of a log's leaves, out of its hash files and, where these have gaps, its entries.
class LogTree {
 public:
  LogTree(Segments& segments, HashFiles& hashes) : segments_(segments), hashes_(hashes) {}

  /// The root of begin..end-1. REQUIRES: a range of the tree, as SubtreeRoot says; end <= segments.size().
  Hash root(std::uint64_t begin, std::uint64_t end);
  Hash root(std::uint64_t size) { return root(0, size); }

  /// The tree of the first `size` leaves, to go on from.
  MerkleStack stack(std::uint64_t size);

  /// Proofs that hold for root(size). When the hash files gave a wrong hash, it is computed from the entries. Throws kInvalidArgument
  /// for what is not in the log, kCorruptData (LEDGER_CORRUPT) when the entries themselves do not give the root.
  std::vector<Hash> inclusion(std::uint64_t index, std::uint64_t size, const Hash& root);
  std::vector<Hash> consistency(std::uint64_t old_size, std::uint64_t size, const Hash& root);

  /// The roots of `count` complete subtrees of 256^level leaves.
  std::vector<Hash> level_hashes(unsigned level, std::uint64_t first, std::uint64_t count);

  /// Whether hash files are believed. Where one was wrong they are not, until told otherwise.
  void believe_hashes(bool believed) { believed_ = believed; }

 private:
  Hash complete(std::uint64_t begin, std::uint64_t end);
  std::vector<Hash> leaves(std::uint64_t first, std::uint64_t count);

  Segments& segments_;
  HashFiles& hashes_;
  bool believed_ = true;
};

/// The root of 1 to 2^63 hashes whose number is a power of two.
Hash fold(std::vector<Hash> hashes);

}  // namespace hone
