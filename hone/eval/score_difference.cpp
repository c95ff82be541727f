// Which test when: statistics of Bell and McCaffrey (2002) for clusters, McNemar's mid-p (Fagerland, Lydersen, Laake 2013) and Tango's
// interval (1998) for right or wrong on single items; S. Holm (1979) for many.
#include "hone/eval/score_difference.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "hone/core/error.h"
#include "hone/stats/clustered.h"
#include "hone/stats/difference.h"
#include "hone/stats/multiple.h"

namespace hone {
namespace {

bool is_right_or_wrong(double score) { return score == 0.0 || score == 1.0; }

// The rows that count, side by side.
struct GatheredScores {
  std::vector<double> a, b;
  std::vector<std::uint32_t> clusters;
  bool has_large_clusters = false;  // One of several items.
  bool is_binary = true;
};

// Numbers are mostly places in a table of names, so that a bit for each is little memory.
bool has_repeated(std::vector<std::uint32_t> numbers) {
  if (numbers.empty()) return false;
  const std::size_t most = *std::ranges::max_element(numbers);
  if (most / 16 > numbers.size()) {
    std::ranges::sort(numbers);
    return std::ranges::adjacent_find(numbers) != numbers.end();
  }
  std::vector<bool> seen(most + 1);
  for (const std::uint32_t number : numbers) {
    if (seen[number]) return true;
    seen[number] = true;
  }
  return false;
}

std::optional<Interval> optional_interval(const Defined<Interval>& interval) {
  return interval ? std::optional<Interval>(*interval) : std::nullopt;
}

Interval turned(const Interval& interval) { return {-interval.high, -interval.low}; }

// What was found of the differences of some rows.
struct FoundDifference {
  double difference = 0.0;
  std::optional<Interval> interval = {};
  double p = 1.0;
  std::uint64_t differing = 0;
  ClusteredMean mean = {};
};

class DifferenceOfScores {
 public:
  DifferenceOfScores(const PairedScores& scores, std::span<const std::uint32_t> rows, const ScoreDifferenceOptions& options)
      : scores_(scores), rows_(rows), options_(options) {}

  static ScoreDifference of_counts(const PairedCounts& counts, const ScoreDifferenceOptions& options) {
    DifferenceOfScores of({}, {}, options);
    ScoreDifference& result = of.result_;
    result.items = counts.items();
    if (result.items > 0) {
      result.test = DifferenceTest::kMcNemar;
      result.counts = counts;
      of.take(of.found_by_counts(counts));
      of.measure(counts.both + counts.only_a, result.a);
      of.measure(counts.both + counts.only_b, result.b);
    }
    result.verdict = decide(result.seen, options.verdict);
    result.best = result.worst = result.seen;
    return std::move(result);
  }

  ScoreDifference make() {
    gather();
    result_.items = both_.a.size();
    result_.test = both_.a.empty()            ? DifferenceTest::kNone
                   : both_.has_large_clusters ? DifferenceTest::kClusterT
                   : both_.is_binary          ? DifferenceTest::kMcNemar
                                              : DifferenceTest::kPairedT;
    if (!both_.a.empty()) {
      if (both_.is_binary) result_.counts = counts_of(both_.a, both_.b);
      take(found(both_.a, both_.b, both_.clusters));
      measure(both_.a, result_.a);
      measure(both_.b, result_.b);
    }
    result_.verdict = decide(result_.seen, options_.verdict);
    result_.best = result_.worst = result_.seen;
    if (result_.missing_a + result_.missing_b > 0) fill_missing();
    return std::move(result_);
  }

 private:
  std::uint32_t cluster_of(std::uint32_t row) const { return scores_.clusters.empty() ? row : scores_.clusters[row]; }

  void gather() {
    for (const std::uint32_t row : rows_) {
      const double a = scores_.a[row], b = scores_.b[row];
      result_.missing_a += std::isnan(a);
      result_.missing_b += std::isnan(b);
      if (std::isnan(a) || std::isnan(b)) continue;
      both_.a.push_back(a);
      both_.b.push_back(b);
      both_.clusters.push_back(cluster_of(row));
      both_.is_binary = both_.is_binary && is_right_or_wrong(a) && is_right_or_wrong(b);
    }
    both_.has_large_clusters = !scores_.clusters.empty() && has_repeated(both_.clusters);
  }

  double width() const { return options_.range.high - options_.range.low; }

  PairedCounts counts_of(std::span<const double> a, std::span<const double> b) const {
    PairedCounts counts;
    for (std::size_t item = 0; item < a.size(); ++item) {
      if (a[item] == b[item])
        ++(a[item] > 0.0 ? counts.both : counts.neither);
      else
        ++(a[item] > b[item] ? counts.only_a : counts.only_b);
    }
    return counts;
  }

