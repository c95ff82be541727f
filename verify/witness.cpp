#include "verify/witness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "verify/file.h"

namespace hone::verify {
namespace {

constexpr std::string_view kFirstLine = "hone-witness/1";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string new_name() { return "hone-witness.invalid/" + hex(random_bytes(8)); }

// The key is as good as the witness's word: nobody else may read it.
void check_mode(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
    throw Unreadable("'" + path.string() + "' must be a file of yours that nobody else may read: chmod 600");
  }
}

}  // namespace

WitnessState WitnessState::load(const std::filesystem::path& path) {
  WitnessState state;
  const auto text = read_file(path, kMostNoteBytes);
  if (!text) {
    state.name_ = new_name();
    state.seed_ = random_bytes(32);
    return state;
  }
  check_mode(path);
  std::vector<std::string_view> lines = split(*text, '\n');
  if (lines.size() < 4 || lines[0] != kFirstLine || !lines.back().empty())
    throw Malformed("not a witness's state: hone-witness/1, name, seed, logs");
  lines.pop_back();
  if (!lines[1].starts_with("name ") || !lines[2].starts_with("seed ") || !is_hex(lines[2].substr(5), 64))
    throw Malformed("no name or seed of a witness");
  state.name_ = lines[1].substr(5);
  state.seed_ = from_hex(lines[2].substr(5));
  parse_vkey(state.vkey());
  for (std::size_t line = 3; line < lines.size(); ++line) {
    const auto parts = split(lines[line], ' ');
    const auto size = parts.size() == 4 ? decimal(parts[2]) : std::nullopt;
    const auto root = parts.size() == 4 ? from_base64(parts[3]) : std::nullopt;
    if (!size || !root || root->size() != 32 || parts[0] != "log")
      throw Malformed("line " + std::to_string(line + 1) + ": not 'log', an origin, a size and a root");
    state.logs_[std::string(parts[1])] = {*size, hash_from(*root)};
  }
  return state;
}

std::optional<WitnessState::Seen> WitnessState::last(const std::string& origin) const {
  const auto seen = logs_.find(origin);
  return seen == logs_.end() ? std::nullopt : std::optional(seen->second);
}

std::string WitnessState::vkey() const {
  const std::string key = public_key(seed_);
  return name_ + "+" + hex(key_id(name_, kWitnessKey, key)) + "+" + base64(std::string(1, static_cast<char>(kWitnessKey)) + key);
}

std::string WitnessState::cosign(const Checkpoint& checkpoint, std::uint64_t time) {
  logs_[checkpoint.origin] = {checkpoint.size, checkpoint.root};
  std::string stamp;
  for (int shift = 56; shift >= 0; shift -= 8) stamp += static_cast<char>(time >> shift & 0xFF);
  const std::string id = key_id(name_, kWitnessKey, public_key(seed_));
  return "\xE2\x80\x94 " + name_ + " " + base64(id + stamp + sign(seed_, cosigned_text(checkpoint, time)));
}

// Whole or not at all: a witness that forgot what it saw could be shown another history.
void WitnessState::save(const std::filesystem::path& path) const {
  std::string text = std::string(kFirstLine) + "\nname " + name_ + "\nseed " + hex(seed_) + "\n";
  for (const auto& [origin, seen] : logs_)
    text += "log " + origin + " " + std::to_string(seen.size) + " " + base64(text_of(seen.root)) + "\n";
  const std::string temporary = path.string() + ".new";
  const auto failed = [&] { return Unreadable("'" + path.string() + "' cannot be written: " + std::strerror(errno)); };
  ::unlink(temporary.c_str());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) throw failed();
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  if (::close(file) != 0 || !written || std::rename(temporary.c_str(), path.c_str()) != 0) throw failed();
}

}  // namespace hone::verify
