#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hone/data/value.h"

// Whatever the bytes: a finite number, an instant within years 1 to 9999, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char decimal : {'.', ','}) {
    const auto number = hone::parse_number(text, decimal);
    if (number && !std::isfinite(*number)) std::abort();
  }
  const auto time = hone::parse_time(text, "+01:00");
  constexpr std::int64_t kYear10001 = 253'433'923'200'000'000;
  if (time && (*time > kYear10001 || *time < -62'200'000'000'000'000)) std::abort();
  hone::parse_time_zone(text);
  return 0;
}
