#pragma once

#include <cstdint>
#include <vector>

#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {

/// How votes that say the same twice are discounted: a vote counts 1 / (1 + sum of its links to the other votes on the row), so that
/// x exact copies count as one vote.
class Copies {
 public:
  struct Link {
    std::uint32_t other = 0;  // A token.
    double strength = 0.0;    // In (0, 1].

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      archive(self.other, self.strength);
    }
  };

  Copies() = default;
  explicit Copies(std::size_t tokens) : links_(tokens) {}
  void link(std::uint32_t a, std::uint32_t b, double strength);

  bool any() const { return any_; }
  std::size_t tokens() const { return links_.size(); }

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.links_, self.any_);
  }
  /// The discount of each vote on a row, given the row's tokens.
  void discounts(std::span<const std::uint32_t> tokens, std::span<double> discounts) const;

 private:
  std::vector<std::vector<Link>> links_;  // By token.
  bool any_ = false;
};

/// What find_copies() found.
struct FoundCopies {
  Copies copies;
  std::vector<CopyGroup> groups;
};

/// Complete sources: near-copies by their excess correlation, measured against sources outside the group (the triplet identity of
/// FlyingSquid, Fu et al. 2020, arXiv 2002.11955). Tokens of selective sources: of one class or set, with nearly the same rows (Jaccard
/// index).
FoundCopies find_copies(const FitRows& fit, const TokenTable& tokens, const SetTokens& sets, const std::vector<bool>& selective,
                        std::size_t classes, int threads);

}  // namespace hone
