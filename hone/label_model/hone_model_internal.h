#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hone/label_model/copies_internal.h"
#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/gold_mix_internal.h"
#include "hone/label_model/gold_vote_internal.h"
#include "hone/label_model/hone_rows_internal.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_likelihood_internal.h"

namespace hone {

class HoneFit;

/// Estimator `hone`. MAP-EM where each kind of source has the likelihood that its votes identify: a confusion matrix for a *complete*
/// source (a person, a judge, a classifier), a precision for each class of a *selective* one (a keyword rule), and for each set of classes
/// that anybody votes for. Every parameter is
/// shrunk toward a simpler one, near-copies share one vote, rows are tempered by the measured correlation of errors, and the result
/// leans toward the majority: it is left only where the evidence is clear. Nothing is random. docs/label_models.md has the equations.
///
/// Gold rows count with their class and calibrate; declared class shares are kept. Warnings say what votes alone cannot tell.
///
/// Fit: at most 20 passes over at most max(131,072, 4 x tokens x classes) distinct patterns; with more than 12 classes a row costs its
/// votes times the classes named on it, not all classes. Memory: those patterns' votes and posteriors, and 24 bytes x tokens that occur
/// x classes. Throws kInvalidArgument above 50 million tokens x classes.
class HoneModel : public LabelModel {
 private:
  class Reading;

  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;
  void check_learned();
  void take(const HoneFit& fit, const GoldCounts& gold);
  void learn_mix(HoneFit& fit, const VotePatterns& votes, const GoldCounts& gold, std::span<const double> declared);

  TokenTable tokens_;
  SetTokens sets_;
  Copies copies_;
  VoteLikelihood likelihood_;
  double majority_bonus_ = 0.0;                // In nats.
  std::vector<BesideDefault> beside_default_;  // By token; empty without a default rule.
  std::optional<GoldMix> mix_;                 // With the gold-weighted vote; nothing without gold enough to learn it.
  GoldVote gold_vote_;
};

}  // namespace hone
