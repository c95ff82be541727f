#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/ledger_lock.h"
#include "hone/ledger/private_file.h"
#include "hone/ledger/subject_keys_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::string_view kSubjectKeys = "hone-subject-keys/1\n";
constexpr std::string_view kSubjectKeysName = "file of keys";
constexpr std::size_t kMostSubjectKeysBytes = 256u << 20;  // A million subjects and more.
constexpr std::size_t kKeyDigits = 2 * SecretKey::kBytes;
constexpr std::chrono::seconds kPatienceForKeys{10};

// Upper bound, so that a text of keys never grows: what it leaves behind would not be wiped.
std::size_t room_for(const KeyRing& ring) {
  constexpr std::size_t kAroundKey = sizeof "subject  \n" + kKeyDigits;
  std::size_t bytes = kSubjectKeys.size() + 2 * kAroundKey;
  for (const auto& [subject, key] : ring.subjects) bytes += kAroundKey + subject.size();
  return bytes;
}

void append_hex(std::string& text, const SecretKey& key) {
  std::array<char, kKeyDigits + 1> digits;
  sodium_bin2hex(digits.data(), digits.size(), key.data(), SecretKey::kBytes);
  text.append(digits.data(), kKeyDigits);
  sodium_memzero(digits.data(), digits.size());
}

std::string sum_line(std::string_view lines) { return "sum " + sha256_hex(lines) + "\n"; }

void append_ring(std::string& text, const KeyRing& ring) {
  text.reserve(room_for(ring));
  text += kSubjectKeys;
  if (ring.id_key) {
    text += "id_key ";
    append_hex(text, *ring.id_key);
    text += '\n';
  }
  for (const auto& [subject, key] : ring.subjects) {
    text += "subject ";
    append_hex(text, key);
    text += ' ';
    text += subject;
    text += '\n';
  }
  text += sum_line(text);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<SecretKey> take_key(std::string_view& text) {
  auto key = SecretKey::from_hex(text.substr(0, kKeyDigits));
  if (key) text.remove_prefix(kKeyDigits);
  return key;
}

// Nothing where the lines are not those that append_ring() writes.
std::optional<KeyRing> parse_ring(std::string_view text) {
  const std::size_t sum_bytes = sum_line("").size();
  if (text.size() < kSubjectKeys.size() + sum_bytes) return std::nullopt;
  std::string_view lines = text.substr(0, text.size() - sum_bytes);
  if (text.substr(lines.size()) != sum_line(lines) || !take_prefix(lines, kSubjectKeys)) return std::nullopt;
  KeyRing ring;
  if (take_prefix(lines, "id_key ")) {
    ring.id_key = take_key(lines);
    if (!ring.id_key || !take_prefix(lines, "\n")) return std::nullopt;
  }
  while (!lines.empty()) {
    if (!take_prefix(lines, "subject ")) return std::nullopt;
    const auto key = take_key(lines);
    const std::size_t end = lines.find('\n');
    if (!key || end == std::string_view::npos || !take_prefix(lines, " ")) return std::nullopt;
    if (!ring.subjects.emplace(lines.substr(0, end - 1), *key).second) return std::nullopt;
    lines.remove_prefix(end);
  }
  return ring;
}

// The file that another one has replaced. Where its name is not another backup's too (a hard link), its bytes are overwritten: file systems
// that write in place then hold them no longer, and on others nothing is lost. Failures change nothing that was promised.
class ReplacedFile {
 public:
  explicit ReplacedFile(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {}
  ~ReplacedFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  void wipe() const {
    struct stat info {};
    if (fd_ < 0 || ::fstat(fd_, &info) != 0 || info.st_nlink != 0) return;
    const std::string zeros(static_cast<std::size_t>(info.st_size), '\0');
    if (::pwrite(fd_, zeros.data(), zeros.size(), 0) == info.st_size) ::fsync(fd_);
  }

 private:
  int fd_;
};

}  // namespace

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::random() {
  SecretKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

std::optional<SecretKey> SecretKey::from_hex(std::string_view hex) {
  if (!is_lower_hex(hex, kKeyDigits)) return std::nullopt;
  SecretKey key;
  sodium_hex2bin(key.bytes_.data(), key.bytes_.size(), hex.data(), hex.size(), nullptr, nullptr, nullptr);
  return key;
}

std::string SecretKey::tag() const {
  constexpr std::string_view kContext("hone/payload-key/v1");
  std::string tag(crypto_generichash_BYTES_MIN, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(tag.data()), tag.size(), reinterpret_cast<const unsigned char*>(kContext.data()),
                     kContext.size(), bytes_.data(), bytes_.size());
  return tag;
}

const SecretKey* KeyRing::find(const std::string& subject) const {
  const auto found = subjects.find(subject);
  return found == subjects.end() ? nullptr : &found->second;
}

bool KeyRing::has_tag(std::string_view tag) const {
  for (const auto& [subject, key] : subjects)
    if (key.tag() == tag) return true;
  return false;
}

std::optional<KeyRing> SubjectKeyFile::read() const {
  // Who opened the file before another process replaced it may read bytes that are wiped meanwhile: the next reading then differs.
  std::string last;
  for (;;) {
    std::string text;
    if (!read_text(text)) return std::nullopt;
    const WipedAtEnd wiped(text);
    if (auto ring = parse_ring(text)) return ring;
    if (std::string sum = sha256_hex(text); std::exchange(last, sum) == sum)
      throw Error(ErrorCode::kCorruptData, "the " + std::string(kSubjectKeysName) + " '" + file_.string() +
                                               "' was changed: its sum does not hold; restore its backup");
  }
}

bool SubjectKeyFile::read_text(std::string& text) const {
  try {
    text = read_private_file(file_, kSubjectKeysName, kMostSubjectKeysBytes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return false;
  }
  check_private_place(file_, kSubjectKeysName);
  return true;
}

void SubjectKeyFile::write(const KeyRing& ring, OldBytes old_bytes) const {
  check_private_place(file_, kSubjectKeysName);
  const ReplacedFile replaced(file_);
  std::string text;
  append_ring(text, ring);
  const WipedAtEnd wiped(text);
  write_file_atomically(file_, text, 0600);
  if (old_bytes == OldBytes::kWipe) replaced.wipe();
}

void SubjectKeyFile::locked(const std::function<void()>& act) const {
  check_private_place(file_, kSubjectKeysName);
  make_private_folder(file_.parent_path());
  LedgerLock lock(disk_, file_.string() + ".lock", kPatienceForKeys);
  const LedgerLock::Held held(lock);
  act();
}

}  // namespace hone::ledger_internal
