#include "hone/eval/set_f1_internal.h"

#include <string>

#include "hone/core/error.h"
#include "hone/eval/judged_internal.h"
#include "hone/stats/clustered.h"

namespace hone {

std::vector<std::uint32_t> rows_with_gold_sets(const JudgedSets& judged, std::span<const std::uint32_t> asked) {
  if (judged.gold.examples() != judged.labels.examples())
    throw Error(ErrorCode::kInvalidArgument, "there are labels for " + std::to_string(judged.labels.examples()) +
                                                 " examples and gold for " + std::to_string(judged.gold.examples()));
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : asked)
    if (judged.gold.known(row)) rows.push_back(row);
  return rows;
}

std::optional<double> HeldCounts::f1() const {
  if (named() == 0) return std::nullopt;
  return 2.0 * static_cast<double>(right) / static_cast<double>(named());
}

std::vector<HeldCounts> count_held(const JudgedSets& judged, std::span<const std::uint32_t> rows) {
  std::vector<HeldCounts> counts(judged.labels.classes());
  for (const std::uint32_t row : rows) {
    for (const ClassId id : judged.gold.of(row)) ++counts[id].gold;
    for (const ClassId id : judged.labels.hard(row)) {
      ++counts[id].predicted;
      counts[id].right += judged.gold.holds(row, id);
    }
  }
  return counts;
}

HeldCounts sum_of(std::span<const HeldCounts> counts) {
  HeldCounts all;
  for (const HeldCounts& of : counts) all = {all.gold + of.gold, all.predicted + of.predicted, all.right + of.right};
  return all;
}

std::vector<double> LinearF1::scores(const JudgedSets& judged, std::span<const std::uint32_t> rows) const {
  std::vector<double> scores;
  for (const std::uint32_t row : rows) {
    double score = value;
    for (const ClassId id : judged.gold.of(row)) score -= by_class[id] * f1[id];
    for (const ClassId id : judged.labels.hard(row)) score += by_class[id] * ((judged.gold.holds(row, id) ? 2.0 : 0.0) - f1[id]);
    scores.push_back(score);
  }
  return scores;
}

LinearF1 micro_f1(std::span<const HeldCounts> counts, std::size_t rows) {
  const HeldCounts all = sum_of(counts);
  const double value = all.f1().value_or(0.0);
  const double weight = all.named() > 0 ? static_cast<double>(rows) / static_cast<double>(all.named()) : 0.0;
  return {value, std::vector<double>(counts.size(), value), std::vector<double>(counts.size(), weight)};
}

LinearF1 macro_f1(std::span<const HeldCounts> counts, std::size_t rows) {
  double sum = 0.0, named = 0.0;
  for (const HeldCounts& of : counts) {
    sum += of.f1().value_or(0.0);
    named += of.f1().has_value();
  }
  LinearF1 macro{named > 0.0 ? sum / named : 0.0, {}, {}};
  for (const HeldCounts& of : counts) {
    macro.f1.push_back(of.f1().value_or(0.0));
    macro.by_class.push_back(of.named() > 0 ? static_cast<double>(rows) / (named * static_cast<double>(of.named())) : 0.0);
  }
  return macro;
}

LinearF1 f1_of_class(std::span<const HeldCounts> counts, ClassId id, std::size_t rows) {
  LinearF1 one{counts[id].f1().value_or(0.0), std::vector<double>(counts.size()), std::vector<double>(counts.size())};
  one.f1[id] = one.value;
  if (counts[id].named() > 0) one.by_class[id] = static_cast<double>(rows) / static_cast<double>(counts[id].named());
  return one;
}

Measure measure_f1(const LinearF1& f1, const JudgedSets& judged, std::span<const std::uint32_t> rows) {
  const SoftLabels none;
  const std::vector<std::uint32_t> clusters = groups_of({none, {}, judged.groups}, rows);
  return with_interval(f1.value, rows.size(), rate_interval(*clustered_mean(sum_by_cluster(f1.scores(judged, rows), clusters))));
}

}  // namespace hone
