#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"
#include "hone/vote/vote_patterns.h"

namespace hone {

/// Whether a source could name any class when it votes (a person, a judge, a classifier), or fires for some classes only (a keyword
/// rule). Unknown: the votes decide.
enum class SourceKind : std::uint8_t { kUnknown, kComplete, kSelective };

/// What a label model may know besides the votes.
struct LabelEvidence {
  /// Gold class by example, kNoClass where unknown; empty: no gold. Never gold of the test split.
  std::vector<ClassId> gold;
  /// Declared class shares by class id; empty: nothing declared.
  std::vector<double> prior;
  /// Group number by example, of rows that belong together (one customer); empty: every row stands alone. Only cross-fitting asks.
  std::vector<std::uint32_t> groups = {};
  /// Kind by source; empty: nothing declared.
  std::vector<SourceKind> kinds = {};
  /// Name by source, for warnings; empty: they are called by their numbers.
  std::vector<std::string> names = {};
  /// By source, whether it saw another source's vote before most of its own, and votes that repeat one are left out (VoteTable::led). The
  /// votes that are left are those against what it saw, and no sample of how often it is right; empty: no source did.
  std::vector<bool> led = {};
};

/// What is believed of one source. The accuracy is of its votes, with a 90 % interval where the model has one.
struct SourceBelief {
  std::optional<double> accuracy;
  std::optional<double> low, high;
  bool assumed = false;  // The accuracy rests on assumptions more than on the votes.
  double weight = 1.0;   // In the log-odds of a vote where the model has one weight per source; else 1.
};

/// Sources that agree beyond what their accuracies explain.
struct CopyGroup {
  std::vector<std::uint32_t> sources;  // Ascending.
  bool checked = true;                 // False: they agree strongly, but there are no three others to tell why; they are not discounted.
  double worth = 0.0;                  // So many independent votes the group is worth where all of it votes: "counted as 1.1 sources".
};

/// How a fit went. A fit that did not converge, or votes that cannot tell the classes apart, are findings to report, not errors.
struct FitReport {
  int iterations = 0;
  bool converged = true;
  bool assumed_balance = false;  // Class shares were neither declared nor could be learned: ask for them first.
  bool used_gold = false;        // Then numbers on those rows flatter the model: cross-fit them or leave them out.
  std::vector<double> class_prior;
  std::vector<SourceBelief> sources;  // By source.
  std::vector<CopyGroup> copies;      // That were found; none by models that do not look for them.
  std::vector<std::string> warnings;
};

class LearnedWriter;
class LearnedReader;

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
  SoftLabels predict(const VotePatterns& votes, int threads = 1) const;

  /// The same for some patterns alone, in the order given; each of them is an example of the result.
  SoftLabels predict_patterns(const VotePatterns& votes, std::span<const std::uint32_t> patterns) const;

  /// Labels one row of votes as predict() labels a pattern: fills `distribution` (classes) and returns the hard label; without votes the
  /// distribution is the class shares. One a thread, as it keeps scratch; it borrows the model.
  using LabelRow = std::function<ClassId(const ExampleVotes& votes, std::span<double> distribution)>;
  LabelRow label_row() const;

  const FitReport& report() const { return report_; }

  /// What fit() learned, as bytes for restore(): as much as predictions depend on. The report is not among it, but for its class shares.
  std::string learned() const;
  /// Makes a model of the same name and options predict to the last bit what the fitted one did. `shape` is that of the votes to come.
  /// Throws kCorruptData for bytes that are not what learned() gave for votes of such a shape.
  void restore(const VoteShape& shape, std::string_view bytes);

 protected:
  const VoteShape& fitted() const { return fitted_; }  // Set before learn() runs.

  /// Fills a distribution (classes, sums to 1) for a pattern with at least one vote. May keep scratch of its own.
  using Infer = std::function<void(const ExampleVotes& votes, std::span<double> distribution)>;

 private:
  void check_fitted_to(const VoteShape& shape) const;
  template <typename PatternAt>
  SoftLabels label_patterns(const VotePatterns& votes, std::size_t count, int threads, const PatternAt& pattern_at) const;

  virtual FitReport learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) = 0;
  /// Asked once for every thread's share of the patterns; borrows the model.
  virtual Infer inference() const = 0;
  /// What inference() needs, and the same read back and checked: fitted() is set.
  virtual void write_learned(LearnedWriter& writer) const = 0;
  virtual void read_learned(LearnedReader& reader) = 0;

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

/// What weighs the votes where no label model is named: those of a project, and of a table.
std::string_view default_label_model();

/// The model of one fold of cross_fitted_labels(), and the fold's examples, ascending: gold rows that it did not see.
using VisitFold = std::function<void(const LabelModel& model, std::span<const std::uint32_t> examples)>;

/// Labels for rows whose gold the model used, each from a fit that did not see it: examples with gold are dealt into
/// `folds` by a hash of their group's number, else of their own, and each fold is labeled by a model fitted without its gold. Other rows
/// are labeled by `labels`, the fit on all gold. Rows of one group lie in one fold. What evaluation of a gold-using label model must go by.
/// `visit` is called for each fold in order, where given.
SoftLabels cross_fitted_labels(std::string_view name, const nlohmann::json& options, const VotePatterns& votes,
                               const LabelEvidence& evidence, const SoftLabels& labels, int folds = 5, int threads = 1,
                               const VisitFold& visit = {});

}  // namespace hone
