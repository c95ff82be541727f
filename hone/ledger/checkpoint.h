#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/merkle_tree.h"
#include "hone/ledger/signed_note.h"
#include "hone/ledger/signing_key.h"

namespace hone {

/// How long a log is and what is in it, in three lines: origin, size, base64 of the root (C2SP tlog-checkpoint, without further lines).
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};

  /// The note's text.
  std::string text() const;

  /// Signed by each of the keys, in their order.
  SignedNote sign(const std::vector<const SigningKey*>& keys) const;

  /// Throws kCorruptData naming what is wrong: a size with a leading zero, a root that is not 32 bytes, a fourth line.
  static Checkpoint parse(std::string_view text);
  bool operator==(const Checkpoint&) const = default;
};

}  // namespace hone
