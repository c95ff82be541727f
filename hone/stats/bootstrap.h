#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hone/stats/cluster_cells.h"
#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

struct BootstrapOptions {
  std::uint64_t replicates = 10'000;  // 2,000 are enough while exploring.
  std::uint64_t seed = 0;
  double alpha = 0.05;
  int threads = 0;  // 0: as many as the machine has. No number depends on them.

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// A metric's values on clusters drawn with replacement, as many as there are.
struct BootstrapValues {
  double estimate = 0.0;        // On the clusters themselves.
  std::vector<double> values;   // Ascending, without those that are not defined.
  std::uint64_t undefined = 0;  // So many are not.
};

/// The cluster bootstrap (Efron 1979; Davison and Hinkley 1997, 3.8). A replicate is one multinomial draw over the cells, its random
/// numbers a function of (seed, replicate). O(replicates x (min(4 cells, clusters) + metric)); memory O(replicates + cells).
BootstrapValues bootstrap(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options = {});

/// The metric without each cluster in turn (Quenouille, Tukey).
struct Jackknife {
  double standard_error = 0.0;
  double mean = 0.0;          // Of the values.
  double acceleration = 0.0;  // Of BCa: a sixth of their skewness.
};
/// kNoItems, kOneCluster, or kTooManyUndefined when the metric is not defined without some cluster. O(cells x metric).
Defined<Jackknife> jackknife(const ClusterCells& cells, const Metric& metric);

/// The same of values that were found in another way: values[i] stands for counts[i] clusters.
Jackknife jackknife_of(std::span<const double> values, std::span<const std::uint64_t> counts);

/// The ceil(share x n)-th of ascending values. REQUIRES: values.
double quantile_of(std::span<const double> ascending, double share);

/// The middle 1 - alpha of the values. REQUIRES: values, ascending.
Interval percentile_interval(std::span<const double> values, double alpha);

/// Bias-corrected and accelerated (Efron 1987).
struct BcaShares {
  double z0 = 0.0;   // Bias correction: z of the share of values below the estimate, ties by half.
  double low = 0.0;  // The quantiles at which the interval ends.
  double high = 0.0;
};
BcaShares bca_shares(std::span<const double> values, double estimate, double acceleration, double alpha);
Interval bca_interval(std::span<const double> values, double estimate, double acceleration, double alpha);

enum class IntervalMethod { kBca, kJackknife };
std::string_view to_string(IntervalMethod method);  // "bca", "jackknife"

struct ResampledInterval {
  double estimate = 0.0;
  double standard_error = 0.0;  // The replicates' standard deviation, or the jackknife's.
  Interval interval;
  IntervalMethod method = IntervalMethod::kBca;
  std::uint64_t clusters = 0;
  std::uint64_t undefined = 0;  // Replicates left out.
};

/// From 20 clusters on BCa, from 6 on the jackknife with Student's t (it holds better there); kTooFewClusters below. Else kNoItems,
/// kOneClass when the metric is not defined on the clusters themselves, kTooManyUndefined when it is not on over 5 % of replicates, or
/// kNoSpread when all values are the same. For means there are better ones: clustered.h.
Defined<ResampledInterval> resampled_interval(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options = {});

}  // namespace hone
