#include "hone/stats/systematic_sample.h"

#include <algorithm>
#include <cassert>

namespace hone {

std::vector<std::uint32_t> systematic_sample(std::size_t rows, std::size_t size, double start) {
  assert(size <= rows && start >= 0.0 && start < 1.0);
  std::vector<std::uint32_t> places;
  places.reserve(size);
  const double step = size == 0 ? 0.0 : static_cast<double>(rows) / static_cast<double>(size);
  for (std::size_t drawn = 0; drawn < size; ++drawn) {
    const auto place = static_cast<std::size_t>((static_cast<double>(drawn) + start) * step);
    places.push_back(static_cast<std::uint32_t>(std::min(place, rows - 1)));
  }
  return places;
}

}  // namespace hone
