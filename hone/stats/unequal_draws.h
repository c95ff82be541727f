#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// Estimates for a population from items that were not drawn evenly, such as a review queue that prefers hard ones. Each item's chance of
/// being drawn is fixed before its answer is known, and an item's answer never touches its own chance.

/// Of a random draw with rate `random` and an independent one with rate `hard`. REQUIRES: both in [0, 1].
double inclusion_probability(double random, double hard);

/// J. Hájek (1971): items weigh one over their chance.
struct HajekMean {
  double mean = 0.0;
  double standard_error = 0.0;
  double kish = 0.0;            // As many evenly drawn items would vary as little, by the weights alone (Kish 1965). Shown beside n.
  double largest_weight = 0.0;  // Share of one item.
  std::uint64_t items = 0;
  std::uint64_t clusters = 0;

  /// Kish's number below 30, or one item with over a tenth of the weight: no interval is given.
  bool is_too_few() const { return kish < 30.0 || largest_weight > 0.1; }
};

/// `cluster_of` has a number per item, equal ones being one cluster; empty: each item stands alone. kNoRandomStratum without items.
/// O(n log n). Throws kInvalidArgument for values that are not finite, chances not in (0, 1], or lengths that differ.
Defined<HajekMean> hajek_mean(std::span<const double> values, std::span<const double> chances,
                              std::span<const std::uint32_t> cluster_of = {});

/// Of a rate: Wilson on the effective number of items, Kish's where nothing spreads. kTooFewItems as is_too_few(), kOneCluster with one.
/// Throws kInvalidArgument for alpha not in (0, 1). REQUIRES: a mean in [0, 1].
Defined<Interval> hajek_rate_interval(const HajekMean& rate, double alpha = 0.05);

struct PopulationRate {
  double rate = 0.0;
  double standard_error = 0.0;
  Interval interval;
};

/// All of the hard items answered, and a random part of the others.
struct CertainStratum {
  std::uint64_t population = 0;                  // All items.
  std::uint64_t hard = 0, hard_count = 0;        // Hard items, and those of them that count.
  std::uint64_t sampled = 0, sampled_count = 0;  // Of the others.
};
/// The interval is Wilson's of the others, moved and scaled. kNoItems without items, kNoRandomStratum when there are others and none is
/// sampled. Throws kInvalidArgument for counts above what they are of, or alpha not in (0, 1).
Defined<PopulationRate> certain_stratum_rate(const CertainStratum& stratum, double alpha = 0.05);

/// One round of a queue whose chances hang on earlier answers.
struct QueueRound {
  double answered_sum = 0.0;   // Of values answered before the round.
  std::uint64_t answered = 0;  // So many items.
  HajekMean open;              // Of the items still open, from the round's own draws.
};
/// The mean over rounds of what each says of the whole population; rounds are never pooled with one round's weights. The interval as of
/// hajek_rate_interval(), too few when no round has 30. kNoRandomStratum without rounds. Throws kInvalidArgument for more answered than
/// there are items, or alpha not in (0, 1).
Defined<PopulationRate> rate_over_rounds(std::span<const QueueRound> rounds, std::uint64_t population, double alpha = 0.05);

}  // namespace hone
