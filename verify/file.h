#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "verify/bytes.h"

namespace hone::verify {

/// A regular file open for reading. Links, pipes and devices are refused, so that nothing waits and nothing leads elsewhere.
class File {
 public:
  /// Nothing when there is no such file; throws Unreadable when there is one that cannot be read.
  static std::optional<File> open(const std::filesystem::path& path);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  std::uint64_t size() const { return size_; }

  /// The bytes there, fewer than `count` at the end of the file.
  std::size_t read_at(std::uint64_t offset, char* to, std::size_t count) const;
  std::string read_at(std::uint64_t offset, std::size_t count) const;

 private:
  File(int descriptor, std::uint64_t size, std::filesystem::path path) : descriptor_(descriptor), size_(size), path_(std::move(path)) {}

  int descriptor_;
  std::uint64_t size_;
  std::filesystem::path path_;
};

/// A whole small file. Nothing when it is not there; Malformed when it is longer than `most` bytes.
std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t most);

/// The same for a file that a person named: it may be a link, and throws Unreadable when it is not there.
std::string read_named_file(const std::filesystem::path& path, std::size_t most);

/// The SHA-256 of a file of any length.
Hash hash_of(const File& file);

/// What does not fit into memory: a file without a name in TMPDIR, gone when the program ends.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  std::uint64_t append(const void* bytes, std::size_t count);  ///< Returns where it lies.
  void read_at(std::uint64_t offset, void* to, std::size_t count) const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace hone::verify
