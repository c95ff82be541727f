#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hone::verify {

using Hash = std::array<std::uint8_t, 32>;

/// A file that should be there cannot be read: the program ends with status 3.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A text is not what its format asks for. The message says what is wrong with it.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline std::string_view text_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }
Hash hash_from(std::string_view bytes);  // REQUIRES: 32 bytes

/// Big-endian numbers; `bytes` holds at least as many as are read.
std::uint64_t big_endian(std::string_view bytes);

std::string hex(std::string_view bytes);
bool is_hex(std::string_view text, std::size_t digits);  ///< So many digits, lower case.
std::string from_hex(std::string_view text);             // REQUIRES: is_hex
void from_hex(std::string_view text, char* to);          // REQUIRES: is_hex

/// RFC 4648 with padding. Nothing when another encoder would have written it otherwise: bits left over are zero.
std::optional<std::string> from_base64(std::string_view text);
std::string base64(std::string_view bytes);

/// A number below 2^63 in decimal without sign or leading zero.
std::optional<std::uint64_t> decimal(std::string_view text);

/// SHA-256 of the parts put together.
Hash sha256(std::string_view a, std::string_view b = {}, std::string_view c = {});

/// RFC 6962: an entry, and a node above two others.
Hash leaf_hash(std::string_view entry);
Hash node_hash(const Hash& left, const Hash& right);

/// SHA-256 of a file read piece by piece.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  Hash end();

 private:
  void* context_;
};

/// Ed25519, RFC 8032. False for keys and signatures of the wrong length.
bool signed_by(std::string_view key, std::string_view message, std::string_view signature);
std::string sign(std::string_view seed, std::string_view message);
std::string public_key(std::string_view seed);
std::string random_bytes(std::size_t count);

}  // namespace hone::verify
