#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone {

/// Scores of probabilities, one per item and the lower the better; their mean and interval as of any mean (clustered.h). Each throws
/// kInvalidArgument for a probability not in [0, 1] or lengths that differ.

/// (p - y)^2 of what came true (y = 1) or did not (G. W. Brier 1950).
std::vector<double> brier_scores(std::span<const double> probabilities, std::span<const std::uint8_t> came_true);

struct LogLosses {
  std::vector<double> scores;  // -ln of the probability given to what was so.
  std::uint64_t clipped = 0;   // Such probabilities below 1e-12, taken for that: to be shown, since they decide the mean.
};
LogLosses log_losses(std::span<const double> probabilities_of_truth);

}  // namespace hone
