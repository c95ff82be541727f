#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace hone::verify {

/// What a fuzzer holds to be true. Where it is not, the input is a finding.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

}  // namespace hone::verify
