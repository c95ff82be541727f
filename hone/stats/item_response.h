#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hone {

/// Right or wrong of some systems on some items, row-major: items x systems. 1 right, 0 wrong, -1 not asked.
struct Responses {
  std::size_t items = 0, systems = 0;
  std::span<const std::int8_t> right;
};

struct ItemResponseOptions {
  /// Believed of an item before it is seen: discrimination is normal with this mean and deviation, wide enough for a wrong gold to make it
  /// negative; the logit of a right answer of the average system is normal around 0.
  double discrimination_mean = 1.0;
  double discrimination_deviation = 1.0;
  double easiness_deviation = 2.0;

  /// Sweeps end when no ability moved by more than this.
  double tolerance = 1e-6;
  int max_iterations = 500;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// P(right) = 1 / (1 + exp(-(slope x ability + easiness))).
struct ItemParameters {
  double slope = 1.0;                                // Discrimination; below 0 the better systems are wrong more often.
  double easiness = 0.0;                             // Of a system of ability 0, as a logit.
  double slope_error = 0.0, difficulty_error = 0.0;  // Standard errors, abilities taken as known.
  std::uint32_t asked = 0, right = 0;                // Systems.

  /// -easiness / slope: the ability at which half of the answers are right. Nothing where the slope is too flat (below 0.1) to place one.
  std::optional<double> difficulty() const;
  /// How sure it is that the slope is below 0.
  double chance_negative() const;
};

struct SystemAbility {
  double value = 0.0;
  double standard_error = 0.0;  // Items taken as known.
};

struct ItemResponseFit {
  std::vector<ItemParameters> items;
  std::vector<SystemAbility> systems;  // Mean 0, standard deviation 1.
  int iterations = 0;
  bool converged = false;
};

/// Fewer systems say nothing about an item's discrimination.
inline constexpr std::size_t kLeastSystems = 5;

/// The two-parameter logistic model (Birnbaum 1968) by penalised joint maximum likelihood: items given abilities and abilities given items
/// in turn, each by Newton steps, abilities brought to mean 0 and deviation 1 after each sweep. With few systems and many items, abilities
/// are known well and each item hardly at all, so that what is believed of items before (Mislevy 1986) decides how far a handful of answers
/// moves them; marginal likelihood (Bock and Aitkin 1981) would integrate over what is known to a grid point. Items of the same answers are
/// one: time and memory grow with different patterns, at most 3^systems. Nothing is random.
///
/// Throws kInvalidArgument for fewer than kLeastSystems systems, for no items, or where all systems do alike, so that nothing tells them
/// apart.
ItemResponseFit fit_item_response(const Responses& responses, const ItemResponseOptions& options = {});

/// What takes numbers of one scale to another: ability becomes slope x ability + shift, and so does a difficulty.
struct ScaleLink {
  double slope = 1.0;
  double shift = 0.0;
  double slope_error = 0.0, shift_error = 0.0;  // Standard errors over anchors alone (delete-a-group jackknife).
  std::size_t anchors = 0;                      // That it rests on.

  double linked(double value) const { return slope * value + shift; }
};

/// Fewer anchors make no link.
inline constexpr std::size_t kLeastAnchors = 5;

/// From the scale of `from` to that of `to`, the same anchors in the same order on both, by Stocking and Lord (1983): slope and shift under
/// which the expected number of right anchors, as a function of ability, is as near as can be on both. An anchor that is too easy or too
/// hard to be placed weighs little, where in the means and deviations of difficulties it would weigh most. Nothing with fewer than
/// kLeastAnchors anchors, or where the search finds no end.
std::optional<ScaleLink> link_scales(std::span<const ItemParameters> from, std::span<const ItemParameters> to);

}  // namespace hone
