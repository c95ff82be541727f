#include "hone/core/hash.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "hone/core/error.h"

namespace hone {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(evp); }
};

namespace {

// Looked up once: OpenSSL 3 takes longer to find an algorithm by its name than to hash a short text with it.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

void begin(EVP_MD_CTX* context) {
  if (!context || !algorithm() || EVP_DigestInit_ex(context, algorithm(), nullptr) != 1)
    throw Error(ErrorCode::kInternal, "OpenSSL has no SHA-256");
}

}  // namespace

Sha256::Sha256() : context_(std::make_unique<Context>()) { begin(context_->evp); }

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update_sized(std::string_view bytes) {
  std::array<char, 8> size;
  for (int byte = 0; byte < 8; ++byte) size[byte] = static_cast<char>(bytes.size() >> (56 - 8 * byte));
  return update({size.data(), size.size()}).update(bytes);
}

Sha256::Digest Sha256::digest() {
  Digest digest;
  EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr);
  return digest;
}

std::string Sha256::hex() {
  const Digest bytes = digest();
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Sha256::Digest sha256(std::initializer_list<std::string_view> pieces) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  begin(context.get());
  for (const std::string_view piece : pieces) EVP_DigestUpdate(context.get(), piece.data(), piece.size());
  Sha256::Digest digest;
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return digest;
}

std::string sha256_hex(std::string_view bytes) { return Sha256().update(bytes).hex(); }

std::string sha256_hex_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "cannot open '" + path.string() + "': " + std::strerror(errno));
  Sha256 hash;
  std::vector<char> piece(1 << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
    hash.update({piece.data(), static_cast<std::size_t>(file.gcount())});
  if (file.bad()) throw Error(ErrorCode::kIo, "reading '" + path.string() + "' failed");
  return hash.hex();
}

std::uint64_t sha256_prefix(std::string_view bytes) {
  const Sha256::Digest digest = Sha256().update(bytes).digest();
  std::uint64_t prefix = 0;
  for (int byte = 0; byte < 8; ++byte) prefix = prefix << 8 | digest[byte];
  return prefix;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

}  // namespace hone
