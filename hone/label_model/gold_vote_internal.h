#pragma once

#include <vector>

#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/weighted_majority.h"

namespace hone {

/// What gold says of the sources alone: the parameters of `weighted-majority`.
struct GoldVote {
  std::vector<double> of_source;  // Believed share of right votes, by source.
  AnswerColumns columns;          // Of what is voted for; the classes alone where no vote is for a set.
  std::vector<double> accuracy;   // The same by source x columns + column of the answer.
  std::vector<double> weight;     // Its log-odds: of each class it leaves against each other one.
  std::vector<double> shares;     // Of the classes.
  std::vector<double> log_shares;

  // As much as labels depend on.
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.columns, self.weight, self.shares);
  }
};

/// No source is believed beyond these bounds, however its few gold rows went.
double bounded_accuracy(double accuracy);

/// Of a vote against one of the other classes.
double accuracy_log_odds(double accuracy, std::size_t classes);

/// A vote for a set of classes is right when the gold class is one of them, and begins with an accuracy as much nearer to 1 as it leaves
/// out less than a vote for one class. Throws kInvalidArgument where sources x classes is too large. `declared` class shares may be empty.
GoldVote weigh_by_gold(const VotePatterns& votes, const GoldCounts& gold, std::span<const double> declared,
                       const WeightedMajorityOptions& options);

}  // namespace hone
