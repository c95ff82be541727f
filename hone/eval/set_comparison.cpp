#include "hone/eval/set_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "hone/eval/judged_internal.h"
#include "hone/eval/set_f1_internal.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

JudgedSets judged(const SetPair& pair, const SetPair::Side& side) { return {side.labels, pair.gold, pair.groups}; }

bool right_about(const JudgedSets& judged, ClassId id, std::uint32_t row) {
  const bool held = judged.labels.labeled(row) && judged.labels.probability(row, id) > SoftSets::kHeld;
  return held == judged.gold.holds(row, id);
}

void name_sides(const SetPair& pair, Comparison& found) {
  found.a = pair.a.name;
  found.b = pair.b.name;
  found.split = pair.split;
}

std::vector<double> f1_scores(const JudgedSets& judged, F1Kind kind, const Rows& rows) {
  const std::vector<ClassCounts> counts = count_held(judged, rows);
  return f1_scores(kind == F1Kind::kMicro ? linear_micro_f1(counts, rows.size()) : linear_macro_f1(counts, rows.size()), judged, rows);
}

std::uint64_t held_in_gold(const SetPair& pair, const Rows& rows) {
  std::uint64_t held = 0;
  for (const std::uint32_t row : rows) held += pair.gold.of(row).size();
  return held;
}

}  // namespace

Comparison compare_whole_rows(const SetPair& pair, std::span<const std::uint32_t> rows, const VerdictOptions& options) {
  const SoftLabels a = right_or_wrong(judged(pair, pair.a)), b = right_or_wrong(judged(pair, pair.b));
  return compare({pair.a.name, a}, {pair.b.name, b}, known_rows(pair.gold), pair.groups, rows, pair.split, options);
}

Comparison compare_on_class(const SetPair& pair, ClassId id, std::span<const std::uint32_t> asked, const VerdictOptions& options) {
  const Rows rows = rows_with_gold_sets(judged(pair, pair.a), asked);
  Rows gained, lost;
  for (const std::uint32_t row : rows) {
    const bool a = right_about(judged(pair, pair.a), id, row), b = right_about(judged(pair, pair.b), id, row);
    if (a != b) (a ? gained : lost).push_back(row);
  }
  Comparison found = compare_changes({gained, lost}, pair.groups, rows, options);
  name_sides(pair, found);
  return found;
}

Comparison compare_f1(const SetPair& pair, F1Kind kind, std::span<const std::uint32_t> asked, const VerdictOptions& options) {
  const Rows rows = rows_with_gold_sets(judged(pair, pair.a), asked);
  const std::vector<double> a = f1_scores(judged(pair, pair.a), kind, rows), b = f1_scores(judged(pair, pair.b), kind, rows);
  const SoftLabels none;
  const std::vector<std::uint32_t> clusters = pair.groups.empty() ? Rows() : groups_of({none, {}, pair.groups}, rows);
  Comparison found = as_comparison(score_difference({a, b, clusters}, {.verdict = options}), options);
  name_sides(pair, found);
  const std::uint64_t held = held_in_gold(pair, rows);
  if (is_tested(found.verdict) && held < options.least_items) {
    found.verdict = ReportVerdict::kTooFewItems;
    found.text = fmt::format("too few classes in gold: {} of {} needed", held, options.least_items);
  }
  return found;
}

}  // namespace hone
