#include "hone/eval/set_evaluation.h"

#include <algorithm>
#include <cmath>

#include "hone/core/json.h"
#include "hone/eval/judged_internal.h"
#include "hone/eval/set_f1_internal.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

Measure without_interval(double value, std::uint64_t n) { return {.value = value, .low = {}, .high = {}, .n = n}; }

std::optional<Measure> share(std::uint64_t count, std::uint64_t n) {
  if (n == 0) return std::nullopt;
  return with_interval(static_cast<double>(count) / static_cast<double>(n), n, wilson(count, n));
}

double weighted_f1(const std::vector<HeldCounts>& counts) {
  double sum = 0.0, gold = 0.0;
  for (const HeldCounts& of : counts) {
    sum += of.f1().value_or(0.0) * static_cast<double>(of.gold);
    gold += static_cast<double>(of.gold);
  }
  return gold > 0.0 ? sum / gold : 0.0;
}

// A row without a label has every class as likely as not.
double probability(const JudgedSets& judged, std::uint32_t row, ClassId id) {
  return judged.labels.labeled(row) ? judged.labels.probability(row, id) : 0.5;
}

double log_loss(const JudgedSets& judged, const Rows& rows) {
  double loss = 0.0;
  for (const std::uint32_t row : rows)
    for (std::size_t id = 0; id < judged.labels.classes(); ++id) {
      const double held = probability(judged, row, static_cast<ClassId>(id));
      loss -= std::log(std::max(kLeastProbability, judged.gold.holds(row, static_cast<ClassId>(id)) ? held : 1.0 - held));
    }
  return loss / static_cast<double>(rows.size() * judged.labels.classes());
}

std::optional<double> average_precision(const JudgedSets& judged, const Rows& rows, ClassId id) {
  std::vector<std::pair<double, bool>> ranked;
  for (const std::uint32_t row : rows)
    ranked.emplace_back(judged.labels.labeled(row) ? judged.labels.probability(row, id) : 0.0, judged.gold.holds(row, id));
  std::ranges::sort(ranked, std::ranges::greater{}, &std::pair<double, bool>::first);
  double area = 0.0, taken = 0.0, held = 0.0;
  for (std::size_t begin = 0; begin < ranked.size();) {
    std::size_t end = begin;
    double more = 0.0;
    for (; end < ranked.size() && ranked[end].first == ranked[begin].first; ++end) more += ranked[end].second;
    taken += static_cast<double>(end - begin);
    held += more;
    area += more * held / taken;
    begin = end;
  }
  if (held == 0.0) return std::nullopt;
  return area / held;
}

}  // namespace

SoftLabels right_or_wrong(const JudgedSets& judged) {
  SoftLabels labels(2);
  labels.add_pattern(std::vector{1.0, 0.0}, 0);
  labels.add_pattern(std::vector{0.0, 1.0}, 1);
  labels.add_pattern({}, kNoClass);
  std::vector<std::uint32_t> pattern_of;
  for (std::size_t row = 0; row < judged.labels.examples(); ++row) {
    const bool right =
        judged.labels.labeled(row) && judged.gold.known(row) && std::ranges::equal(judged.labels.hard(row), judged.gold.of(row));
    pattern_of.push_back(!judged.labels.labeled(row) ? 2 : right ? 1 : 0);
  }
  labels.set_examples(std::move(pattern_of));
  return labels;
}

std::vector<ClassId> known_rows(const ClassSets& gold) {
  std::vector<ClassId> known;
  for (std::size_t row = 0; row < gold.examples(); ++row) known.push_back(gold.known(row) ? ClassId{1} : kNoClass);
  return known;
}

std::optional<SetMetrics> measure_sets(const JudgedSets& judged, std::span<const std::uint32_t> asked) {
  const Rows rows = rows_with_gold_sets(judged, asked);
  if (rows.empty()) return std::nullopt;
  const SoftLabels whole = right_or_wrong(judged);
  const std::vector<ClassId> known = known_rows(judged.gold);
  const std::optional<Metrics> of_rows = measure({whole, known, judged.groups}, rows);
  const std::vector<HeldCounts> counts = count_held(judged, rows);
  const HeldCounts all = sum_of(counts);
  SetMetrics metrics;
  metrics.accuracy = of_rows->accuracy;
  metrics.micro_f1 = measure_f1(micro_f1(counts, rows.size()), judged, rows);
  metrics.micro_precision = share(all.right, all.predicted);
  metrics.micro_recall = share(all.right, all.gold);
  metrics.macro_f1 = measure_f1(macro_f1(counts, rows.size()), judged, rows);
  metrics.weighted_f1 = without_interval(weighted_f1(counts), rows.size());
  metrics.log_loss = without_interval(log_loss(judged, rows), rows.size());
  metrics.coverage = of_rows->coverage;
  metrics.accuracy_on_covered = of_rows->accuracy_on_covered;
  return metrics;
}

std::vector<SetClassResult> measure_set_classes(const JudgedSets& judged, std::span<const std::uint32_t> asked,
                                                std::span<const std::string> classes) {
  const Rows rows = rows_with_gold_sets(judged, asked);
  const std::vector<HeldCounts> counts = count_held(judged, rows);
  std::vector<SetClassResult> results;
  for (std::size_t id = 0; id < counts.size(); ++id) {
    SetClassResult result;
    result.counts.name = classes[id];
    result.counts.gold = counts[id].gold;
    result.counts.predicted = counts[id].predicted;
    result.counts.precision = share(counts[id].right, counts[id].predicted);
    result.counts.recall = share(counts[id].right, counts[id].gold);
    result.counts.f1 = counts[id].f1();
    if (result.counts.f1) result.f1 = measure_f1(f1_of_class(counts, static_cast<ClassId>(id), rows.size()), judged, rows);
    result.average_precision = average_precision(judged, rows, static_cast<ClassId>(id));
    results.push_back(std::move(result));
  }
  return results;
}

void to_json(nlohmann::json& json, const SetMetrics& metrics) {
  const auto or_null = [](const std::optional<Measure>& measure) { return measure ? nlohmann::json(*measure) : nlohmann::json(); };
  json = {{"accuracy", metrics.accuracy},
          {"micro_f1", metrics.micro_f1},
          {"micro_precision", or_null(metrics.micro_precision)},
          {"micro_recall", or_null(metrics.micro_recall)},
          {"macro_f1", metrics.macro_f1},
          {"weighted_f1", metrics.weighted_f1},
          {"log_loss", metrics.log_loss},
          {"ece", nullptr},
          {"coverage", metrics.coverage},
          {"accuracy_on_covered", or_null(metrics.accuracy_on_covered)}};
}

void to_json(nlohmann::json& json, const SetClassResult& result) {
  json = result.counts;
  json["average_precision"] = result.average_precision ? nlohmann::json(*result.average_precision) : nlohmann::json();
}

}  // namespace hone
