// Any bytes as a proof. What is taken is within its limits, and its path is walked for the entry's index without a fault.
#include "verify/fuzz_testing.h"
#include "verify/note.h"
#include "verify/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hone::verify;
  try {
    const Proof proof = parse_proof(hone::verify::text_of(data, size));
    require(proof.path.size() <= 63);
    const auto root = root_by_path(leaf_hash("leaf-5"), proof.index, proof.checkpoint.size, proof.path);
    require(!root || proof.index < proof.checkpoint.size);
  } catch (const Malformed&) {
  }
  return 0;
}
