#pragma once

#include "hone/label_model/label_model.h"

namespace hone {

/// The share of the votes that each class got; a vote of confidence c counts as c of one, and a vote for a set of n classes gives each
/// of them a part of n. Sums to 1. REQUIRES: at least one vote; `shares` has one place per class.
void vote_shares(const ExampleVotes& votes, const Answers& answers, std::span<double> shares);

/// Every vote counts the same. The baseline that every other model has to beat, and the start of those that iterate.
class Majority : public LabelModel {
 private:
  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;
};

}  // namespace hone
