#pragma once

#include <cstdint>
#include <span>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// What may be looked at again and again. An e-value has mean 1 at most where there is no difference, so that it ever reaches 1/alpha with
/// probability alpha at most, whenever one looks or stops (Ville 1939): "differs" once E >= 1/alpha.

/// Of items that stand alone, on which A alone was right (b) or B alone (c): the mixture of Robbins (1970) over Jeffreys' prior. 1 without
/// such items. Never for items that hang together: BettingTest.
double e_of_discordant(std::uint64_t b, std::uint64_t c);

/// The chance that A wins where the two differ: at every look at once with confidence 1 - alpha. [0, 1] without such items.
/// Throws kInvalidArgument for alpha not in (0, 1).
Interval sequence_of_discordant(std::uint64_t b, std::uint64_t c, double alpha = 0.05);

/// E-value of cluster means of differences that lie in [-1, 1], against a mean of 0, by betting on what came before (Waudby-Smith and
/// Ramdas 2024; half of the money on each side). Clusters come in an order fixed before any outcome is known.
class BettingTest {
 public:
  /// Throws kInvalidArgument for a mean not in [-1, 1]. O(1).
  void add(double cluster_mean);

  /// May be infinite after many clusters.
  double e_value() const;
  double log_e_value() const;
  std::uint64_t clusters() const { return clusters_; }

 private:
  std::uint64_t clusters_ = 0;
  double sum_ = 0.0, squares_ = 0.0;
  double log_up_ = 0.0, log_down_ = 0.0;  // Logarithms of the money on "A is better" and on "B is better".
};

/// Of fresh items each time, the same A and B, and a stopping rule that does not see ahead: their product. 1 of none.
double product_of_e_values(std::span<const double> e_values);
/// Where items are reused: their mean. 1 of none.
double mean_of_e_values(std::span<const double> e_values);

struct SequenceOptions {
  double alpha = 0.05;
  double narrowest_at = 500.0;  // The number of clusters at which the interval is narrowest; fixed before the first look.
};

/// rho of the interval below (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, their approximation of the best).
/// Throws kInvalidArgument for alpha not in (0, 1) or narrowest_at not above 0.
double sequence_rho(const SequenceOptions& options);

/// Of a mean of `clusters` independent values with standard deviation `deviation`, at every look at once, for many of them: kTooFewItems
/// below 50, kNoSpread for a deviation of 0. 1.55 times as wide as the fixed interval at its narrowest.
/// Throws kInvalidArgument as above, for a mean that is not finite, or a deviation below 0.
Defined<Interval> sequence_of_mean(double mean, double deviation, std::uint64_t clusters, const SequenceOptions& options = {});

}  // namespace hone
