#pragma once

namespace hone {

inline constexpr double kDigits = 5.1e-7;  // Known answers are given to six digits, some of them rounded half up.

}  // namespace hone