  FoundDifference found_by_counts(const PairedCounts& counts) const {
    const PairedComparison paired = compare_paired(counts, options_.verdict.alpha);
    return {paired.difference, Interval{paired.low, paired.high}, paired.p, counts.differing()};
  }

  // By the test of this comparison.
  FoundDifference found(std::span<const double> a, std::span<const double> b, std::span<const std::uint32_t> clusters) const {
    if (result_.test == DifferenceTest::kMcNemar) return found_by_counts(counts_of(a, b));
    const PairedDifference paired = paired_difference(a, b, clusters, {.alpha = options_.verdict.alpha, .range = width()});
    return {paired.mean.mean, optional_interval(paired.interval), paired.p, paired.differing, paired.mean};
  }

  DifferenceSeen seen_of(const FoundDifference& found, std::size_t items) const {
    DifferenceSeen seen{.p = found.p, .interval = found.interval, .differ = found.differing > 0, .items = static_cast<double>(items)};
    if (seen.interval && options_.lower_is_better) seen.interval = turned(*seen.interval);
    if (result_.test == DifferenceTest::kClusterT) {
      seen.clusters = static_cast<double>(found.mean.clusters);
      seen.largest_share = found.mean.largest_share;
    }
    // Where no item differs the spread is not estimated, and neither are its degrees of freedom.
    if (result_.test != DifferenceTest::kMcNemar && found.differing > 0) seen.degrees_of_freedom = found.mean.degrees_of_freedom;
    return seen;
  }

  void take(const FoundDifference& found) {
    result_.difference = found.difference;
    result_.interval = found.interval;
    result_.p = found.p;
    result_.differing = found.differing;
    result_.clusters = result_.test == DifferenceTest::kClusterT ? found.mean.clusters : result_.items;
    result_.degrees_of_freedom = found.mean.degrees_of_freedom;
    result_.seen = seen_of(found, result_.items);
    take_smallest_detectable(found);
    if (result_.test == DifferenceTest::kClusterT) take_clustering(found);
  }

  void take_smallest_detectable(const FoundDifference& found) {
    if (result_.test != DifferenceTest::kMcNemar && found.mean.standard_error > 0.0 && found.mean.clusters > 1) {
      result_.smallest_detectable = smallest_detectable(found.mean, options_.verdict.alpha);
      return;
    }
    // One more than were seen to differ (statistics, of power), so that none that differ are not taken for none that could.
    const auto units = static_cast<double>(result_.clusters);
    const double differing = static_cast<double>(found.differing) + 1.0;
    if (result_.test == DifferenceTest::kMcNemar || found.differing == 0)
      if (const auto effect = smallest_detectable(result_.clusters, std::min(1.0, differing / (units + 2.0))))
        result_.smallest_detectable = *effect * width();
  }

  void take_clustering(const FoundDifference& found) {
    std::vector<double> differences(both_.a.size());
    for (std::size_t item = 0; item < differences.size(); ++item) differences[item] = both_.a[item] - both_.b[item];
    const auto n = static_cast<double>(differences.size());
    ClusteringEffect effect{.effective_items = static_cast<double>(found.mean.clusters), .largest_share = found.mean.largest_share};
    if (const auto correlation = intraclass_correlation(differences, both_.clusters)) effect.intracluster_correlation = correlation->value;
    if (found.mean.standard_error > 0.0) {
      double squares = 0.0;
      for (const double difference : differences) squares += (difference - found.mean.mean) * (difference - found.mean.mean);
      effect.effective_items = std::min(n, squares / (n - 1.0) / (found.mean.standard_error * found.mean.standard_error));
    }
    result_.clustering = effect;
  }

  std::vector<ClusterSum> sums_of(std::span<const double> scores) const {
    if (both_.has_large_clusters) return sum_by_cluster(scores, both_.clusters);
    std::vector<ClusterSum> sums;
    for (const double score : scores) sums.push_back({1, score});
    return sums;
  }

  void measure(std::span<const double> scores, MeasuredScore& measured) const {
    const std::optional<ClusteredMean> mean = clustered_mean(sums_of(scores));
    if (!mean) return;
    measured.value = mean->mean;
    if (!both_.is_binary)
      measured.interval = interval_of(*mean, options_.verdict.alpha);
    else if (result_.test == DifferenceTest::kClusterT)
      measured.interval = rate_interval(*mean, options_.verdict.alpha);
    else
      measured.interval = wilson(static_cast<std::uint64_t>(std::llround(mean->mean * static_cast<double>(mean->items))), mean->items);
  }

