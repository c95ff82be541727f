#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "hone/ledger/disk.h"

namespace hone::ledger_internal {

/// 32 random bytes that are wiped when they go.
class SecretKey {
 public:
  static constexpr std::size_t kBytes = 32;

  SecretKey() = default;
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  static SecretKey random();
  /// Nothing unless the text is 64 digits of lower-case hex.
  static std::optional<SecretKey> from_hex(std::string_view hex);

  const std::uint8_t* data() const { return bytes_.data(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  /// 16 bytes that tell keys apart and say nothing of them.
  std::string tag() const;

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

/// What the file of keys holds. Kept in memory only while it is used.
struct KeyRing {
  std::map<std::string, SecretKey> subjects;
  std::optional<SecretKey> id_key;

  const SecretKey* find(const std::string& subject) const;
  bool has_tag(std::string_view tag) const;
};

/// The file with one key per data subject:
///
///     hone-subject-keys/1
///     id_key <64 hex>                (where there is one)
///     subject <64 hex> <subject>     (ascending by subject)
///     sum <64 hex>                   (SHA-256 of the lines above)
///
/// Replaced as a whole: after a crash the old keys are there, or the new ones. What is refused says private_file.h; a changed file is
/// kCorruptData.
class SubjectKeyFile {
 public:
  explicit SubjectKeyFile(std::filesystem::path file) : file_(std::move(file)) {}

  const std::filesystem::path& path() const { return file_; }

  /// Nothing when the file is not there. Takes no lock.
  std::optional<KeyRing> read() const;

  /// kKeep leaves the file's old bytes to the disk; kWipe overwrites them, best effort, once the new ones are durable.
  enum class OldBytes { kKeep, kWipe };
  /// Durable when it returns. REQUIRES: the lock is held.
  void write(const KeyRing& ring, OldBytes old_bytes) const;

  /// Runs `act` while no other process may change keys or what they seal. Throws kBusy after ten seconds.
  void locked(const std::function<void()>& act) const;

 private:
  bool read_text(std::string& text) const;

  std::filesystem::path file_;
  Disk disk_;
};

}  // namespace hone::ledger_internal
