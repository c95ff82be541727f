#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// Items of neighbouring confidence: one point of the reliability curve.
struct ReliabilityBin {
  std::uint64_t n = 0;
  double confidence = 0.0;  // Mean of the probabilities given.
  double rate = 0.0;        // Share that came true.
  Interval interval;        // Wilson, of the rate; on the effective number of items where they hang together.
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

/// The same where items hang together: `cluster_of` has a number per item, equal ones being one cluster. The bins' intervals are then those
/// of rate_interval(), and 0 to 1 for a bin with one cluster.
std::optional<Calibration> calibrate(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                     std::span<const std::uint32_t> cluster_of);

/// How sure the calibration error is, and how large it would be by chance alone.
struct CalibrationCheck {
  double ece = 0.0;
  double debiased_ece = 0.0;
  /// Of the true error, which `ece` overstates: by Student's t of the items' errors (of clusters with CR2), around the debiased error.
  /// Begins at 0 where chance alone could have made the error. Holds a truth of 0 as it holds others (docs/statistics.md).
  Interval interval;
  double perfect_ece = 0.0;  // Mean ECE of a model with the same probabilities that are all true.
};

/// `cluster_of` empty: items stand alone. kTooFewItems below 30 items, kOneCluster. O(n log n). Throws kInvalidArgument as calibrate()
/// does, and for alpha not in (0, 1).
Defined<CalibrationCheck> check_calibration(std::span<const double> probabilities, std::span<const std::uint8_t> came_true,
                                            std::span<const std::uint32_t> cluster_of = {}, double alpha = 0.05);

/// One number by which a model's logits are divided, so that its probabilities become true on data that is not the test.
struct Temperature {
  double value = 1.0;        // In [0.05, 20].
  double loss = 0.0;         // Mean negative log-likelihood at it,
  double loss_before = 0.0;  // and at 1.
  bool at_bound = false;     // The best one may lie beyond: to be said.
};

/// C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger (2017). `logits` row-major, items x classes. kNoItems without items, kNoSpread when every
/// item has the same logit for all classes. Throws kInvalidArgument for logits that are not finite, sizes that do not fit, fewer than two
/// classes or gold that is none of them. O(items x classes x about 10).
Defined<Temperature> fit_temperature(std::span<const double> logits, std::span<const std::uint32_t> gold, std::size_t classes);

}  // namespace hone
