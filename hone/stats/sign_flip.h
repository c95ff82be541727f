#pragma once

#include <cstdint>
#include <span>

#include "hone/stats/not_defined.h"

namespace hone {

struct FlipOptions {
  std::uint64_t seed = 0;
  std::uint64_t draws = 9'999;        // Where not all flips are tried.
  std::uint64_t exact_clusters = 20;  // All 2^G are tried up to so many clusters; at most 24.
  int threads = 0;                    // 0: as many as the machine has. The answer does not depend on them.
};

struct FlipTest {
  double p = 1.0;              // Two-sided.
  std::uint64_t flips = 0;     // Tried: 2^G, or the draws.
  std::uint64_t as_large = 0;  // Of them, those with a statistic at least as large as the one seen.
  bool exact = true;           // All were tried.
};

/// Fisher's randomization test (1935) of no difference: each cluster's total of A's scores less B's is as likely to have the other sign.
/// The statistic is the absolute sum; one that is smaller by 1e-12 of the sum of absolute totals counts as large (rounding). With draws,
/// p = (1 + as_large) / (1 + draws) (Phipson and Smyth 2010). Totals of 0 change nothing.
///
/// Below 6 clusters no p can reach 0.05, and the caller should say "too few clusters". O(2^G), else O(draws x distinct absolute totals).
/// kNoItems without clusters. Throws kInvalidArgument for a total that is not finite, no draws, or exact_clusters above 24.
Defined<FlipTest> sign_flip_test(std::span<const double> cluster_totals, const FlipOptions& options = {});

}  // namespace hone
