#include "hone/stats/answers.h"

#include <algorithm>
#include <cmath>

#include "hone/stats/cluster_rows_internal.h"

namespace hone {
namespace {

struct ItemAnswers {
  double mean = 0.0;
  double variance = 0.0;
  double answers = 0.0;
};

ItemAnswers answers_of(std::span<const std::size_t> rows, std::span<const double> scores) {
  ItemAnswers item{.answers = static_cast<double>(rows.size())};
  for (const std::size_t row : rows) item.mean += scores[row] / item.answers;
  for (const std::size_t row : rows) item.variance += (scores[row] - item.mean) * (scores[row] - item.mean);
  if (rows.size() > 1) item.variance /= item.answers - 1.0;
  return item;
}

}  // namespace

std::optional<RepeatedAnswers> repeated_answers(std::span<const double> scores, std::span<const std::uint32_t> item_of) {
  check_finite(scores, "scores");
  check_same_length(scores.size(), item_of.size(), "answers and their items");
  if (scores.empty()) return std::nullopt;
  RepeatedAnswers result;
  double repeated = 0.0, per_answer = 0.0;  // Mean of 1/K, the share of `within` that is left in an item's mean.
  std::vector<ClusterSum> items;
  for_each_cluster(scores.size(), item_of, [&](std::span<const std::size_t> rows) {
    const ItemAnswers item = answers_of(rows, scores);
    items.push_back({1, item.mean});
    result.item_means.push_back(item.mean);
    per_answer += 1.0 / item.answers;
    if (rows.size() < 2) return;
    result.within += item.variance;
    repeated += 1.0;
  });
  const double n = static_cast<double>(items.size());
  if (repeated > 0.0) result.within /= repeated;
  const ClusteredMean mean = *clustered_mean(items);
  result.mean = mean.mean;
  result.standard_error = mean.standard_error;
  result.between = std::max(0.0, mean.standard_error * mean.standard_error * n - result.within * per_answer / n);
  return result;
}

}  // namespace hone
