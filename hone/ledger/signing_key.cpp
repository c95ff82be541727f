#include "hone/ledger/signing_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cassert>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr std::size_t kSignatureBytes = 64;

const unsigned char* unsigned_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
Digest new_digest() { return {EVP_MD_CTX_new(), EVP_MD_CTX_free}; }

}  // namespace

struct SigningKey::Pair {
  EVP_PKEY* key = nullptr;
  ~Pair() { EVP_PKEY_free(key); }
};

SigningKey::SigningKey(std::string name, const Seed& seed, std::uint8_t type) : seed_(seed), pair_(std::make_unique<Pair>()) {
  if (!is_key_name(name)) throw Error(ErrorCode::kInvalidArgument, "'" + name + "' cannot name a key: no spaces, no '+', 1 to 200 bytes");
  pair_->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size());
  verifier_ = {.name = std::move(name), .type = type, .key = {}};
  std::size_t size = verifier_.key.size();
  if (!pair_->key || EVP_PKEY_get_raw_public_key(pair_->key, verifier_.key.data(), &size) != 1)
    throw Error(ErrorCode::kInternal, "OpenSSL has no Ed25519");
}

SigningKey::~SigningKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }
SigningKey::SigningKey(SigningKey&& other) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&& other) noexcept = default;

SigningKey SigningKey::generate(std::string name) {
  Seed seed;
  if (::getentropy(seed.data(), seed.size()) != 0) throw Error(ErrorCode::kIo, "the system has no random numbers");
  SigningKey key(std::move(name), seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

std::string SigningKey::sign(std::string_view message) const {
  const Digest context = new_digest();
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pair_->key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, unsigned_bytes(message), message.size()) !=
          1)
    throw Error(ErrorCode::kInternal, "OpenSSL cannot sign with the key of '" + verifier_.name + "'");
  return signature;
}

NoteSignature SigningKey::sign_note(std::string_view text) const {
  assert(verifier_.type == VerifierKey::kEd25519);
  return {.name = verifier_.name, .id = verifier_.id(), .signature = sign(text)};
}

NoteSignature SigningKey::cosign_note(std::string_view text, std::uint64_t unix_seconds) const {
  assert(verifier_.type == VerifierKey::kCosignature);
  std::string signature;
  for (int shift = 56; shift >= 0; shift -= 8) signature += static_cast<char>(unix_seconds >> shift);
  return {.name = verifier_.name, .id = verifier_.id(), .signature = signature + sign(cosigned_text(text, unix_seconds))};
}

bool check_ed25519(const std::array<std::uint8_t, 32>& key, std::string_view message, std::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()), EVP_PKEY_free);
  const Digest context = new_digest();
  return pair && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pair.get()) == 1 &&
         EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(), unsigned_bytes(message), message.size()) == 1;
}

std::string cosigned_text(std::string_view text, std::uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string(text);
}

}  // namespace hone
