#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/shingle_sets_internal.h"

namespace hone {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& folder) {
  throw Error(ErrorCode::kIo, "cannot " + what + " a temporary file in '" + folder.string() + "': " + std::strerror(errno));
}

}  // namespace

ShingleSets::ShingleSets(std::uint64_t memory, std::filesystem::path folder)
    : most_in_memory_(memory / sizeof(std::uint32_t)), folder_(std::move(folder)) {
  if (folder_.empty()) folder_ = std::filesystem::temp_directory_path();
}

ShingleSets::~ShingleSets() {
  if (file_ >= 0) ::close(file_);
}

// A file whose name is gone at once cannot be left over.
void ShingleSets::open() {
  const std::filesystem::path path = temporary_name(folder_);
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) fail("make", folder_);
  ::unlink(path.c_str());
}

void ShingleSets::append(std::span<const std::uint32_t> set) {
  if (file_ < 0 && memory_.size() + set.size() <= most_in_memory_)
    memory_.insert(memory_.end(), set.begin(), set.end());
  else
    spill(set);
  begin_.push_back(begin_.back() + set.size());
}

void ShingleSets::spill(std::span<const std::uint32_t> set) {
  if (file_ < 0) open();
  const char* bytes = reinterpret_cast<const char*>(set.data());
  for (std::size_t left = set.size_bytes(); left > 0;) {
    const ssize_t written = ::write(file_, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", folder_);
    bytes += written;
    left -= static_cast<std::size_t>(written);
  }
}

std::span<const std::uint32_t> ShingleSets::at(std::size_t number, std::vector<std::uint32_t>& buffer) const {
  const std::uint64_t begin = begin_[number], size = begin_[number + 1] - begin;
  if (begin + size <= memory_.size()) return {memory_.data() + begin, size};
  buffer.resize(size);
  char* bytes = reinterpret_cast<char*>(buffer.data());
  auto offset = static_cast<off_t>((begin - memory_.size()) * sizeof(std::uint32_t));
  for (std::size_t left = size * sizeof(std::uint32_t); left > 0;) {
    const ssize_t got = ::pread(file_, bytes, left, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("read", folder_);
    bytes += got;
    offset += got;
    left -= static_cast<std::size_t>(got);
  }
  return buffer;
}

}  // namespace hone
