#include "verify/bytes.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

namespace hone::verify {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What each character is as a hex digit, 16 when it is none.
constexpr std::array<std::uint8_t, 256> kHexValue = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(16);
  for (std::uint8_t digit = 0; digit < 16; ++digit) values[static_cast<unsigned char>(kHex[digit])] = digit;
  return values;
}();

unsigned hex_value(char c) { return kHexValue[static_cast<unsigned char>(c)]; }

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Looking up the algorithm costs as much as hashing an event, so it is done once.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

EVP_MD_CTX* context_of_thread() {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context.get();
}

void must(int done) {
  if (done != 1) throw Unreadable("OpenSSL's libcrypto gives no SHA-256");
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Key private_key(std::string_view seed) {
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()), EVP_PKEY_free};
}

}  // namespace

Hash hash_from(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes_of(bytes), hash.size(), hash.begin());
  return hash;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += kHex[static_cast<unsigned char>(byte) >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

bool is_hex(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return false;
  unsigned all = 0;  // Without a branch for each digit: every event has a hundred of them.
  for (const char c : text) all |= hex_value(c);
  return all < 16;
}

std::string from_hex(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  from_hex(text, bytes.data());
  return bytes;
}

void from_hex(std::string_view text, char* to) {
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) *to++ = static_cast<char>(hex_value(text[at]) << 4 | hex_value(text[at + 1]));
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string base64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view part = bytes.substr(at, 3);
    const auto bits = static_cast<unsigned>(big_endian(part) << 8 * (3 - part.size()));
    for (unsigned digit = 0; digit < 4; ++digit) text += digit <= part.size() ? kBase64[bits >> (18 - 6 * digit) & 63] : '=';
  }
  return text;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 18 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

Hash sha256(std::string_view a, std::string_view b, std::string_view c) {
  EVP_MD_CTX* const context = context_of_thread();
  Hash hash;
  must(EVP_DigestInit_ex(context, algorithm(), nullptr));
  for (const std::string_view part : {a, b, c}) {
    if (!part.empty()) must(EVP_DigestUpdate(context, part.data(), part.size()));
  }
  must(EVP_DigestFinal_ex(context, hash.data(), nullptr));
  return hash;
}

Hash leaf_hash(std::string_view entry) { return sha256(std::string_view("\0", 1), entry); }

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<char, 65> bytes;
  bytes[0] = 1;
  std::ranges::copy(left, bytes.begin() + 1);
  std::ranges::copy(right, bytes.begin() + 33);
  return sha256({bytes.data(), bytes.size()});
}

Digest::Digest() : context_(EVP_MD_CTX_new()) { must(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), algorithm(), nullptr)); }

Digest::~Digest() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Digest::add(std::string_view bytes) { must(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size())); }

Hash Digest::end() {
  Hash hash;
  must(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), hash.data(), nullptr));
  return hash;
}

bool signed_by(std::string_view key, std::string_view message, std::string_view signature) {
  if (key.size() != 32 || signature.size() != 64) return false;
  const Key public_part(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key), key.size()), EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return public_part && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_part.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

std::string sign(std::string_view seed, std::string_view message) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  if (!key || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(message), message.size()) != 1) {
    throw Unreadable("OpenSSL's libcrypto signs nothing with this key");
  }
  return signature;
}

std::string public_key(std::string_view seed) {
  const Key key = private_key(seed);
  std::string bytes(32, '\0');
  std::size_t size = bytes.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1) {
    throw Unreadable("OpenSSL's libcrypto makes no public key");
  }
  return bytes;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
    throw Unreadable("OpenSSL's libcrypto gives no random numbers");
  return bytes;
}

}  // namespace hone::verify
