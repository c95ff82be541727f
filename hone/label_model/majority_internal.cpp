#include "hone/label_model/majority_internal.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace hone {

void vote_shares(const ExampleVotes& votes, std::span<double> shares) {
  assert(votes.size() > 0);
  std::ranges::fill(shares, 0.0);
  double total = 0.0;
  for (std::size_t vote = 0; vote < votes.size(); ++vote) {
    const double weight = votes.confidence.empty() ? 1.0 : votes.confidence[vote];
    shares[votes.classes[vote]] += weight;
    total += weight;
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

void Majority::infer(const ExampleVotes& votes, std::vector<double>& distribution) const { vote_shares(votes, distribution); }

}  // namespace hone
