#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"
#include "hone/vote/vote_patterns.h"

namespace hone {

/// What a label model may know besides the votes.
struct LabelEvidence {
  /// Gold class by example, kNoClass where unknown; empty: no gold. Never gold of the test split.
  std::vector<ClassId> gold;
  /// Declared class shares by class id; empty: nothing declared.
  std::vector<double> prior;
  /// Group number by example, of rows that belong together (one customer); empty: every row stands alone. Only cross-fitting asks.
  std::vector<std::uint32_t> groups = {};
};

/// What is believed of one source. The accuracy is of its votes, with a 90 % interval where the model has one.
struct SourceBelief {
  std::optional<double> accuracy;
  std::optional<double> low, high;
  double weight = 1.0;  // In the log-odds of a vote where the model has one weight per source; else 1.
};

/// How a fit went. A fit that did not converge, or votes that cannot tell the classes apart, are findings to report, not errors.
struct FitReport {
  int iterations = 0;
  bool converged = true;
  bool used_gold = false;  // Then numbers on those rows flatter the model: cross-fit them or leave them out.
  std::vector<double> class_prior;
  std::vector<SourceBelief> sources;  // By source.
  std::vector<std::string> warnings;
};

/// Turns votes into a distribution over classes for every vote pattern. Fit once, then predict from any number of
/// threads. What callers owe is checked here, once for all models. Same votes, evidence and options: same bytes, whatever
/// the number of threads or the order of the examples.
class LabelModel {
 public:
  virtual ~LabelModel() = default;

  /// Throws kInvalidArgument when there are fewer than two classes or the evidence does not fit the votes.
  const FitReport& fit(const VotePatterns& votes, const LabelEvidence& evidence = {}, int threads = 1);

  /// One distribution per pattern. A pattern without votes gets no label (kNoClass), never a guess. A tie stays a tie in
  /// the probabilities; the hard label is then the tied class with the largest *declared* share, else the lowest class id.
  /// Throws kInvalidArgument unless sources and classes are those of fit().
  SoftLabels predict(const VotePatterns& votes) const;

  const FitReport& report() const { return report_; }

 protected:
  const VoteShape& fitted() const { return fitted_; }  // Set before learn() runs.

 private:
  virtual FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) = 0;
  /// Fills `distribution` (classes, sums to 1) for a pattern with at least one vote.
  virtual void infer(const ExampleVotes& votes, std::vector<double>& distribution) const = 0;

  VoteShape fitted_;
  std::vector<double> declared_prior_;
  FitReport report_;
};

/// Known names with a line each, in the order in which help shows them.
struct LabelModelInfo {
  std::string_view name;
  std::string_view what;
};
const std::vector<LabelModelInfo>& label_models();

/// `options` is a JSON object of that model's options (see its header); unknown or bad ones throw kInvalidArgument,
/// naming the nearest. An unknown model throws kNotFound, naming what there is.
std::unique_ptr<LabelModel> make_label_model(std::string_view name, const nlohmann::json& options);
std::unique_ptr<LabelModel> make_label_model(std::string_view name);

/// What a project gets that names none: "weighted-majority" when there is gold to learn from, else "majority".
std::string_view default_label_model(bool has_gold);

/// Labels for rows whose gold the model used, each from a fit that did not see it: examples with gold are dealt into
/// `folds` by a hash of their group's number, else of their own, and each fold is labeled by a model fitted without its gold. Other rows
/// are labeled by `labels`, the fit on all gold. Rows of one group lie in one fold. What evaluation of a gold-using label model must go by.
SoftLabels cross_fitted_labels(std::string_view name, const nlohmann::json& options, const VotePatterns& votes,
                               const LabelEvidence& evidence, const SoftLabels& labels, int folds = 5, int threads = 1);

}  // namespace hone
