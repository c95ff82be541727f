#include "hone/ledger/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "hone/core/file.h"

namespace hone {
namespace {

ErrorCode code_of(int cause) { return cause == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo; }

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& file) { throw DiskFailure(errno, what, file); }

}  // namespace

DiskFailure::DiskFailure(int cause, const std::string& what, const std::filesystem::path& file)
    : Error(code_of(cause), what + " '" + file.string() + "': " + std::strerror(cause)), cause_(cause) {}

bool DiskFailure::is_full() const { return cause_ == ENOSPC || cause_ == EDQUOT || cause_ == EFBIG; }

DiskFile::~DiskFile() {
  if (fd_ >= 0) ::close(fd_);
}

DiskFile::DiskFile(DiskFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), fault_(other.fault_) {}

DiskFile& DiskFile::operator=(DiskFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(fault_, other.fault_);
  return *this;
}

void DiskFile::ask(std::string_view call) const {
  if (!fault_ || !*fault_) return;
  if (const int cause = (*fault_)(call, path_)) throw DiskFailure(cause, std::string(call) + " of", path_);
}

std::uint64_t DiskFile::size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) fail("cannot look at", path_);
  return static_cast<std::uint64_t>(info.st_size);
}

bool DiskFile::is_in_place() const {
  struct stat here {
  }, there{};
  if (::fstat(fd_, &here) != 0) fail("cannot look at", path_);
  return ::stat(path_.c_str(), &there) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

std::string DiskFile::read(std::uint64_t offset, std::size_t bytes) const {
  ask("pread");
  std::string read(bytes, '\0');
  std::size_t filled = 0;
  while (filled < bytes) {
    const ssize_t got = ::pread(fd_, read.data() + filled, bytes - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path_);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  read.resize(filled);
  return read;
}

void DiskFile::write(std::uint64_t offset, std::string_view bytes) const {
  ask("pwrite");
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void DiskFile::sync() const {
  ask("fdatasync");
#ifdef __APPLE__
  if (::fcntl(fd_, F_FULLFSYNC) != 0) fail("cannot make durable", path_);
#else
  if (::fdatasync(fd_) != 0) fail("cannot make durable", path_);
#endif
}

void DiskFile::truncate(std::uint64_t size) const {
  ask("ftruncate");
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) fail("cannot cut", path_);
}

void DiskFile::reserve([[maybe_unused]] std::uint64_t offset, [[maybe_unused]] std::uint64_t bytes) const {
  ask("fallocate");
#ifdef FALLOC_FL_KEEP_SIZE
  while (::fallocate(fd_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(bytes)) != 0) {
    if (errno == EOPNOTSUPP || errno == ENOSYS) return;
    if (errno != EINTR) fail("cannot take room for", path_);
  }
#endif
}

void Disk::ask(std::string_view call, const std::filesystem::path& path) const {
  if (!fault_) return;
  if (const int cause = fault_(call, path)) throw DiskFailure(cause, std::string(call) + " of", path);
}

DiskFile Disk::open_to_read(const std::filesystem::path& path) const {
  ask("open", path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("cannot open", path);
  return {fd, path, &fault_};
}

std::optional<DiskFile> Disk::open_if_there(const std::filesystem::path& path) const {
  try {
    return open_to_read(path);
  } catch (const DiskFailure& failure) {
    if (failure.code() != ErrorCode::kNotFound) throw;
    return std::nullopt;
  }
}

DiskFile Disk::open_to_write(const std::filesystem::path& path) const {
  ask("open", path);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) fail("cannot open", path);
  return {fd, path, &fault_};
}

void Disk::make_folder(const std::filesystem::path& path) const {
  ask("mkdir", path);
  hone::make_folder(path);
}

void Disk::sync_folder(const std::filesystem::path& path) const {
  ask("fsync", path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail("cannot open", path);
  const bool synced = ::fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;  // Some network file systems cannot, and say so.
  const int cause = errno;
  ::close(fd);
  if (!synced) throw DiskFailure(cause, "cannot make durable", path);
}

void Disk::rename(const std::filesystem::path& from, const std::filesystem::path& to) const {
  ask("rename", to);
  if (::rename(from.c_str(), to.c_str()) != 0) fail("cannot put in place", to);
}

void Disk::remove(const std::filesystem::path& path) const {
  ask("unlink", path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("cannot remove", path);
}

void Disk::replace(const std::filesystem::path& path, std::string_view bytes, Durable durable) const {
  const RemovedAtEnd temporary(temporary_name(path.parent_path()));
  {
    const DiskFile file = open_to_write(temporary.path());
    file.write(0, bytes);
    if (durable == Durable::kYes) file.sync();
  }
  rename(temporary.path(), path);
  if (durable == Durable::kYes) sync_folder(path.parent_path());
}

}  // namespace hone
