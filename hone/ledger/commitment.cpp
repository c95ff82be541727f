#include "hone/ledger/commitment.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {

std::string commitment_of(const Commitment::Salt& salt, std::string_view payload) {
  const Sha256::Digest digest =
      sha256({std::string_view("hone/commit/v1\0", 15), {reinterpret_cast<const char*>(salt.data()), salt.size()}, payload});
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Commitment::Salt random_salt() {
  Commitment::Salt salt;
  if (::getentropy(salt.data(), salt.size()) != 0) throw Error(ErrorCode::kIo, "the system has no random numbers");
  return salt;
}

std::string example_key(std::string_view id_key, std::string_view row_id) {
  constexpr std::size_t kKeyBytes = 16;
  std::array<unsigned char, 32> mac;
  unsigned size = mac.size();
  if (!HMAC(EVP_sha256(), id_key.data(), static_cast<int>(id_key.size()), reinterpret_cast<const unsigned char*>(row_id.data()),
            row_id.size(), mac.data(), &size))
    throw Error(ErrorCode::kInternal, "OpenSSL has no HMAC");
  return to_hex({reinterpret_cast<const char*>(mac.data()), kKeyBytes});
}

}  // namespace hone
