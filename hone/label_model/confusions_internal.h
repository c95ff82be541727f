#pragma once

#include <span>
#include <vector>

#include "hone/label_model/fit_rows_internal.h"

namespace hone {

/// Logit and its inverse.
double logit(double p);
double logistic(double x);

/// How complete sources vote, given the class: what a fit has found. p(s, y) is the chance that source s names y on a row of class y.
struct Confusions {
  std::vector<double> log_vote;     // Token x column: ln P(source votes that | class). 0 for tokens of selective sources.
  std::vector<double> missed;       // Source x column: -sqrt(p / (1 - p)), the residual of a vote for another class.
  std::vector<double> named_right;  // By token: sqrt((1 - p) / p), the residual of a vote for the class of the row.
};

/// From expected counts (token x column; only tokens of complete sources count), with three levels of shrinkage: all sources together, a
/// source's own accuracy on top of the pattern of all, and its own confusion matrix once it has votes enough.
/// `gold_pairs` (voted class x class) are the votes of complete sources on gold rows; empty without gold. `shares` of the classes say
/// what a column for several classes holds (ClassColumns).
Confusions shrunk_confusions(const TokenTable& tokens, const std::vector<bool>& selective, std::span<const double> counts,
                             std::span<const double> gold_pairs, const ClassColumns& columns, std::span<const double> shares, int threads);

}  // namespace hone
