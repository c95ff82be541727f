#pragma once

#include <chrono>
#include <string>

namespace hone {

/// A moment as records write it, in UTC: "2026-01-05T09:30:00.000123Z". Always 27 characters for the years 0 to 9999,
/// so that the order of the texts is that of the moments.
std::string utc_text(std::chrono::system_clock::time_point moment);

/// The same of now. Times never enter an object's bytes.
std::string utc_now();

}  // namespace hone
