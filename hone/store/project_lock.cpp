#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/store/run_record.h"

namespace hone {
namespace {

// Open file description locks: unlike the older process locks, they are not lost when some other part of
// this process opens and closes the same file.
bool try_lock(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

std::string holder(const std::filesystem::path& file) {
  try {
    const std::string text = read_file(file, 32);
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits != 0 && !text.empty()) return "another process (" + text.substr(0, digits) + ")";
  } catch (const Error&) {  // Only the name is lost.
  }
  return "another process";
}

// Returns the time at which the file system noted it.
std::filesystem::file_time_type write_holder(int fd, const std::filesystem::path& file) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    throw Error(ErrorCode::kIo, "cannot write the lock '" + file.string() + "': " + std::strerror(errno));
  return std::filesystem::last_write_time(file);
}

}  // namespace

ProjectLock::ProjectLock(const std::filesystem::path& file) {
  make_folder(file.has_parent_path() ? file.parent_path() : ".");
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw Error(ErrorCode::kIo, "cannot open the lock '" + file.string() + "': " + std::strerror(errno));
  try {
    if (!try_lock(fd_)) {
      if (errno != EAGAIN && errno != EACCES) throw Error(ErrorCode::kIo, "cannot lock '" + file.string() + "': " + std::strerror(errno));
      throw Error(ErrorCode::kBusy, holder(file) + " is at work in this project; wait until it is done, or end it");
    }
    since_ = write_holder(fd_, file);
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

ProjectLock::~ProjectLock() {
  [[maybe_unused]] const int emptied = ::ftruncate(fd_, 0);  // Only a hint to readers; the lock itself goes with the descriptor.
  ::close(fd_);
}

}  // namespace hone
