#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hone {

/// The whole file. Throws kNotFound or kIo, naming it; kInvalidArgument when it is larger than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = UINT64_MAX);

/// Writes a file so that after a crash at any moment either the old or the new bytes are there: temporary
/// file in the same folder, write, fsync, rename, fsync of the folder. Throws kIo with the cause in words
/// ("No space left on device").
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);

/// The same for a file that `write` fills at a temporary path in the same folder.
void write_file_atomically(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write,
                           unsigned mode = 0644);

/// Moves a finished temporary file into place durably: fsync, mode, rename, fsync of the folder.
void publish_file(const std::filesystem::path& temporary, const std::filesystem::path& path, unsigned mode);

/// Creates the folder and its parents durably; throws kIo naming what could not be made and why.
void make_folder(const std::filesystem::path& path);

/// A name in `folder` that no other process or call uses.
std::filesystem::path temporary_name(const std::filesystem::path& folder);

/// Removes its path, file or folder, when it goes out of scope.
class RemovedAtEnd {
 public:
  explicit RemovedAtEnd(std::filesystem::path path) : path_(std::move(path)) {}
  ~RemovedAtEnd();
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Whether a file stayed the same: its size, the times of its content and of its inode in nanoseconds, and its inode's number. Programs
/// may set the first time to what they like, as `touch` and `cp -p` do; the second one is the kernel's own, whatever they do.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

/// Throws kNotFound when the file is not there.
FileStamp stamp_of(const std::filesystem::path& path);

/// The same, once a later change is sure to show in it: times advance by ticks, so that a file that was changed within this one may change
/// again and look the same. Waits until the tick is over, at most 20 ms. Nothing where waiting does not help: the file is from the future
/// (the clock was set back), or its disk counts whole seconds and it is younger than two.
std::optional<FileStamp> settled_stamp_of(const std::filesystem::path& path);

}  // namespace hone
