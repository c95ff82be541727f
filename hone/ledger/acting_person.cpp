#include "hone/ledger/acting_person.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/private_file.h"

namespace hone {
namespace {

constexpr std::string_view kPersonFileName = "person ID";
constexpr std::size_t kMostPersonBytes = 64;

Actor with_role(const std::string& id) { return {.id = id, .role = id.starts_with("s:") ? "system" : "developer"}; }

Actor named_actor(const std::string& id) {
  if (!is_actor(id))
    throw Error(ErrorCode::kInvalidArgument,
                "HONE_ACTOR is '" + id +
                    "', which names nobody: set it to p: and 16 lower-case letters or digits, s: and a name or "
                    "k: and a key ID, or unset it to act as this account");
  return with_role(id);
}

// 16 characters of RFC 4648's base32 in lower case, 5 bits each.
std::string random_person() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<unsigned char, 16> bytes;
  if (::getentropy(bytes.data(), bytes.size()) != 0) throw Error(ErrorCode::kIo, "the system has no random numbers");
  std::string id = "p:";
  for (const unsigned char byte : bytes) id += kLetters[byte % kLetters.size()];
  return id;
}

// The link gives the file its name only where there is none: whoever comes second finds the first one's, whole.
void make_person_file(const std::filesystem::path& file) {
  make_private_folder(file.parent_path());
  const RemovedAtEnd temporary(temporary_name(file.parent_path()));
  write_file_atomically(temporary.path(), random_person() + "\n", 0600);
  if (::link(temporary.path().c_str(), file.c_str()) != 0 && errno != EEXIST)
    throw DiskFailure(errno, "cannot keep this account's person ID in", file);
  Disk().sync_folder(file.parent_path());
}

void make_person_file_or_say_how(const std::filesystem::path& file) {
  try {
    make_person_file(file);
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + "; make room for it there, or set HONE_ACTOR to who acts");
  }
}

std::string read_person_file(const std::filesystem::path& file) {
  const std::string text = read_private_file(file, kPersonFileName, kMostPersonBytes);
  const std::string id = text.substr(0, text.find('\n'));
  if (text != id + "\n" || !id.starts_with("p:") || !is_actor(id))
    throw Error(ErrorCode::kInvalidArgument, "the " + std::string(kPersonFileName) + " '" + file.string() +
                                                 "' holds something else; restore its backup, or remove it to act as a new person");
  return id;
}

}  // namespace

Actor acting(const std::filesystem::path& state) {
  if (const char* const named = std::getenv("HONE_ACTOR"); named && *named != '\0') return named_actor(named);
  const std::filesystem::path file = state / "person";
  if (!std::filesystem::exists(std::filesystem::symlink_status(file))) make_person_file_or_say_how(file);
  return with_role(read_person_file(file));
}

std::string account_name() {
  constexpr std::size_t kMostEntryBytes = 64 << 10;
  std::vector<char> texts(kMostEntryBytes);
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, texts.data(), texts.size(), &found) == 0 && found) return found->pw_name;
  return "uid " + std::to_string(::geteuid());
}

}  // namespace hone
