// Placements as in DeLong, DeLong and Clarke-Pearson (1988): U counts pairs of a positive and a negative item that are in order, ties by
// half. Without a cluster it is U less the pairs that have one of its items, of which those of two of its items were taken off twice.
#include "hone/eval/auroc_difference.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/stats/auroc.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/clustered.h"
#include "hone/stats/difference.h"

namespace hone {
namespace {

struct RankedItems {
  std::vector<double> a, b;
  std::vector<std::uint8_t> positive;
  std::vector<std::uint32_t> clusters;
};

// Of each item: the items of the other class that it is in order with, ties by half.
std::vector<double> pairs_in_order(std::span<const double> scores, std::span<const std::uint8_t> positive,
                                   std::span<const std::uint32_t> items) {
  std::vector<std::uint32_t> order(items.begin(), items.end());
  std::ranges::sort(order, {}, [&](std::uint32_t item) { return scores[item]; });
  std::size_t positives = 0;
  for (const std::uint32_t item : order) positives += positive[item];
  std::vector<double> pairs(order.size());
  std::size_t below[2] = {0, 0};  // Negative and positive items with a lower score.
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    std::size_t tied[2] = {0, 0};
    for (end = begin; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) ++tied[positive[order[end]]];
    for (std::size_t place = begin; place < end; ++place)
      pairs[place] = positive[order[place]] != 0 ? static_cast<double>(below[0]) + 0.5 * static_cast<double>(tied[0])
                                                 : static_cast<double>(positives - below[1] - tied[1]) + 0.5 * static_cast<double>(tied[1]);
    below[0] += tied[0];
    below[1] += tied[1];
  }
  // Back into the order of `items`, which ascends.
  std::vector<double> result(order.size());
  for (std::size_t place = 0; place < order.size(); ++place)
    result[static_cast<std::size_t>(std::ranges::lower_bound(items, order[place]) - items.begin())] = pairs[place];
  return result;
}

double positive_sum(std::span<const double> pairs, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> items) {
  double sum = 0.0;
  for (std::size_t place = 0; place < items.size(); ++place) sum += positive[items[place]] != 0 ? pairs[place] : 0.0;
  return sum;
}

// Items by cluster, each ascending.
std::vector<std::vector<std::uint32_t>> items_by_cluster(std::span<const std::uint32_t> clusters) {
  std::vector<std::uint32_t> order(clusters.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t item) { return clusters[item]; });
  std::vector<std::vector<std::uint32_t>> groups;
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (place == 0 || clusters[order[place]] != clusters[order[place - 1]]) groups.emplace_back();
    groups.back().push_back(order[place]);
  }
  return groups;
}

class AurocDifference {
 public:
  AurocDifference(const PairedScores& scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> rows,
                  const ScoreDifferenceOptions& options)
      : scores_(scores), positive_(positive), rows_(rows), options_(options) {}

  ScoreDifference make() {
    double least = 0.0, most = 0.0;
    for (const std::uint32_t row : rows_) {
      result_.missing_a += std::isnan(scores_.a[row]);
      result_.missing_b += std::isnan(scores_.b[row]);
      for (const double score : {scores_.a[row], scores_.b[row]}) {
        if (std::isnan(score)) continue;
        least = std::min(least, score);
        most = std::max(most, score);
      }
    }
    const RankedItems both = gathered([](double score, bool, bool) { return score; });
    result_.items = both.a.size();
    if (result_.items > 0) take(both);
    result_.verdict = decide(result_.seen, options_.verdict);
    result_.best = result_.worst = result_.seen;
    if (result_.missing_a + result_.missing_b > 0) {
      // Best for a system is a positive item above all others and a negative one below.
      const auto filled = [&](bool best_for_a) {
        return seen_of(gathered([&](double score, bool is_a, bool is_positive) {
          return !std::isnan(score) ? score : (is_a == best_for_a) == is_positive ? most + 1.0 : least - 1.0;
        }));
      };
      result_.best = filled(true);
      result_.worst = filled(false);
      result_.verdict = as_filled(result_.verdict, decide(result_.best, options_.verdict), decide(result_.worst, options_.verdict));
    }
    return std::move(result_);
  }

 private:
  template <typename Fill>
  RankedItems gathered(const Fill& fill) const {
    RankedItems items;
    for (const std::uint32_t row : rows_) {
      const bool is_positive = positive_[row] != 0;
      const double a = fill(scores_.a[row], true, is_positive), b = fill(scores_.b[row], false, is_positive);
      if (std::isnan(a) || std::isnan(b)) continue;
      items.a.push_back(a);
      items.b.push_back(b);
      items.positive.push_back(positive_[row]);
      items.clusters.push_back(scores_.clusters.empty() ? row : scores_.clusters[row]);
    }
    return items;
  }

