#pragma once

#include <span>
#include <vector>

namespace hone {

/// p-values of many tests, each made so large that it may be compared with alpha itself. In the order given; there must be one for every
/// test that was looked at. O(N log N). Throw kInvalidArgument for a p that is not in [0, 1].

/// S. Holm (1979): with confidence 1 - alpha not one of those at or below alpha is a false alarm, however the tests depend on each other.
/// For gates.
std::vector<double> holm(std::span<const double> p);

/// Y. Benjamini, Y. Hochberg (1995): of those at or below alpha a share of at most alpha are false alarms in the mean, under independence
/// or positive dependence. For exploring.
std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace hone
