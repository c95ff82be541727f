#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone {

/// Sorts by the bits from `kFirstBit` on, keeping the order of equal ones: as many passes over the values as there are elevens in the bits,
/// and one that counts for all of them. `spare` is working memory of the same size, kept from call to call.
template <unsigned kFirstBit = 0, typename Value>
void radix_sort(std::vector<Value>& values, std::vector<Value>& spare) {
  constexpr unsigned kBits = 11, kDigits = (8 * sizeof(Value) - kFirstBit + kBits - 1) / kBits;
  constexpr auto digit = [](Value value, unsigned place) {
    return static_cast<std::size_t>(value >> (kFirstBit + place * kBits)) & ((1 << kBits) - 1);
  };
  std::array<std::array<std::size_t, (1 << kBits) + 1>, kDigits> begin{};
  for (const Value value : values)
    for (unsigned place = 0; place < kDigits; ++place) ++begin[place][digit(value, place) + 1];
  spare.resize(values.size());
  for (unsigned place = 0; place < kDigits; ++place) {
    auto& next = begin[place];
    for (std::size_t each = 1; each < next.size(); ++each) next[each] += next[each - 1];
    for (const Value value : values) spare[next[digit(value, place)]++] = value;
    values.swap(spare);
  }
}

}  // namespace hone
