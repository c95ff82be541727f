#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/gold_counts_internal.h"

namespace hone {

/// How the distribution of estimator `hone` and that of the gold-weighted vote become one: P ~ (hone^(1 - share) x vote^share)^power.
struct GoldMix {
  double share = 0.0;
  double power = 1.0;

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.share, self.power);
  }
};

/// One vote pattern with gold, as two models see it that were fitted without that gold: log probabilities by place of the row.
struct HeldOut {
  std::vector<double> hone, vote;  // Of one class each.
  double last = 1.0;               // So many classes the last place stands for.
  std::size_t truth = 0;           // The place of the gold class.
  double rows = 0.0;
};

/// The mix under which fewest gold rows are labeled wrong, of those with as few the one under which gold is likeliest, shrunk toward `hone`
/// as it is.
GoldMix learned_mix(std::span<const HeldOut> held);

/// Deals gold rows into `folds`: by cell of `gold` and fold, how many of its rows lie there. Neither the order of the examples nor that of
/// the sources matters.
std::vector<std::vector<std::uint64_t>> dealt_gold(const VotePatterns& votes, const GoldCounts& gold, std::size_t folds);

/// Whether gold rows were picked by their class: some class has none of them though many votes name it, and the votes for classes on gold
/// rows fall on other classes than those on all rows do. Such gold tells how people err on a class, but neither how common classes are nor
/// how precise a rule is.
bool is_picked(const VotePatterns& votes, const GoldCounts& gold);

}  // namespace hone
