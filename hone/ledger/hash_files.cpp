#include "hone/ledger/hash_files.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr std::size_t kHashBytes = sizeof(Hash);

}  // namespace

std::vector<Hash> HashFiles::read(unsigned level, std::uint64_t first, std::uint64_t count) {
  auto reader = readers_.find(level);
  if (reader == readers_.end()) {
    auto opened = disk_.open_if_there(file_of(level));
    if (!opened) return {};
    reader = readers_.emplace(level, std::move(*opened)).first;
  }
  const std::string bytes = reader->second.read(first * kHashBytes, count * kHashBytes);
  std::vector<Hash> hashes(bytes.size() / kHashBytes);
  if (!hashes.empty()) std::memcpy(hashes.data(), bytes.data(), hashes.size() * kHashBytes);
  return hashes;
}

std::uint64_t HashFiles::count(unsigned level) {
  const auto file = disk_.open_if_there(file_of(level));
  return file ? file->size() / kHashBytes : 0;
}

void HashFiles::write(unsigned level, std::uint64_t first, std::span<const Hash> hashes) {
  auto writer = writers_.find(level);
  if (writer == writers_.end()) writer = writers_.emplace(level, disk_.open_to_write(file_of(level))).first;
  writer->second.write(first * kHashBytes, {reinterpret_cast<const char*>(hashes.data()), hashes.size() * kHashBytes});
}

void HashFiles::truncate(std::uint64_t size) {
  for (unsigned level = 0; level < kLevels; ++level) {
    const std::uint64_t complete = level == 0 ? size : size >> (kTileHeight * level);
    if (count(level) <= complete) continue;
    disk_.open_to_write(file_of(level)).truncate(complete * kHashBytes);
  }
}

Hash fold(std::vector<Hash> hashes) {
  assert(std::has_single_bit(hashes.size()));
  for (std::size_t count = hashes.size(); count > 1; count /= 2)
    for (std::size_t pair = 0; pair < count / 2; ++pair) hashes[pair] = node_hash(hashes[2 * pair], hashes[2 * pair + 1]);
  return hashes.front();
}

std::vector<Hash> LogTree::leaves(std::uint64_t first, std::uint64_t count) {
  std::vector<Hash> hashes;
  hashes.reserve(count);
  segments_.for_each(first, first + count, [&](std::uint64_t, std::string_view entry) { hashes.push_back(leaf_hash(entry)); });
  return hashes;
}

std::vector<Hash> LogTree::level_hashes(unsigned level, std::uint64_t first, std::uint64_t count) {
  std::vector<Hash> hashes;
  if (believed_) hashes = hashes_.read(level, first, count);
  if (hashes.size() == count) return hashes;
  if (level == 0) {
    const auto rest = leaves(first + hashes.size(), count - hashes.size());
    hashes.insert(hashes.end(), rest.begin(), rest.end());
    return hashes;
  }
  for (std::uint64_t subtree = first + hashes.size(); hashes.size() < count; ++subtree)
    hashes.push_back(fold(level_hashes(level - 1, subtree << kTileHeight, std::uint64_t{1} << kTileHeight)));
  return hashes;
}

Hash LogTree::complete(std::uint64_t begin, std::uint64_t end) {
  const unsigned height = static_cast<unsigned>(std::countr_zero(end - begin));
  const unsigned level = height / kTileHeight;
  return fold(level_hashes(level, begin >> (kTileHeight * level), std::uint64_t{1} << (height % kTileHeight)));
}

Hash LogTree::root(std::uint64_t begin, std::uint64_t end) {
  assert(end <= segments_.size());
  return root_of_range(begin, end, [this](std::uint64_t from, std::uint64_t to) { return complete(from, to); });
}

MerkleStack LogTree::stack(std::uint64_t size) {
  std::vector<Hash> subtrees;
  std::uint64_t begin = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t leaves_of_it = std::uint64_t{1} << bit;
    if ((size & leaves_of_it) == 0) continue;
    subtrees.push_back(complete(begin, begin + leaves_of_it));
    begin += leaves_of_it;
  }
  return MerkleStack(size, std::move(subtrees));
}

std::vector<Hash> LogTree::inclusion(std::uint64_t index, std::uint64_t size, const Hash& root_of_size) {
  if (index >= size || size > segments_.size())
    throw Error(ErrorCode::kInvalidArgument, "the log has no event " + std::to_string(index) + " at size " + std::to_string(size));
  const auto prove = [&] {
    return inclusion_proof(index, size, [this](std::uint64_t begin, std::uint64_t end) { return root(begin, end); });
  };
  const Hash leaf = leaf_hash(segments_.entry(index));
  std::vector<Hash> path = prove();
  if (check_inclusion(leaf, index, size, root_of_size, path)) return path;
  believe_hashes(false);
  path = prove();
  believe_hashes(true);
  if (check_inclusion(leaf, index, size, root_of_size, path)) return path;
  throw Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: the entries do not give the signed root of size " + std::to_string(size));
}

std::vector<Hash> LogTree::consistency(std::uint64_t old_size, std::uint64_t size, const Hash& root_of_size) {
  if (old_size > size || size > segments_.size())
    throw Error(ErrorCode::kInvalidArgument, "the log has no size " + std::to_string(std::max(old_size, size)));
  const auto prove = [&] {
    return consistency_proof(old_size, size, [this](std::uint64_t begin, std::uint64_t end) { return root(begin, end); });
  };
  const auto holds = [&](const std::vector<Hash>& path) { return check_consistency(old_size, size, root(old_size), root_of_size, path); };
  std::vector<Hash> path = prove();
  if (holds(path)) return path;
  believe_hashes(false);
  path = prove();
  const bool proved = holds(path);
  believe_hashes(true);
  if (proved) return path;
  throw Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: the entries do not give the signed root of size " + std::to_string(size));
}

}  // namespace hone
