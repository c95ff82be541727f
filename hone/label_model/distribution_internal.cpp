#include "hone/label_model/distribution_internal.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "hone/core/error.h"
#include "hone/stats/proportion.h"

namespace hone {

double exponentiate(std::span<double> log_weights) {
  const double largest = std::ranges::max(log_weights);
  double sum = 0.0;
  for (double& weight : log_weights) sum += weight = std::exp(weight - largest);
  for (double& weight : log_weights) weight /= sum;
  return sum;
}

std::vector<double> log_shares(std::span<const double> shares) {
  std::vector<double> logs(shares.begin(), shares.end());
  for (double& value : logs) value = std::log(std::max(value, 1e-12));
  return logs;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

void check_table_size(const std::string& model, const VoteShape& shape, int power, double most) {
  const double cells = static_cast<double>(shape.sources) * std::pow(static_cast<double>(shape.classes), power);
  if (cells <= most) return;
  throw Error(ErrorCode::kInvalidArgument,
              "label model '" + model + "' would need a table of " + std::to_string(shape.sources) + " sources x " +
                  std::to_string(shape.classes) + " classes" + (power == 2 ? " x classes" : "") + ", more than its limit of " +
                  std::to_string(static_cast<long long>(most)) + " numbers; use 'majority', or fewer sources or classes");
}

void set_gold_interval(SourceBelief& belief, double right, double cast) {
  const std::optional<Interval> interval = clopper_pearson(std::llround(right), std::llround(cast), 0.10);
  if (!interval) return;
  belief.low = interval->low;
  belief.high = interval->high;
}

}  // namespace hone
