#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verify/findings.h"
#include "verify/layout.h"
#include "verify/note.h"
#include "verify/rules.h"

namespace hone::verify {

/// Which keys of a log are believed, and whether checkpoints are signed with the key that holds at their size (docs/ledger.md,
/// "Checkpoints, keys, witnesses").
class Keys {
 public:
  /// `given` are the keys that the auditor believes.
  Keys(std::vector<VerifierKey> given, std::string origin);

  /// Follows the chain of keys in the log.
  void follow(const std::vector<ChainKey>& chain, Verdicts& verdicts);

  /// A checkpoint that an outsider or the journal holds and that is of our tree: signed well by a believed old key and the new one, it
  /// makes the new one believed.
  void learn(const Checkpoint& checkpoint);

  /// Empty when the checkpoint is signed with the believed key that holds at its size; else what is wrong.
  std::string trouble(const Checkpoint& checkpoint) const;

  /// The same for a record of the journal that follows one of size `before`, by names alone unless `verify_all`.
  std::string trouble_of_record(const Checkpoint& checkpoint, std::uint64_t before, bool verify_all) const;

  const std::vector<ChainKey>& chain() const { return chain_; }

 private:
  std::size_t at_size(std::uint64_t size) const;

  std::vector<VerifierKey> given_;
  std::string origin_;
  std::vector<ChainKey> chain_;
  std::vector<bool> believed_;
};

}  // namespace hone::verify
