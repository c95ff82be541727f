#include "hone/core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  const int cause = errno;
  const auto code = cause == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  throw Error(code, what + " '" + path.string() + "': " + std::strerror(cause));
}

constexpr std::size_t kSmallPiece = 16 << 10;
constexpr std::size_t kLargePiece = 1 << 20;

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, unsigned mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)), path_(path) {
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
  // All bytes, or the first ones when there are more than `limit`: then a few more than it.
  std::string read(std::uint64_t limit) const {
    std::string bytes;
    std::size_t filled = 0;
    for (;;) {
      bytes.resize(std::max(bytes.size(), filled + (filled < kLargePiece ? kSmallPiece : kLargePiece)));
      const ssize_t got = ::read(fd_, bytes.data() + filled, bytes.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("cannot read", path_);
      filled += static_cast<std::size_t>(got);
      if (got > 0 && filled <= limit) continue;
      bytes.resize(filled);
      return bytes;
    }
  }
  void sync() const {
    if (::fsync(fd_) != 0) fail("cannot make durable", path_);
  }
  // Some network file systems cannot sync a folder and say EINVAL.
  void sync_if_supported() const {
    if (::fsync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP) fail("cannot make durable", path_);
  }
  void set_mode(unsigned mode) const {
    if (::fchmod(fd_, mode) != 0) fail("cannot set the mode of", path_);
  }

 private:
  int fd_;
  std::filesystem::path path_;
};

std::filesystem::path folder_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec; }

// By the clock of file systems.
std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

// Makes the names in a folder durable, where its file system can.
void sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  descriptor.sync_if_supported();
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable))
    throw Error(ErrorCode::kInvalidArgument, "'" + path.string() + "' is a folder, not a file");
  std::string bytes = Descriptor(path, O_RDONLY).read(limit);
  if (bytes.size() > limit)
    throw Error(ErrorCode::kInvalidArgument, "'" + path.string() + "' is larger than the " + std::to_string(limit) + " bytes allowed here");
  return bytes;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  write_file_atomically(
      path, [&](const std::filesystem::path& temporary) { Descriptor(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600).write(bytes); }, mode);
}

void write_file_atomically(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write,
                           unsigned mode) {
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
  sync_folder(folder_of(path));
}

void make_folder(const std::filesystem::path& path) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) return;
  const std::filesystem::path parent = folder_of(path);
  if (parent != path) make_folder(parent);
  if (::mkdir(path.c_str(), 0777) == 0) return sync_folder(parent);
  const int cause = errno;
  if (cause == EEXIST && std::filesystem::is_directory(path, unreadable)) return;  // Another process made it meanwhile.
  throw Error(ErrorCode::kIo, "cannot make the folder '" + path.string() + "': " + std::strerror(cause == EEXIST ? ENOTDIR : cause));
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
          .modified_ns = nanoseconds(info.st_mtim),
          .changed_ns = nanoseconds(info.st_ctim),
          .inode = info.st_ino};
}

std::optional<FileStamp> settled_stamp_of(const std::filesystem::path& path) {
  constexpr std::int64_t kTick = 20'000'000;  // Linux notes times by its timer, which ticks 100 to 1,000 times a second.
  constexpr std::int64_t kSecond = 1'000'000'000, kCoarse = 2 * kSecond;
  const FileStamp stamp = stamp_of(path);
  const std::int64_t age = now_ns() - stamp.changed_ns;
  if (age < 0 || (stamp.changed_ns % kSecond == 0 && age < kCoarse)) return std::nullopt;
  if (age < kTick) std::this_thread::sleep_for(std::chrono::nanoseconds(kTick - age));
  return stamp;
}

}  // namespace hone
