#include "hone/eval/comparison.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hone/core/json.h"
#include "hone/eval/difference_text.h"
#include "hone/eval/judged_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// The clusters of rows; none where all stand alone.
std::vector<std::uint32_t> clusters_of(const Judged& judged, std::span<const std::uint32_t> rows) {
  return judged.groups.empty() ? std::vector<std::uint32_t>() : groups_of(judged, rows);
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

Comparison as_comparison(const ScoreDifference& difference, const VerdictOptions& options) {
  const ComparisonWords words{
      .metric = "accuracy", .unit = {}, .cluster = "group", .verdict = options, .not_defined = {}, .not_comparable = {}};
  return {.a = {},
          .b = {},
          .split = {},
          .n = difference.items,
          .difference = difference.difference,
          .interval = difference.interval,
          .p = difference.p,
          .verdict = difference.verdict,
          .text = verdict_text(difference, words)};
}

Comparison compare(const System& a, const System& b, std::span<const ClassId> gold, std::span<const std::uint32_t> groups,
                   std::span<const std::uint32_t> asked, std::string split, const VerdictOptions& options) {
  const Judged judged{a.labels, gold, groups};
  check_judged({b.labels, gold, groups});
  const std::vector<std::uint32_t> rows = with_gold(judged, asked), clusters = clusters_of(judged, rows);
  std::vector<double> a_right, b_right;
  for (const std::uint32_t row : rows) {
    a_right.push_back(a.labels.hard(row) == gold[row] ? 1.0 : 0.0);
    b_right.push_back(b.labels.hard(row) == gold[row] ? 1.0 : 0.0);
  }
  Comparison found = as_comparison(score_difference({a_right, b_right, clusters}, {.verdict = options}), options);
  found.a = a.name;
  found.b = b.name;
  found.split = std::move(split);
  return found;
}

Comparison compare_changes(const Changes& changes, std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                           const VerdictOptions& options) {
  PairedCounts counts{.both = 0, .only_a = changes.gained.size(), .only_b = changes.lost.size()};
  counts.both = rows.size() - counts.differing();
  if (groups.empty()) return as_comparison(score_difference(counts, {.verdict = options}), options);
  std::vector<double> a(rows.size(), 1.0), b(rows.size(), 1.0);
  const auto place_of = [&](std::uint32_t row) { return static_cast<std::size_t>(std::ranges::lower_bound(rows, row) - rows.begin()); };
  for (const std::uint32_t row : changes.gained) b[place_of(row)] = 0.0;
  for (const std::uint32_t row : changes.lost) a[place_of(row)] = 0.0;
  const SoftLabels none;
  const std::vector<std::uint32_t> clusters = clusters_of({none, {}, groups}, rows);
  return as_comparison(score_difference({a, b, clusters}, {.verdict = options}), options);
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
          {"low", comparison.interval ? nlohmann::json(comparison.interval->low) : nlohmann::json()},
          {"high", comparison.interval ? nlohmann::json(comparison.interval->high) : nlohmann::json()},
          {"p", comparison.interval ? nlohmann::json(comparison.p) : nlohmann::json()},
          {"verdict", to_string(comparison.verdict)},
          {"text", comparison.text}};
}

}  // namespace hone
