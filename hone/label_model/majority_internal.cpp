#include "hone/label_model/majority_internal.h"

#include <algorithm>
#include <cassert>
#include <span>

#include "hone/label_model/learned_internal.h"

namespace hone {

void vote_shares(const ExampleVotes& votes, const Answers& answers, std::span<double> shares) {
  assert(votes.size() > 0);
  std::ranges::fill(shares, 0.0);
  double total = 0.0;
  for (const Vote vote : votes) {
    total += vote.confidence;
    if (answers.is_class(vote.class_id)) {
      shares[vote.class_id] += vote.confidence;
      continue;
    }
    const double each = vote.confidence / static_cast<double>(answers.breadth(vote.class_id));
    answers.for_each_class(vote.class_id, [&](ClassId id) { shares[id] += each; });
  }
  for (double& share : shares) share /= total;
}

FitReport Majority::learn(const VotePatterns& votes, const LabelEvidence& evidence, int) {
  FitReport report;
  const std::size_t classes = votes.shape().classes;
  report.class_prior = evidence.prior.empty() ? std::vector<double>(classes, 1.0 / static_cast<double>(classes)) : evidence.prior;
  report.sources.resize(votes.shape().sources);
  return report;
}

LabelModel::Infer Majority::inference() const {
  return [this](const ExampleVotes& votes, std::span<double> distribution) { vote_shares(votes, fitted().answers, distribution); };
}

void Majority::write_learned(LearnedWriter&) const {}

void Majority::read_learned(LearnedReader&) {}

}  // namespace hone