  void measure(std::uint64_t right, MeasuredScore& measured) const {
    measured.value = static_cast<double>(right) / static_cast<double>(result_.items);
    measured.interval = wilson(right, result_.items);
  }

  // With higher being better in what is filled, and the test that the scores that are there call for.
  void fill_missing() {
    std::vector<std::optional<double>> a, b;
    std::vector<std::uint32_t> clusters;
    const double sign = options_.lower_is_better ? -1.0 : 1.0;
    for (const std::uint32_t row : rows_) {
      const auto score = [&](double value) { return std::isnan(value) ? std::nullopt : std::optional<double>(sign * value); };
      a.push_back(score(scores_.a[row]));
      b.push_back(score(scores_.b[row]));
      clusters.push_back(cluster_of(row));
    }
    ScoreRange range = options_.range;
    if (options_.lower_is_better) range = {-options_.range.high, -options_.range.low};
    if (result_.test == DifferenceTest::kNone) result_.test = DifferenceTest::kPairedT;
    const std::vector<double> nothing(a.size(), 0.0);
    const auto filled = [&](Fill fill) {
      const std::vector<double> differences = filled_differences(a, b, range, fill);
      DifferenceSeen seen = seen_of(found(differences, nothing, clusters), differences.size());
      if (seen.interval && options_.lower_is_better) seen.interval = turned(*seen.interval);  // It was turned already.
      return seen;
    };
    result_.best = filled(Fill::kBestForA);
    result_.worst = filled(Fill::kWorstForA);
    result_.verdict = as_filled(result_.verdict, decide(result_.best, options_.verdict), decide(result_.worst, options_.verdict));
    if (result_.items == 0) result_.test = DifferenceTest::kNone;
  }

  PairedScores scores_;
  std::span<const std::uint32_t> rows_;
  const ScoreDifferenceOptions& options_;
  GatheredScores both_;
  ScoreDifference result_;
};

void check_lengths(const PairedScores& scores) {
  if (scores.a.size() != scores.b.size() || (!scores.clusters.empty() && scores.clusters.size() != scores.a.size()))
    throw Error(ErrorCode::kInvalidArgument, "A has " + std::to_string(scores.a.size()) + " scores, B " + std::to_string(scores.b.size()) +
                                                 ", and there are " + std::to_string(scores.clusters.size()) +
                                                 " numbers of clusters; there must be equally many");
}

}  // namespace

std::string_view to_string(DifferenceTest test) {
  switch (test) {
    case DifferenceTest::kNone:
      return "none";
    case DifferenceTest::kMcNemar:
      return "mcnemar_mid_p";
    case DifferenceTest::kPairedT:
      return "paired_t";
    case DifferenceTest::kClusterT:
      return "cluster_t";
    case DifferenceTest::kJackknife:
      return "jackknife_t";
    case DifferenceTest::kSwap:
      return "swap";
  }
  return "";
}

ScoreDifference score_difference(const PairedScores& scores, std::span<const std::uint32_t> rows, const ScoreDifferenceOptions& options) {
  check_lengths(scores);
  return DifferenceOfScores(scores, rows, options).make();
}

ScoreDifference score_difference(const PairedScores& scores, const ScoreDifferenceOptions& options) {
  std::vector<std::uint32_t> rows(scores.a.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return score_difference(scores, rows, options);
}

ScoreDifference score_difference(const PairedCounts& counts, const ScoreDifferenceOptions& options) {
  return DifferenceOfScores::of_counts(counts, options);
}

std::vector<double> correct_for_many(std::span<ScoreDifference> differences, const VerdictOptions& options) {
  std::vector<std::size_t> tested;
  std::vector<double> p;
  for (std::size_t place = 0; place < differences.size(); ++place) {
    if (!is_tested(differences[place].verdict)) continue;
    tested.push_back(place);
    p.push_back(differences[place].p);
  }
  const std::vector<double> corrected = holm(p);
  std::vector<double> all(differences.size(), 1.0);
  for (std::size_t test = 0; test < tested.size(); ++test) {
    ScoreDifference& difference = differences[tested[test]];
    all[tested[test]] = corrected[test];
    // What is filled in is one more look at the same test, and is corrected by as much.
    const double times = p[test] > 0.0 ? corrected[test] / p[test] : static_cast<double>(p.size());
    DifferenceSeen seen = difference.seen, best = difference.best, worst = difference.worst;
    seen.p = corrected[test];
    best.p = std::min(1.0, best.p * times);
    worst.p = std::min(1.0, worst.p * times);
    difference.verdict = as_filled(decide(seen, options), decide(best, options), decide(worst, options));
  }
  return all;
}

}  // namespace hone
