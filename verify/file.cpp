#include "verify/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace hone::verify {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

[[noreturn]] void unreadable(const std::filesystem::path& path, int error) {
  throw Unreadable("'" + path.string() + "' cannot be read: " + std::strerror(error));
}

}  // namespace

std::optional<File> File::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe would wait for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    unreadable(path, errno);
  }
  struct stat status {};
  File file(descriptor, 0, path);
  if (::fstat(descriptor, &status) != 0) unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) throw Unreadable("'" + path.string() + "' is not a regular file");
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t File::read_at(std::uint64_t offset, char* to, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor_, to + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) unreadable(path_, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::string File::read_at(std::uint64_t offset, std::size_t count) const {
  const std::uint64_t there = offset < size_ ? size_ - offset : 0;
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, there)), '\0');
  bytes.resize(read_at(offset, bytes.data(), bytes.size()));
  return bytes;
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
  const std::optional<File> file = File::open(path);
  if (!file) return std::nullopt;
  if (file->size() > most) throw Malformed("longer than " + std::to_string(most) + " bytes");
  return file->read_at(0, most);
}

std::string read_named_file(const std::filesystem::path& path, std::size_t most) {
  std::error_code failed;
  const std::filesystem::path real = std::filesystem::canonical(path, failed);
  if (failed) throw Unreadable("'" + path.string() + "' cannot be read: " + failed.message());
  return read_file(real, most).value_or(std::string());
}

Hash hash_of(const File& file) {
  Digest digest;
  std::vector<char> piece(kPiece);
  for (std::uint64_t offset = 0;;) {
    const std::size_t got = file.read_at(offset, piece.data(), piece.size());
    digest.add({piece.data(), got});
    offset += got;
    if (got < piece.size()) return digest.end();
  }
}

Scratch::~Scratch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t Scratch::append(const void* bytes, std::size_t count) {
  if (descriptor_ < 0) {
    const char* const folder = std::getenv("TMPDIR");
    std::string name = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/hone-verify-XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) throw Unreadable("no temporary file in TMPDIR: '" + name + "': " + std::strerror(errno));
    ::unlink(name.c_str());
  }
  const std::uint64_t begin = size_;
  for (std::size_t done = 0; done < count;) {
    const ssize_t put = ::pwrite(descriptor_, static_cast<const char*>(bytes) + done, count - done, static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) throw Unreadable(std::string("a temporary file in TMPDIR cannot be written: ") + std::strerror(errno));
    done += static_cast<std::size_t>(put);
    size_ += static_cast<std::uint64_t>(put);
  }
  return begin;
}

void Scratch::read_at(std::uint64_t offset, void* to, std::size_t count) const {
  for (std::size_t done = 0; done < count;) {
    const ssize_t got = ::pread(descriptor_, static_cast<char*>(to) + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Unreadable("a temporary file in TMPDIR cannot be read again");
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace hone::verify
