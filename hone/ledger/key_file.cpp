#include "hone/ledger/key_file.h"

#include <pwd.h>
#include <sodium.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/private_file.h"

// The file's lines: "hone-key/1", "name <name>", "id <8 hex>", and "seed <64 hex>" or "sealed <salt, 32 hex> <nonce, 48 hex> <box, 96
// hex>".
namespace hone {
namespace {

constexpr std::string_view kFormat = "hone-key/1";
constexpr std::size_t kMostKeyBytes = 4096;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, "the key '" + file.string() + "' " + what);
}

void need_sodium() {
  if (sodium_init() < 0) throw Error(ErrorCode::kInternal, "libsodium does not start");
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  return bytes;
}

unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* raw(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), count);
  return bytes;
}

// A key of 32 bytes out of a passphrase.
std::string stretched(const std::string& passphrase, const std::string& salt) {
  std::string key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES, '\0');
  if (crypto_pwhash(raw(key), key.size(), passphrase.data(), passphrase.size(), raw(salt), crypto_pwhash_OPSLIMIT_MODERATE,
                    crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw Error(ErrorCode::kIo, "memory ran out: opening a key with a passphrase takes 256 MiB");
  return key;
}

std::string sealed_line(const std::string& seed, const std::string& passphrase) {
  const std::string salt = random_bytes(crypto_pwhash_SALTBYTES), nonce = random_bytes(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  std::string key = stretched(passphrase, salt), box(seed.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(box), nullptr, raw(seed), seed.size(), nullptr, 0, nullptr, raw(nonce), raw(key));
  sodium_memzero(key.data(), key.size());
  return "sealed " + to_hex(salt) + " " + to_hex(nonce) + " " + to_hex(box) + "\n";
}

// Nothing when the passphrase is not the one.
std::string opened(const std::string& box, const std::string& nonce, const std::string& salt, const std::string& passphrase) {
  std::string key = stretched(passphrase, salt), seed(sizeof(SigningKey::Seed), '\0');
  const bool good =
      crypto_aead_xchacha20poly1305_ietf_decrypt(raw(seed), nullptr, nullptr, raw(box), box.size(), nullptr, 0, raw(nonce), raw(key)) == 0;
  sodium_memzero(key.data(), key.size());
  return good ? seed : "";
}

struct KeyLines {
  std::string name, id, kind, seed, salt, nonce, box;
};

KeyLines parse_lines(const std::filesystem::path& file, const std::string& bytes) {
  std::istringstream lines(bytes);
  std::string format, name_word, id_word;
  KeyLines key;
  lines >> format >> name_word >> key.name >> id_word >> key.id >> key.kind;
  bool sound = format == kFormat && name_word == "name" && id_word == "id";
  if (key.kind == "seed") {
    lines >> key.seed;
    sound = sound && is_lower_hex(key.seed, 64);
  } else {
    lines >> key.salt >> key.nonce >> key.box;
    sound = sound && key.kind == "sealed" && is_lower_hex(key.salt, 2 * crypto_pwhash_SALTBYTES) &&
            is_lower_hex(key.nonce, 2 * crypto_aead_xchacha20poly1305_ietf_NPUBBYTES) &&
            is_lower_hex(key.box, 2 * (sizeof(SigningKey::Seed) + crypto_aead_xchacha20poly1305_ietf_ABYTES));
  }
  if (!sound) refuse(file, "is not of the form that hone writes");
  return key;
}

}  // namespace

namespace {

// As shells have it: what the environment says, else the list of accounts.
std::filesystem::path home_folder() {
  if (const char* const home = std::getenv("HOME"); home && *home == '/') return home;
  std::string room(1 << 14, '\0');
  passwd entry{}, *found = nullptr;
  getpwuid_r(getuid(), &entry, room.data(), room.size(), &found);
  return found && found->pw_dir ? std::filesystem::path(found->pw_dir) : std::filesystem::path();
}

}  // namespace

std::filesystem::path state_folder() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::filesystem::path(state) / "hone";
  const std::filesystem::path home = home_folder();
  if (!home.is_absolute())
    throw Error(
        ErrorCode::kInvalidArgument,
        "this account has no home, and neither XDG_STATE_HOME nor HOME names a folder: there is no place for keys; set one of them");
  return home / ".local/state/hone";
}

std::filesystem::path key_file_of(const std::filesystem::path& state, const std::string& project) {
  if (!is_lower_hex(project, 32)) throw Error(ErrorCode::kInvalidArgument, "'" + project + "' names no project: 32 hex digits do");
  return state / "keys" / (project + ".key");
}

void write_key_file(const std::filesystem::path& file, const SigningKey& key, const std::string& passphrase) {
  need_sodium();
  check_private_place(file, "key");
  if (std::filesystem::exists(std::filesystem::symlink_status(file))) refuse(file, "is there already; no key is written over");
  make_private_folder(file.parent_path());
  const std::string seed(reinterpret_cast<const char*>(key.seed().data()), key.seed().size());
  const std::string start = std::string(kFormat) + "\nname " + key.verifier().name + "\nid " + key.verifier().id_text() + "\n";
  write_file_atomically(file, start + (passphrase.empty() ? "seed " + to_hex(seed) + "\n" : sealed_line(seed, passphrase)), 0600);
}

SigningKey read_key_file(const std::filesystem::path& file, const AskPassphrase& ask) {
  need_sodium();
  const std::string bytes = read_private_file(file, "key", kMostKeyBytes);
  check_private_place(file, "key");
  const KeyLines lines = parse_lines(file, bytes);
  std::string seed_bytes = from_hex(lines.seed);
  if (lines.kind == "sealed") {
    if (!ask) refuse(file, "is sealed with a passphrase, and nobody is there to give it");
    seed_bytes = opened(from_hex(lines.box), from_hex(lines.nonce), from_hex(lines.salt), ask(file));
    if (seed_bytes.empty()) refuse(file, "is not opened by this passphrase");
  }
  SigningKey::Seed seed;
  std::copy(seed_bytes.begin(), seed_bytes.end(), seed.begin());
  sodium_memzero(seed_bytes.data(), seed_bytes.size());
  SigningKey key(lines.name, seed);
  sodium_memzero(seed.data(), seed.size());
  if (key.verifier().id_text() != lines.id) refuse(file, "was changed: its ID is not that of its name and seed");
  return key;
}

}  // namespace hone
