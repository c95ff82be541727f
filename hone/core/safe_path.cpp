#include "hone/core/safe_path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr std::size_t kMostBytes = 4096, kMostPartBytes = 255;  // PATH_MAX and NAME_MAX.

class OpenedFile {
 public:
  explicit OpenedFile(int number) : number_(number) {}
  OpenedFile(OpenedFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OpenedFile& operator=(OpenedFile&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~OpenedFile() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    parts.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// CON, PRN, AUX, NUL, COM1 to COM9 and LPT1 to LPT9, with any ending: Windows opens a device.
bool names_device(std::string_view part) {
  std::string stem(part.substr(0, part.find('.')));
  std::ranges::transform(stem, stem.begin(),
                         [](char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter; });
  if (stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL") return true;
  return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem[3] >= '1' && stem[3] <= '9';
}

// What is wrong with one part; nullptr: nothing.
const char* trouble_with(std::string_view part) {
  if (part.empty()) return "a part of it is empty";
  if (part == "..") return "it leads out of the project folder; name what lies inside it";
  if (part == ".") return nullptr;
  if (part.size() > kMostPartBytes) return "a part of it is longer than 255 bytes";
  if (part.ends_with('.') || part.ends_with(' ')) return "a part of it ends in a dot or a space";
  if (names_device(part)) return "a part of it is the name of a device on Windows";
  const auto is_odd = [](unsigned char byte) { return byte < 0x20 || byte == 0x7F || byte == '\\'; };
  return std::ranges::any_of(part, is_odd) ? "it holds a backslash or a control character" : nullptr;
}

const char* trouble_with_name(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kMostBytes) return "it is longer than 4,096 bytes";
  if (name.front() == '/') return "it leads out of the project folder; name what lies inside it";
  for (const std::string_view part : parts_of(name))
    if (const char* trouble = trouble_with(part)) return trouble;
  return nullptr;
}

// For a message: as it is, or, where that is no text, its beginning.
std::string shown(std::string_view name) {
  std::string text(name.substr(0, 100));
  for (char& letter : text)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
  return name.size() > text.size() ? text + "…" : text;
}

int open_by_kernel(int folder, const char* name) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, folder, name, &how, sizeof how));
}

// A link is no folder: it gives ENOTDIR as a file does, and is told apart here.
int open_part(int folder, const std::string& part, int flags) {
  const int file = openat(folder, part.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
  struct stat found {};
  if (file < 0 && errno == ENOTDIR)
    errno = fstatat(folder, part.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode) ? ELOOP : ENOTDIR;
  return file;
}

// Part by part, following no link.
int open_by_parts(int folder, std::string_view name) {
  OpenedFile at(dup(folder));
  const std::vector<std::string_view> parts = parts_of(name);
  for (std::size_t place = 0; place < parts.size() && at.number() >= 0; ++place) {
    const bool is_last = place + 1 == parts.size();
    at = OpenedFile(open_part(at.number(), std::string(parts[place]), is_last ? O_NONBLOCK : O_DIRECTORY));
  }
  return at.release();
}

bool is_regular(int file) {
  struct stat found {};
  return fstat(file, &found) == 0 && S_ISREG(found.st_mode);
}

}  // namespace

SafePath::SafePath(std::filesystem::path folder, std::string_view name) : folder_(std::move(folder)), name_(name) {
  if (const char* trouble = trouble_with_name(name))
    throw Error(ErrorCode::kInvalidArgument, "'" + shown(name) + "' is no name for a file here: " + trouble);
}

// The file's descriptor, or -1 where there is none.
int SafePath::open_below() const {
  const OpenedFile folder(open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return -1;
  int file = open_by_kernel(folder.number(), name_.c_str());
  if (file < 0 && (errno == ENOSYS || errno == EPERM)) file = open_by_parts(folder.number(), name_);
  if (file >= 0) return file;
  if (errno == EXDEV || errno == ELOOP)
    throw Error(ErrorCode::kInvalidArgument, "'" + name_ + "' is a link that leads out of the project folder; put a copy inside it");
  if (errno == ENOENT || errno == ENOTDIR) return -1;
  throw Error(ErrorCode::kIo, "cannot open '" + path().string() + "': " + std::strerror(errno));
}

bool SafePath::is_file() const {
  const OpenedFile file(open_below());
  return file.number() >= 0 && is_regular(file.number());
}

std::string SafePath::read(std::uint64_t limit) const {
  const OpenedFile file(open_below());
  if (file.number() < 0) throw Error(ErrorCode::kNotFound, "no file '" + path().string() + "'");
  if (!is_regular(file.number())) throw Error(ErrorCode::kInvalidArgument, "'" + path().string() + "' is no file");
  std::string bytes;
  for (char block[65536];;) {
    const ssize_t got = ::read(file.number(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kIo, "cannot read '" + path().string() + "': " + std::strerror(errno));
    if (got == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(got));
    if (bytes.size() > limit)
      throw Error(ErrorCode::kInvalidArgument, "'" + path().string() + "' is larger than " + std::to_string(limit) + " bytes");
  }
}

}  // namespace hone
