#include "hone/ledger/payload_store.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/ledger/key_file.h"
#include "hone/ledger/payload_rows_internal.h"
#include "hone/ledger/private_file.h"
#include "hone/ledger/subject_keys_internal.h"

// The sealed bytes of a row: tag of the key (16), nonce (24), and the box of salt (32) and payload (16 bytes longer than these). Additional
// data: "hone/payload/v1", a zero byte, the id (32 hex digits), the subject.
namespace hone {
namespace {

using ledger_internal::KeyRing;
using ledger_internal::PayloadRows;
using ledger_internal::SecretKey;
using ledger_internal::SubjectKeyFile;

constexpr std::size_t kTagBytes = crypto_generichash_BYTES_MIN;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kBoxBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;  // So much longer is a box than what is in it.
constexpr std::size_t kSaltBytes = sizeof(Commitment::Salt);
constexpr std::size_t kPayloadIdBytes = 16;
constexpr std::size_t kMostSubject = 128;
constexpr std::string_view kSubjectLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.";

static_assert(SecretKey::kBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

void check_subject(const std::string& subject) {
  if (subject.empty() || subject.size() > kMostSubject || subject.find_first_not_of(kSubjectLetters) != std::string::npos)
    throw Error(ErrorCode::kInvalidArgument, "'" + subject + "' names no data subject: an example key or a person's ID does, of 1 to " +
                                                 std::to_string(kMostSubject) + " letters, digits and :-_.");
}

void check_payload(std::string_view payload) {
  if (payload.size() > PayloadStore::kMaxPayloadBytes)
    throw Error(ErrorCode::kInvalidArgument,
                "a payload of " + std::to_string(payload.size()) + " bytes; it may have " + std::to_string(PayloadStore::kMaxPayloadBytes));
}

std::string random_octets(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), count);
  return bytes;
}

std::string sealed_for(const PayloadRows::Row& row) { return std::string("hone/payload/v1\0", 16) + row.id + row.subject; }

std::string seal(const PayloadRows::Row& row, const SecretKey& key, const Commitment::Salt& salt, std::string_view payload) {
  std::string content;
  content.reserve(salt.size() + payload.size());
  content.append(reinterpret_cast<const char*>(salt.data()), salt.size()).append(payload);
  const WipedAtEnd wiped(content);
  const std::string nonce = random_octets(kNonceBytes), context = sealed_for(row);
  std::string box(content.size() + kBoxBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(box), nullptr, octets(content), content.size(), octets(context), context.size(),
                                             nullptr, octets(nonce), key.data());
  return key.tag() + nonce + box;
}

// Salt and payload; nothing when the key is not the one, or anything was changed.
std::optional<std::string> unseal(const PayloadRows::Row& row, const SecretKey& key) {
  const std::string_view nonce = std::string_view(row.sealed).substr(kTagBytes, kNonceBytes);
  const std::string_view box = std::string_view(row.sealed).substr(kTagBytes + kNonceBytes);
  const std::string context = sealed_for(row);
  std::string content(box.size() - kBoxBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(content), nullptr, nullptr, octets(box), box.size(), octets(context),
                                                 context.size(), octets(nonce), key.data()) != 0)
    return std::nullopt;
  return content;
}

[[noreturn]] void refuse_payload(const PayloadRows& rows, const std::string& id, const std::string& why) {
  throw Error(ErrorCode::kCorruptData, "the payload " + id + " of '" + rows.path().string() + "' " + why + "; restore its backup");
}

}  // namespace

struct PayloadStore::Opened {
  Commitment::Salt salt;
  std::string payload;
};

struct PayloadStore::Parts {
  Parts(const std::filesystem::path& db_file, const std::filesystem::path& key_file) : rows(db_file), keys(key_file) {}

  // Payloads without their keys are lost, so that keys are drawn into a new file only where there is nothing that they should open.
  KeyRing load_ring() const {
    if (auto ring = keys.read()) return std::move(*ring);
    if (!rows.is_empty())
      throw Error(ErrorCode::kNotFound, "the file of keys '" + keys.path().string() + "' is not there, without which nobody can open '" +
                                            rows.path().string() + "'; restore its backup");
    return {};
  }

  // REQUIRES: the lock is held.
  SecretKey key_for(const std::string& subject) const {
    KeyRing ring = load_ring();
    if (const SecretKey* key = ring.find(subject)) return *key;
    const SecretKey key = SecretKey::random();
    ring.subjects.emplace(subject, key);
    keys.write(ring, SubjectKeyFile::OldBytes::kKeep);
    return key;
  }

