#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hone/stats/proportion.h"

namespace hone {

enum class PairOutcome : std::uint8_t { kLoss, kTie, kWin };  // Of `i`.

/// Two models' answers to one prompt, compared once.
struct PairJudgement {
  std::uint32_t i = 0, j = 0;  // Models, numbered from 0.
  PairOutcome outcome = PairOutcome::kTie;
  std::uint32_t prompt = 0;  // Equal numbers hang together: the unit of independence.
};

struct PairwiseData {
  std::size_t models = 0;
  std::span<const PairJudgement> judgements;
  /// Row-major, judgements x covariates, of i against j: whether it was shown first (+1, else -1), how much longer it was. A covariate
  /// turns its sign when i and j change places.
  std::span<const double> covariates{};
  std::size_t covariate_count = 0;
};

/// Why a model has a strength or not. Strengths are finite only among models of which each can be reached from each by wins and ties.
enum class Ranked : std::uint8_t { kRanked, kNeverLost, kNeverWon, kNoCommonOpponents };
std::string_view to_string(Ranked ranked);  // "ranked", "never_lost"…

/// Strengths of models on a logarithmic scale. Models and covariates are the rows and columns of the covariance, in this order; those that
/// have no value are 0 in it.
struct PairwiseFit {
  std::vector<double> strengths;                  // They sum to 0 over the ranked models; 0 for the others.
  std::vector<Ranked> ranked;                     // Per model.
  std::vector<std::optional<double>> covariates;  // Nothing for one that the models, or covariates before it, explain: to be said.
  double tie = 0.0;                               // Davidson's nu; 0 where ties are half a win.
  std::vector<double> covariance;                 // (models + covariates)^2, row-major: by prompt, whatever hangs together within one.
  /// The same from the curvature of the likelihood alone, as other programs give it: right only where judgements stand alone.
  std::vector<double> model_covariance;
  std::uint64_t used = 0;     // Judgements between ranked models.
  std::uint64_t prompts = 0;  // Of these; degrees of freedom are one fewer. With one prompt the covariance is 0.
  bool converged = true;

  double standard_error(std::size_t of) const;
  /// Of one model's strength less another's.
  double standard_error(std::size_t model, std::size_t other) const;
  double model_error(std::size_t model, std::size_t other) const;
};

/// R. A. Bradley, M. E. Terry (1952) with ties as half a win: ln odds that i wins = strength i - strength j + covariates. Covariance of
/// Huber's sandwich over prompts. O(judgements x (2 + covariates)^2 x about 8).
/// Throws kInvalidArgument for a model that is none of `models` or compared with itself, and covariates that are not finite or do not fit.
PairwiseFit fit_bradley_terry(const PairwiseData& data);

/// R. R. Davidson (1970): ties are predicted too, P(tie) ~ nu sqrt(strengths). Covariates are not taken. Without
/// ties nu is 0 and the rest is Bradley-Terry.
PairwiseFit fit_davidson(const PairwiseData& data);

/// Where a model may stand: between 1 + those surely better and the ranked models less those surely worse.
struct RankInterval {
  std::uint64_t best = 0, worst = 0;  // 0 for a model that is not ranked.
};
/// "Surely": Holm over all pairs, Student's t by prompts. All of them wide open with one prompt. Throws kInvalidArgument for alpha not in
/// (0, 1).
std::vector<RankInterval> rank_intervals(const PairwiseFit& fit, double alpha = 0.05);

/// Every pair of answers shown in both orders.
struct OrderCounts {
  std::uint64_t consistent = 0;  // The same winner both times.
  std::uint64_t first_both = 0;  // Whatever was shown first won.
  std::uint64_t second_both = 0;
};
struct PositionBias {
  double consistency = 0.0;
  Interval interval;  // Of the consistency, Wilson.
  double p = 1.0;     // That neither place is favoured: McNemar's mid-p. Pairs of different winners count as ties elsewhere.
};
/// Nothing without pairs. Of prompts with several pairs the interval is too narrow: take rate_interval() there.
std::optional<PositionBias> position_bias(const OrderCounts& counts);

/// One pair, an answer of the judge's own family and another one, as the judge and the others see it.
struct OwnFamilyPair {
  std::uint32_t prompt = 0;
  double own_share = 0.0;     // The judge's win share for its family's answer, 0..1.
  double others_share = 0.0;  // The other judges' mean.
};
struct SelfPreference {
  double raw = 0.0;         // Mean of own_share - others_share.
  double baseline = 0.0;    // The same were the family's answers any of those that the others prefer by as much: what a weak judge shows.
  double difference = 0.0;  // What is left: the bias.
  std::optional<Interval> interval;  // Of it, by prompt (clustered.h).
  std::uint64_t pairs = 0;
};
/// The baseline is the mean over all permutations of owners among pairs of equal margin, worked out, not drawn. Nothing without pairs.
/// Throws kInvalidArgument for a share not in [0, 1].
std::optional<SelfPreference> self_preference(std::span<const OwnFamilyPair> pairs, double alpha = 0.05);

}  // namespace hone
