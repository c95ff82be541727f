// Rests on:
//   H. Robbins: Statistical Methods Related to the Law of the Iterated Logarithm. Annals of Mathematical Statistics 41, 1970 (mixtures).
//   I. Waudby-Smith, A. Ramdas: Estimating Means of Bounded Random Variables by Betting. JRSS B 86, 2024.
//   I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas: Time-uniform Central Limit Theory and Asymptotic Confidence Sequences.
//   Annals of Statistics 52, 2024 (the interval and its rho).
#include "hone/stats/sequential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"

namespace hone {
namespace {

constexpr std::uint64_t kFirstLook = 50;
constexpr double kMostBet = 0.5;         // Of the money: no cluster can take more than half of it.
constexpr double kFirstVariance = 0.25;  // Of a value in [-1, 1], before any was seen.
constexpr int kSequenceHalvings = 60;

// ln B(b + 1/2, c + 1/2) / B(1/2, 1/2); B(1/2, 1/2) is pi.
double log_mixture(double b, double c) {
  return std::lgamma(b + 0.5) + std::lgamma(c + 0.5) - std::lgamma(b + c + 1.0) - std::log(std::numbers::pi);
}

double log_at(double b, double c, double pi) { return (b > 0.0 ? b * std::log(pi) : 0.0) + (c > 0.0 ? c * std::log1p(-pi) : 0.0); }

}  // namespace

double e_of_discordant(std::uint64_t b, std::uint64_t c) {
  if (b + c == 0) return 1.0;
  return std::exp(static_cast<double>(b + c) * std::numbers::ln2 + log_mixture(static_cast<double>(b), static_cast<double>(c)));
}

Interval sequence_of_discordant(std::uint64_t b, std::uint64_t c, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  if (b + c == 0) return {0.0, 1.0};
  const double wins = static_cast<double>(b), losses = static_cast<double>(c), mode = wins / (wins + losses);
  const double least = log_mixture(wins, losses) + std::log(alpha);
  const auto end = [&](double inside, double outside) {
    if (log_at(wins, losses, outside) > least) return outside;
    for (int halving = 0; halving < kSequenceHalvings; ++halving) {
      const double middle = (inside + outside) / 2.0;
      (log_at(wins, losses, middle) > least ? inside : outside) = middle;
    }
    return inside;
  };
  return {b == 0 ? 0.0 : end(mode, 0.0), c == 0 ? 1.0 : end(mode, 1.0)};
}

void BettingTest::add(double cluster_mean) {
  if (!(cluster_mean >= -1.0 && cluster_mean <= 1.0))
    throw Error(ErrorCode::kInvalidArgument, "a difference to bet on must lie from -1 to 1, not be " + std::to_string(cluster_mean));
  ++clusters_;
  const double t = static_cast<double>(clusters_);
  const double bet = std::clamp(sum_ / t / ((kFirstVariance + squares_) / t), -kMostBet, kMostBet);
  log_up_ += std::log1p(std::max(bet, 0.0) * cluster_mean);
  log_down_ += std::log1p(std::min(bet, 0.0) * cluster_mean);
  sum_ += cluster_mean;
  squares_ += cluster_mean * cluster_mean;
}

double BettingTest::log_e_value() const {
  const double larger = std::max(log_up_, log_down_), smaller = std::min(log_up_, log_down_);
  return larger + std::log1p(std::exp(smaller - larger)) - std::numbers::ln2;
}

double BettingTest::e_value() const { return std::exp(log_e_value()); }

double product_of_e_values(std::span<const double> e_values) {
  double product = 1.0;
  for (const double e : e_values) product *= e;
  return product;
}

double mean_of_e_values(std::span<const double> e_values) {
  if (e_values.empty()) return 1.0;
  double sum = 0.0;
  for (const double e : e_values) sum += e;
  return sum / static_cast<double>(e_values.size());
}

double sequence_rho(const SequenceOptions& options) {
  check_between_0_and_1(options.alpha, "alpha");
  check_positive(options.narrowest_at, "the look at which the interval is narrowest");
  const double errors = -2.0 * std::log(options.alpha);
  return std::sqrt((errors + std::log(errors) + 1.0) / options.narrowest_at);
}

Defined<Interval> sequence_of_mean(double mean, double deviation, std::uint64_t clusters, const SequenceOptions& options) {
  check_finite(std::array{mean, deviation}, "mean and deviation");
  if (deviation < 0.0) throw Error(ErrorCode::kInvalidArgument, "a deviation must not be below 0");
  const double rho2 = std::pow(sequence_rho(options), 2);
  if (clusters < kFirstLook) return NotDefined::kTooFewItems;
  if (deviation == 0.0) return NotDefined::kNoSpread;
  const double t = static_cast<double>(clusters), spread = t * rho2 + 1.0;
  const double half = deviation * std::sqrt(2.0 * spread / (t * t * rho2) * std::log(std::sqrt(spread) / options.alpha));
  return Interval{mean - half, mean + half};
}

}  // namespace hone
