#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/label_model/label_model.h"
#include "hone/vote/class_sets.h"
#include "hone/vote/soft_sets.h"

namespace hone {

/// Votes on examples that may hold several classes, and what is known beside them. Each class is a binary question of its own (not held,
/// held) that the same sources answer.
struct SetQuestion {
  std::size_t examples = 0;
  Answers answers = {};                            // Of kind Answers::Rows::kSeveral.
  std::span<const SourceVotes> votes = {};         // By source.
  ClassSets gold = {};                             // Empty: none. Never gold of the test split.
  std::vector<std::optional<double>> shares = {};  // By class: the declared share of examples that hold it; empty: nothing declared.
  std::vector<std::uint32_t> groups = {};          // By example, as LabelEvidence has them.
  std::vector<SourceKind> kinds = {};              // By source; empty: nothing declared.
  std::vector<std::string> names = {};             // Of sources.
  std::vector<std::string> classes = {};           // Names.
};

/// Where the probability of a class comes from on labeled examples on which nobody votes about it.
enum class SilenceFrom { kGold, kDeclared, kAssumed };
std::string_view to_string(SilenceFrom from);  // "gold", "declared", "assumed"

/// What was made of one class.
struct ClassFit {
  std::string model;  // The label model; empty for a class on which nobody votes.
  FitReport fit;
  std::vector<std::uint32_t> sources;                         // Those that vote on it, ascending; fit.sources are theirs.
  std::uint64_t votes_for = 0, votes_against = 0, voted = 0;  // Votes, and examples with one.
  double silent = 0.0;
  SilenceFrom silent_from = SilenceFrom::kAssumed;
};

struct SetLabels {
  SoftSets labels;
  std::optional<SoftSets> crossed;  // Where gold was used: gold examples labeled by fits that did not see them.
  std::vector<ClassFit> classes;
  std::vector<std::string> warnings;

  /// The labels that may be held against gold: no fit behind them saw the gold of the examples it labels.
  const SoftSets& judged() const { return crossed ? *crossed : labels; }

  // Of the fits of all classes together:
  bool used_gold() const;       // Some.
  bool converged() const;       // All.
  int iterations() const;       // The most.
  bool assumes_recall() const;  // Whether it is assumed of some class how much of it its sources find.
};

/// Labels for each class by a label model of its own (`model`, or where that is empty default_label_model()), put together by
/// example. An example on which nobody votes at all has no label.
///
/// On a labeled example where nobody votes about a class, silence speaks: with keyword rules that vote *for* classes alone, it is the
/// only evidence against one. How much of a class the silent examples hold comes, in this order, from
///   gold      the share among silent examples with gold, with kSilentGold imagined ones of what follows;
///   declared  what is left of the declared share when the labels of the others are taken off, between 0 and that share;
///   assumed   as many of the class as were found: a recall of one half, at most kMostSilent. Said in `warnings`.
SetLabels label_sets(const SetQuestion& question, const std::string& model, const nlohmann::json& options, int threads = 1);

inline constexpr double kSilentGold = 4.0;
inline constexpr double kMostSilent = 0.4;

}  // namespace hone