  PayloadRows rows;
  SubjectKeyFile keys;
};

PayloadStore::PayloadStore(const std::filesystem::path& db_file, const std::filesystem::path& key_file) {
  if (sodium_init() < 0) throw Error(ErrorCode::kInternal, "libsodium does not start");
  parts_ = std::make_unique<Parts>(db_file, key_file);
}

PayloadStore::~PayloadStore() = default;
PayloadStore::PayloadStore(PayloadStore&&) noexcept = default;
PayloadStore& PayloadStore::operator=(PayloadStore&&) noexcept = default;

Commitment PayloadStore::put(const std::string& subject, std::string_view payload) {
  check_subject(subject);
  check_payload(payload);
  const Commitment::Salt salt = random_salt();
  PayloadRows::Row row{.id = to_hex(random_octets(kPayloadIdBytes)), .subject = subject, .sealed = ""};
  parts_->keys.locked([&] {
    row.sealed = seal(row, parts_->key_for(subject), salt, payload);
    parts_->rows.insert(row);
  });
  return {.commit = commitment_of(salt, payload), .payload = row.id};
}

// A row whose key is gone was erased. That is believed only where no key that is there sealed it: a subject, or the tag, may have been
// changed.
std::optional<PayloadStore::Opened> PayloadStore::open(const std::string& payload_id) const {
  const auto row = parts_->rows.find(payload_id);
  if (!row) return std::nullopt;
  if (row->sealed.size() < kTagBytes + kNonceBytes + kSaltBytes + kBoxBytes) refuse_payload(parts_->rows, payload_id, "was cut");
  const std::string_view tag = std::string_view(row->sealed).substr(0, kTagBytes);
  const KeyRing ring = parts_->load_ring();
  const SecretKey* const key = ring.find(row->subject);
  std::optional<std::string> content = key ? unseal(*row, *key) : std::nullopt;
  if (content ? key->tag() != tag : ring.has_tag(tag)) refuse_payload(parts_->rows, payload_id, "was changed: its seal does not hold");
  if (!content) return std::nullopt;
  const WipedAtEnd wiped(*content);
  Opened opened{.salt = {}, .payload = content->substr(kSaltBytes)};
  std::copy_n(octets(*content), kSaltBytes, opened.salt.begin());
  return opened;
}

std::optional<std::string> PayloadStore::get(const std::string& payload_id) const {
  auto opened = open(payload_id);
  return opened ? std::optional(std::move(opened->payload)) : std::nullopt;
}

std::optional<std::string> PayloadStore::get(const Commitment& commitment) const {
  auto opened = open(commitment.payload);
  if (!opened) return std::nullopt;
  if (commitment_of(opened->salt, opened->payload) != commitment.commit)
    refuse_payload(parts_->rows, commitment.payload, "is not what was committed to");
  return std::move(opened->payload);
}

std::vector<std::string> PayloadStore::ids_of(const std::string& subject) const { return parts_->rows.ids_of(subject); }

void PayloadStore::erase_subject(const std::string& subject) {
  check_subject(subject);
  parts_->keys.locked([&] {
    KeyRing ring = parts_->load_ring();
    if (ring.subjects.erase(subject) > 0) parts_->keys.write(ring, SubjectKeyFile::OldBytes::kWipe);
    parts_->rows.remove_subject(subject);
  });
}

void PayloadStore::erase_all(std::span<const std::string> payload_ids) {
  parts_->keys.locked([&] { parts_->rows.remove(payload_ids); });
}

void PayloadStore::erase(const std::string& payload_id) { erase_all({&payload_id, 1}); }

std::string PayloadStore::id_key() {
  if (const KeyRing ring = parts_->load_ring(); ring.id_key) return std::string(ring.id_key->view());
  std::string bytes;
  parts_->keys.locked([&] {
    KeyRing ring = parts_->load_ring();
    if (!ring.id_key) {
      ring.id_key = SecretKey::random();
      parts_->keys.write(ring, SubjectKeyFile::OldBytes::kKeep);
    }
    bytes = ring.id_key->view();
  });
  return bytes;
}

void PayloadStore::forget_id_key() {
  parts_->keys.locked([&] {
    KeyRing ring = parts_->load_ring();
    if (!ring.id_key) return;
    ring.id_key.reset();
    parts_->keys.write(ring, SubjectKeyFile::OldBytes::kWipe);
  });
}

std::filesystem::path payload_key_file_of(const std::filesystem::path& state, const std::string& project) {
  return key_file_of(state, project).replace_extension(".subjects");
}

}  // namespace hone
