// Birnbaum, in Lord and Novick: Statistical Theories of Mental Test Scores, 1968. Mislevy: Bayes modal estimation in item response models,
// Psychometrika 51, 1986. Stocking and Lord: Developing a common metric in item response theory, Appl. Psych. Meas. 7, 1983.
#include "hone/stats/item_response.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr double kFlattest = 0.1;     // Slopes below it place no difficulty.
constexpr double kLongestStep = 1.0;  // Of Newton's method, in logits; it goes astray far from the top.
constexpr int kMostItemSteps = 25;
constexpr double kNewtonTolerance = 1e-10;

double logistic(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

// Items of one pattern of answers.
struct Pattern {
  const std::int8_t* answers = nullptr;
  double items = 0.0;
  double slope = 1.0, easiness = 0.0;
};

class ItemResponseFitting {
 public:
  ItemResponseFitting(const Responses& responses, const ItemResponseOptions& options)
      : responses_(responses), options_(options), ability_(responses.systems), pattern_of_(responses.items) {
    gather_patterns();
  }

  ItemResponseFit run() {
    ItemResponseFit fit;
    begin();
    while (fit.iterations < options_.max_iterations && !fit.converged) {
      ++fit.iterations;
      const std::vector<double> before = ability_;
      for (Pattern& pattern : patterns_) fit_item(pattern);
      for (std::size_t system = 0; system < ability_.size(); ++system) fit_ability(system);
      standardize();
      double moved = 0.0;
      for (std::size_t system = 0; system < ability_.size(); ++system) moved = std::max(moved, std::abs(ability_[system] - before[system]));
      fit.converged = moved <= options_.tolerance;
    }
    for (Pattern& pattern : patterns_) fit_item(pattern);
    describe(fit);
    return fit;
  }

 private:
  void gather_patterns() {
    std::map<std::string_view, std::uint32_t> known;
    for (std::size_t item = 0; item < responses_.items; ++item) {
      const std::int8_t* const answers = responses_.right.data() + item * responses_.systems;
      const std::string_view key(reinterpret_cast<const char*>(answers), responses_.systems);
      const auto [found, is_new] = known.try_emplace(key, static_cast<std::uint32_t>(patterns_.size()));
      if (is_new) patterns_.push_back({.answers = answers});
      patterns_[found->second].items += 1.0;
      pattern_of_[item] = found->second;
    }
  }

  // Logits of the shares of right answers.
  void begin() {
    for (std::size_t system = 0; system < ability_.size(); ++system) {
      double right = 0.5, asked = 1.0;
      for (const Pattern& pattern : patterns_)
        if (pattern.answers[system] >= 0) right += pattern.items * pattern.answers[system], asked += pattern.items;
      ability_[system] = std::log(right / (asked - right));
    }
    standardize();
  }

  void standardize() {
    const auto systems = static_cast<double>(ability_.size());
    double mean = 0.0, squares = 0.0;
    for (const double ability : ability_) mean += ability / systems;
    for (const double ability : ability_) squares += (ability - mean) * (ability - mean) / systems;
    const double deviation = std::sqrt(squares);
    if (!(deviation > 1e-9))
      throw Error(ErrorCode::kInvalidArgument, "all systems do alike on these items, so that nothing tells hard items from easy ones");
    for (double& ability : ability_) ability = (ability - mean) / deviation;
    for (Pattern& pattern : patterns_) {
      pattern.easiness += pattern.slope * mean;
      pattern.slope *= deviation;
    }
  }

  // The negative second derivatives of an item's penalised log likelihood, and the first ones.
  struct Curvature {
    double slope = 0.0, both = 0.0, easiness = 0.0;
    double toward_slope = 0.0, toward_easiness = 0.0;
  };
  Curvature curvature(const Pattern& pattern) const {
    const double slope_weight = 1.0 / (options_.discrimination_deviation * options_.discrimination_deviation);
    const double easiness_weight = 1.0 / (options_.easiness_deviation * options_.easiness_deviation);
    Curvature sum{.slope = slope_weight,
                  .easiness = easiness_weight,
                  .toward_slope = -(pattern.slope - options_.discrimination_mean) * slope_weight,
                  .toward_easiness = -pattern.easiness * easiness_weight};
    for (std::size_t system = 0; system < ability_.size(); ++system) {
      if (pattern.answers[system] < 0) continue;
      const double ability = ability_[system];
      const double right = logistic(pattern.slope * ability + pattern.easiness), weight = right * (1.0 - right);
      const double rest = pattern.answers[system] - right;
      sum.slope += weight * ability * ability;
      sum.both += weight * ability;
      sum.easiness += weight;
      sum.toward_slope += rest * ability;
      sum.toward_easiness += rest;
    }
    return sum;
  }

  void fit_item(Pattern& pattern) const {
    for (int step = 0; step < kMostItemSteps; ++step) {
      const Curvature at = curvature(pattern);
      const double determinant = at.slope * at.easiness - at.both * at.both;
      const double slope = (at.easiness * at.toward_slope - at.both * at.toward_easiness) / determinant;
      const double easiness = (at.slope * at.toward_easiness - at.both * at.toward_slope) / determinant;
      pattern.slope += std::clamp(slope, -kLongestStep, kLongestStep);
      pattern.easiness += std::clamp(easiness, -kLongestStep, kLongestStep);
      if (std::abs(slope) + std::abs(easiness) < kNewtonTolerance) return;
    }
  }

  // The information about a system's ability, and the slope of its penalised log likelihood. Its deviation beforehand is that of the
  // scale: 1.
  std::pair<double, double> information(std::size_t system) const {
    double information = 1.0, toward = -ability_[system];
    for (const Pattern& pattern : patterns_) {
      if (pattern.answers[system] < 0) continue;
      const double right = logistic(pattern.slope * ability_[system] + pattern.easiness);
      information += pattern.items * pattern.slope * pattern.slope * right * (1.0 - right);
      toward += pattern.items * pattern.slope * (pattern.answers[system] - right);
    }
    return {information, toward};
  }

  void fit_ability(std::size_t system) {
    for (int step = 0; step < kMostItemSteps; ++step) {
      const auto [known, toward] = information(system);
      ability_[system] += std::clamp(toward / known, -kLongestStep, kLongestStep);
      if (std::abs(toward / known) < kNewtonTolerance) return;
    }
  }

  void describe(ItemResponseFit& fit) const {
    std::vector<ItemParameters> described;
    for (const Pattern& pattern : patterns_) described.push_back(parameters(pattern));
    for (const std::uint32_t pattern : pattern_of_) fit.items.push_back(described[pattern]);
    for (std::size_t system = 0; system < ability_.size(); ++system)
      fit.systems.push_back({ability_[system], 1.0 / std::sqrt(information(system).first)});
  }

  ItemParameters parameters(const Pattern& pattern) const {
    ItemParameters of{.slope = pattern.slope, .easiness = pattern.easiness};
    for (std::size_t system = 0; system < ability_.size(); ++system) {
      of.asked += pattern.answers[system] >= 0;
      of.right += pattern.answers[system] > 0;
    }
    const Curvature at = curvature(pattern);
    const double determinant = at.slope * at.easiness - at.both * at.both;
    const double slope_variance = at.easiness / determinant, easiness_variance = at.slope / determinant,
                 covariance = -at.both / determinant;
    of.slope_error = std::sqrt(slope_variance);
    // By the delta method, of -easiness / slope.
    const double by_easiness = -1.0 / of.slope, by_slope = of.easiness / (of.slope * of.slope);
    of.difficulty_error = std::sqrt(by_easiness * by_easiness * easiness_variance + by_slope * by_slope * slope_variance +
                                    2.0 * by_easiness * by_slope * covariance);
    return of;
  }

  const Responses& responses_;
  const ItemResponseOptions& options_;
  std::vector<double> ability_;
  std::vector<Pattern> patterns_;
  std::vector<std::uint32_t> pattern_of_;
};

// --- Linking.

using Anchors = std::span<const ItemParameters>;

// Abilities at which the curves are compared, in steps of 0.2, with weights of a standard normal: where systems are.
constexpr int kNodes = 41;
double node(int place) { return -4.0 + 0.2 * place; }
double node_weight(int place) { return std::exp(-0.5 * node(place) * node(place)); }

constexpr int kLinkSteps = 200;
constexpr double kLinkTolerance = 1e-9;
constexpr std::size_t kJackknifeGroups = 20;

// How far the curves are apart under a link, with the normal equations of a Gauss-Newton step in (log slope, shift).
struct CurveGap {
  double squares = 0.0;
  double aa = 0.0, ab = 0.0, bb = 0.0, a = 0.0, b = 0.0;
};

// `left_out`: anchors of that number modulo the groups do not count.
CurveGap curve_gap(Anchors from, Anchors to, double slope, double shift, std::size_t left_out) {
  CurveGap gap;
  for (int place = 0; place < kNodes; ++place) {
    double rest = 0.0, by_a = 0.0, by_b = 0.0;
    const double ability = (node(place) - shift) / slope;  // On the scale of `from`.
    for (std::size_t anchor = 0; anchor < from.size(); ++anchor) {
      if (anchor % kJackknifeGroups == left_out) continue;
      const double right = logistic(from[anchor].slope * ability + from[anchor].easiness);
      rest += logistic(to[anchor].slope * node(place) + to[anchor].easiness) - right;
      const double change = right * (1.0 - right) * from[anchor].slope;
      by_a -= change * ability;
      by_b -= change / slope;
    }
    const double weight = node_weight(place);
    gap.squares += weight * rest * rest;
    gap.aa += weight * by_a * by_a;
    gap.ab += weight * by_a * by_b;
    gap.bb += weight * by_b * by_b;
    gap.a += weight * by_a * rest;
    gap.b += weight * by_b * rest;
  }
  return gap;
}

// Levenberg and Marquardt's way to the least squares; nothing where the curves do not say where it is.
std::optional<ScaleLink> nearest_link(Anchors from, Anchors to, std::size_t left_out) {
  ScaleLink link;
  CurveGap at = curve_gap(from, to, link.slope, link.shift, left_out);
  double damping = 1e-3;
  for (int step = 0; step < kLinkSteps; ++step) {
    const double aa = at.aa * (1.0 + damping), bb = at.bb * (1.0 + damping), determinant = aa * bb - at.ab * at.ab;
    if (!(determinant > 0.0)) return std::nullopt;
    const double log_slope = (bb * at.a - at.ab * at.b) / determinant, shift = (aa * at.b - at.ab * at.a) / determinant;
    if (std::abs(log_slope) + std::abs(shift) < kLinkTolerance) return link;
    const double next_slope = link.slope * std::exp(std::clamp(log_slope, -1.0, 1.0)),
                 next_shift = link.shift + std::clamp(shift, -2.0, 2.0);
    const CurveGap next = curve_gap(from, to, next_slope, next_shift, left_out);
    if (next.squares <= at.squares) {
      at = next;
      link.slope = next_slope;
      link.shift = next_shift;
      damping = std::max(damping / 10.0, 1e-12);
    } else {
      damping *= 10.0;
      if (damping > 1e12) return link;  // No step goes down: this is the bottom, to the last bit.
    }
  }
  return std::nullopt;
}

double jackknife_error(std::span<const double> without) {
  const auto groups = static_cast<double>(without.size());
  double mean = 0.0, squares = 0.0;
  for (const double value : without) mean += value / groups;
  for (const double value : without) squares += (value - mean) * (value - mean);
  return std::sqrt(squares * (groups - 1.0) / groups);
}

}  // namespace

