#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone {

/// Sorts by the bits from `first_bit` on, keeping the order of equal ones: as many passes over the values as there are elevens in the bits.
/// `spare` is working memory of the same size, kept from call to call.
template <typename Value>
void radix_sort(std::vector<Value>& values, std::vector<Value>& spare, unsigned first_bit = 0) {
  constexpr unsigned kBits = 11;
  spare.resize(values.size());
  for (unsigned shift = first_bit; shift < 8 * sizeof(Value); shift += kBits) {
    std::array<std::size_t, (1 << kBits) + 1> begin{};
    const auto digit = [&](Value value) { return static_cast<std::size_t>(value >> shift) & ((1 << kBits) - 1); };
    for (const Value value : values) ++begin[digit(value) + 1];
    for (std::size_t place = 1; place < begin.size(); ++place) begin[place] += begin[place - 1];
    for (const Value value : values) spare[begin[digit(value)]++] = value;
    values.swap(spare);
  }
}

}  // namespace hone
