#include "hone/ledger/ledger_clock.h"

#include <chrono>
#include <ctime>
#include <fstream>

#include "hone/core/clock.h"

namespace hone {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMostBehind = kSecond;  // As far as an adjusted clock or another host may lag without a word.
constexpr std::int64_t kMostLeap = 60 * kSecond;

std::int64_t microseconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec / 1000;
}

}  // namespace

ClockReading SystemClock::read() {
#ifdef CLOCK_BOOTTIME
  return {.wall = microseconds_of(CLOCK_REALTIME), .boot = microseconds_of(CLOCK_BOOTTIME)};
#else
  return {.wall = microseconds_of(CLOCK_REALTIME), .boot = microseconds_of(CLOCK_MONOTONIC)};
#endif
}

std::string SystemClock::boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  return std::getline(file, id) && !id.empty() ? id : "unknown";
}

std::string time_text(std::int64_t microseconds) {
  return utc_text(std::chrono::system_clock::time_point(std::chrono::microseconds(microseconds)));
}

std::int64_t time_of(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t digit = 0; digit < digits; ++digit) value = 10 * value + (text[at + digit] - '0');
    return value;
  };
  using namespace std::chrono;
  const sys_days day =
      year(number(0, 4)) / month(static_cast<unsigned>(number(5, 2))) / std::chrono::day(static_cast<unsigned>(number(8, 2)));
  return duration_cast<microseconds>(day.time_since_epoch()).count() +
         (number(11, 2) * std::int64_t{3600} + number(14, 2) * 60 + number(17, 2)) * kSecond + number(20, 6);
}

EventTimes::Stamp EventTimes::stamp(const ClockReading& reading, std::optional<std::int64_t> last) {
  const std::int64_t started = reading.wall - reading.boot;
  const bool leapt = started_ && started - *started_ > kMostLeap;
  const bool fell = last && *last - reading.wall > kMostBehind;
  if (!started_ || leapt || fell) started_ = started;
  if (last && (leapt || fell)) return {.time = reading.wall, .wall = std::nullopt, .clock_from = last};
  if (last && reading.wall < *last) return {.time = *last, .wall = reading.wall, .clock_from = std::nullopt};
  return {.time = reading.wall, .wall = std::nullopt, .clock_from = std::nullopt};
}

}  // namespace hone
