// Rests on C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On Calibration of Modern Neural Networks. ICML 2017. The loss is convex in 1/T, so
// its slope in ln T has one sign change: Newton's method inside a bracket that is halved where a step would leave it.
#include <algorithm>
#include <cmath>

#include "hone/core/error.h"
#include "hone/stats/calibration.h"
#include "hone/stats/check_internal.h"

namespace hone {
namespace {

constexpr double kLowestTemperature = 0.05, kHighestTemperature = 20.0;
constexpr int kTemperatureSteps = 100;

struct LossAt {
  double loss = 0.0;
  double slope = 0.0, curvature = 0.0;  // In ln T.
};

struct LogitTable {
  std::span<const double> logits;
  std::span<const std::uint32_t> gold;
  std::size_t classes;
};

LossAt loss_at(const LogitTable& table, double log_temperature) {
  const double scale = std::exp(-log_temperature), n = static_cast<double>(table.gold.size());
  double loss = 0.0, slope = 0.0, variance = 0.0;  // Slope and variance in 1/T.
  for (std::size_t item = 0; item < table.gold.size(); ++item) {
    const auto row = table.logits.subspan(item * table.classes, table.classes);
    const double highest = *std::ranges::max_element(row);
    double sum = 0.0, first = 0.0, second = 0.0;
    for (const double logit : row) {
      const double off = logit - highest, weight = std::exp(scale * off);
      sum += weight;
      first += weight * off;
      second += weight * off * off;
    }
    const double off_gold = row[table.gold[item]] - highest;
    loss += (std::log(sum) - scale * off_gold) / n;
    slope += (first / sum - off_gold) / n;
    variance += (second / sum - first / sum * first / sum) / n;
  }
  return {.loss = loss, .slope = -scale * slope, .curvature = scale * scale * variance + scale * slope};
}

void check_table(const LogitTable& table) {
  if (table.classes < 2) throw Error(ErrorCode::kInvalidArgument, "a temperature needs logits of at least 2 classes");
  check_same_length(table.logits.size(), table.gold.size() * table.classes, "logits, and items times classes,");
  check_finite(table.logits, "logits");
  for (const std::uint32_t gold : table.gold)
    if (gold >= table.classes)
      throw Error(ErrorCode::kInvalidArgument, "class " + std::to_string(gold) + " is none of " + std::to_string(table.classes));
}

bool has_differing_logits(const LogitTable& table) {
  for (std::size_t item = 0; item < table.gold.size(); ++item) {
    const auto [low, high] = std::ranges::minmax(table.logits.subspan(item * table.classes, table.classes));
    if (low < high) return true;
  }
  return false;
}

double best_log_temperature(const LogitTable& table, double low, double high) {
  double at = std::clamp(0.0, low, high);
  for (int step = 0; step < kTemperatureSteps && high - low > 1e-14; ++step) {
    const LossAt here = loss_at(table, at);
    if (here.slope == 0.0) break;
    (here.slope > 0.0 ? high : low) = at;
    const double newton = at - here.slope / here.curvature;
    const double next = here.curvature > 0.0 && newton > low && newton < high ? newton : (low + high) / 2.0;
    if (std::abs(next - at) < 1e-13) break;
    at = next;
  }
  return at;
}

}  // namespace

Defined<Temperature> fit_temperature(std::span<const double> logits, std::span<const std::uint32_t> gold, std::size_t classes) {
  const LogitTable table{logits, gold, classes};
  check_table(table);
  if (gold.empty()) return NotDefined::kNoItems;
  if (!has_differing_logits(table)) return NotDefined::kNoSpread;
  const double low = std::log(kLowestTemperature), high = std::log(kHighestTemperature);
  double best = 0.0;
  bool at_bound = true;
  if (loss_at(table, low).slope >= 0.0) {
    best = low;
  } else if (loss_at(table, high).slope <= 0.0) {
    best = high;
  } else {
    best = best_log_temperature(table, low, high);
    at_bound = false;
  }
  return Temperature{
      .value = std::exp(best), .loss = loss_at(table, best).loss, .loss_before = loss_at(table, 0.0).loss, .at_bound = at_bound};
}

}  // namespace hone
