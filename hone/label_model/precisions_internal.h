#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/default_rule_internal.h"
#include "hone/label_model/fit_rows_internal.h"

namespace hone {

/// Gold of a token against so many imagined votes.
inline constexpr double kTokenGold = 5.0;

/// How precise the tokens of selective sources are.
class Precisions {
 public:
  /// Rows a token fired on (all, those without gold, and those with gold from which precisions are learned, and of these the right
  /// ones), by token, those for sets behind the others; `examples` counts uncovered rows too.
  struct Fired {
    std::vector<double> rows, open, gold, gold_right;
  };

  Precisions(const TokenTable& tokens, const std::vector<bool>& selective, Fired fired, double examples, double complete_share);

  /// Where a rule of this kind is, others are judged beside it.
  void set_default(const DefaultRule& rule) { default_ = &rule; }

  /// No rule is believed to be worse.
  static double floor(std::size_t classes);
  /// Before anything is known of the rows, for a rule that fires on a share `coverage` of them and a class of so many.
  static double of_coverage(double coverage, double class_share, std::size_t classes);
  /// So many votes of the precision that is believed before stand against `rows` of votes.
  static double imagined_votes(double rows, double complete_share);

  /// Before anything is known of the rows: a rule for a class cannot be right more often than the class exists.
  std::vector<double> prior(std::span<const double> class_shares) const;

  /// From the posterior mass of each token's class on its rows without gold (empty: the prior alone), and from gold.
  std::vector<double> learned(std::span<const double> class_shares, std::span<const double> mass, std::size_t classes) const;

 private:
  double prior(std::size_t token, double share, std::size_t classes) const;
  double imagined_against(std::size_t token, double rows) const;
  void shift_to_gold(std::vector<double>& precision, std::size_t classes) const;
  void move_each_to_gold(std::vector<double>& precision) const;

  const TokenTable& tokens_;
  const std::vector<bool>& selective_;
  Fired fired_;
  double examples_;
  double complete_share_;
  const DefaultRule* default_ = nullptr;
};

}  // namespace hone
