#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "verify/note.h"

namespace hone::verify {

/// What a witness keeps: its key, and of each log the largest tree that it has seen. A text file of mode 0600:
///
///   hone-witness/1
///   name witness.example/me
///   seed <64 hex digits>
///   log <origin> <size> <root in base64>
class WitnessState {
 public:
  struct Seen {
    std::uint64_t size;
    Hash root;
  };

  /// A new key where there is no file. Throws Malformed, and Unreadable when others may read it.
  static WitnessState load(const std::filesystem::path& path);

  std::optional<Seen> last(const std::string& origin) const;
  std::string vkey() const;

  /// Remembers the checkpoint; returns the signature line to be added to it (c2sp.org/tlog-cosignature).
  std::string cosign(const Checkpoint& checkpoint, std::uint64_t time);

  void save(const std::filesystem::path& path) const;

 private:
  std::string name_, seed_;
  std::map<std::string, Seen> logs_;
};

}  // namespace hone::verify
