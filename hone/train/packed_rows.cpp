// A row's buckets ascend, so their differences are small: each is written as a varint (seven bits a byte, lowest first, the eighth says
// that more follow; as in Protocol Buffers) of twice the difference, and one more where the count is not 1 and follows as another varint.
#include "hone/train/packed_rows.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

void put(std::uint64_t value, std::string& bytes) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

std::uint64_t take(const char*& at) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

[[noreturn]] void fail(const std::filesystem::path& folder) {
  throw Error(ErrorCode::kIo, "cannot keep the n-grams of the training rows in '" + folder.string() + "': " + std::strerror(errno));
}

// A file without a name: it is gone when it is closed, also by a crash.
int open_nameless(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  const std::filesystem::path path = temporary_name(folder);  // Some file systems know only files with a name.
  const int named = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (named < 0) fail(folder);
  ::unlink(path.c_str());
  return named;
}

void write_all(int file, std::string_view bytes, const std::filesystem::path& folder) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(folder);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

PackedRows::PackedRows(std::filesystem::path folder, std::size_t held_bytes) : folder_(std::move(folder)), held_bytes_(held_bytes) {}

PackedRows::~PackedRows() {
  if (map_) ::munmap(const_cast<char*>(map_), in_file_);
  if (file_ >= 0) ::close(file_);
}

PackedRows::PackedRows(PackedRows&& other) noexcept
    : folder_(std::move(other.folder_)),
      held_bytes_(other.held_bytes_),
      begin_(std::exchange(other.begin_, {0})),
      entries_(std::exchange(other.entries_, 0)),
      bytes_(std::move(other.bytes_)),
      file_(std::exchange(other.file_, -1)),
      map_(std::exchange(other.map_, nullptr)),
      in_file_(std::exchange(other.in_file_, 0)) {}

PackedRows& PackedRows::operator=(PackedRows&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(held_bytes_, other.held_bytes_);
  std::swap(begin_, other.begin_);
  std::swap(entries_, other.entries_);
  std::swap(bytes_, other.bytes_);
  std::swap(file_, other.file_);
  std::swap(map_, other.map_);
  std::swap(in_file_, other.in_file_);
  return *this;
}

void PackedRows::append(const SparseRows& counts) {
  assert(!map_);
  for (std::size_t row = 0; row < counts.size(); ++row) {
    std::uint32_t last = 0;
    for (std::uint64_t at = counts.begin[row]; at < counts.begin[row + 1]; ++at) {
      const auto count = static_cast<std::uint32_t>(counts.values[at]);
      put(std::uint64_t{counts.ids[at] - last} << 1 | (count > 1), bytes_);
      if (count > 1) put(count, bytes_);
      last = counts.ids[at];
    }
    begin_.push_back(in_file_ + bytes_.size());
  }
  entries_ += counts.ids.size();
  if (bytes_.size() >= held_bytes_) write_out();
}

void PackedRows::write_out() {
  if (file_ < 0) file_ = open_nameless(folder_);
  write_all(file_, bytes_, folder_);
  in_file_ += bytes_.size();
  bytes_.clear();
}

void PackedRows::finish() {
  if (file_ < 0) return;
  write_out();
  bytes_.shrink_to_fit();
  void* map = ::mmap(nullptr, in_file_, PROT_READ, MAP_SHARED, file_, 0);
  if (map == MAP_FAILED) fail(folder_);
  map_ = static_cast<const char*>(map);
}

void PackedRows::unpack(std::size_t row, SparseRows& rows) const {
  assert(map_ || file_ < 0);
  const char* at = (map_ ? map_ : bytes_.data()) + begin_[row];
  const char* const end = at + (begin_[row + 1] - begin_[row]);
  for (std::uint32_t id = 0; at < end;) {
    const std::uint64_t step = take(at);
    id += static_cast<std::uint32_t>(step >> 1);
    rows.ids.push_back(id);
    rows.values.push_back(step & 1 ? static_cast<float>(take(at)) : 1.0f);
  }
  rows.begin.push_back(rows.ids.size());
}

}  // namespace hone
