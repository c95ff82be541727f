#pragma once

#include <array>
#include <cstdint>

namespace hone {

/// One block of Philox4x32-10, as published; shown here so that a test can hold it to the published answers.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

}  // namespace hone
