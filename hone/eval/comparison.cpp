#include "hone/eval/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/eval/judged_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

std::string points(double difference) { return fmt::format("{:.1f}", 100.0 * difference); }

std::string by_points(const char* direction, double difference, double low, double high) {
  return fmt::format("{} by {} points ({} to {})", direction, points(difference), points(low), points(high));
}

std::string better_text(const Comparison& found) { return by_points("better", found.difference, found.low, found.high); }
std::string worse_text(const Comparison& found) { return by_points("worse", -found.difference, -found.high, -found.low); }

std::string never_differ_text(const Comparison& found) {
  return fmt::format("the systems never differ on these {} items (the difference could be up to {} points either way)",
                     with_commas(found.n), points(found.high));
}

std::string no_difference_text(std::optional<double> smallest) {
  if (!smallest || *smallest > 1.0) return "no difference detectable, of whatever size: too few items";
  return fmt::format("no difference detectable: smallest detectable effect is {} points (80 % power)", points(*smallest));
}

void decide(Comparison& found, ComparisonVerdict verdict, std::string text) {
  found.verdict = verdict;
  found.text = std::move(text);
}

void decide_by_p(Comparison& found, double alpha, std::optional<double> smallest) {
  if (found.p <= alpha && found.low > 0.0) return decide(found, ComparisonVerdict::kBetter, better_text(found));
  if (found.p <= alpha && found.high < 0.0) return decide(found, ComparisonVerdict::kWorse, worse_text(found));
  decide(found, ComparisonVerdict::kNoDifference, no_difference_text(smallest));
}

// Every example stands alone.
void compare_items(Comparison& found, const PairedCounts& counts, const ComparisonOptions& options) {
  const PairedComparison paired = compare_paired(counts, {.alpha = options.alpha, .least_items = options.least_items});
  found.difference = paired.difference;
  found.low = paired.low;
  found.high = paired.high;
  found.p = paired.p;
  switch (paired.verdict) {
    case PairedVerdict::kNoItems:
      return decide(found, ComparisonVerdict::kTooFew, "no items: no row has gold");
    case PairedVerdict::kTooFewItems:
      return decide(found, ComparisonVerdict::kTooFew, fmt::format("too few items: {} of {} needed", found.n, options.least_items));
    case PairedVerdict::kNeverDiffer:
      return decide(found, ComparisonVerdict::kNeverDiffer, never_differ_text(found));
    case PairedVerdict::kABetter:
    case PairedVerdict::kBBetter:
    case PairedVerdict::kNoDifference:
      return decide_by_p(found, options.alpha, paired.smallest_detectable);
  }
}

// All clusters differ alike, so there is no spread to measure: the clusters are taken for items, since a width of zero would be a lie.
void bound_without_spread(Comparison& found, const ClusteredMean& mean) {
  const auto clusters = static_cast<double>(mean.clusters);
  PairedCounts counts;
  counts.only_a = static_cast<std::uint64_t>(std::llround(std::max(0.0, mean.mean) * clusters));
  counts.only_b = static_cast<std::uint64_t>(std::llround(std::max(0.0, -mean.mean) * clusters));
  counts.both = mean.clusters - counts.only_a - counts.only_b;
  const Interval interval = *tango(counts);
  found.low = interval.low;
  found.high = interval.high;
  found.p = mcnemar_mid(counts.only_a, counts.only_b);
}

void compare_clusters(Comparison& found, const ClusteredMean& mean, bool differ, const ComparisonOptions& options) {
  found.difference = mean.mean;
  if (const std::optional<Interval> interval = interval_of(mean)) {
    found.low = std::max(-1.0, interval->low);
    found.high = std::min(1.0, interval->high);
    found.p = *p_of_zero(mean);
  } else if (mean.clusters > 1) {
    bound_without_spread(found, mean);
  }
  if (found.n < options.least_items)
    return decide(found, ComparisonVerdict::kTooFew, fmt::format("too few items: {} of {} needed", found.n, options.least_items));
  if (mean.clusters < options.least_clusters)
    return decide(found, ComparisonVerdict::kTooFew,
                  fmt::format("too few clusters: {} of {} needed", mean.clusters, options.least_clusters));
  if (mean.is_rough())
    return decide(found, ComparisonVerdict::kTooFew,
                  fmt::format("too few clusters: their unequal sizes leave {:.1f} of 4 degrees of freedom", mean.degrees_of_freedom));
  if (!differ) return decide(found, ComparisonVerdict::kNeverDiffer, never_differ_text(found));
  decide_by_p(found, options.alpha, mean.standard_error > 0.0 ? std::optional(smallest_detectable(mean)) : std::nullopt);
}

// What two systems differ on where nothing is known of it yet.
constexpr double kUsualDiffering = 0.2;

