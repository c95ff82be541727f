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
  static std::vector<double> left_out(const RankedItems& items) {
    std::vector<double> differences = auroc_without_each(items.a, items.positive, items.clusters);
    const std::vector<double> of_b = auroc_without_each(items.b, items.positive, items.clusters);
    for (std::size_t cluster = 0; cluster < differences.size(); ++cluster) differences[cluster] -= of_b[cluster];
    const bool is_defined = std::ranges::none_of(differences, [](double difference) { return std::isnan(difference); });
    return is_defined ? differences : std::vector<double>();
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
    const std::vector<ClusterSum> groups = sum_by_cluster(items.a, items.clusters);
    DifferenceSeen seen{.differ = items.a != items.b, .items = static_cast<double>(items.a.size())};
    std::uint64_t largest = 0;
    for (const ClusterSum& group : groups) largest = std::max(largest, group.items);
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
    const std::vector<double> values = left_out(items);
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
