#include "hone/ledger/private_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view what, const std::string& why) {
  throw Error(ErrorCode::kInvalidArgument, "the " + std::string(what) + " '" + file.string() + "' " + why);
}

class Descriptor {
 public:
  // O_NONBLOCK: opening a pipe would wait for whoever writes into it.
  Descriptor(const std::filesystem::path& file, std::string_view what)
      : fd_(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {
    if (fd_ >= 0) return;
    if (errno == ELOOP) refuse(file, what, "is a link; put the file itself there");
    throw Error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                "cannot open the " + std::string(what) + " '" + file.string() + "': " + std::strerror(errno));
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int fd() const { return fd_; }

  // Up to so many bytes; fewer at the end of the file.
  std::string read(std::size_t most) const {
    std::string bytes(most, '\0');
    std::size_t filled = 0;
    while (filled < most) {
      const ssize_t got = ::read(fd_, bytes.data() + filled, most - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw Error(ErrorCode::kIo, std::string("cannot read a private file: ") + std::strerror(errno));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

 private:
  int fd_;
};

}  // namespace

std::string read_private_file(const std::filesystem::path& file, std::string_view what, std::size_t most) {
  const Descriptor open(file, what);
  struct stat info {};
  if (::fstat(open.fd(), &info) != 0 || !S_ISREG(info.st_mode)) refuse(file, what, "is no file that can be read");
  if (info.st_uid != ::geteuid()) refuse(file, what, "belongs to another user; every user has one of their own");
  if ((info.st_mode & 077) != 0)
    refuse(file, what, "can be read by others; chmod 600 it, and take what it holds for known to them if somebody may have read it");
  if (static_cast<std::uint64_t>(info.st_size) > most)
    refuse(file, what, "is larger than the " + std::to_string(most) + " bytes it can have");
  return open.read(static_cast<std::size_t>(info.st_size));
}

void check_private_place(const std::filesystem::path& file, std::string_view what) {
  std::error_code unknown;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(file, unknown);
  for (std::filesystem::path folder = whole.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    for (const char* const sign : {".git", ".hg", ".svn", ".jj"})
      if (std::filesystem::exists(folder / sign, unknown))
        refuse(file, what, "lies in '" + folder.string() + "', which is under version control; move it to $XDG_STATE_HOME/hone/keys");
    for (const char* const sign : {"hone.yaml", ".hone"})
      if (std::filesystem::exists(folder / sign, unknown))
        refuse(file, what,
               "lies in the project '" + folder.string() + "', with which it would be copied; move it to $XDG_STATE_HOME/hone/keys");
    if (folder == folder.root_path()) break;
  }
}

void make_private_folder(const std::filesystem::path& folder) {
  make_folder(folder);
  if (::chmod(folder.c_str(), 0700) != 0)
    throw Error(ErrorCode::kIo, "cannot close '" + folder.string() + "' to others: " + std::strerror(errno));
}

WipedAtEnd::~WipedAtEnd() { sodium_memzero(secret_.data(), secret_.size()); }

}  // namespace hone
