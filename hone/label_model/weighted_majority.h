#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "hone/label_model/answer_columns.h"
#include "hone/label_model/label_model.h"

namespace hone {

struct WeightedMajorityOptions {
  /// What is believed of a source before gold, a share in (0, 1).
  double assumed_accuracy = 0.7;
  /// So many imagined votes of that accuracy stand beside a source's gold votes, and as many of the source's own
  /// accuracy beside those of each of its classes. Above 0.
  double strength = 3.0;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
  static WeightedMajorityOptions from_json(const nlohmann::json& options);
};

/// Votes weighed by how often they were right on gold, per source and class voted: the log-odds that are optimal for
/// known accuracies and independent errors (S. Nitzan, J. Paroush 1982), plus the log of the class shares in gold.
/// Hard to beat when gold is plentiful. Without gold it is majority vote, and says so. A vote of confidence c
/// counts as c of a certain one, in gold counts and in log-odds. A vote for a set of n classes is right when the gold class is one of them;
/// it moves all of them alike, by ln(a (k - n) / ((1 - a) n)), and its accuracy a starts where errors are as rare as what it leaves out.
/// A declared class balance counts as one gold row per class.
///
/// Fit: O(gold votes + sources x classes).
class WeightedMajority : public LabelModel {
 public:
  explicit WeightedMajority(WeightedMajorityOptions options = {});

  /// The believed share of right votes among those of `source` for `voted`, an answer that somebody voted for or a class. Valid after a
  /// fit with gold.
  double accuracy(std::size_t source, ClassId voted) const;

 private:
  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;
  void infer(const ExampleVotes& votes, std::span<double> distribution) const;

  WeightedMajorityOptions options_;
  AnswerColumns columns_;
  std::vector<double> accuracy_;   // Sources x columns; empty without gold.
  std::vector<double> weight_;     // Log-odds, likewise.
  std::vector<double> log_prior_;  // By class.
};

}  // namespace hone
