#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hone/core/error.h"

namespace hone {

/// A system call that failed. The message names the call's aim and the file, and says why.
class DiskFailure : public Error {
 public:
  DiskFailure(int cause, const std::string& what, const std::filesystem::path& file);

  /// The errno.
  int cause() const { return cause_; }
  /// Whether there is no room: a full disk, a quota, a limit on the size of files.
  bool is_full() const;

 private:
  int cause_;
};

/// For tests: asked before every system call that changes or reads something, with the call's name ("pwrite", "fdatasync", …). What it
/// gives other than 0 is the errno with which the call then fails, unmade.
using DiskFault = std::function<int(std::string_view call, const std::filesystem::path& file)>;

/// An open file. Offsets are given with each call, so that several threads may use it.
class DiskFile {
 public:
  DiskFile() = default;
  DiskFile(int fd, std::filesystem::path path, const DiskFault* fault) : fd_(fd), path_(std::move(path)), fault_(fault) {}
  ~DiskFile();
  DiskFile(DiskFile&& other) noexcept;
  DiskFile& operator=(DiskFile&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const;
  /// Whether its path still leads to it: no other file was put in its place.
  bool is_in_place() const;

  /// Up to `bytes` of them; fewer at the end of the file.
  std::string read(std::uint64_t offset, std::size_t bytes) const;
  void write(std::uint64_t offset, std::string_view bytes) const;
  /// Makes what was written durable: fdatasync. After a failure nothing may be believed that was written before.
  void sync() const;
  void truncate(std::uint64_t size) const;
  /// Takes room on the disk for the bytes from `offset`, without changing the file's size. Nothing where the file system cannot.
  void reserve(std::uint64_t offset, std::uint64_t bytes) const;

 private:
  void ask(std::string_view call) const;

  int fd_ = -1;
  std::filesystem::path path_;
  const DiskFault* fault_ = nullptr;
};

/// All that the ledger asks of the system's files.
class Disk {
 public:
  explicit Disk(DiskFault fault = nullptr) : fault_(std::move(fault)) {}
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Throws DiskFailure with the code kNotFound when it is not there.
  DiskFile open_to_read(const std::filesystem::path& path) const;
  std::optional<DiskFile> open_if_there(const std::filesystem::path& path) const;
  /// Makes the file where it is not there; its name is not durable before sync_folder().
  DiskFile open_to_write(const std::filesystem::path& path) const;

  void make_folder(const std::filesystem::path& path) const;
  void sync_folder(const std::filesystem::path& path) const;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) const;
  void remove(const std::filesystem::path& path) const;

  enum class Durable { kNo, kYes };
  /// Puts a whole file in place at once: temporary file, rename; where it must last also fsync of both.
  void replace(const std::filesystem::path& path, std::string_view bytes, Durable durable) const;

 private:
  void ask(std::string_view call, const std::filesystem::path& path) const;

  DiskFault fault_;
};

}  // namespace hone
