#include "hone/label_model/label_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/suggest.h"
#include "hone/label_model/dawid_skene.h"
#include "hone/label_model/majority_internal.h"
#include "hone/label_model/options_internal.h"
#include "hone/label_model/weighted_majority.h"

namespace hone {
namespace {

std::unique_ptr<LabelModel> make_majority(const nlohmann::json& options) {
  OptionReader("majority", options).finish();
  return std::make_unique<Majority>();
}

std::unique_ptr<LabelModel> make_weighted_majority(const nlohmann::json& options) {
  return std::make_unique<WeightedMajority>(WeightedMajorityOptions::from_json(options));
}

std::unique_ptr<LabelModel> make_dawid_skene(const nlohmann::json& options) {
  return std::make_unique<DawidSkene>(DawidSkeneOptions::from_json(options));
}

struct Entry {
  LabelModelInfo info;
  std::unique_ptr<LabelModel> (*make)(const nlohmann::json& options);
};

// A new model is a file beside this one and a line here.
constexpr Entry kModels[] = {
    {{"majority", "every vote counts the same"}, make_majority},
    {{"weighted-majority", "votes weighed by the accuracy of their source on gold"}, make_weighted_majority},
    {{"dawid-skene", "a confusion matrix per source, found by expectation maximization"}, make_dawid_skene},
};

void check_gold(const VoteShape& shape, const std::vector<ClassId>& gold) {
  if (!gold.empty() && gold.size() != shape.examples)
    throw Error(ErrorCode::kInvalidArgument,
                "gold has " + std::to_string(gold.size()) + " rows, the votes " + std::to_string(shape.examples));
  for (std::size_t example = 0; example < gold.size(); ++example) {
    if (gold[example] != kNoClass && gold[example] >= shape.classes)
      throw Error(ErrorCode::kInvalidArgument, "gold of example " + std::to_string(example) + " is class " + std::to_string(gold[example]) +
                                                   ", and there are " + std::to_string(shape.classes) + " classes");
  }
}

void check_groups(const VoteShape& shape, const std::vector<std::uint32_t>& groups) {
  if (!groups.empty() && groups.size() != shape.examples)
    throw Error(ErrorCode::kInvalidArgument,
                "there are groups of " + std::to_string(groups.size()) + " rows, and votes of " + std::to_string(shape.examples));
}

void check_prior(const VoteShape& shape, const std::vector<double>& prior) {
  if (prior.empty()) return;
  if (prior.size() != shape.classes)
    throw Error(ErrorCode::kInvalidArgument,
                "the declared class shares name " + std::to_string(prior.size()) + " classes, the votes " + std::to_string(shape.classes));
  double sum = 0.0;
  for (double share : prior) {
    if (!(share >= 0.0 && share <= 1.0)) throw Error(ErrorCode::kInvalidArgument, "a declared class share lies outside 0 to 1");
    sum += share;
  }
  if (std::abs(sum - 1.0) > 1e-6)
    throw Error(ErrorCode::kInvalidArgument, "the declared class shares add up to " + std::to_string(sum) + ", not 1");
}

// Probabilities this near are one: their sums were merely added in another order.
constexpr double kTieTolerance = 1e-9;

ClassId hard_label(const std::vector<double>& distribution, const std::vector<double>& declared) {
  const double least = std::ranges::max(distribution) * (1.0 - kTieTolerance);
  std::size_t best = distribution.size();
  for (std::size_t id = 0; id < distribution.size(); ++id) {
    if (distribution[id] < least) continue;
    if (best == distribution.size() || (!declared.empty() && declared[id] > declared[best])) best = id;
  }
  return static_cast<ClassId>(best);
}

std::vector<double> distribution_of(const SoftLabels& labels, std::size_t pattern) {
  std::vector<double> distribution(labels.classes());
  for (std::size_t id = 0; id < distribution.size(); ++id)
    distribution[id] = labels.probability_in_pattern(pattern, static_cast<ClassId>(id));
  return distribution;
}

std::vector<std::uint32_t> patterns_by_example(const SoftLabels& labels) {
  std::vector<std::uint32_t> pattern_of(labels.examples());
  for (std::size_t example = 0; example < pattern_of.size(); ++example) pattern_of[example] = labels.pattern(example);
  return pattern_of;
}

int fold_of(std::size_t number, int folds) {
  return static_cast<int>(sha256_prefix("hone/cross-fit/v1 " + std::to_string(number)) % static_cast<std::uint64_t>(folds));
}

std::vector<int> deal_gold(const LabelEvidence& evidence, int folds) {
  std::vector<int> fold(evidence.gold.size(), -1);
  for (std::size_t example = 0; example < fold.size(); ++example)
    if (evidence.gold[example] != kNoClass) fold[example] = fold_of(evidence.groups.empty() ? example : evidence.groups[example], folds);
  return fold;
}

LabelEvidence without_fold(const LabelEvidence& evidence, const std::vector<int>& folds, int fold) {
  LabelEvidence rest = evidence;
  for (std::size_t example = 0; example < folds.size(); ++example)
    if (folds[example] == fold) rest.gold[example] = kNoClass;
  return rest;
}

}  // namespace

const FitReport& LabelModel::fit(const VotePatterns& votes, const LabelEvidence& evidence, int threads) {
  const VoteShape& shape = votes.shape();
  if (shape.classes < 2)
    throw Error(ErrorCode::kInvalidArgument,
                "a label model needs at least two classes to tell apart, not " + std::to_string(shape.classes));
  check_gold(shape, evidence.gold);
  check_prior(shape, evidence.prior);
  fitted_ = shape;
  declared_prior_ = evidence.prior;
  report_ = learn(votes, evidence, threads);
  return report_;
}

SoftLabels LabelModel::predict(const VotePatterns& votes) const {
  const VoteShape& shape = votes.shape();
  if (shape.sources != fitted_.sources || shape.classes != fitted_.classes)
    throw Error(ErrorCode::kInvalidArgument, "the votes have " + std::to_string(shape.sources) + " sources and " +
                                                 std::to_string(shape.classes) + " classes; the label model was fitted to " +
                                                 std::to_string(fitted_.sources) + " and " + std::to_string(fitted_.classes));
  SoftLabels labels(shape.classes);
  std::vector<double> distribution(shape.classes);
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) {
    const ExampleVotes on = votes.votes(pattern);
    if (on.size() == 0) {
      labels.add_pattern(report_.class_prior, kNoClass);
      continue;
    }
    infer(on, distribution);
    labels.add_pattern(distribution, hard_label(distribution, declared_prior_));
  }
  labels.set_examples({votes.pattern_of().begin(), votes.pattern_of().end()});
  return labels;
}

