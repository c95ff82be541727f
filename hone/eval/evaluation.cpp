#include "hone/eval/evaluation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/eval/judged_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/linear_f1.h"

namespace hone {

void check_judged(const Judged& judged) {
  const std::size_t examples = judged.labels.examples();
  if (judged.gold.size() != examples)
    throw Error(ErrorCode::kInvalidArgument,
                "there are labels for " + std::to_string(examples) + " examples and gold for " + std::to_string(judged.gold.size()));
  if (!judged.groups.empty() && judged.groups.size() != examples)
    throw Error(ErrorCode::kInvalidArgument,
                "there are labels for " + std::to_string(examples) + " examples and groups of " + std::to_string(judged.groups.size()));
}

std::vector<std::uint32_t> with_gold(const Judged& judged, std::span<const std::uint32_t> rows) {
  check_judged(judged);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row : rows) {
    if (row >= judged.gold.size())
      throw Error(ErrorCode::kInvalidArgument,
                  "row " + std::to_string(row) + " is not there; there are " + std::to_string(judged.gold.size()));
    if (judged.gold[row] == kNoClass) continue;
    if (judged.gold[row] >= judged.labels.classes())
      throw Error(ErrorCode::kInvalidArgument, "gold of row " + std::to_string(row) + " is class " + std::to_string(judged.gold[row]) +
                                                   ", and the labels have " + std::to_string(judged.labels.classes()) + " classes");
    kept.push_back(row);
  }
  return kept;
}

std::vector<std::uint32_t> groups_of(const Judged& judged, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> groups(rows.begin(), rows.end());
  if (judged.groups.empty()) return groups;
  for (std::uint32_t& group : groups) group = judged.groups[group];
  return groups;
}

bool hang_together(const Judged& judged, std::span<const std::uint32_t> rows) {
  if (judged.groups.empty()) return false;
  std::vector<std::uint32_t> groups = groups_of(judged, rows);
  std::ranges::sort(groups);
  return std::ranges::adjacent_find(groups) != groups.end();
}

Measure with_interval(double value, std::uint64_t n, const std::optional<Interval>& interval) {
  Measure measure{.value = value, .low = {}, .high = {}, .n = n};
  if (interval) {
    measure.low = interval->low;
    measure.high = interval->high;
  }
  return measure;
}

Measure rate(const Judged& judged, std::span<const std::uint32_t> rows, const std::function<bool(std::uint32_t)>& holds) {
  const auto count = static_cast<std::uint64_t>(std::ranges::count_if(rows, holds));
  const double share = static_cast<double>(count) / static_cast<double>(rows.size());
  if (!hang_together(judged, rows)) return with_interval(share, rows.size(), wilson(count, rows.size()));
  std::vector<double> scores;
  for (std::uint32_t row : rows) scores.push_back(holds(row) ? 1.0 : 0.0);
  return with_interval(share, rows.size(), rate_interval(*clustered_mean(sum_by_cluster(scores, groups_of(judged, rows)))));
}

Measure share_of_scores(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const double> scores) {
  const auto mean = clustered_mean(sum_by_cluster(scores, groups_of(judged, rows)));
  return mean ? with_interval(mean->mean, rows.size(), rate_interval(*mean)) : Measure{};
}

Measure mean_of_scores(const Judged& judged, std::span<const std::uint32_t> rows, std::span<const double> scores) {
  const auto mean = clustered_mean(sum_by_cluster(scores, groups_of(judged, rows)));
  if (!mean) return {};
  std::optional<Interval> interval = interval_of(*mean);
  if (interval) interval->low = std::max(0.0, interval->low);
  return with_interval(mean->mean, rows.size(), interval);
}

