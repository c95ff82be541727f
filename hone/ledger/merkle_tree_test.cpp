#include "hone/ledger/merkle_tree.h"

#include <gtest/gtest.h>

#include <map>

#include "hone/ledger/rfc9162_testing.h"

namespace hone {
namespace {

// The leaves of the known answers: leaf-0, leaf-1, …
std::vector<Hash> known_leaves(std::uint64_t size) {
  std::vector<Hash> leaves;
  for (std::uint64_t leaf = 0; leaf < size; ++leaf) leaves.push_back(leaf_hash("leaf-" + std::to_string(leaf)));
  return leaves;
}

// The oracle: the definition of RFC 6962 2.1, word for word.
Hash defined_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  return node_hash(defined_root(leaves.first(k)), defined_root(leaves.subspan(k)));
}

SubtreeRoot roots_of(const std::vector<Hash>& leaves) {
  return [&leaves](std::uint64_t begin, std::uint64_t end) { return defined_root(std::span(leaves).subspan(begin, end - begin)); };
}

std::vector<std::string> hex(const std::vector<Hash>& hashes) {
  std::vector<std::string> texts;
  for (const Hash& hash : hashes) texts.push_back(to_hex(hash));
  return texts;
}

TEST(MerkleTree, HasTheKnownRoots) {
  const std::map<std::uint64_t, std::string> known = {
      {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {1, "305df59f9590c3c9ac63d2b2743c388e3792449078cebf7fb3dbe6471643b2b7"},
      {2, "60a53eed0de87a90c8e59427c59c46253c33a76a09502a51801300927b7e6bdc"},
      {3, "cf763a041c81ceef1578a6083f75c61bef2e0014f2a3e683a97fcfca5be7f19a"},
      {4, "bdd1c5ff55b19cb6b0e7c761bf9a6ccaa27fbbfc07b74f1fabb6e911a0bd2ab3"},
      {5, "00d21829a5503145348abcf712513eacf2a274211ad83e970202bb5b6d80b286"},
      {6, "160cf1a616e8792f9078a9665cb06520d95a33f467d0826f2310219d31383d73"},
      {7, "0b007fb915eb9b2a146f54b1c86ec53b664f8e455b7660b0b6ee13edc0d921c0"},
      {8, "ca6b7b3e674ac86c1027b59c87c064fc3bc27b313294c75f83bd05fdd13f0dcf"},
      {255, "3de22a1a5c13f8ad7c6fdf034305190d870b7a72b99cf69e9cdd6f7e5430c136"},
      {256, "f7ed5eb44be61908cdf66bb316813dc75442aa2a5b307177c06c728271356c91"},
      {257, "45d7e207b9bd948a0b1e55162edc386453c8a9853b5f3c457e25716c0be98ec2"},
      {1000, "84453b515db221e015241f91778d541a91e27472a3cbbd4922b023b180456359"},
  };
  MerkleStack tree;
  for (const Hash& leaf : known_leaves(1001)) {
    if (const auto answer = known.find(tree.size()); answer != known.end()) {
      EXPECT_EQ(to_hex(tree.root()), answer->second) << tree.size();
    }
    tree.push(leaf);
  }
}

TEST(MerkleTree, GivesTheKnownProofs) {
  const std::vector<Hash> leaves = known_leaves(257);
  EXPECT_EQ(hex(inclusion_proof(5, 8, roots_of(leaves))),
            (std::vector<std::string>{"ea9fc1a1b6e191b460d0d6306e3e870c173f39330f13cda1b70cfc72bdc398ba",
                                      "398ebdeb46e179eeffacef4635fd30410954e169b88e22741fa96cffb1022a85",
                                      "bdd1c5ff55b19cb6b0e7c761bf9a6ccaa27fbbfc07b74f1fabb6e911a0bd2ab3"}));
  EXPECT_EQ(hex(inclusion_proof(256, 257, roots_of(leaves))),
            std::vector<std::string>{"f7ed5eb44be61908cdf66bb316813dc75442aa2a5b307177c06c728271356c91"});
  EXPECT_EQ(hex(consistency_proof(3, 7, roots_of(leaves))),
            (std::vector<std::string>{"fca89f57c9f8c8eb4047a7ff9d333acf9e0f3384b20b255bceab0f216dcca267",
                                      "f76836325aec5699d8d71f8e42e9d47c5c29b08059ba296384f7ca40ad3a40ae",
                                      "60a53eed0de87a90c8e59427c59c46253c33a76a09502a51801300927b7e6bdc",
                                      "8eae6bd3b3a07f1f75ee72a531629e6eb31e42e62f760e47de52a53c3641ef23"}));
  EXPECT_EQ(hex(consistency_proof(4, 8, roots_of(leaves))),
            std::vector<std::string>{"f58aaab46122102d66b00c5eb50b13dd763b5f800139b424fda8b1cacae1408a"});
}

TEST(MerkleTree, ProofsHoldForEveryLeafAndSizeAndAgreeWithRfc9162) {
  const std::vector<Hash> leaves = known_leaves(40);
  for (std::uint64_t size = 1; size <= 40; ++size) {
    const Hash root = defined_root(std::span(leaves).first(size));
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion_proof(index, size, roots_of(leaves));
      EXPECT_TRUE(check_inclusion(leaves[index], index, size, root, path)) << index << " in " << size;
      EXPECT_TRUE(rfc9162_inclusion(leaves[index], index, size, root, path)) << index << " in " << size;
    }
    for (std::uint64_t old = 0; old <= size; ++old) {
      const Hash old_root = defined_root(std::span(leaves).first(old));
      const auto path = consistency_proof(old, size, roots_of(leaves));
      EXPECT_TRUE(check_consistency(old, size, old_root, root, path)) << old << " to " << size;
      if (old == 0 || old == size) continue;
      EXPECT_TRUE(rfc9162_consistency(old, size, old_root, root, path)) << old << " to " << size;
    }
  }
}

TEST(MerkleTree, NoChangedProofHolds) {
  const std::vector<Hash> leaves = known_leaves(13);
  const Hash root = defined_root(leaves), old_root = defined_root(std::span(leaves).first(6)), other = leaf_hash("other");
  const auto inclusion = inclusion_proof(6, 13, roots_of(leaves)), consistency = consistency_proof(6, 13, roots_of(leaves));
  const auto holds = [&](const std::vector<Hash>& a, const std::vector<Hash>& b) {
    return check_inclusion(leaves[6], 6, 13, root, a) || check_consistency(6, 13, old_root, root, b);
  };
  for (std::size_t at = 0; at < std::max(inclusion.size(), consistency.size()); ++at) {
    auto a = inclusion, b = consistency;
    if (at < a.size()) a[at][5] ^= 1;
    if (at < b.size()) b[at][31] ^= 0x80;
    EXPECT_FALSE(at < a.size() && at < b.size() && holds(a, b)) << at;
  }
  const auto shorter = [](std::vector<Hash> path) { return path.pop_back(), path; };
  const auto longer = [&](std::vector<Hash> path) { return path.push_back(other), path; };
  EXPECT_FALSE(holds(shorter(inclusion), shorter(consistency)));
  EXPECT_FALSE(holds(longer(inclusion), longer(consistency)));
  EXPECT_FALSE(holds({}, {}));
  EXPECT_FALSE(check_inclusion(leaves[6], 7, 13, root, inclusion)) << "another place";
  EXPECT_FALSE(check_inclusion(leaves[6], 13, 13, root, inclusion)) << "a place behind the end";
  EXPECT_FALSE(check_inclusion(leaves[0], 0, 1, leaves[0], std::vector<Hash>(64))) << "more hashes than any tree needs";
  EXPECT_FALSE(check_consistency(13, 6, root, old_root, consistency)) << "a tree that shrank";
  EXPECT_FALSE(check_consistency(6, 13, other, root, consistency)) << "another old root";
  EXPECT_FALSE(check_consistency(13, 13, root, root, {{other}})) << "a path where none is needed";
  EXPECT_FALSE(check_consistency(0, 13, other, root, {})) << "an old tree without leaves has one root";
}

TEST(MerkleTree, SaysWhichSubtreesBecameComplete) {
  const std::vector<Hash> leaves = known_leaves(8);
  std::vector<std::pair<unsigned, Hash>> completed;
  MerkleStack tree;
  for (const Hash& leaf : leaves) tree.push(leaf, [&](unsigned height, const Hash& root) { completed.emplace_back(height, root); });
  ASSERT_EQ(completed.size(), 15u);
  EXPECT_EQ(completed[2], std::pair(1u, defined_root(std::span(leaves).first(2))));
  EXPECT_EQ(completed.back(), std::pair(3u, defined_root(leaves)));
}

TEST(MerkleTree, GoesOnFromItsCompleteSubtrees) {
  const std::vector<Hash> leaves = known_leaves(14);
  const auto root = roots_of(leaves);
  MerkleStack tree(13, {root(0, 8), root(8, 12), root(12, 13)});
  EXPECT_EQ(tree.root(), root(0, 13));
  EXPECT_EQ(root_of_range(0, 13, root), root(0, 13));
  tree.push(leaves[13]);
  EXPECT_EQ(tree.root(), root(0, 14));
}

}  // namespace
}  // namespace hone
