#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/bytes.h"

namespace hone::verify {

/// The longest note: 16 signatures, of which some may be post-quantum ones of 5 kB that we do not know.
inline constexpr std::size_t kMostNoteBytes = 65'536;

/// A public key with its name: "name+hex key ID+base64(type || key)" (c2sp.org/signed-note).
struct VerifierKey {
  std::string text;
  std::string name;
  std::string id;  ///< 4 bytes
  std::string key;
  std::uint8_t type = 0;
};

inline constexpr std::uint8_t kLogKey = 1;      ///< Ed25519 over the text.
inline constexpr std::uint8_t kWitnessKey = 4;  ///< Ed25519 over "cosignature/v1", a time, and the text.

std::string key_id(std::string_view name, std::uint8_t type, std::string_view key);
VerifierKey parse_vkey(std::string_view text);  ///< Throws Malformed.

struct Signature {
  std::string name;
  std::string id;
  std::string bytes;  ///< What follows the key ID.
};

/// A signed tree head (c2sp.org/tlog-checkpoint), without extension lines.
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  std::string text;  ///< What is signed.
  std::vector<Signature> signatures;
};

Checkpoint parse_checkpoint(std::string_view note);  ///< Throws Malformed.

enum class Signed { kNot, kWell, kBadly };

Signed signed_with(const Checkpoint& checkpoint, const VerifierKey& key);

/// Whether a signature says that it is of `key`, good or bad.
bool names_key(const Checkpoint& checkpoint, const VerifierKey& key);

/// What a witness signs at a time, in seconds since 1970.
std::string cosigned_text(const Checkpoint& checkpoint, std::uint64_t time);

/// The time at which a witness cosigned it; nothing when it did not. Throws Malformed when its signature is bad.
std::optional<std::uint64_t> cosigned_at(const Checkpoint& checkpoint, const VerifierKey& witness);

/// Which logs are believed, and which witnesses must have seen a checkpoint (c2sp.org/tlog-policy).
class Policy {
 public:
  static Policy parse(std::string_view text);  ///< Throws Malformed, naming the line.

  const std::vector<VerifierKey>& logs() const { return logs_; }
  std::vector<VerifierKey> witnesses() const;
  bool asks_for_witnesses() const { return quorum_ != "none"; }

  /// When the quorum had seen it: the earliest time at which enough had cosigned. Throws Malformed when a known witness signed badly.
  std::optional<std::uint64_t> witnessed_at(const Checkpoint& checkpoint) const;

 private:
  struct Group {
    std::size_t least = 1;
    std::vector<std::string> members;
  };

  void read_line(const std::vector<std::string>& words);
  void read_group(const std::vector<std::string>& words);
  void define(const std::string& name) const;
  std::optional<std::uint64_t> seen_at(const std::string& name, const Checkpoint& checkpoint) const;

  std::vector<VerifierKey> logs_;
  std::map<std::string, VerifierKey> witnesses_;
  std::map<std::string, Group> groups_;
  std::map<std::string, bool> members_;
  std::string quorum_;
};

/// That an entry lies at an index of a tree (c2sp.org/tlog-proof).
struct Proof {
  std::uint64_t index = 0;
  std::vector<Hash> path;
  Checkpoint checkpoint;
};

Proof parse_proof(std::string_view text);  ///< Throws Malformed.

}  // namespace hone::verify
