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
  const std::vector<HeldCounts> counts = count_held(judged, rows);
  return (kind == F1Kind::kMicro ? micro_f1(counts, rows.size()) : macro_f1(counts, rows.size())).scores(judged, rows);
}

bool differ(const SetPair& pair, const Rows& rows) {
  return std::ranges::any_of(rows, [&](std::uint32_t row) { return pair.a.labels.hard(row) != pair.b.labels.hard(row); });
}

std::uint64_t held_in_gold(const SetPair& pair, const Rows& rows) {
  std::uint64_t held = 0;
  for (const std::uint32_t row : rows) held += pair.gold.of(row).size();
  return held;
}

}  // namespace

Comparison compare_whole_rows(const SetPair& pair, std::span<const std::uint32_t> rows, const ComparisonOptions& options) {
  const SoftLabels a = right_or_wrong(judged(pair, pair.a)), b = right_or_wrong(judged(pair, pair.b));
  return compare({pair.a.name, a}, {pair.b.name, b}, known_rows(pair.gold), pair.groups, rows, pair.split, options);
}

Comparison compare_on_class(const SetPair& pair, ClassId id, std::span<const std::uint32_t> asked, const ComparisonOptions& options) {
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

Comparison compare_f1(const SetPair& pair, F1Kind kind, std::span<const std::uint32_t> asked, const ComparisonOptions& options) {
  const Rows rows = rows_with_gold_sets(judged(pair, pair.a), asked);
  std::vector<double> differences = f1_scores(judged(pair, pair.a), kind, rows);
  const std::vector<double> of_b = f1_scores(judged(pair, pair.b), kind, rows);
  for (std::size_t place = 0; place < rows.size(); ++place) differences[place] -= of_b[place];
  const SoftLabels none;
  Comparison found = compare_scores(differences, groups_of({none, {}, pair.groups}, rows), differ(pair, rows), options);
  name_sides(pair, found);
  const std::uint64_t held = held_in_gold(pair, rows);
  if (found.verdict != ComparisonVerdict::kTooFew && held < options.least_items) {
    found.verdict = ComparisonVerdict::kTooFew;
    found.text = fmt::format("too few classes in gold: {} of {} needed", held, options.least_items);
  }
  return found;
}

}  // namespace hone
