#include "hone/stats/probability_scores.h"

#include <algorithm>
#include <cmath>

#include "hone/stats/check_internal.h"

namespace hone {
namespace {

constexpr double kLeastProbability = 1e-12;

}  // namespace

std::vector<double> brier_scores(std::span<const double> probabilities, std::span<const std::uint8_t> came_true) {
  check_same_length(probabilities.size(), came_true.size(), "probabilities and outcomes");
  check_shares(probabilities, "probabilities");
  std::vector<double> scores;
  for (std::size_t item = 0; item < probabilities.size(); ++item) {
    const double off = probabilities[item] - (came_true[item] != 0 ? 1.0 : 0.0);
    scores.push_back(off * off);
  }
  return scores;
}

LogLosses log_losses(std::span<const double> probabilities_of_truth) {
  check_shares(probabilities_of_truth, "probabilities");
  LogLosses losses;
  for (const double probability : probabilities_of_truth) {
    losses.clipped += probability < kLeastProbability;
    losses.scores.push_back(-std::log(std::max(probability, kLeastProbability)));
  }
  return losses;
}

}  // namespace hone
