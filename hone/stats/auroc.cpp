// Rests on:
//   E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson: Comparing the Areas under Two or More Correlated ROC Curves. Biometrics 44, 1988
//   (the variance from placement values), in the O(n log n) of X. Sun, W. Xu: Fast Implementation of DeLong's Algorithm. IEEE Signal
//   Processing Letters 21, 2014.
//   M. S. Pepe: The Statistical Evaluation of Medical Tests. 2003, section 5.2 (the logit scale).
#include "hone/stats/auroc.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "hone/stats/bootstrap.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/cluster_rows_internal.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

struct RocItems {
  std::span<const double> scores;
  std::span<const std::uint8_t> positive;
};

// Per item how many of the other kind among `rows` it is on the right side of, ties by half, added to wins[row].
void add_wins(const RocItems& items, std::vector<std::size_t> rows, std::vector<double>& wins) {
  std::ranges::sort(rows, {}, [&](std::size_t row) { return items.scores[row]; });
  const auto count_positive = [&](std::size_t begin, std::size_t end) {
    return static_cast<double>(std::count_if(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                             rows.begin() + static_cast<std::ptrdiff_t>(end),
                                             [&](std::size_t row) { return items.positive[row] != 0; }));
  };
  const double positives = count_positive(0, rows.size());
  double positives_below = 0.0, negatives_below = 0.0;
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    while (end < rows.size() && items.scores[rows[end]] == items.scores[rows[begin]]) ++end;
    const double tied_positives = count_positive(begin, end), tied_negatives = static_cast<double>(end - begin) - tied_positives;
    for (std::size_t place = begin; place < end; ++place)
      wins[rows[place]] +=
          items.positive[rows[place]] != 0 ? negatives_below + tied_negatives / 2.0 : positives - positives_below - tied_positives / 2.0;
    positives_below += tied_positives;
    negatives_below += tied_negatives;
  }
}

// The sample variance of the wins of one kind, each over the number of the other kind.
double placement_variance(const RocItems& items, std::span<const double> wins, bool of_positive, double others) {
  double n = 0.0, sum = 0.0, squares = 0.0;
  for (std::size_t item = 0; item < wins.size(); ++item)
    if ((items.positive[item] != 0) == of_positive) {
      n += 1.0;
      sum += wins[item] / others;
    }
  if (n < 2.0) return 0.0;
  for (std::size_t item = 0; item < wins.size(); ++item)
    if ((items.positive[item] != 0) == of_positive) squares += std::pow(wins[item] / others - sum / n, 2);
  return squares / (n - 1.0);
}

double delong_error(const RocItems& items, std::span<const double> wins, const Auroc& found) {
  const double positives = static_cast<double>(found.positives), negatives = static_cast<double>(found.negatives);
  return std::sqrt(placement_variance(items, wins, true, negatives) / positives +
                   placement_variance(items, wins, false, positives) / negatives);
}

// Counts of both kinds.
struct Kinds {
  double positives = 0.0, negatives = 0.0;
};

Kinds kinds_of(std::span<const std::uint8_t> positive) {
  const auto positives = static_cast<double>(std::ranges::count_if(positive, [](std::uint8_t each) { return each != 0; }));
  return {positives, static_cast<double>(positive.size()) - positives};
}

std::vector<double> wins_of(const RocItems& items) {
  std::vector<std::size_t> rows(items.scores.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<double> wins(items.scores.size(), 0.0);
  add_wins(items, std::move(rows), wins);
  return wins;
}

double wins_of_positives(const RocItems& items, std::span<const double> wins) {
  double sum = 0.0;
  for (std::size_t item = 0; item < wins.size(); ++item) sum += items.positive[item] != 0 ? wins[item] : 0.0;
  return sum;
}

// Takes away the pairs in which each cluster has a part; those inside it were taken away twice. Not a number where no pair is left.
std::vector<double> without_each(const RocItems& items, std::span<const double> wins, std::span<const std::uint32_t> cluster_of) {
  const Kinds all = kinds_of(items.positive);
  const double right = wins_of_positives(items, wins);
  std::vector<double> inside(wins.size(), 0.0), values;
  for_each_cluster(wins.size(), cluster_of, [&](std::span<const std::size_t> rows) {
    add_wins(items, {rows.begin(), rows.end()}, inside);
    double taken = 0.0, own_positives = 0.0;
    for (const std::size_t row : rows) {
      taken += wins[row] - inside[row] / 2.0;
      own_positives += items.positive[row] != 0 ? 1.0 : 0.0;
    }
    const double pairs = (all.positives - own_positives) * (all.negatives - (static_cast<double>(rows.size()) - own_positives));
    values.push_back(pairs > 0.0 ? (right - taken) / pairs : std::nan(""));
  });
  return values;
}

Defined<double> clustered_error(const RocItems& items, std::span<const double> wins, std::span<const std::uint32_t> cluster_of) {
  const std::vector<double> values = without_each(items, wins, cluster_of);
  if (values.size() < 2) return NotDefined::kOneCluster;
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) return NotDefined::kTooManyUndefined;
  return jackknife_of(values, std::vector<std::uint64_t>(values.size(), 1)).standard_error;
}

Interval logit_interval(double value, double standard_error, double z) {
  const double centre = std::log(value / (1.0 - value)), half = z * standard_error / (value * (1.0 - value));
  const auto back = [](double logit) { return 1.0 / (1.0 + std::exp(-logit)); };
  return {back(centre - half), back(centre + half)};
}

}  // namespace

std::vector<double> auroc_without_each(std::span<const double> scores, std::span<const std::uint8_t> positive,
                                       std::span<const std::uint32_t> cluster_of) {
  check_finite(scores, "scores");
  check_same_length(scores.size(), positive.size(), "scores and labels");
  const RocItems items{scores, positive};
  return without_each(items, wins_of(items), cluster_of);
}

Defined<Auroc> auroc(std::span<const double> scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> cluster_of,
                     double alpha) {
  check_finite(scores, "scores");
  check_same_length(scores.size(), positive.size(), "scores and labels");
  check_between_0_and_1(alpha, "alpha");
  if (scores.empty()) return NotDefined::kNoItems;
  const RocItems items{scores, positive};
  Auroc found;
  for (const std::uint8_t each : positive) ++(each != 0 ? found.positives : found.negatives);
  if (found.positives == 0 || found.negatives == 0) return NotDefined::kOneClass;
  const std::vector<double> wins = wins_of(items);
  const double right = wins_of_positives(items, wins);
  found.value = right / (static_cast<double>(found.positives) * static_cast<double>(found.negatives));
  const Defined<double> error =
      cluster_of.empty() ? Defined<double>(delong_error(items, wins, found)) : clustered_error(items, wins, cluster_of);
  if (error) found.standard_error = *error;
  if (right == 0.0 || found.value >= 1.0)
    found.interval = NotDefined::kSeparable;
  else if (!error)
    found.interval = error.why();
  else if (found.standard_error <= 1e-12)
    found.interval = NotDefined::kNoSpread;
  else
    found.interval = logit_interval(found.value, found.standard_error, two_sided_z(alpha));
  return found;
}

}  // namespace hone
