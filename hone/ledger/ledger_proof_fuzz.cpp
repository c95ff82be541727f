// Any numbers and hashes: our recursive checks of proofs agree with the iterative ones of RFC 9162, 2.1.3.2 and 2.1.4.2. And a proof that
// was made for a small tree and then changed holds only if nothing was.
#include <algorithm>
#include <cstring>

#include "hone/core/fuzz_testing.h"
#include "hone/ledger/rfc9162_testing.h"

namespace {

using hone::Hash;
using Path = std::vector<Hash>;

class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t next(std::size_t size) {
    std::uint64_t number = 0;
    for (; size > 0 && !bytes_.empty(); --size, bytes_.remove_prefix(1)) number = number << 8 | static_cast<unsigned char>(bytes_.front());
    return number;
  }
  Path hashes() {
    Path path;
    while (!bytes_.empty() && path.size() < 70) {
      Hash hash{};
      std::memcpy(hash.data(), bytes_.data(), std::min(hash.size(), bytes_.size()));
      bytes_.remove_prefix(std::min(hash.size(), bytes_.size()));
      path.push_back(hash);
    }
    return path;
  }

 private:
  std::string_view bytes_;
};

Hash root_of(std::uint64_t begin, std::uint64_t end) {
  hone::MerkleStack tree;
  for (std::uint64_t leaf = begin; leaf < end; ++leaf) tree.push(hone::leaf_hash(std::to_string(leaf)));
  return tree.root();
}

void try_made_proofs(Numbers& numbers) {
  const std::uint64_t size = 1 + numbers.next(1) % 100, index = numbers.next(1) % size, old = numbers.next(1) % (size + 1);
  Path path = hone::inclusion_proof(index, size, root_of), steps = hone::consistency_proof(old, size, root_of);
  const Hash leaf = hone::leaf_hash(std::to_string(index)), root = root_of(0, size), old_root = root_of(0, old);
  hone::require(hone::check_inclusion(leaf, index, size, root, path) && hone::check_consistency(old, size, old_root, root, steps));
  const std::size_t byte = numbers.next(2);
  if (!path.empty()) {
    path[byte / 32 % path.size()][byte % 32] ^= 1;
    hone::require(!hone::check_inclusion(leaf, index, size, root, path));
  }
  if (!steps.empty()) {
    steps[byte / 32 % steps.size()][byte % 32] ^= 1;
    hone::require(!hone::check_consistency(old, size, old_root, root, steps));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Numbers numbers(hone::bytes_of(data, size));
  try_made_proofs(numbers);
  const std::size_t digits = 1 + numbers.next(1) % 8;
  const std::uint64_t first = numbers.next(digits), second = numbers.next(digits);
  const Path path = numbers.hashes();
  const Hash leaf = hone::leaf_hash("leaf");
  hone::require(hone::check_inclusion(leaf, first, second, leaf, path) ==
                (path.size() <= hone::kMaxProofHashes && hone::rfc9162_inclusion(leaf, first, second, leaf, path)));
  if (first > 0 && first < second && path.size() <= hone::kMaxProofHashes)
    hone::require(hone::check_consistency(first, second, leaf, leaf, path) == hone::rfc9162_consistency(first, second, leaf, leaf, path));
  return 0;
}
