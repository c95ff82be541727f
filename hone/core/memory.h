#pragma once

#include <cstdint>
#include <filesystem>

namespace hone {

/// Bytes that this process may still take, as far as the machine, the control groups it is in (the limit of a container) and its own limits
/// (`ulimit`) tell; pages of files count as free, since the system gives them up. UINT64_MAX where nothing is told. An estimate: others
/// take memory too. `root` is where /proc and /sys are looked for.
std::uint64_t available_memory(const std::filesystem::path& root = "/");

}  // namespace hone
