#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone {

/// Places in a list, `size` of them by steps of one length (systematic sampling: Madow and Madow 1944; Cochran 1977, chapter 8). Of a list
/// in the order of a stratum and, within it, of a number, the sample has every stratum and every stretch of that number in its share, to
/// within one row, and each row has the same chance; `start` in [0, 1) is where in the first step it begins. Ascending, each once.
/// REQUIRES: size <= rows, 0 <= start < 1.
std::vector<std::uint32_t> systematic_sample(std::size_t rows, std::size_t size, double start);

}  // namespace hone
