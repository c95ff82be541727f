#include "hone/stats/check_internal.h"

#include <cmath>
#include <string>

#include "hone/core/error.h"

namespace hone {
namespace {

[[noreturn]] void refuse(std::string_view what, const std::string& trouble) {
  throw Error(ErrorCode::kInvalidArgument, std::string(what) + " " + trouble);
}

}  // namespace

void check_finite(std::span<const double> values, std::string_view what) {
  for (std::size_t place = 0; place < values.size(); ++place)
    if (!std::isfinite(values[place]))
      refuse(what, "must be finite numbers; number " + std::to_string(place + 1) + " is " + std::to_string(values[place]));
}

void check_same_length(std::size_t one, std::size_t other, std::string_view what) {
  if (one != other) refuse(what, "must be equally many, not " + std::to_string(one) + " and " + std::to_string(other));
}

void check_between_0_and_1(double value, std::string_view what) {
  if (!(value > 0.0 && value < 1.0)) refuse(what, "must lie between 0 and 1, not be " + std::to_string(value));
}

void check_shares(std::span<const double> values, std::string_view what) {
  for (const double value : values)
    if (!(value >= 0.0 && value <= 1.0)) refuse(what, "must lie from 0 to 1, not be " + std::to_string(value));
}

void check_positive(double value, std::string_view what) {
  if (!(value > 0.0 && std::isfinite(value))) refuse(what, "must be above 0, not " + std::to_string(value));
}

}  // namespace hone
