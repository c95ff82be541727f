#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/class_columns_internal.h"

namespace hone {

/// What estimator `hone` has found of the votes, as far as a row's distribution depends on it:
///   ln T(y) = ln share_y + (sum of weight x evidence[token][y] over the votes) / (1 + correlation x (weight of complete votes - 1))
struct VoteLikelihood {
  ClassColumns columns;
  std::vector<double> evidence;        // Token x column: log weight of a vote; those for sets behind those for classes.
  std::vector<std::uint8_t> complete;  // By token of a vote for a class.
  std::vector<double> shares;          // Of the classes.
  std::vector<double> log_shares;      // By column.
  double correlation = 0.0;            // Of the errors of two complete votes on a row.

  // The columns are those of the classes.
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.evidence, self.complete, self.shares, self.log_shares, self.correlation);
  }

  /// The design effect (Kish 1965): correlated votes are worth fewer. One vote is worth one.
  double temper(double complete_weight) const { return 1.0 / (1.0 + correlation * std::max(complete_weight - 1.0, 0.0)); }

  const double* evidence_of(std::uint32_t token) const { return &evidence[token * columns.columns()]; }

  /// Writes ln T, up to a constant, for each place of the row.
  template <typename Layout>
  void log_posterior(const Layout& layout, const RowVotes& votes, double complete_weight, double* logs) const {
    const std::size_t places = layout.places(votes);
    std::fill_n(logs, places, 0.0);
    for (std::size_t vote = 0; vote < votes.token.size(); ++vote)
      layout.gather(votes, votes.weight[vote], evidence_of(votes.token[vote]), logs);
    for (std::size_t vote = 0; vote < votes.set_token.size(); ++vote)
      layout.gather(votes, votes.set_weight[vote], evidence_of(votes.set_token[vote]), logs);
    const double tempered = temper(complete_weight);
    for (std::size_t place = 0; place < places; ++place) logs[place] *= tempered;
    layout.add_prior(votes, shares, log_shares, logs);
  }
};

}  // namespace hone
