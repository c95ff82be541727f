#include "hone/eval/gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "hone/core/error.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/clustered.h"
#include "hone/stats/difference.h"
#include "hone/stats/macro_f1.h"
#include "hone/stats/paired.h"
#include "hone/stats/power.h"

namespace hone {
namespace {

bool holds_only(const ClassSets& sets, std::size_t classes) {
  for (std::size_t row = 0; row < sets.examples(); ++row)
    if (const auto held = sets.of(row); !held.empty() && held.back() >= classes) return false;
  return true;
}

void check_rows(const GateRows& rows, const ClassSets& baseline, const GateTest& test) {
  const std::size_t n = rows.gold.examples();
  if (rows.answers.examples() != n || baseline.examples() != n || (!rows.clusters.empty() && rows.clusters.size() != n))
    throw Error(ErrorCode::kInvalidArgument, "a gate needs as many answers, of the baseline too, and clusters as gold");
  for (std::size_t row = 0; row < n; ++row)
    if (!rows.gold.known(row)) throw Error(ErrorCode::kInvalidArgument, "a gate needs gold of every row");
  for (const ClassSets* sets : {&rows.gold, &rows.answers, &baseline})
    if (!holds_only(*sets, rows.classes)) throw Error(ErrorCode::kInvalidArgument, "a gate's answers are none of its classes");
  if (test.metric != "accuracy" && test.metric != "macro-f1" && test.metric != "micro-f1")
    throw Error(ErrorCode::kInvalidArgument, "no gate on a metric '" + std::string(test.metric) + "'");
  if (!(test.alpha > 0.0 && test.alpha < 1.0)) throw Error(ErrorCode::kInvalidArgument, "alpha must lie between 0 and 1");
}

std::vector<double> right_answers(const GateRows& rows, const ClassSets& answers) {
  std::vector<double> right;
  for (std::size_t row = 0; row < answers.examples(); ++row)
    right.push_back(answers.known(row) && std::ranges::equal(answers.of(row), rows.gold.of(row)) ? 1.0 : 0.0);
  return right;
}

std::uint64_t count_clusters(const GateRows& rows) {
  if (rows.clusters.empty()) return rows.gold.examples();
  std::vector<std::uint32_t> numbers(rows.clusters.begin(), rows.clusters.end());
  std::ranges::sort(numbers);
  return static_cast<std::uint64_t>(std::ranges::unique(numbers).begin() - numbers.begin());
}

// Why there are too few rows or clusters for any verdict; empty: there are enough.
std::string too_few(const GateFinding& found, const GateTest& test) {
  const auto words = [](const char* what, std::uint64_t there, std::uint64_t needed) {
    return std::string("too few ") + what + ": " + std::to_string(there) + " of " + std::to_string(needed) + " needed";
  };
  if (found.n < test.least_items) return words("rows", found.n, test.least_items);
  return found.clusters < test.least_clusters ? words("groups", found.clusters, test.least_clusters) : "";
}

// What adds up to an F1 over rows and clusters: 2 right / named, where gold and answers each name a class of a row.
struct F1Statistics {
  std::size_t classes = 0;
  bool by_class = true;  // As macro_f1() has them: right by class, then named by class. Else twice the right ones, and all named: ratio().

  std::size_t size() const { return by_class ? 2 * classes : 2; }
  Metric metric() const { return by_class ? Metric(macro_f1) : Metric(ratio); }
  StatisticEntry right(ClassId id) const { return by_class ? StatisticEntry{id, 1.0} : StatisticEntry{0, 2.0}; }
  StatisticEntry named(ClassId id) const { return {by_class ? static_cast<std::uint32_t>(classes) + id : 1, 1.0}; }
};

// The statistics of some rows that hang together, for one system after the other.
class RowsF1 {
 public:
  RowsF1(const GateRows& rows, std::span<const ClassSets* const> systems, F1Statistics statistics)
      : rows_(rows), systems_(systems), statistics_(statistics) {}

  ClusterCell cell(std::span<const std::size_t> together) {
    sums_.clear();
    for (std::size_t system = 0; system < systems_.size(); ++system)
      for (const std::size_t row : together) add(row, *systems_[system], static_cast<std::uint32_t>(system * statistics_.size()));
    ClusterCell cell;
    for (const auto& [statistic, value] : sums_) cell.entries.push_back({statistic, value});
    return cell;
  }

 private:
  void add(std::size_t row, const ClassSets& answers, std::uint32_t first) {
    const auto count = [&](const StatisticEntry& entry) { sums_[first + entry.statistic] += entry.value; };
    for (const ClassId id : rows_.gold.of(row)) count(statistics_.named(id));
    for (const ClassId id : answers.of(row)) {
      count(statistics_.named(id));
      if (rows_.gold.holds(row, id)) count(statistics_.right(id));
    }
  }

  const GateRows& rows_;
  std::span<const ClassSets* const> systems_;
  F1Statistics statistics_;
  std::map<std::uint32_t, double> sums_;
};

ClusterCells f1_cells(const GateRows& rows, std::span<const ClassSets* const> systems, F1Statistics statistics) {
  std::vector<std::size_t> order(rows.gold.examples());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!rows.clusters.empty()) std::ranges::stable_sort(order, {}, [&](std::size_t row) { return rows.clusters[row]; });
  RowsF1 counted(rows, systems, statistics);
  std::vector<ClusterCell> cells;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    for (++end; end < order.size() && !rows.clusters.empty() && rows.clusters[order[end]] == rows.clusters[order[begin]];) ++end;
    cells.push_back(counted.cell(std::span(order).subspan(begin, end - begin)));
  }
  return ClusterCells(systems.size() * statistics.size(), std::move(cells));
}