void ItemResponseOptions::validate() const {
  if (!(discrimination_deviation > 0.0)) throw Error(ErrorCode::kInvalidArgument, "discrimination_deviation must be above 0");
  if (!(easiness_deviation > 0.0)) throw Error(ErrorCode::kInvalidArgument, "easiness_deviation must be above 0");
  if (!(tolerance > 0.0)) throw Error(ErrorCode::kInvalidArgument, "tolerance must be above 0");
  if (max_iterations < 1) throw Error(ErrorCode::kInvalidArgument, "max_iterations must be 1 or more");
}

std::optional<double> ItemParameters::difficulty() const {
  if (slope < kFlattest) return std::nullopt;
  return -easiness / slope;
}

double ItemParameters::chance_negative() const { return 0.5 * std::erfc(slope / (slope_error * std::sqrt(2.0))); }

ItemResponseFit fit_item_response(const Responses& responses, const ItemResponseOptions& options) {
  options.validate();
  if (responses.systems < kLeastSystems)
    throw Error(ErrorCode::kInvalidArgument, "difficulty and discrimination take " + std::to_string(kLeastSystems) +
                                                 " systems or more, not " + std::to_string(responses.systems));
  if (responses.items == 0 || responses.right.size() != responses.items * responses.systems)
    throw Error(ErrorCode::kInvalidArgument, "there must be an answer for each item and system, and one item or more");
  return ItemResponseFitting(responses, options).run();
}

std::optional<ScaleLink> link_scales(std::span<const ItemParameters> from, std::span<const ItemParameters> to) {
  if (from.size() != to.size()) throw Error(ErrorCode::kInvalidArgument, "anchors must be the same on both scales");
  if (from.size() < kLeastAnchors) return std::nullopt;
  std::optional<ScaleLink> link = nearest_link(from, to, kJackknifeGroups);
  if (!link) return std::nullopt;
  std::vector<double> slopes, shifts;
  for (std::size_t group = 0; group < std::min(kJackknifeGroups, from.size()); ++group) {
    const auto without = nearest_link(from, to, group);
    if (!without) return std::nullopt;
    slopes.push_back(without->slope);
    shifts.push_back(without->shift);
  }
  link->slope_error = jackknife_error(slopes);
  link->shift_error = jackknife_error(shifts);
  link->anchors = from.size();
  return link;
}

}  // namespace hone
