#include "hone/eval/gate.h"

#include <algorithm>
#include <cmath>
#include <limits>
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

void check_rows(const GateRows& rows, std::span<const ClassId> more, const GateTest& test) {
  const std::size_t n = rows.gold.size();
  if (rows.answers.size() != n || (!more.empty() && more.size() != n) || (!rows.clusters.empty() && rows.clusters.size() != n))
    throw Error(ErrorCode::kInvalidArgument, "a gate needs as many answers and clusters as gold");
  const auto is_class = [&](ClassId id) { return id < rows.classes; };
  const auto is_answer = [&](ClassId id) { return id < rows.classes || id == kNoClass; };
  if (!std::ranges::all_of(rows.gold, is_class) || !std::ranges::all_of(rows.answers, is_answer) || !std::ranges::all_of(more, is_answer))
    throw Error(ErrorCode::kInvalidArgument, "a gate's answers are none of its classes");
  if (test.metric != "accuracy" && test.metric != "macro-f1")
    throw Error(ErrorCode::kInvalidArgument, "no gate on a metric '" + std::string(test.metric) + "'");
  if (!(test.alpha > 0.0 && test.alpha < 1.0)) throw Error(ErrorCode::kInvalidArgument, "alpha must lie between 0 and 1");
}

std::vector<double> right_answers(const GateRows& rows, std::span<const ClassId> answers) {
  std::vector<double> right;
  for (std::size_t row = 0; row < answers.size(); ++row) right.push_back(answers[row] == rows.gold[row] ? 1.0 : 0.0);
  return right;
}

std::uint64_t count_clusters(const GateRows& rows) {
  if (rows.clusters.empty()) return rows.gold.size();
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

// No answer is a class of its own, which is never gold: it is counted as wrong, but is no class to average over.
std::vector<ClassNumber> numbered(std::span<const ClassId> answers, std::size_t classes) {
  std::vector<ClassNumber> numbers;
  for (const ClassId id : answers) numbers.push_back(id == kNoClass ? static_cast<ClassNumber>(classes) : id);
  return numbers;
}

// Of totals as macro_f1_cells() has them: right by class, then counted by class; the last class is no answer.
double macro_f1_of_classes(std::span<const double> totals) {
  const std::size_t numbers = totals.size() / 2;
  double sum = 0.0, occur = 0.0;
  for (std::size_t id = 0; id + 1 < numbers; ++id) {
    if (totals[numbers + id] <= 0.0) continue;
    sum += 2.0 * totals[id] / totals[numbers + id];
    occur += 1.0;
  }
  return occur > 0.0 ? sum / occur : std::numeric_limits<double>::quiet_NaN();
}

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
std::optional<double> take_difference_of_rates(const GateRows& rows, std::span<const ClassId> baseline, const GateTest& test,
                                               GateFinding& found) {
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
  found.n = rows.gold.size();
  found.clusters = count_clusters(rows);
  return found;
}

}  // namespace

GateFinding judge_against(const GateRows& rows, std::span<const ClassId> baseline, double margin, const GateTest& test) {
  check_rows(rows, baseline, test);
  if (baseline.size() != rows.gold.size()) throw Error(ErrorCode::kInvalidArgument, "a gate needs as many answers of the baseline as gold");
  GateFinding found = begun(rows);
  if (found.n == 0) return found.why = "no rows to compare on", found;
  std::optional<double> detectable;
  if (test.metric == "accuracy")
    detectable = take_difference_of_rates(rows, baseline, test, found);
  else
    take_resampled(macro_f1_cells(numbered(rows.gold, rows.classes), numbered(rows.answers, rows.classes), numbered(baseline, rows.classes),
                                  rows.clusters, rows.classes + 1),
                   difference_of(macro_f1_of_classes), test, found);
  if (std::string few = too_few(found, test); !few.empty()) return found.why = std::move(few), found;
  const Gate gate = not_worse_than(margin, found.interval, found.n, detectable);
  found.verdict = gate.verdict;
  found.items_needed = gate.items_needed;
  return found;
}

GateFinding judge_level(const GateRows& rows, double least, const GateTest& test) {
  check_rows(rows, {}, test);
  GateFinding found = begun(rows);
  if (found.n == 0) return found.why = "no rows to judge by", found;
  if (test.metric == "accuracy")
    take_rate(rows, test, found);
  else
    take_resampled(macro_f1_cells(numbered(rows.gold, rows.classes), numbered(rows.answers, rows.classes), rows.clusters, rows.classes + 1),
                   macro_f1_of_classes, test, found);
  if (std::string few = too_few(found, test); !few.empty()) return found.why = std::move(few), found;
  if (found.interval && found.interval->low >= least) found.verdict = GateVerdict::kPasses;
  if (found.interval && found.interval->high < least) found.verdict = GateVerdict::kFails;
  return found;
}

}  // namespace hone
