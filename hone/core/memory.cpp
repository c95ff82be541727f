#include "hone/core/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hone {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) { return limit > used ? limit - used : 0; }

// The number behind a name, as in /proc/meminfo ("MemAvailable:  123 kB") and memory.stat ("inactive_file 123").
std::optional<std::uint64_t> number_named(const std::filesystem::path& path, std::string_view name) {
  std::ifstream file(path);
  std::string found;
  for (std::uint64_t number = 0; file >> found; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
    if (found == name && file >> number) return number;
  return std::nullopt;
}

// The only number of a file; nothing for "max".
std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
  std::uint64_t number = 0;
  if (std::ifstream(path) >> number) return number;
  return std::nullopt;
}

// How the two versions of control groups name things.
struct Names {
  const char *limit, *used, *inactive, *active;
};
constexpr Names kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "total_active_file"};
constexpr Names kVersion2{"memory.max", "memory.current", "inactive_file", "active_file"};

std::uint64_t left_in_group(const std::filesystem::path& group, const Names& names) {
  const auto limit = number_in(group / names.limit), used = number_in(group / names.used);
  if (!limit || !used) return kUnknown;
  const std::uint64_t files =
      number_named(group / "memory.stat", names.inactive).value_or(0) + number_named(group / "memory.stat", names.active).value_or(0);
  return left_of(*limit, left_of(*used, files));
}

// The least of a group and those above it. In a container the path may be that of the machine outside, and only the mount's root is there.
std::uint64_t left_in_groups(const std::filesystem::path& mount, const std::filesystem::path& group, const Names& names) {
  std::uint64_t left = left_in_group(mount, names);
  std::filesystem::path at = mount;
  for (const std::filesystem::path& part : group.relative_path()) left = std::min(left, left_in_group(at /= part, names));
  return left;
}

std::uint64_t left_in_all_groups(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  std::uint64_t left = kUnknown;
  for (std::string line; std::getline(file, line);) {  // "0::/path", "4:memory:/path", "5:cpu,memory:/path"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",", group = line.substr(second + 1);
    const std::filesystem::path mount = root / "sys/fs/cgroup";
    if (controllers == ",,") left = std::min(left, left_in_groups(mount, group, kVersion2));
    if (controllers.find(",memory,") != std::string::npos) left = std::min(left, left_in_groups(mount / "memory", group, kVersion1));
  }
  return left;
}

std::uint64_t left_of_limit(decltype(RLIMIT_AS) resource, std::optional<std::uint64_t> used_kilobytes) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || !used_kilobytes) return kUnknown;
  return left_of(limit.rlim_cur, *used_kilobytes * 1024);
}

}  // namespace

std::uint64_t available_memory(const std::filesystem::path& root) {
  const auto machine = number_named(root / "proc/meminfo", "MemAvailable:");
  const std::filesystem::path status = root / "proc/self/status";
  return std::min({machine ? *machine * 1024 : kUnknown, left_in_all_groups(root),
                   left_of_limit(RLIMIT_AS, number_named(status, "VmSize:")), left_of_limit(RLIMIT_DATA, number_named(status, "VmData:"))});
}

}  // namespace hone
