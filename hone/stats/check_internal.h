#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hone {

/// What callers from outside may get wrong; each throws kInvalidArgument and names `what`.

/// Every value is a number, and no infinite one.
void check_finite(std::span<const double> values, std::string_view what);
/// One of each for every one of the other: "scores and clusters".
void check_same_length(std::size_t one, std::size_t other, std::string_view what);
/// Strictly between 0 and 1.
void check_between_0_and_1(double value, std::string_view what);
/// From 0 to 1.
void check_shares(std::span<const double> values, std::string_view what);
/// Above 0, and no infinity.
void check_positive(double value, std::string_view what);

}  // namespace hone