// As many rows that stand alone would tell as much of the accuracy.
double effective_rows(const Judged& judged, std::span<const std::uint32_t> rows) {
  if (judged.groups.empty()) return static_cast<double>(rows.size());
  std::vector<double> right;
  std::vector<std::uint32_t> groups;
  for (const std::uint32_t row : rows) {
    right.push_back(judged.labels.hard(row) == judged.gold[row] ? 1.0 : 0.0);
    groups.push_back(judged.groups[row]);
  }
  const auto mean = clustered_mean(sum_by_cluster(right, groups));
  return mean && mean->clusters > 1 ? effective_items(*mean) : 0.0;
}

// The share of the rows that one of the two has right and the other wrong, drawn a little to a half.
double differing_share(const Judged& judged, const SoftLabels& other, std::span<const std::uint32_t> rows) {
  double differ = 0.0;
  for (const std::uint32_t row : rows) {
    const ClassId gold = judged.gold[row];
    differ += (judged.labels.hard(row) == gold) != (other.hard(row) == gold);
  }
  return (differ + 1.0) / (static_cast<double>(rows.size()) + 2.0);
}

}  // namespace

std::string_view to_string(ComparisonVerdict verdict) {
  switch (verdict) {
    case ComparisonVerdict::kBetter:
      return "better";
    case ComparisonVerdict::kWorse:
      return "worse";
    case ComparisonVerdict::kNoDifference:
      return "no-difference";
    case ComparisonVerdict::kTooFew:
      return "too-few";
    case ComparisonVerdict::kNeverDiffer:
      return "never-differ";
  }
  return "";
}

Comparison compare(const System& a, const System& b, std::span<const ClassId> gold, std::span<const std::uint32_t> groups,
                   std::span<const std::uint32_t> asked, std::string split, const ComparisonOptions& options) {
  const Judged judged{a.labels, gold, groups};
  check_judged({b.labels, gold, groups});
  const std::vector<std::uint32_t> rows = with_gold(judged, asked);
  Comparison found{.a = a.name, .b = b.name, .split = std::move(split), .n = rows.size(), .text = {}};
  PairedCounts counts;
  std::vector<double> differences;
  for (std::uint32_t row : rows) {
    const bool a_right = a.labels.hard(row) == gold[row], b_right = b.labels.hard(row) == gold[row];
    ++(a_right ? (b_right ? counts.both : counts.only_a) : (b_right ? counts.only_b : counts.neither));
    differences.push_back(static_cast<double>(a_right) - static_cast<double>(b_right));
  }
  if (hang_together(judged, rows))
    compare_clusters(found, *clustered_mean(sum_by_cluster(differences, groups_of(judged, rows))), counts.differing() > 0, options);
  else
    compare_items(found, counts, options);
  return found;
}

Comparison compare_changes(const Changes& changes, std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                           const ComparisonOptions& options) {
  Comparison found{.a = {}, .b = {}, .split = {}, .n = rows.size(), .text = {}};
  PairedCounts counts{.both = 0, .only_a = changes.gained.size(), .only_b = changes.lost.size()};
  counts.both = rows.size() - counts.differing();
  const SoftLabels none;
  const Judged judged{none, {}, groups};
  if (!hang_together(judged, rows)) {
    compare_items(found, counts, options);
    return found;
  }
  std::vector<double> differences(rows.size(), 0.0);
  const auto place_of = [&](std::uint32_t row) { return static_cast<std::size_t>(std::ranges::lower_bound(rows, row) - rows.begin()); };
  for (const std::uint32_t row : changes.gained) differences[place_of(row)] = 1.0;
  for (const std::uint32_t row : changes.lost) differences[place_of(row)] = -1.0;
  compare_clusters(found, *clustered_mean(sum_by_cluster(differences, groups_of(judged, rows))), counts.differing() > 0, options);
  return found;
}

Comparison compare_scores(std::span<const double> differences, std::span<const std::uint32_t> clusters, bool differ,
                          const ComparisonOptions& options) {
  Comparison found{.a = {}, .b = {}, .split = {}, .n = differences.size(), .text = {}};
  if (const std::optional<ClusteredMean> mean = clustered_mean(sum_by_cluster(differences, clusters)))
    compare_clusters(found, *mean, differ, options);
  else
    compare_items(found, {}, options);
  return found;
}

std::optional<double> smallest_detectable(const Judged& judged, const SoftLabels* other, std::span<const std::uint32_t> rows) {
  const auto effective = static_cast<std::uint64_t>(effective_rows(judged, rows));
  if (effective == 0) return std::nullopt;
  return smallest_detectable(effective, other ? differing_share(judged, *other, rows) : kUsualDiffering);
}

void to_json(nlohmann::json& json, const Comparison& comparison) {
  json = {{"a", comparison.a},
          {"b", comparison.b},
          {"split", comparison.split},
          {"n", comparison.n},
          {"difference", comparison.difference},
          {"low", comparison.low},
          {"high", comparison.high},
          {"p", comparison.p},
          {"verdict", to_string(comparison.verdict)},
          {"text", comparison.text}};
}

}  // namespace hone
