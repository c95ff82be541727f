#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hone/ledger/signed_note.h"

namespace hone {

/// A private Ed25519 key (RFC 8032) and its name. Its bytes are wiped when it goes. May be used by several threads.
class SigningKey {
 public:
  using Seed = std::array<std::uint8_t, 32>;

  /// Throws kInvalidArgument when the name is none.
  SigningKey(std::string name, const Seed& seed, std::uint8_t type = VerifierKey::kEd25519);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  /// A new key out of the system's random numbers.
  static SigningKey generate(std::string name);

  const VerifierKey& verifier() const { return verifier_; }

  /// 64 bytes over any message.
  std::string sign(std::string_view message) const;

  /// The signature line's parts over a note's text. REQUIRES: type 01.
  NoteSignature sign_note(std::string_view text) const;

  /// A witness's signature over the text at a time. REQUIRES: type 04.
  NoteSignature cosign_note(std::string_view text, std::uint64_t unix_seconds) const;

  /// For the key file alone.
  const Seed& seed() const { return seed_; }

 private:
  struct Pair;
  VerifierKey verifier_;
  Seed seed_;
  std::unique_ptr<Pair> pair_;
};

/// Whether the 64 bytes are the key's Ed25519 signature over the message.
bool check_ed25519(const std::array<std::uint8_t, 32>& key, std::string_view message, std::string_view signature);

/// What a cosignature signs: "cosignature/v1\ntime <seconds>\n" and the note's text.
std::string cosigned_text(std::string_view text, std::uint64_t unix_seconds);

}  // namespace hone