namespace {

using RowSpan = std::span<const std::uint32_t>;

bool is_right(const Judged& judged, std::uint32_t row) { return judged.labels.hard(row) == judged.gold[row]; }
bool has_label(const Judged& judged, std::uint32_t row) { return judged.labels.hard(row) != kNoClass; }

double loss_of(const Judged& judged, std::uint32_t row) {
  const double even = 1.0 / static_cast<double>(judged.labels.classes());
  const double probability = has_label(judged, row) ? judged.labels.probability(row, judged.gold[row]) : even;
  return -std::log(std::clamp(probability, kLeastProbability, 1.0));
}

Measure mean_loss(const Judged& judged, RowSpan rows) {
  std::vector<double> losses;
  for (std::uint32_t row : rows) losses.push_back(loss_of(judged, row));
  return mean_of_scores(judged, rows, losses);
}

std::vector<ClassCounts> count_classes(const Judged& judged, RowSpan rows) {
  std::vector<ClassCounts> counts(judged.labels.classes());
  for (std::uint32_t row : rows) {
    ++counts[judged.gold[row]].gold;
    if (!has_label(judged, row)) continue;
    ++counts[judged.labels.hard(row)].predicted;
    counts[judged.gold[row]].right += is_right(judged, row);
  }
  return counts;
}

Measure measure_f1(const LinearF1& f1, const Judged& judged, RowSpan rows) {
  std::vector<double> scores;
  for (const std::uint32_t row : rows) {
    const ClassId label = judged.labels.hard(row);
    const std::span<const ClassId> named(&label, label == kNoClass ? 0 : 1);
    scores.push_back(f1.score(judged.gold.subspan(row, 1), named));
  }
  return share_of_scores(judged, rows, scores);
}

std::vector<std::uint32_t> with_label(const Judged& judged, RowSpan rows) {
  std::vector<std::uint32_t> labeled;
  std::ranges::copy_if(rows, std::back_inserter(labeled), [&](std::uint32_t row) { return has_label(judged, row); });
  return labeled;
}

double confidence_of(const Judged& judged, std::uint32_t row) { return std::clamp(judged.labels.confidence(row), 0.0, 1.0); }

// How sure each row is, and whether it is right.
struct Confidences {
  std::vector<double> confidence;
  std::vector<std::uint8_t> right;
};

Confidences confidences_of(const Judged& judged, RowSpan labeled) {
  Confidences of;
  for (const std::uint32_t row : labeled) {
    of.confidence.push_back(confidence_of(judged, row));
    of.right.push_back(is_right(judged, row));
  }
  return of;
}

std::optional<Measure> calibration_error(const Judged& judged, RowSpan labeled) {
  const auto [confidence, right] = confidences_of(judged, labeled);
  const auto found = check_calibration(confidence, right, groups_of(judged, labeled));
  if (found) return with_interval(found->ece, labeled.size(), found->interval);
  if (found.why() != NotDefined::kOneCluster) return std::nullopt;
  return with_interval(calibrate(confidence, right)->ece, labeled.size(), std::nullopt);
}

// The rows behind each value of `key`, by value.
template <typename Key>
std::vector<std::vector<std::uint32_t>> rows_by(std::size_t values, RowSpan rows, const Key& key) {
  std::vector<std::vector<std::uint32_t>> by_value(values);
  for (std::uint32_t row : rows) by_value[key(row)].push_back(row);
  return by_value;
}

// The first `limit` rows, by falling confidence, then rising number.
std::vector<std::uint32_t> most_confident(const Judged& judged, std::vector<std::uint32_t> rows, std::size_t limit) {
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(limit, rows.size()));
  std::ranges::partial_sort(rows, end, {}, [&](std::uint32_t row) { return std::pair(-judged.labels.confidence(row), row); });
  rows.erase(end, rows.end());
  return rows;
}

nlohmann::json number_or_null(const std::optional<double>& number) { return number ? nlohmann::json(*number) : nlohmann::json(); }
nlohmann::json measure_or_null(const std::optional<Measure>& measure) { return measure ? nlohmann::json(*measure) : nlohmann::json(); }

}  // namespace

std::optional<Metrics> measure(const Judged& judged, RowSpan asked) {
  const std::vector<std::uint32_t> rows = with_gold(judged, asked);
  if (rows.empty()) return std::nullopt;
  const auto right = [&](std::uint32_t row) { return is_right(judged, row); };
  const std::vector<std::uint32_t> labeled = with_label(judged, rows);
  const std::vector<ClassCounts> counts = count_classes(judged, rows);
  Metrics metrics;
  metrics.accuracy = rate(judged, rows, right);
  metrics.macro_f1 = measure_f1(linear_macro_f1(counts, rows.size()), judged, rows);
  metrics.weighted_f1 = measure_f1(linear_weighted_f1(counts, rows.size()), judged, rows);
  metrics.log_loss = mean_loss(judged, rows);
  metrics.ece = calibration_error(judged, labeled);
  metrics.coverage = rate(judged, rows, [&](std::uint32_t row) { return has_label(judged, row); });
  if (!labeled.empty()) metrics.accuracy_on_covered = rate(judged, labeled, right);
  return metrics;
}

std::vector<ClassResult> measure_classes(const Judged& judged, RowSpan asked, std::span<const std::string> classes) {
  assert(classes.size() == judged.labels.classes());
  const std::vector<std::uint32_t> rows = with_gold(judged, asked);
  const auto by_gold = rows_by(classes.size(), rows, [&](std::uint32_t row) { return judged.gold[row]; });
  const auto by_label = rows_by(classes.size(), with_label(judged, rows), [&](std::uint32_t row) { return judged.labels.hard(row); });
  const std::vector<ClassCounts> counts = count_classes(judged, rows);
  const auto right = [&](std::uint32_t row) { return is_right(judged, row); };
  std::vector<ClassResult> results(classes.size());
  for (std::size_t id = 0; id < classes.size(); ++id) {
    results[id] = {.name = classes[id],
                   .gold = counts[id].gold,
                   .predicted = counts[id].predicted,
                   .precision = {},
                   .recall = {},
                   .f1 = counts[id].f1()};
    if (!by_label[id].empty()) results[id].precision = rate(judged, by_label[id], right);
    if (!by_gold[id].empty()) results[id].recall = rate(judged, by_gold[id], right);
  }
  return results;
}