F1Statistics f1_of(const GateRows& rows, const GateTest& test) { return {rows.classes, test.metric == "macro-f1"}; }

std::string no_interval(NotDefined why) {
  if (why == NotDefined::kNoSpread) return "no interval: all rows are alike";
  if (why == NotDefined::kTooFewClusters) return "too few groups for an interval";
  return why == NotDefined::kTooManyUndefined ? "no interval: in too many resamples no class occurs"
                                              : "no interval: there is nothing to measure";
}

void take_resampled(const ClusterCells& cells, const Metric& metric, const GateTest& test, GateFinding& found) {
  found.value = metric(cells.totals());
  if (std::isnan(found.value)) found.value = 0.0;
  const auto interval = resampled_interval(cells, metric, {.alpha = test.alpha, .threads = test.threads});
  if (interval)
    found.interval = interval->interval;
  else
    found.why = no_interval(interval.why());
}

// The smallest difference that could be seen, with the interval.
std::optional<double> take_difference_of_rates(const GateRows& rows, const ClassSets& baseline, const GateTest& test, GateFinding& found) {
  const std::vector<double> a = right_answers(rows, rows.answers), b = right_answers(rows, baseline);
  if (!rows.clusters.empty()) {
    const PairedDifference difference = paired_difference(a, b, rows.clusters, {.alpha = test.alpha});
    found.value = difference.mean.mean;
    if (difference.interval && !(difference.differing > 0 && difference.mean.is_rough())) found.interval = *difference.interval;
    if (!found.interval) found.why = "too few groups, or most rows in one of them";
    return difference.mean.clusters > 1 ? std::optional(smallest_detectable(difference.mean, test.alpha)) : std::nullopt;
  }
  PairedCounts counts;
  for (std::size_t row = 0; row < a.size(); ++row)
    ++(a[row] > 0.0 ? (b[row] > 0.0 ? counts.both : counts.only_a) : b[row] > 0.0 ? counts.only_b : counts.neither);
  const double z = two_sided_z(test.alpha), n = static_cast<double>(counts.items());
  found.value = (static_cast<double>(counts.only_a) - static_cast<double>(counts.only_b)) / n;
  found.interval = tango(counts, z);
  // As compare_paired() has it: the share that differs is drawn a little to a half.
  return smallest_detectable(counts.items(), (static_cast<double>(counts.differing()) + 1.0) / (n + 2.0), z);
}

void take_rate(const GateRows& rows, const GateTest& test, GateFinding& found) {
  const std::vector<double> right = right_answers(rows, rows.answers);
  if (rows.clusters.empty()) {
    const auto count = static_cast<std::uint64_t>(std::ranges::count(right, 1.0));
    found.value = static_cast<double>(count) / static_cast<double>(found.n);
    found.interval = wilson(count, found.n, two_sided_z(test.alpha));
    return;
  }
  const auto mean = clustered_mean(sum_by_cluster(right, rows.clusters));
  found.value = mean->mean;
  if (!mean->is_rough()) found.interval = rate_interval(*mean, test.alpha);
  if (!found.interval) found.why = "too few groups, or most rows in one of them";
}

GateFinding begun(const GateRows& rows) {
  GateFinding found;
  found.n = rows.gold.examples();
  found.clusters = count_clusters(rows);
  return found;
}

}  // namespace

GateFinding judge_against(const GateRows& rows, const ClassSets& baseline, double margin, const GateTest& test) {
  check_rows(rows, baseline, test);
  GateFinding found = begun(rows);
  if (found.n == 0) return found.why = "no rows to compare on", found;
  std::optional<double> detectable;
  if (test.metric == "accuracy")
    detectable = take_difference_of_rates(rows, baseline, test, found);
  else
    take_resampled(f1_cells(rows, std::array{&rows.answers, &baseline}, f1_of(rows, test)), difference_of(f1_of(rows, test).metric()), test,
                   found);
  if (std::string few = too_few(found, test); !few.empty()) return found.why = std::move(few), found;
  const Gate gate = not_worse_than(margin, found.interval, found.n, detectable);
  found.verdict = gate.verdict;
  found.items_needed = gate.items_needed;
  return found;
}

GateFinding judge_level(const GateRows& rows, double least, const GateTest& test) {
  check_rows(rows, rows.answers, test);
  GateFinding found = begun(rows);
  if (found.n == 0) return found.why = "no rows to judge by", found;
  if (test.metric == "accuracy")
    take_rate(rows, test, found);
  else
    take_resampled(f1_cells(rows, std::array{&rows.answers}, f1_of(rows, test)), f1_of(rows, test).metric(), test, found);
  if (std::string few = too_few(found, test); !few.empty()) return found.why = std::move(few), found;
  if (found.interval && found.interval->low >= least) found.verdict = GateVerdict::kPasses;
  if (found.interval && found.interval->high < least) found.verdict = GateVerdict::kFails;
  return found;
}

}  // namespace hone
