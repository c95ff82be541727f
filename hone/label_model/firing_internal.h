#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/default_rule_internal.h"
#include "hone/label_model/fit_rows_internal.h"

namespace hone {

/// How often rules fire on rows of their class and on others, where a default rule makes their silence an opinion, and so what a vote
/// and what silence is worth. Where the rules of a class meet each is silent on its own; else they look for different things, and one
/// that fires speaks for all of them.
class Firing {
 public:
  /// `fired` rows and `precision` by token, `shares` of the classes. Tokens of complete sources and of default rules are left out.
  Firing(const TokenTable& tokens, const std::vector<std::uint8_t>& complete, const DefaultRule& rule, std::span<const double> fired,
         double examples, std::span<const double> precision, std::span<const double> shares);

  /// What a vote adds to the log weight of its class and of all others, against the silence of that token.
  double for_own(std::uint32_t token) const { return own_[token]; }
  double for_others(std::uint32_t token) const { return others_[token]; }
  /// Of the classes, on rows where no rule fires.
  const std::vector<double>& silent_shares() const { return silent_shares_; }

 private:
  std::vector<double> own_, others_;  // By token.
  std::vector<double> silent_shares_;
};

}  // namespace hone
