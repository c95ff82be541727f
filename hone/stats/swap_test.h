#pragma once

#include "hone/stats/cluster_cells.h"
#include "hone/stats/sign_flip.h"

namespace hone {

/// A randomization test of a difference in any metric: whole clusters of A's and B's outputs change places. The first half of the
/// statistics is A's and the second B's, one for one. p as of sign_flip_test(), of |metric(A) - metric(B)|; swaps after which the metric
/// is not defined are left out of `flips`. For means it says what sign_flip_test() says, which is faster.
///
/// O(flips x (cells + metric)). kNoItems without clusters, kOneClass when the metric is not defined on A or B. Throws kInvalidArgument
/// for an odd number of statistics, and as sign_flip_test() does.
Defined<FlipTest> swap_test(const ClusterCells& cells, const Metric& metric, const FlipOptions& options = {});

}  // namespace hone
