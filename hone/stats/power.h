#pragma once

#include <cstdint>
#include <optional>

namespace hone {

/// How many items are needed to see a difference, and how small a difference a number of items shows. To be shown before a run, and with
/// every "no difference"; never from the difference that was seen. For right or wrong on the same items: paired.h. Numbers of items are
/// not rounded; round them up.
struct PowerOptions {
  double alpha = 0.05;  // Two-sided.
  double power = 0.8;   // The chance of seeing a difference that is there.

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// Scores of A and B on the same items, each the mean of so many answers.
struct PairedSpread {
  double true_differences = 0.0;               // Variance over items of what the mean of endless answers would differ by.
  double noise_a = 0.0, noise_b = 0.0;         // Variance between answers to one item.
  std::uint64_t answers_a = 1, answers_b = 1;  // Per item.

  /// Of one item's difference. Throws kInvalidArgument for a variance below 0 or no answers.
  double variance() const;
};

/// Items for a true mean difference. Each throws kInvalidArgument for a difference not above 0.
double items_for_means(double difference, const PairedSpread& spread, const PowerOptions& options = {});
/// Right or wrong on the same items, of which A and B differ on a share `differing` (Connor 1987, by Miettinen 1968); nothing when that
/// is less than the difference.
std::optional<double> items_for_paired_rates(double difference, double differing, const PowerOptions& options = {});
/// Right or wrong on different items, in each of the two sets, both rates being near `rate`.
double items_for_unpaired_rates(double difference, double rate, const PowerOptions& options = {});

/// How many times as many items are needed where they come in clusters of `mean_size`, the sizes varying by `size_variation` (standard
/// deviation over mean) and the items being alike by `intraclass_correlation` (Eldridge, Ashby, Kerry 2006). The number of items above
/// times this. Throws kInvalidArgument for sizes below 1, a variation below 0 or a correlation not in [0, 1].
double design_effect(double mean_size, double size_variation, double intraclass_correlation);

/// The least true difference that n items show: the inverse of the functions above. REQUIRES: n > 0.
double smallest_detectable_mean(double n, const PairedSpread& spread, const PowerOptions& options = {});
double smallest_detectable_unpaired_rate(double n_per_set, double rate, const PowerOptions& options = {});

}  // namespace hone