ConfusionMatrix confusion_matrix(const Judged& judged, RowSpan rows, std::span<const std::string> classes, std::string split) {
  assert(classes.size() == judged.labels.classes());
  ConfusionMatrix matrix{.split = std::move(split), .classes = {classes.begin(), classes.end()}, .counts = {}};
  matrix.counts.assign(classes.size(), std::vector<std::uint64_t>(classes.size() + 1));
  for (std::uint32_t row : with_gold(judged, rows))
    ++matrix.counts[judged.gold[row]][has_label(judged, row) ? judged.labels.hard(row) : classes.size()];
  return matrix;
}

std::vector<Confusion> worst_confusions(const Judged& judged, RowSpan asked, std::size_t limit, std::size_t examples_each) {
  std::vector<std::uint32_t> rows = with_gold(judged, asked);
  const std::vector<ClassCounts> counts = count_classes(judged, rows);
  std::erase_if(rows, [&](std::uint32_t row) { return !has_label(judged, row) || is_right(judged, row); });
  const auto cell = [&](std::uint32_t row) { return std::pair(judged.gold[row], judged.labels.hard(row)); };
  std::ranges::stable_sort(rows, {}, cell);
  std::vector<Confusion> confusions;
  for (std::uint32_t row : rows) {
    if (confusions.empty() || std::pair(confusions.back().gold, confusions.back().predicted) != cell(row))
      confusions.push_back({.gold = cell(row).first, .predicted = cell(row).second, .count = 0, .share_of_gold = 0.0, .examples = {}});
    ++confusions.back().count;
    confusions.back().examples.push_back(row);
  }
  std::ranges::stable_sort(confusions, std::greater{}, &Confusion::count);
  confusions.resize(std::min(limit, confusions.size()));
  for (Confusion& confusion : confusions) {
    confusion.share_of_gold = static_cast<double>(confusion.count) / static_cast<double>(counts[confusion.gold].gold);
    confusion.examples = most_confident(judged, std::move(confusion.examples), examples_each);
  }
  return confusions;
}

std::vector<std::uint32_t> most_confident_errors(const Judged& judged, RowSpan asked, std::size_t limit) {
  std::vector<std::uint32_t> rows = with_gold(judged, asked);
  std::erase_if(rows, [&](std::uint32_t row) { return !has_label(judged, row) || is_right(judged, row); });
  return most_confident(judged, std::move(rows), limit);
}

std::vector<ReliabilityBin> reliability(const Judged& judged, RowSpan rows) {
  const std::vector<std::uint32_t> labeled = with_label(judged, with_gold(judged, rows));
  const auto [confidence, right] = confidences_of(judged, labeled);
  const auto calibration =
      hang_together(judged, labeled) ? calibrate(confidence, right, groups_of(judged, labeled)) : calibrate(confidence, right);
  return calibration ? calibration->bins : std::vector<ReliabilityBin>{};
}

std::vector<std::uint32_t> rows_with_gold(std::span<const ClassId> gold) {
  std::vector<std::uint32_t> rows;
  for (std::size_t example = 0; example < gold.size(); ++example)
    if (gold[example] != kNoClass) rows.push_back(static_cast<std::uint32_t>(example));
  return rows;
}

void to_json(nlohmann::json& json, const Measure& measure) {
  json = {{"value", measure.value}, {"low", number_or_null(measure.low)}, {"high", number_or_null(measure.high)}, {"n", measure.n}};
}

void to_json(nlohmann::json& json, const Metrics& metrics) {
  json = {{"accuracy", metrics.accuracy},
          {"macro_f1", metrics.macro_f1},
          {"weighted_f1", metrics.weighted_f1},
          {"log_loss", metrics.log_loss},
          {"ece", measure_or_null(metrics.ece)},
          {"coverage", metrics.coverage},
          {"accuracy_on_covered", measure_or_null(metrics.accuracy_on_covered)}};
}

void to_json(nlohmann::json& json, const ClassResult& result) {
  json = {{"class", result.name},
          {"gold", result.gold},
          {"predicted", result.predicted},
          {"precision", measure_or_null(result.precision)},
          {"recall", measure_or_null(result.recall)},
          {"f1", number_or_null(result.f1)}};
}

void to_json(nlohmann::json& json, const ConfusionMatrix& matrix) {
  json = {{"split", matrix.split}, {"classes", matrix.classes}, {"counts", matrix.counts}};
}

void to_json(nlohmann::json& json, const ReliabilityBin& bin) {
  json = {{"confidence", bin.confidence}, {"accuracy", bin.rate}, {"low", bin.interval.low}, {"high", bin.interval.high}, {"n", bin.n}};
}

}  // namespace hone
