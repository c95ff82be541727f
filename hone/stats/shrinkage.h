#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

struct SliceCount {
  std::uint64_t count = 0;  // Of n.
  std::uint64_t n = 0;
};

/// How the true rates of slices are spread: a beta distribution.
struct BetaPrior {
  double alpha = 0.0;
  double beta = 0.0;

  double mean() const { return alpha / (alpha + beta); }
};

struct ShrunkRate {
  double rate = 0.0;
  Interval interval;  // The middle of what is believed of the slice's rate.
};

struct ShrunkRates {
  BetaPrior prior;
  bool differ = true;  // False when the prior is as narrow as can be told: the slices do not differ.
  std::vector<ShrunkRate> slices;
};

/// Rates of slices, drawn to each other as far as their differences are chance: for ranking slices, never for gates. Slices that share
/// items are treated as if they did not. Empirical Bayes with a beta-binomial prior by maximum likelihood (Skellam 1948; Griffiths 1973),
/// alpha and beta in [0.02, 8,000].
///
/// A slice without items gets the prior's. kTooFewSlices with fewer than 10 that have items: show raw rates then.
/// O(slices x about 20). Throws kInvalidArgument for a count above its n, or alpha not in (0, 1).
Defined<ShrunkRates> shrink_rates(std::span<const SliceCount> slices, double alpha = 0.05);

/// The prior alone, of any number of slices. REQUIRES: counts no more than their n.
BetaPrior fit_beta_prior(std::span<const SliceCount> slices);

}  // namespace hone
