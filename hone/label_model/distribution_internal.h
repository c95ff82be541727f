#pragma once

#include <span>
#include <string>
#include <vector>

#include "hone/label_model/label_model.h"

namespace hone {

/// Log weights to a distribution, in place. The largest is taken out first, so that exp() cannot underflow to all zeros.
void exponentiate(std::span<double> log_weights);

/// Natural logarithms; a share of 0 becomes one of 1e-12, so that evidence can still be added to it.
std::vector<double> log_shares(std::span<const double> shares);

/// Throws kInvalidArgument, naming `model`, when sources x classes^power is more than `most` numbers.
void check_table_size(const std::string& model, const VoteShape& shape, int power, double most);

/// 90 % interval of a source's accuracy from its votes on gold.
void set_gold_interval(SourceBelief& belief, double right, double cast);

}  // namespace hone
