#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "hone/label_model/label_model.h"

namespace hone {

/// Before any estimate, whoever could name any class is right on seven rows of ten.
inline constexpr double kStartAccuracy = 0.7;
/// No source is believed beyond these, however its few rows went: a single vote must not outweigh all others.
inline constexpr double kLeastAccuracy = 0.02, kMostAccuracy = 0.98;
/// No class is so rare, and no set so common, that a vote could not tell anything.
inline constexpr double kLeastShare = 1e-9;
/// Sums this near are one: they were merely added in another order.
inline constexpr double kTieTolerance = 1e-9;
/// Names of sources that a warning gives; of more it says how many.
inline constexpr std::size_t kMostNamed = 6;

/// Log weights to a distribution, in place. The largest is taken out first, so that exp() cannot underflow to all zeros. Returns the sum of
/// the weights in units of the largest.
double exponentiate(std::span<double> log_weights);

/// Natural logarithms; a share of 0 becomes one of 1e-12, so that evidence can still be added to it.
std::vector<double> log_shares(std::span<const double> shares);

/// REQUIRES: at least one value.
double median(std::vector<double> values);

/// Throws kInvalidArgument, naming `model`, when sources x classes^power is more than `most` numbers.
void check_table_size(const std::string& model, const VoteShape& shape, int power, double most);

/// 90 % interval of a source's accuracy from its votes on gold.
void set_gold_interval(SourceBelief& belief, double right, double cast);

}  // namespace hone
