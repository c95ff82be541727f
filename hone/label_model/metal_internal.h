#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {

struct MetalOptions {
  /// What a vote is believed to be right before the votes are compared, a share in (0, 1).
  double start_precision = 0.7;
  /// It stops when no parameter moves by more than this. Above 0.
  double tolerance = 1e-9;
  /// At least 1.
  int max_iterations = 100;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
  static MetalOptions from_json(const nlohmann::json& options);
};

/// Matrix completion: how often two sources cast each pair of votes together is explained by P(source casts that vote | class), for
/// silence is a vote like others. A vote for a set of classes has one rate for all of them and one for the others. Class shares are those
/// declared, else those of gold, else even, and then the report says so.
///
/// Fewer than three sources that vote for classes, or none of them on the same rows, do not identify it: it keeps what it started from and
/// says so.
///
/// Fit: O(votes of a row squared) once for each of at most max(131,072, 4 x tokens x classes) patterns, then O(tokens^2 x classes) an
/// iteration. Memory: 8 bytes x tokens^2. Throws kInvalidArgument above 5,000 tokens that occur.
class Metal : public LabelModel {
 public:
  explicit Metal(MetalOptions options = {});

  /// P(the source casts that vote | class), of a token that occurs. Valid after fit().
  double rate(std::size_t source, ClassId answer, ClassId truth) const;

 private:
  class Completion;

  FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) override;
  Infer inference() const override;
  void write_learned(LearnedWriter& writer) const override;
  void read_learned(LearnedReader& reader) override;

  MetalOptions options_;
  TokenTable tokens_;
  std::vector<double> rate_;       // Token x class.
  std::vector<double> log_rate_;   // Likewise.
  std::vector<double> log_prior_;  // By class.
};

}  // namespace hone
