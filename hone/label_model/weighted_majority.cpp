#include "hone/label_model/weighted_majority.h"

#include <algorithm>
#include <cmath>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/gold_vote_internal.h"
#include "hone/label_model/learned_internal.h"
#include "hone/label_model/majority_internal.h"
#include "hone/label_model/options_internal.h"

namespace hone {
namespace {

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
  GoldVote found = weigh_by_gold(votes, gold, evidence.prior, options_);
  const GoldVotes seen = count_gold_votes(votes, gold);
  FitReport report;
  report.used_gold = true;
  report.class_prior = std::move(found.shares);
  report.sources.resize(sources);
  for (std::size_t source = 0; source < sources; ++source) {
    SourceBelief& belief = report.sources[source];
    belief.accuracy = found.of_source[source];
    belief.weight = accuracy_log_odds(bounded_accuracy(found.of_source[source]), classes);
    set_gold_interval(belief, seen.right[source], seen.cast[source]);
  }
  columns_ = std::move(found.columns);
  accuracy_ = std::move(found.accuracy);
  weight_ = std::move(found.weight);
  log_prior_ = std::move(found.log_shares);
  return report;
}

double WeightedMajority::accuracy(std::size_t source, ClassId voted) const {
  return accuracy_[source * columns_.size() + columns_.of(voted)];
}

LabelModel::Infer WeightedMajority::inference() const {
  return [this](const ExampleVotes& votes, std::span<double> distribution) { infer(votes, distribution); };
}

void WeightedMajority::infer(const ExampleVotes& votes, std::span<double> distribution) const {
  const Answers& answers = fitted().answers;
  if (accuracy_.empty()) return vote_shares(votes, answers, distribution);
  std::ranges::copy(log_prior_, distribution.begin());
  for (const Vote vote : votes) {
    const std::size_t column = columns_.of(vote.class_id);
    if (column == AnswerColumns::kNone) continue;  // Nobody said so while it was fitted.
    const double weight = vote.confidence * weight_[vote.source * columns_.size() + column];
    answers.for_each_class(vote.class_id, [&](ClassId id) { distribution[id] += weight; });
  }
  exponentiate(distribution);
}

void WeightedMajority::write_learned(LearnedWriter& writer) const { writer(columns_, accuracy_, weight_, log_prior_); }

void WeightedMajority::read_learned(LearnedReader& reader) {
  reader(columns_, accuracy_, weight_, log_prior_);
  if (accuracy_.empty()) return;  // Majority vote.
  LearnedReader::expect(columns_.fits(fitted().answers), "its columns are of other answers");
  const std::size_t cells = fitted().sources * columns_.size();
  LearnedReader::expect(accuracy_.size() == cells && weight_.size() == cells, "its weights are of other sources");
  LearnedReader::expect(log_prior_.size() == fitted().classes, "its shares are of other classes");
}

}  // namespace hone
