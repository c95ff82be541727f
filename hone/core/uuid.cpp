#include "hone/core/uuid.h"

#include <openssl/evp.h>

#include <array>

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

// RFC 9562, 6.6: the namespace of URLs, 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
constexpr std::string_view kUrlNamespace("\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8", 16);

}  // namespace

std::string uuid_v5(std::string_view name) {
  const std::string named = std::string(kUrlNamespace) + std::string(name);
  std::array<unsigned char, 20> digest;
  if (EVP_Digest(named.data(), named.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
    throw Error(ErrorCode::kInternal, "OpenSSL has no SHA-1");
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);  // Version 5,
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);  // of the variant of RFC 9562.
  std::string text = to_hex({reinterpret_cast<const char*>(digest.data()), 16});
  for (const std::size_t place : {20, 16, 12, 8}) text.insert(place, "-");
  return text;
}

}  // namespace hone
