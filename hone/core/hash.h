#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace hone {

/// SHA-256 over bytes given in any pieces, with the CPU's instructions (OpenSSL EVP).
///
///     Sha256 hash;
///     hash.update("The card ").update("never arrived.");
///     std::string name = hash.hex();   // 64 lower-case hex digits
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::string_view bytes);

  /// The bytes' length and then the bytes, so that ("ab", "c") and ("a", "bc") differ.
  Sha256& update_sized(std::string_view bytes);

  /// Ends the hash; nothing may be added afterwards.
  Digest digest();
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Of the pieces, one behind the other. Faster than an object for each of many short texts.
Sha256::Digest sha256(std::initializer_list<std::string_view> pieces);

std::string sha256_hex(std::string_view bytes);

/// Reads the file in pieces. Throws kNotFound or kIo, naming it.
std::string sha256_hex_of_file(const std::filesystem::path& path);

/// First 8 bytes of SHA-256, big-endian: for buckets and orders that must never change.
std::uint64_t sha256_prefix(std::string_view bytes);

std::string to_hex(std::string_view bytes);

}  // namespace hone
