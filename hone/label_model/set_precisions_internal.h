#pragma once

#include <span>
#include <vector>

#include "hone/label_model/class_columns_internal.h"
#include "hone/label_model/precisions_internal.h"

namespace hone {

/// How often votes for sets of classes are right, whatever the kind of their source: such a vote says that the class is one of these, and
/// nothing of which. Its evidence is that of a rule whose class is the set.
class SetPrecisions {
 public:
  /// `fired` by token, as for Precisions. `selective` and `led` (empty: none; see LabelEvidence) are by source. `complete_share`: what
  /// votes of complete sources for classes are of all votes.
  SetPrecisions(const SetTokens& sets, const std::vector<bool>& selective, const std::vector<bool>& led, const Precisions::Fired& fired,
                double examples, double complete_share)
      : sets_(sets), selective_(selective), led_(led), fired_(fired), examples_(examples), complete_share_(complete_share) {}

  /// Before anything is known of the rows; from the first token on.
  std::vector<double> prior(std::span<const double> class_shares) const;

  /// From the posterior mass of each token's classes on its rows without gold, by token (empty: the prior alone), and from gold.
  std::vector<double> learned(std::span<const double> class_shares, std::span<const double> mass) const;

  /// The log weights of votes of such precisions, token x column from the first token on.
  void write_evidence(std::span<const double> precision, std::span<const double> class_shares, const ClassColumns& columns,
                      double* evidence) const;

 private:
  const SetTokens& sets_;
  const std::vector<bool>& selective_;
  const std::vector<bool>& led_;
  const Precisions::Fired& fired_;
  double examples_;
  double complete_share_;
};

}  // namespace hone
