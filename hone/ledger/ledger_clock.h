#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hone {

/// What the machine's clocks show, in microseconds.
struct ClockReading {
  std::int64_t wall = 0;  // Since 1970, UTC: may be set.
  std::int64_t boot = 0;  // Since the machine started, sleep included: only goes forward.
};

/// A seam for tests. Used by the writer's thread alone.
class LedgerClock {
 public:
  virtual ~LedgerClock() = default;
  virtual ClockReading read() = 0;
  /// Names this run of the machine.
  virtual std::string boot_id() = 0;
};

class SystemClock : public LedgerClock {
 public:
  ClockReading read() override;
  std::string boot_id() override;
};

/// "2026-01-05T09:30:00.000123Z" and microseconds since 1970. REQUIRES of time_of(): is_utc_time() (body_schema.h).
std::string time_text(std::int64_t microseconds);
std::int64_t time_of(std::string_view text);

/// What time an event gets, by the rule of docs/ledger.md: the wall clock's; that of the event before where the clock is up to a second
/// behind it; and an admin.clock event first where it fell by more, or leapt by more than 60 s against the time since the start.
class EventTimes {
 public:
  struct Stamp {
    std::int64_t time = 0;
    std::optional<std::int64_t> wall;        // Where it is less than `time`.
    std::optional<std::int64_t> clock_from;  // Where an admin.clock event has to come first: the time it steps from, to `time`.
  };

  /// `last` is the time of the newest event; nothing in an empty log.
  Stamp stamp(const ClockReading& reading, std::optional<std::int64_t> last);

 private:
  std::optional<std::int64_t> started_;  // Wall less boot, as last agreed.
};

}  // namespace hone