  // The differences without each cluster in turn; empty where one of them is not defined.
  static std::vector<double> left_out(const RankedItems& items, const std::vector<std::vector<std::uint32_t>>& groups) {
    std::vector<std::uint32_t> all(items.a.size());
    std::iota(all.begin(), all.end(), 0u);
    const auto positives = static_cast<double>(std::ranges::count(items.positive, 1));
    const double negatives = static_cast<double>(all.size()) - positives;
    std::vector<double> differences(groups.size());
    for (const bool is_a : {true, false}) {
      const std::vector<double>& scores = is_a ? items.a : items.b;
      const std::vector<double> pairs = pairs_in_order(scores, items.positive, all);
      const double whole = positive_sum(pairs, items.positive, all);
      for (std::size_t group = 0; group < groups.size(); ++group) {
        double with_group = 0.0, positives_there = 0.0;
        for (const std::uint32_t item : groups[group]) {
          with_group += pairs[item];
          positives_there += items.positive[item];
        }
        if (groups[group].size() > 1)
          with_group -= positive_sum(pairs_in_order(scores, items.positive, groups[group]), items.positive, groups[group]);
        const double negatives_there = static_cast<double>(groups[group].size()) - positives_there;
        const double left = (positives - positives_there) * (negatives - negatives_there);
        if (left <= 0.0) return {};
        differences[group] += (is_a ? 1.0 : -1.0) * (whole - with_group) / left;
      }
    }
    return differences;
  }

  static double auroc_of(std::span<const double> scores, std::span<const std::uint8_t> positive) {
    const Defined<Auroc> found = auroc(scores, positive);
    return found ? found->value : std::nan("");
  }

  DifferenceSeen seen_of(const RankedItems& items) const {
    ClusteredMean unused;
    return seen_of(items, unused);
  }

  DifferenceSeen seen_of(const RankedItems& items, ClusteredMean& mean) const {
    const std::vector<std::vector<std::uint32_t>> groups = items_by_cluster(items.clusters);
    DifferenceSeen seen{.differ = items.a != items.b, .items = static_cast<double>(items.a.size())};
    std::size_t largest = 0;
    for (const auto& group : groups) largest = std::max(largest, group.size());
    mean = {.mean = auroc_of(items.a, items.positive) - auroc_of(items.b, items.positive),
            .degrees_of_freedom = static_cast<double>(groups.size()) - 1.0,
            .items = items.a.size(),
            .clusters = groups.size(),
            .largest_share = static_cast<double>(largest) / static_cast<double>(std::max<std::size_t>(1, items.a.size()))};
    if (largest > 1) {
      seen.clusters = static_cast<double>(groups.size());
      seen.largest_share = mean.largest_share;
    }
    if (std::isnan(mean.mean) || groups.size() < 2) return seen;
    if (!seen.differ) {
      const auto never = paired_difference(items.a, items.b, items.clusters, {.alpha = options_.verdict.alpha});
      if (never.interval) seen.interval = *never.interval;
      return seen;
    }
    const std::vector<double> values = left_out(items, groups);
    if (values.empty()) return seen;
    mean.standard_error = jackknife_of(values, std::vector<std::uint64_t>(values.size(), 1)).standard_error;
    seen.interval = interval_of(mean, options_.verdict.alpha);
    if (const auto p = p_of_zero(mean)) seen.p = *p;
    seen.degrees_of_freedom = mean.degrees_of_freedom;
    return seen;
  }

  void take(const RankedItems& items) {
    result_.test = DifferenceTest::kJackknife;
    ClusteredMean mean;
    result_.seen = seen_of(items, mean);
    result_.interval = result_.seen.interval;
    result_.p = result_.seen.p;
    result_.clusters = mean.clusters;
    result_.degrees_of_freedom = mean.degrees_of_freedom;
    result_.difference = mean.mean;
    for (std::size_t item = 0; item < items.a.size(); ++item) result_.differing += items.a[item] != items.b[item];
    if (mean.standard_error > 0.0) result_.smallest_detectable = smallest_detectable(mean, options_.verdict.alpha);
    if (mean.clusters < mean.items) result_.clustering = ClusteringEffect{.largest_share = mean.largest_share};
    measure(items, items.a, result_.a);
    measure(items, items.b, result_.b);
  }

  void measure(const RankedItems& items, std::span<const double> scores, MeasuredScore& measured) const {
    const bool alone = result_.clusters == items.a.size();
    const auto found = auroc(scores, items.positive, alone ? std::span<const std::uint32_t>() : items.clusters, options_.verdict.alpha);
    measured.value = found ? found->value : std::nan("");
    if (found && found->interval) measured.interval = *found->interval;
  }

  const PairedScores& scores_;
  std::span<const std::uint8_t> positive_;
  std::span<const std::uint32_t> rows_;
  const ScoreDifferenceOptions& options_;
  ScoreDifference result_;
};

}  // namespace

ScoreDifference auroc_difference(const PairedScores& scores, std::span<const std::uint8_t> positive, std::span<const std::uint32_t> rows,
                                 const ScoreDifferenceOptions& options) {
  if (scores.a.size() != scores.b.size() || positive.size() != scores.a.size() ||
      (!scores.clusters.empty() && scores.clusters.size() != scores.a.size()))
    throw Error(ErrorCode::kInvalidArgument, "A has " + std::to_string(scores.a.size()) + " scores, B " + std::to_string(scores.b.size()) +
                                                 ", and there are " + std::to_string(positive.size()) +
                                                 " known answers; there must be equally many");
  return AurocDifference(scores, positive, rows, options).make();
}

}  // namespace hone
