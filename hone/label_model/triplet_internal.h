#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "hone/label_model/label_model.h"

namespace hone {

struct TripletOptions {
  /// What a source is believed to be right on where no three sources tell, a share in (0.5, 1).
  double assumed_accuracy = 0.7;
  /// Two sources whose votes agree as often as they differ, to this much in the mean product of their votes, are no reference. Above 0.
  double least_reference = 0.03;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
  static TripletOptions from_json(const nlohmann::json& options);
};

/// Closed form, for two classes: the mean product of two sources' votes (1 or -1, on rows where both vote) is the product of their
/// correlations with the truth, so that three sources tell each of them. More classes: each against the rest, then made to sum to 1.
/// Sources are taken to err independently, as often on one side as on the other, and to be better than chance.
///
/// A vote for a set of classes says -1 of those that it leaves out, and nothing of the others; accuracies are learned from votes for single
/// classes alone.
///
/// Fewer than three sources that meet, or references that agree as often as they differ, do not tell a source's accuracy: it is
/// assumed, and the report names such sources. Class shares are those declared, else even, and then the report says so.
///
/// Fit: O(votes of a row squared) once for each of at most 131,072 patterns, then O(sources x 40^2 x classes). Memory: 8 bytes x
/// sources^2 x (classes + 1). Throws kInvalidArgument where that is more than 50 million numbers.
class Triplet : public LabelModel {
 public:
  explicit Triplet(TripletOptions options = {});

  /// How often `source` is right on whether a row is of class `id`, given that it votes. Valid after fit().
  double accuracy(std::size_t source, ClassId id) const { return accuracy_[source * fitted().classes + id]; }

 private:
  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;

  TripletOptions options_;
  std::vector<double> accuracy_;    // Source x class.
  std::vector<double> log_odds_;    // Likewise.
  std::vector<double> prior_odds_;  // By class: log odds of its share.
};

}  // namespace hone
