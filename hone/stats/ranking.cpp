#include "hone/stats/ranking.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"

namespace hone {
namespace {

std::vector<double> gains_of(std::span<const double> relevance, Gain gain) {
  check_finite(relevance, "relevances");
  std::vector<double> gains;
  for (const double each : relevance) {
    if (each < 0.0) throw Error(ErrorCode::kInvalidArgument, "a relevance must not be below 0");
    gains.push_back(gain == Gain::kLinear ? each : std::exp2(each) - 1.0);
  }
  return gains;
}

double discounted(std::span<const double> gains, std::size_t k) {
  double sum = 0.0;
  for (std::size_t place = 0; place < std::min(k, gains.size()); ++place) sum += gains[place] / std::log2(static_cast<double>(place) + 2.0);
  return sum;
}

std::optional<double> over_ideal(std::span<const double> in_order, std::vector<double> gains, std::size_t k) {
  if (k == 0) throw Error(ErrorCode::kInvalidArgument, "nDCG is measured at a rank of at least 1");
  std::ranges::sort(gains, std::ranges::greater{});
  const double ideal = discounted(gains, k);
  if (ideal == 0.0) return std::nullopt;
  return discounted(in_order, k) / ideal;
}

}  // namespace

std::optional<double> ndcg(std::span<const double> relevance, std::span<const double> scores, std::size_t k, Gain gain) {
  check_same_length(relevance.size(), scores.size(), "relevances and scores");
  check_finite(scores, "scores");
  const std::vector<double> gains = gains_of(relevance, gain);
  std::vector<std::size_t> order(gains.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t document) { return scores[document]; });
  std::vector<double> in_order;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double sum = 0.0;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) sum += gains[order[end]];
    in_order.insert(in_order.end(), end - begin, sum / static_cast<double>(end - begin));
  }
  return over_ideal(in_order, gains, k);
}

std::optional<double> ndcg(std::span<const double> ranked_relevance, std::size_t k, Gain gain) {
  const std::vector<double> gains = gains_of(ranked_relevance, gain);
  return over_ideal(gains, gains, k);
}

std::optional<double> pass_at_k(std::uint64_t m, std::uint64_t c, std::uint64_t k) {
  assert(c <= m);
  if (m < k) return std::nullopt;
  double all_wrong = 1.0;
  for (std::uint64_t draw = 0; draw < k; ++draw) {
    if (m - c <= draw) return 1.0;
    all_wrong *= static_cast<double>(m - c - draw) / static_cast<double>(m - draw);
  }
  return 1.0 - all_wrong;
}

}  // namespace hone
