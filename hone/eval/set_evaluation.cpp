#include "hone/eval/set_evaluation.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "hone/core/json.h"
#include "hone/eval/judged_internal.h"
#include "hone/eval/set_f1_internal.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

Judged clusters_of(const JudgedSets& judged, const SoftLabels& none) { return {none, {}, judged.groups}; }

Measure measure_f1(const LinearF1& f1, const JudgedSets& judged, const Rows& rows) {
  const SoftLabels none;
  return share_of_scores(clusters_of(judged, none), rows, f1_scores(f1, judged, rows));
}

bool names(const JudgedSets& judged, std::uint32_t row, ClassId id) {
  const std::vector<ClassId> held = judged.labels.hard(row);
  return std::ranges::find(held, id) != held.end();
}

// Of the rows for which `holds`, the share for which `right` does.
template <typename Holds, typename Right>
std::optional<Measure> share_among(const JudgedSets& judged, const Rows& rows, const Holds& holds, const Right& right) {
  Rows held;
  std::ranges::copy_if(rows, std::back_inserter(held), holds);
  if (held.empty()) return std::nullopt;
  const SoftLabels none;
  return rate(clusters_of(judged, none), held, right);
}

std::optional<Measure> precision_of(const JudgedSets& judged, const Rows& rows, ClassId id) {
  return share_among(
      judged, rows, [&](std::uint32_t row) { return names(judged, row, id); },
      [&](std::uint32_t row) { return judged.gold.holds(row, id); });
}

std::optional<Measure> recall_of(const JudgedSets& judged, const Rows& rows, ClassId id) {
  return share_among(
      judged, rows, [&](std::uint32_t row) { return judged.gold.holds(row, id); },
      [&](std::uint32_t row) { return names(judged, row, id); });
}

// Of (row, class) pairs, `named` of each row, the share that is right. To first order a mean over rows, as an F1 is (stats/linear_f1.h).
template <typename Named>
std::optional<Measure> share_of_pairs(const JudgedSets& judged, const Rows& rows, std::uint64_t right, std::uint64_t all,
                                      const Named& named) {
  if (all == 0) return std::nullopt;
  const double share = static_cast<double>(right) / static_cast<double>(all);
  const double weight = static_cast<double>(rows.size()) / static_cast<double>(all);
  std::vector<double> scores;
  for (const std::uint32_t row : rows) {
    double right_here = 0.0;
    for (const ClassId id : judged.labels.hard(row)) right_here += judged.gold.holds(row, id);
    scores.push_back(share + weight * (right_here - share * static_cast<double>(named(row))));
  }
  const SoftLabels none;
  Measure measure = share_of_scores(clusters_of(judged, none), rows, scores);
  measure.n = all;
  return measure;
}

// A row without a label has every class as likely as not.
double probability(const JudgedSets& judged, std::uint32_t row, ClassId id) {
  return judged.labels.labeled(row) ? judged.labels.probability(row, id) : 0.5;
}

// The mean over classes.
double loss_of(const JudgedSets& judged, std::uint32_t row) {
  double loss = 0.0;
  for (std::size_t id = 0; id < judged.labels.classes(); ++id) {
    const double held = probability(judged, row, static_cast<ClassId>(id));
    loss -= std::log(std::max(kLeastProbability, judged.gold.holds(row, static_cast<ClassId>(id)) ? held : 1.0 - held));
  }
  return loss / static_cast<double>(judged.labels.classes());
}

Measure log_loss(const JudgedSets& judged, const Rows& rows) {
  std::vector<double> losses;
  for (const std::uint32_t row : rows) losses.push_back(loss_of(judged, row));
  const SoftLabels none;
  return mean_of_scores(clusters_of(judged, none), rows, losses);
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
  const std::vector<ClassCounts> counts = count_held(judged, rows);
  const ClassCounts all = sum_of(counts);
  SetMetrics metrics;
  metrics.accuracy = of_rows->accuracy;
  metrics.micro_f1 = measure_f1(linear_micro_f1(counts, rows.size()), judged, rows);
  metrics.micro_precision =
      share_of_pairs(judged, rows, all.right, all.predicted, [&](std::uint32_t row) { return judged.labels.hard(row).size(); });
  metrics.micro_recall = share_of_pairs(judged, rows, all.right, all.gold, [&](std::uint32_t row) { return judged.gold.of(row).size(); });
  metrics.macro_f1 = measure_f1(linear_macro_f1(counts, rows.size()), judged, rows);
  metrics.weighted_f1 = measure_f1(linear_weighted_f1(counts, rows.size()), judged, rows);
  metrics.log_loss = log_loss(judged, rows);
  metrics.coverage = of_rows->coverage;
  metrics.accuracy_on_covered = of_rows->accuracy_on_covered;
  return metrics;
}

std::vector<SetClassResult> measure_set_classes(const JudgedSets& judged, std::span<const std::uint32_t> asked,
                                                std::span<const std::string> classes) {
  const Rows rows = rows_with_gold_sets(judged, asked);
  const std::vector<ClassCounts> counts = count_held(judged, rows);
  std::vector<SetClassResult> results;
  for (std::size_t id = 0; id < counts.size(); ++id) {
    SetClassResult result;
    result.counts.name = classes[id];
    result.counts.gold = counts[id].gold;
    result.counts.predicted = counts[id].predicted;
    result.counts.precision = precision_of(judged, rows, static_cast<ClassId>(id));
    result.counts.recall = recall_of(judged, rows, static_cast<ClassId>(id));
    result.counts.f1 = counts[id].f1();
    if (result.counts.f1) result.f1 = measure_f1(linear_f1_of_class(counts, id, rows.size()), judged, rows);
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
