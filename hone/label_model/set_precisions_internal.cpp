#include "hone/label_model/set_precisions_internal.h"

#include <algorithm>
#include <cmath>

#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

// A vote for one of k classes that is right to `accuracy` leaves each class that it does not name (1 - accuracy) / (1 - 1/k) of what it
// had. One for a set is taken to be as hard on what it leaves out: to be wrong that much more seldom, as there is less to be wrong about.
double of_set(double accuracy, double share, double classes) { return 1.0 - (1.0 - accuracy) * (1.0 - share) / (1.0 - 1.0 / classes); }

}  // namespace

std::vector<double> SetPrecisions::prior(std::span<const double> class_shares) const {
  const auto classes = static_cast<double>(class_shares.size());
  std::vector<double> precision;
  for (std::uint32_t token = sets_.begin(); token < sets_.end(); ++token) {
    const double share = sets_.share(token, class_shares), coverage = fired_.rows[token] / examples_;
    const double accuracy =
        selective_[sets_.source(token)] ? Precisions::of_coverage(coverage, share, class_shares.size()) : kStartAccuracy;
    precision.push_back(of_set(accuracy, share, classes));
  }
  return precision;
}

std::vector<double> SetPrecisions::learned(std::span<const double> class_shares, std::span<const double> mass) const {
  const auto classes = static_cast<double>(class_shares.size());
  std::vector<double> precision = prior(class_shares);
  for (std::uint32_t token = sets_.begin(); token < sets_.end(); ++token) {
    if (!led_.empty() && led_[sets_.source(token)]) continue;
    double& of_token = precision[token - sets_.begin()];
    const double rows = fired_.open[token], imagined = Precisions::imagined_votes(rows, complete_share_);
    if (!mass.empty()) of_token = (mass[token] + imagined * of_token) / (rows + imagined);
    of_token = (fired_.gold_right[token] + kTokenGold * of_token) / (fired_.gold[token] + kTokenGold);
    of_token = std::clamp(of_token, kLeastAccuracy, of_set(kMostAccuracy, sets_.share(token, class_shares), classes));
  }
  return precision;
}

void SetPrecisions::write_evidence(std::span<const double> precision, std::span<const double> class_shares, const ClassColumns& columns,
                                   double* evidence) const {
  for (std::uint32_t token = sets_.begin(); token < sets_.end(); ++token, evidence += columns.columns()) {
    const double share = std::clamp(sets_.share(token, class_shares), kLeastShare, 1.0 - kLeastShare);
    const double right = precision[token - sets_.begin()];
    const double inside = std::log(right / share), outside = std::log((1.0 - right) / (1.0 - share));
    for (std::size_t id = 0; id < columns.classes(); ++id) evidence[id] = sets_.holds(token, static_cast<ClassId>(id)) ? inside : outside;
    // All classes that have no place on a row lie on one side (name_places()).
    if (!columns.in_full()) evidence[columns.classes()] = sets_.answers().is_against(sets_.answer(token)) ? inside : outside;
  }
}

}  // namespace hone
