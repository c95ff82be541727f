#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hone {

/// The number that a field's text stands for, or nothing: "1,234.50" and "1234.5" with decimal '.', "1.234,50" with ','.
/// Blanks around it are nothing, and so are a sign of currency (€ $ £ ¥ or a code of three capitals) before or behind it
/// and a sign. Groups of thousands, by the other of '.' and ',', by ' or by a (no-break) space, have three digits each. "1e3"
/// is a number; "12 %", "1,2" with decimal '.', "", "inf" and "nan" are none.
std::optional<double> parse_number(std::string_view text, char decimal);

/// The instant that a field's text stands for, in microseconds since 1970-01-01T00:00:00Z, or nothing: "2026-01-05",
/// "2026-01-05T09:30", "2026-01-05 09:30:00.000123Z", "…+01:00", "2020/3/18", "5.1.2026", each with or without a time. A
/// date that is not in the calendar, or before year 1 or after 9999, is none. A time without a zone is one of `time_zone`.
std::optional<std::int64_t> parse_time(std::string_view text, const std::string& time_zone);

/// Minutes east of UTC that "UTC" or "±HH:MM" (at most 14:00) stands for, or nothing.
std::optional<int> parse_time_zone(std::string_view time_zone);

}  // namespace hone
