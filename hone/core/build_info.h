#pragma once

#include <string>
#include <string_view>

#include "hone/core/json.h"

namespace hone {

/// Which program this is, and on what it runs: what a record of its work must say.
extern const std::string_view kHoneVersion;
/// The commit that was built, as the build was told; "unknown" where it was not.
extern const std::string_view kHoneCommit;

/// The linker's ID of the running program, in hex: the same for the same build and no other. "unknown" where it has none.
std::string build_id();

/// What keeps the machine's clock: "ntp" while the kernel says that it is being steered, else "unsynchronized".
std::string clock_source();

/// The machine: system, kernel, CPU, cores, memory. No name, address or account.
nlohmann::json environment_json();

}  // namespace hone
