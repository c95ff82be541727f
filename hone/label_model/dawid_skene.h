#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "hone/label_model/answer_columns.h"
#include "hone/label_model/label_model.h"

namespace hone {

struct GoldVotes;

struct DawidSkeneOptions {
  /// Imagined votes per source, true class and class voted, given before the data, and imagined rows per class. Above 0.
  /// 0.01 is the plain form: just enough that nothing becomes impossible.
  double alpha = 0.01;

  /// EM stops when a step raises the log posterior of the parameters by no more than this for each vote cast. Above 0. What labels would
  /// still do after that is to become surer: their classes rarely change, and what the parameters gain is below what a vote more or less
  /// does.
  double tolerance = 2e-6;
  int max_iterations = 100;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
  static DawidSkeneOptions from_json(const nlohmann::json& options);
};

/// Each source has a confusion matrix; a vote depends on the true class alone. Found by expectation maximization from
/// the vote shares, to the mode under a Dirichlet prior. Gold rows count with their gold class. A declared class balance
/// is kept as it is; else it is estimated. A vote of confidence c counts as c of a certain one, in counts and in
/// log-likelihoods. A vote for a set of classes is one more thing that a source may say: what it tells of each class is learned like the
/// rest, from the vote shares on.
///
/// Made for sources that could name any class. One that votes for one class only (a keyword rule) has the same vote
/// whatever the class, so it says nothing here, and with many of them the labels collapse to the class balance: the
/// report warns. Sources that copy each other break the assumption, and the model is then too sure of itself.
///
/// Fit: O(iterations x votes of distinct patterns x classes) time; 8 bytes x sources x classes^2 x at most 64 tables
/// of together 128 MB, or two where one is larger. Throws kInvalidArgument above 50 million cells.
class DawidSkene : public LabelModel {
 public:
  explicit DawidSkene(DawidSkeneOptions options = {});

  /// P(source votes `voted` | true class is `truth`), given that it votes; `voted` is a class, or an answer that somebody voted for. Valid
  /// after fit().
  double confusion(std::size_t source, ClassId truth, ClassId voted) const;

 private:
  /// Expected counts over a block of patterns.
  struct Counts {
    std::vector<double> votes;    // Token (source x columns + column of the answer) x truth, row-major: the inner loops run over truths.
    std::vector<double> rows;     // By truth.
    double log_likelihood = 0.0;  // Of the votes and of the gold, under the parameters that made the labels.
  };
  class Expectation;

  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;
  void infer(const ExampleVotes& votes, std::span<double> distribution) const;
  std::vector<SourceBelief> beliefs(const Counts& counts, const GoldVotes& gold) const;
  void maximize(const Counts& counts, const LabelEvidence& evidence, int threads);

  DawidSkeneOptions options_;
  AnswerColumns columns_;
  std::vector<double> log_confusion_;  // Token x truth, as Counts::votes.
  std::vector<double> prior_, log_prior_;
  double log_density_ = 0.0;  // Of these parameters, before any vote: the Dirichlet prior, but for a constant.
};

}  // namespace hone
