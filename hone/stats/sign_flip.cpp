// Rests on R. A. Fisher: The Design of Experiments, 1935 (the test), and B. Phipson, G. K. Smyth: Permutation P-values Should Never Be
// Zero. Statistical Applications in Genetics and Molecular Biology 9, 2010 (p from draws).
#include "hone/stats/sign_flip.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/replicate_random_internal.h"

namespace hone {
namespace {

constexpr double kRounding = 1e-12;
constexpr std::uint64_t kMostExact = 24;  // 16 million sums: a blink.
constexpr std::uint64_t kDrawsPerBlock = 64;

// Clusters whose totals differ at most in sign: the sum of their flips is a binomial number.
struct EqualTotals {
  double total = 0.0;
  std::uint64_t clusters = 0;
};

std::vector<EqualTotals> distinct_totals(std::span<const double> totals) {
  std::vector<double> absolute;
  for (const double total : totals)
    if (total != 0.0) absolute.push_back(std::abs(total));
  std::ranges::sort(absolute);
  std::vector<EqualTotals> distinct;
  for (const double total : absolute) {
    if (distinct.empty() || distinct.back().total != total) distinct.push_back({total, 0});
    ++distinct.back().clusters;
  }
  return distinct;
}

// Each sum of the totals under one choice of signs, the first sign being that of bit 0.
std::vector<double> signed_sums(std::span<const double> totals) {
  std::vector<double> sums{0.0};
  for (const double total : totals) {
    const std::size_t half = sums.size();
    for (std::size_t sum = 0; sum < half; ++sum) {
      sums.push_back(sums[sum] - total);
      sums[sum] += total;
    }
  }
  return sums;
}

// In two halves, so that each sum is rounded but a few times.
std::uint64_t count_all(std::span<const double> totals, double bound) {
  const std::vector<double> first = signed_sums(totals.first(totals.size() / 2)), second = signed_sums(totals.subspan(totals.size() / 2));
  std::uint64_t as_large = 0;
  for (const double one : first)
    for (const double other : second) as_large += std::abs(one + other) >= bound;
  return as_large;
}

double drawn_sum(const std::vector<EqualTotals>& distinct, ReplicateRandom random) {
  double sum = 0.0;
  std::uint64_t signs = 0;
  int signs_left = 0;
  for (const EqualTotals& cell : distinct) {
    if (cell.clusters > 1) {
      const double kept = static_cast<double>(random.binomial(cell.clusters, 0.5));
      sum += cell.total * (2.0 * kept - static_cast<double>(cell.clusters));
      continue;
    }
    if (signs_left-- == 0) {
      signs = random.next();
      signs_left = 63;
    }
    sum += (signs & 1) != 0 ? cell.total : -cell.total;
    signs >>= 1;
  }
  return sum;
}

std::uint64_t count_drawn(std::span<const double> totals, double bound, const FlipOptions& options) {
  const std::vector<EqualTotals> distinct = distinct_totals(totals);
  const RandomStream stream(options.seed, "stats.sign_flip");
  std::vector<std::uint64_t> as_large((options.draws + kDrawsPerBlock - 1) / kDrawsPerBlock);
  parallel_for(as_large.size(), options.threads, [&](std::size_t block) {
    const std::uint64_t end = std::min(options.draws, (block + 1) * kDrawsPerBlock);
    for (std::uint64_t draw = block * kDrawsPerBlock; draw < end; ++draw)
      as_large[block] += std::abs(drawn_sum(distinct, {stream, draw})) >= bound;
  });
  std::uint64_t sum = 0;
  for (const std::uint64_t count : as_large) sum += count;
  return sum;
}

}  // namespace

Defined<FlipTest> sign_flip_test(std::span<const double> cluster_totals, const FlipOptions& options) {
  check_finite(cluster_totals, "totals of clusters");
  if (options.draws == 0) throw Error(ErrorCode::kInvalidArgument, "a test by draws needs at least one");
  if (options.exact_clusters > kMostExact) throw Error(ErrorCode::kInvalidArgument, "all flips can be tried of at most 24 clusters");
  if (cluster_totals.empty()) return NotDefined::kNoItems;
  double sum = 0.0, absolute = 0.0;
  for (const double total : cluster_totals) {
    sum += total;
    absolute += std::abs(total);
  }
  const double bound = std::abs(sum) - kRounding * absolute;
  FlipTest result;
  result.exact = cluster_totals.size() <= options.exact_clusters;
  result.flips = result.exact ? std::uint64_t{1} << cluster_totals.size() : options.draws;
  result.as_large = absolute == 0.0 ? result.flips
                    : result.exact  ? count_all(cluster_totals, bound)
                                    : count_drawn(cluster_totals, bound, options);
  const double counted = static_cast<double>(result.as_large), flips = static_cast<double>(result.flips);
  result.p = result.exact ? counted / flips : (1.0 + counted) / (1.0 + flips);
  return result;
}

}  // namespace hone
