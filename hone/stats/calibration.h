#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/proportion.h"

namespace hone {

/// Items of neighbouring confidence: one point of the reliability curve.
struct ReliabilityBin {
  std::uint64_t n = 0;
  double confidence = 0.0;  // Mean of the probabilities given.
  double rate = 0.0;        // Share that came true.
  Interval interval;        // Wilson, of the rate.
};

struct Calibration {
  double ece = 0.0;                  // Expected calibration error: mean |rate - confidence| over items. Biased upwards.
  double debiased_ece = 0.0;         // Less what chance alone adds to it; not below 0.
  double squared = 0.0;              // Mean squared error, unbiased; may fall below 0.
  std::vector<ReliabilityBin> bins;  // By rising confidence.
};

/// How many bins of equal mass n items get: 15; a tenth of n below 150; none below 30, which are too few.
std::size_t calibration_bins(std::size_t n);

/// How far probabilities, of the top label or of one class, are to be believed: `came_true[i]` says whether what was given
/// `probabilities[i]` was so. Bins hold as even numbers of items as can be, the first ones one more; equal probabilities
/// stay in the order given. Nothing when `bins` is 0. O(n log n). Throws kInvalidArgument when the lengths differ or a
/// probability is not in [0, 1]. REQUIRES: bins <= n.
std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true, std::size_t bins);

/// The same with calibration_bins(): nothing below 30 items.
std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true);

}  // namespace hone
