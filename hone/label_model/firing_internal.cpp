#include "hone/label_model/firing_internal.h"

#include <algorithm>
#include <cmath>

#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

// No rule always fires on a class, nor never.
constexpr double kLeastFiring = 1e-6, kMostFiring = 0.98;

double chance(double p) { return std::clamp(p, kLeastFiring, kMostFiring); }

}  // namespace

Firing::Firing(const TokenTable& tokens, const std::vector<std::uint8_t>& complete, const DefaultRule& rule, std::span<const double> fired,
               double examples, std::span<const double> precision, std::span<const double> shares)
    : own_(tokens.size()), others_(tokens.size()), silent_shares_(shares.size()) {
  std::vector<double> right(tokens.size()), found(shares.size()), each_silent(shares.size()), silent_elsewhere(shares.size());
  double all_silent = 0.0;
  const auto counts = [&](std::uint32_t token) { return !complete[token] && std::ranges::find(rule.tokens, token) == rule.tokens.end(); };
  for (std::uint32_t token = 0; token < tokens.size(); ++token) {
    if (!counts(token)) continue;
    const ClassId voted = tokens.voted(token);
    const double covered = fired[token] / examples;
    right[token] = chance(precision[token] * covered / std::max(shares[voted], kLeastFiring));
    const double wrong = chance((1.0 - precision[token]) * covered / std::max(1.0 - shares[voted], kLeastFiring));
    found[voted] += right[token];
    each_silent[voted] += std::log(1.0 - right[token]);
    silent_elsewhere[voted] += std::log(1.0 - wrong);
    all_silent += std::log(1.0 - wrong);
    others_[token] = std::log(wrong / (1.0 - wrong));
  }
  const auto none_speaks = [&](ClassId id) { return rule.rules_meet(id) ? each_silent[id] : std::log(1.0 - chance(found[id])); };
  for (std::uint32_t token = 0; token < tokens.size(); ++token) {
    if (!counts(token)) continue;
    const ClassId voted = tokens.voted(token);
    own_[token] = std::log(right[token]) - (rule.rules_meet(voted) ? std::log(1.0 - right[token]) : none_speaks(voted));
  }
  for (std::size_t id = 0; id < shares.size(); ++id)
    silent_shares_[id] =
        std::log(std::max(shares[id], kLeastFiring)) + all_silent - silent_elsewhere[id] + none_speaks(static_cast<ClassId>(id));
  exponentiate(silent_shares_);
}

}  // namespace hone