const std::vector<LabelModelInfo>& label_models() {
  static const std::vector<LabelModelInfo> infos = [] {
    std::vector<LabelModelInfo> list;
    for (const Entry& entry : kModels) list.push_back(entry.info);
    return list;
  }();
  return infos;
}

std::unique_ptr<LabelModel> make_label_model(std::string_view name, const nlohmann::json& options) {
  std::vector<std::string> known;
  for (const Entry& entry : kModels) {
    if (entry.info.name == name) return entry.make(options);
    known.emplace_back(entry.info.name);
  }
  throw Error(ErrorCode::kNotFound, "no label model named '" + std::string(name) + "'; there are: " + quoted_list(known));
}

std::unique_ptr<LabelModel> make_label_model(std::string_view name) { return make_label_model(name, nlohmann::json::object()); }

std::string_view default_label_model(bool has_gold) { return has_gold ? "weighted-majority" : "majority"; }

SoftLabels cross_fitted_labels(std::string_view name, const nlohmann::json& options, const VotePatterns& votes,
                               const LabelEvidence& evidence, const SoftLabels& labels, int folds, int threads) {
  if (folds < 2) throw Error(ErrorCode::kInvalidArgument, "cross-fitting needs at least 2 folds, not " + std::to_string(folds));
  check_gold(votes.shape(), evidence.gold);
  check_groups(votes.shape(), evidence.groups);
  if (labels.examples() != votes.shape().examples || labels.classes() != votes.shape().classes)
    throw Error(ErrorCode::kInvalidArgument, "the labels to cross-fit are not those of these votes");
  const std::vector<int> fold_by_example = deal_gold(evidence, folds);
  SoftLabels result = labels;
  std::vector<std::uint32_t> pattern_of = patterns_by_example(labels);
  for (int fold = 0; fold < folds; ++fold) {
    if (std::ranges::find(fold_by_example, fold) == fold_by_example.end()) continue;
    const std::unique_ptr<LabelModel> model = make_label_model(name, options);
    model->fit(votes, without_fold(evidence, fold_by_example, fold), threads);
    const SoftLabels unseen = model->predict(votes);
    std::map<std::uint32_t, std::uint32_t> added;  // Pattern of the votes to its new pattern in the result.
    for (std::size_t example = 0; example < fold_by_example.size(); ++example) {
      if (fold_by_example[example] != fold) continue;
      const std::uint32_t pattern = unseen.pattern(example);
      const auto [entry, is_new] = added.try_emplace(pattern, 0);
      if (is_new) entry->second = result.add_pattern(distribution_of(unseen, pattern), unseen.hard_of_pattern(pattern));
      pattern_of[example] = entry->second;
    }
  }
  result.set_examples(std::move(pattern_of));
  return result;
}

}  // namespace hone
