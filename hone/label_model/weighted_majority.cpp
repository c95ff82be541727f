// Rests on:
//   S. Nitzan, J. Paroush. Optimal Decision Rules in Uncertain Dichotomous Choice Situations.
//   International Economic Review 23(2), 1982.
// Departs from it in two steps of shrinkage (a source toward an assumed accuracy, each class it votes for toward the source), since
// gold is scarce.
#include "hone/label_model/weighted_majority.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/majority_internal.h"
#include "hone/label_model/options_internal.h"

namespace hone {
namespace {

// No source is believed beyond these, however its few gold rows went: a single vote must not outweigh all others.
constexpr double kLeast = 0.02, kMost = 0.98;
constexpr double kMostCells = 1e8;  // 0.8 GB a table.

double log_odds(double accuracy, std::size_t classes) { return std::log(accuracy * static_cast<double>(classes - 1) / (1.0 - accuracy)); }

// Class shares in gold; beside them one imagined row per class, or as many rows dealt by the declared shares.
std::vector<double> shares_with_gold(const GoldCounts& gold, const LabelEvidence& evidence, std::size_t classes) {
  const auto imagined = static_cast<double>(classes);
  std::vector<double> shares(classes);
  for (std::size_t id = 0; id < classes; ++id) {
    const double declared = evidence.prior.empty() ? 1.0 / imagined : evidence.prior[id];
    shares[id] = (static_cast<double>(gold.rows_by_class()[id]) + imagined * declared) / (static_cast<double>(gold.rows()) + imagined);
  }
  return shares;
}

FitReport as_majority(const VoteShape& shape, const LabelEvidence& evidence) {
  FitReport report;
  report.class_prior =
      evidence.prior.empty() ? std::vector<double>(shape.classes, 1.0 / static_cast<double>(shape.classes)) : evidence.prior;
  report.sources.resize(shape.sources);
  report.warnings.push_back("weighted-majority has no gold to learn weights from: its labels equal those of majority");
  return report;
}

}  // namespace

void WeightedMajorityOptions::validate() const {
  if (!(assumed_accuracy > 0.0 && assumed_accuracy < 1.0))
    throw Error(ErrorCode::kInvalidArgument, "assumed_accuracy must lie between 0 and 1");
  if (!(strength > 0.0 && std::isfinite(strength))) throw Error(ErrorCode::kInvalidArgument, "strength must be a number above 0");
}

WeightedMajorityOptions WeightedMajorityOptions::from_json(const nlohmann::json& json) {
  WeightedMajorityOptions options;
  OptionReader reader("weighted-majority", json);
  reader.number("assumed_accuracy", options.assumed_accuracy);
  reader.number("strength", options.strength);
  reader.finish();
  return options;
}

WeightedMajority::WeightedMajority(WeightedMajorityOptions options) : options_(options) { options_.validate(); }

FitReport WeightedMajority::learn(const VotePatterns& votes, const LabelEvidence& evidence, int) {
  const std::size_t sources = votes.shape().sources, classes = votes.shape().classes;
  accuracy_.clear();
  const GoldCounts gold(votes, evidence.gold);
  if (gold.rows() == 0) return as_majority(votes.shape(), evidence);
  check_table_size("weighted-majority", votes.shape(), 1, kMostCells);

  const GoldVotes seen = count_gold_votes(votes, gold);
  FitReport report;
  report.used_gold = true;
  report.class_prior = shares_with_gold(gold, evidence, classes);
  report.sources.resize(sources);
  accuracy_.resize(sources * classes);
  weight_.resize(sources * classes);
  for (std::size_t source = 0; source < sources; ++source) {
    const double of_source = (seen.right[source] + options_.strength * options_.assumed_accuracy) / (seen.cast[source] + options_.strength);
    SourceBelief& belief = report.sources[source];
    belief.accuracy = of_source;
    belief.weight = log_odds(std::clamp(of_source, kLeast, kMost), classes);
    set_gold_interval(belief, seen.right[source], seen.cast[source]);
    for (std::size_t token = source * classes; token < (source + 1) * classes; ++token) {
      const double of_token = (seen.token_right[token] + options_.strength * of_source) / (seen.token_cast[token] + options_.strength);
      accuracy_[token] = std::clamp(of_token, kLeast, kMost);
      weight_[token] = log_odds(accuracy_[token], classes);
    }
  }
  log_prior_ = log_shares(report.class_prior);
  return report;
}

void WeightedMajority::infer(const ExampleVotes& votes, std::vector<double>& distribution) const {
  if (accuracy_.empty()) return vote_shares(votes, distribution);
  std::ranges::copy(log_prior_, distribution.begin());
  for (std::size_t vote = 0; vote < votes.size(); ++vote) {
    const double confidence = votes.confidence.empty() ? 1.0 : votes.confidence[vote];
    distribution[votes.classes[vote]] += confidence * weight_[votes.sources[vote] * fitted().classes + votes.classes[vote]];
  }
  exponentiate(distribution);
}

}  // namespace hone
