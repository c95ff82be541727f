#pragma once

#include <span>
#include <vector>

#include "hone/label_model/hone_rows_internal.h"
#include "hone/label_model/vote_likelihood_internal.h"

namespace hone {

/// How well so many votes tell what is true of a row, from 0 to 1: the reliability of their sum (Spearman and Brown 1910), where that of
/// one is the square of its accuracy beyond chance, before any estimate.
double reliability(std::size_t votes, std::size_t classes);

/// What the rows of a fit say of the sources, summed.
struct SourceSums {
  std::vector<double> counts;    // Token of a vote for a class x column: expected votes of complete sources.
  std::vector<double> mass;      // By token: posterior of its class, or of its set, on its rows without gold.
  std::vector<double> own_mass;  // By token: the same with gold.
  std::vector<double> worth;     // By source: tempered rows, as far as the other votes on them tell what is true.
  std::vector<double> prior;     // By column: posteriors with gold, over rows that tell class shares.
  double prior_rows = 0.0;
  double moved = 0.0;  // How far the posteriors moved, summed over rows and classes.

  void clear(const TokenTable& tokens, const SetTokens& sets, const ClassColumns& columns);
  void add(const SourceSums& other);
  /// Gives what lies in the last of many columns to all classes, in proportion to their shares.
  void unfold(const ClassColumns& columns, std::span<const double> shares);
};

/// What votes count before any estimate.
struct StartWeights {
  std::vector<double> of_class;  // By token: in the shares of the weighted vote.
  std::vector<double> of_set;    // Token x column, from the first one on: the log weight by which it changes those shares.
};

/// Sums over the rows of a fit, in one pass with the new posteriors of the rows.
class SourceSumming {
 public:
  /// `telling`: by token, whether votes are counted to learn how its source votes. `trust`: how far rows
  /// without gold tell how accurate complete sources are, from 0 to 1. `all_tell_shares`: class shares are summed over all rows, not those
  /// with complete votes alone.
  SourceSumming(HoneRows& rows, const TokenTable& tokens, const SetTokens& sets, const VoteLikelihood& likelihood,
                const std::vector<std::uint8_t>& telling, const StartWeights& start, double trust, bool all_tell_shares)
      : rows_(rows),
        tokens_(tokens),
        sets_(sets),
        likelihood_(likelihood),
        telling_(telling),
        start_(start),
        trust_(trust),
        all_tell_shares_(all_tell_shares) {}

  enum class Posteriors { kWeightedVote, kLikelihood };
  /// Gives every row its posterior and sums over all rows.
  const SourceSums& run(Posteriors posteriors, int threads);

 private:
  template <typename Layout>
  void weighted_vote(const Layout& layout, const RowVotes& votes, double* shares) const;
  template <typename Layout>
  void weigh_sets(const Layout& layout, const RowVotes& votes, std::span<double> shares) const;
  template <typename Layout>
  void sum_block(const Layout& layout, Posteriors posteriors, BlockRange range, SourceSums& sums) const;
  template <typename Layout>
  void move_posterior(const Layout& layout, std::size_t number, SourceSums& sums, double* scratch) const;
  template <typename Layout>
  void add_classes(const Layout& layout, std::size_t number, double* masses, SourceSums& sums) const;
  template <typename Layout>
  void add_complete(const Layout& layout, std::size_t number, const double* weighted_vote, double* masses, SourceSums& sums) const;
  void add_masses(std::size_t number, SourceSums& sums) const;
  void add_set_masses(std::size_t number, double worth, SourceSums& sums) const;

  HoneRows& rows_;
  const TokenTable& tokens_;
  const SetTokens& sets_;
  const VoteLikelihood& likelihood_;
  const std::vector<std::uint8_t>& telling_;
  const StartWeights& start_;
  double trust_;
  bool all_tell_shares_;
  std::vector<SourceSums> blocks_;
};

}  // namespace hone
