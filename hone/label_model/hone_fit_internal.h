#pragma once

#include <optional>
#include <span>
#include <vector>

#include "hone/label_model/confusions_internal.h"
#include "hone/label_model/copies_internal.h"
#include "hone/label_model/default_rule_internal.h"
#include "hone/label_model/error_correlation_internal.h"
#include "hone/label_model/hone_rows_internal.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/precisions_internal.h"
#include "hone/label_model/set_precisions_internal.h"
#include "hone/label_model/source_sums_internal.h"
#include "hone/label_model/vote_likelihood_internal.h"

namespace hone {

/// One fit of estimator `hone`: gathers what the votes say once, then moves parameters and posteriors in turns until labels have settled.
class HoneFit {
 public:
  /// `tokens`, `sets` and `gold` are those of the votes. All of them, and the evidence, must outlive the fit. `picked`: the gold rows are
  /// no sample of all rows, so that they tell neither how common classes are nor how precise rules are.
  HoneFit(const VotePatterns& votes, const TokenTable& tokens, const SetTokens& sets, const GoldCounts& gold, bool picked,
          const LabelEvidence& evidence, int threads);

  /// Fits with all gold, or with so many rows of each of its cells. Returns the number of iterations; where they are stopped, labels have
  /// long settled.
  int run() { return run(gold_); }
  int run(const GoldCounts& kept);

  const VoteLikelihood& likelihood() const { return likelihood_; }
  const std::vector<double>& class_shares() const { return class_shares_; }
  const Copies& copies() const { return copies_; }
  const std::vector<CopyGroup>& groups() const { return groups_; }
  /// By token; empty without a default rule.
  const std::vector<BesideDefault>& beside_default() const { return beside_default_; }
  std::vector<SourceBelief> beliefs() const;
  /// What votes alone cannot tell, or what somebody should look at, with names and numbers.
  std::vector<std::string> warnings(const std::vector<SourceBelief>& beliefs) const;
  /// Whether the class shares are neither declared nor known from gold nor from complete sources.
  bool assumed_shares() const;

 private:
  void take_default_rule(std::optional<DefaultRule> found);
  void count_tokens();
  void count_gold();
  void count_gold_sets(std::size_t number);
  void count_telling();
  void set_start_weights();
  void judge_sources(const SourceSums& sums, bool first);
  void judge_complete(const SourceSums& sums, bool first);
  double correlation_with_gold(const ErrorCorrelation& correlation, const Confusions& found, double without) const;
  std::vector<double> shares_with_gold(std::vector<double> shares) const;
  std::vector<double> estimated_shares(const SourceSums& sums) const;
  void set_shares(std::vector<double> shares);
  void weigh_selective(std::span<const double> mass);
  void weigh_sets(std::span<const double> mass);
  std::vector<double> chances() const;
  void weigh_lone(std::uint32_t token, double precision);
  void weigh_with_silence(std::span<const double> precision);
  bool is_assumed(std::size_t source) const;

  const VotePatterns& votes_;
  const TokenTable& tokens_;
  const SetTokens& sets_;
  const GoldCounts& gold_;  // All of it.
  bool picked_;
  const LabelEvidence& evidence_;
  int threads_;
  double examples_;

  std::vector<bool> selective_;        // By source.
  std::vector<std::uint8_t> telling_;  // By token of a vote for a class: whether the votes tell how accurate its source is.
  Copies copies_;
  std::vector<CopyGroup> groups_;
  std::optional<DefaultRule> default_;
  std::vector<BesideDefault> beside_default_;
  std::vector<double> base_shares_;  // Of the classes, where only rules vote and nothing is declared.
  std::vector<double> class_shares_;
  VoteLikelihood likelihood_;
  std::optional<HoneRows> rows_;

  GoldCounts kept_;  // Gold that this run knows.
  Precisions::Fired fired_;
  std::vector<double> gold_pairs_;  // Voted class x class; empty without gold.
  double complete_share_ = 0.0;     // Of the votes for classes.
  double complete_of_all_ = 0.0;    // Of all votes.
  bool identified_ = false;         // Whether accuracies of complete sources are.
  double trust_ = 1.0;              // How far there are rows enough to tell which complete source is better …
  double share_trust_ = 1.0;        // … and which class more common, from 0 to 1.
  std::optional<Precisions> precisions_;
  std::optional<SetPrecisions> set_precisions_;
  StartWeights start_;
  double correlation_of_votes_ = 0.0;  // Of errors, with the weighted vote for the truth.
  std::vector<double> own_mass_;       // By token, of the last posteriors.
  std::vector<double> worth_;          // By source, likewise.
};

}  // namespace hone
