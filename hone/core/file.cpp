#include "hone/core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  const int cause = errno;
  const auto code = cause == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  throw Error(code, what + " '" + path.string() + "': " + std::strerror(cause));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, unsigned mode = 0) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)), path_(path) {
    if (fd_ < 0) fail("cannot open", path);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("cannot write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  std::string read() const {
    std::string bytes, piece(1 << 20, '\0');
    for (;;) {
      const ssize_t got = ::read(fd_, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("cannot read", path_);
      if (got == 0) return bytes;
      bytes.append(piece, 0, static_cast<std::size_t>(got));
    }
  }
  void sync() const {
    if (::fsync(fd_) != 0) fail("cannot make durable", path_);
  }
  void set_mode(unsigned mode) const {
    if (::fchmod(fd_, mode) != 0) fail("cannot set the mode of", path_);
  }

 private:
  int fd_;
  std::filesystem::path path_;
};

std::filesystem::path folder_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

}  // namespace

std::string read_file(const std::filesystem::path& path, std::uint64_t limit) {
  if (std::filesystem::is_directory(path)) throw Error(ErrorCode::kInvalidArgument, "'" + path.string() + "' is a folder, not a file");
  const Descriptor file(path, O_RDONLY);
  if (stamp_of(path).bytes > limit)
    throw Error(ErrorCode::kInvalidArgument, "'" + path.string() + "' is larger than the " + std::to_string(limit) + " bytes allowed here");
  return file.read();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  write_file_atomically(path, [&](const std::filesystem::path& temporary) { Descriptor(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600).write(bytes); }, mode);
}

void write_file_atomically(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write, unsigned mode) {
  const RemovedAtEnd temporary(temporary_name(folder_of(path)));
  write(temporary.path());
  publish_file(temporary.path(), path, mode);
}

void publish_file(const std::filesystem::path& temporary, const std::filesystem::path& path, unsigned mode) {
  {
    const Descriptor file(temporary, O_RDONLY);
    file.set_mode(mode);
    file.sync();
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail("cannot put in place", path);
  Descriptor(folder_of(path), O_RDONLY | O_DIRECTORY).sync();
}

void make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw Error(ErrorCode::kIo, "cannot make the folder '" + path.string() + "': " + error.message());
}

std::filesystem::path temporary_name(const std::filesystem::path& folder) {
  char bytes[12];
  if (::getentropy(bytes, sizeof bytes) != 0) fail("no random name for a file in", folder);
  return folder / (".tmp-" + to_hex({bytes, sizeof bytes}));
}

RemovedAtEnd::~RemovedAtEnd() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail("cannot find", path);
  return {.bytes = static_cast<std::uint64_t>(info.st_size),
          .changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
          .inode = info.st_ino};
}

}  // namespace hone
