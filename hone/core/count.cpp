#include "hone/core/count.h"

namespace hone {

std::string with_commas(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (int place = static_cast<int>(digits.size()) - 3; place > 0; place -= 3) digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  const std::string_view word = count == 1 || many.empty() ? one : many;
  return with_commas(count) + " " + std::string(word) + (count != 1 && many.empty() ? "s" : "");
}

}  // namespace hone
