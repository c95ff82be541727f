#include "hone/label_model/label_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/label_model/dawid_skene.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/hone_model_internal.h"
#include "hone/label_model/learned_internal.h"
#include "hone/label_model/majority_internal.h"
#include "hone/label_model/metal_internal.h"
#include "hone/label_model/options_internal.h"
#include "hone/label_model/triplet_internal.h"
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

std::unique_ptr<LabelModel> make_hone(const nlohmann::json& options) {
  OptionReader("hone", options).finish();
  return std::make_unique<HoneModel>();
}

std::unique_ptr<LabelModel> make_metal(const nlohmann::json& options) { return std::make_unique<Metal>(MetalOptions::from_json(options)); }

std::unique_ptr<LabelModel> make_triplet(const nlohmann::json& options) {
  return std::make_unique<Triplet>(TripletOptions::from_json(options));
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
    {{"hone", "rules by precision, people and judges by confusion matrix, copies and hard rows discounted"}, make_hone},
    {{"dawid-skene", "a confusion matrix per source, found by expectation maximization"}, make_dawid_skene},
    {{"metal", "rates of votes by class that explain how often each pair of votes falls on one row"}, make_metal},
    {{"triplet", "accuracies from how often three sources agree, in closed form"}, make_triplet},
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

// Patterns are labeled in parts of so many, one thread each.
constexpr std::size_t kLabelBlockPatterns = 4096;

ClassId hard_label(std::span<const double> distribution, const std::vector<double>& declared) {
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

// Those of the examples, ascending.
std::vector<std::uint32_t> patterns_of(const VotePatterns& votes, const std::vector<std::uint32_t>& examples) {
  std::vector<std::uint32_t> patterns;
  for (const std::uint32_t example : examples) patterns.push_back(votes.pattern_of()[example]);
  std::ranges::sort(patterns);
  patterns.erase(std::ranges::unique(patterns).begin(), patterns.end());
  return patterns;
}

std::vector<std::uint32_t> examples_of_fold(const std::vector<int>& folds, int fold) {
  std::vector<std::uint32_t> examples;
  for (std::size_t example = 0; example < folds.size(); ++example)
    if (folds[example] == fold) examples.push_back(static_cast<std::uint32_t>(example));
  return examples;
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
  if (shape.answers.rows() == Answers::Rows::kSeveral)
    throw Error(ErrorCode::kInvalidArgument,
                "a label model answers one question: of rows that may hold several classes it takes the votes "
                "on one class at a time");
  check_gold(shape, evidence.gold);
  check_prior(shape, evidence.prior);
  fitted_ = shape;
  declared_prior_ = evidence.prior;
  report_ = learn(votes, evidence, threads);
  return report_;
}

std::string LabelModel::learned() const {
  LearnedWriter writer;
  writer(declared_prior_, report_.class_prior);
  write_learned(writer);
  return writer.take();
}

void LabelModel::restore(const VoteShape& shape, std::string_view bytes) {
  LearnedReader reader(bytes);
  FitReport report;
  std::vector<double> declared;
  reader(declared, report.class_prior);
  LearnedReader::expect(report.class_prior.size() == shape.classes, "it is of other classes");
  LearnedReader::expect(declared.empty() || declared.size() == shape.classes, "the declared shares are of other classes");
  fitted_ = shape;
  declared_prior_ = std::move(declared);
  report_ = std::move(report);
  read_learned(reader);
  reader.finish();
}

void LabelModel::check_fitted_to(const VoteShape& shape) const {
  if (shape.answers != fitted_.answers && shape.classes == fitted_.classes)
    throw Error(ErrorCode::kInvalidArgument, "the votes may say other things than those that the label model was fitted to");
  if (shape.sources != fitted_.sources || shape.classes != fitted_.classes)
    throw Error(ErrorCode::kInvalidArgument, "the votes have " + std::to_string(shape.sources) + " sources and " +
                                                 std::to_string(shape.classes) + " classes; the label model was fitted to " +
                                                 std::to_string(fitted_.sources) + " and " + std::to_string(fitted_.classes));
}

LabelModel::LabelRow LabelModel::label_row() const {
  return [this, infer = inference()](const ExampleVotes& votes, std::span<double> distribution) {
    if (votes.empty()) {
      std::ranges::copy(report_.class_prior, distribution.begin());
      return kNoClass;
    }
    infer(votes, distribution);
    return hard_label(distribution, declared_prior_);
  };
}

template <typename PatternAt>
SoftLabels LabelModel::label_patterns(const VotePatterns& votes, std::size_t count, int threads, const PatternAt& pattern_at) const {
  check_fitted_to(votes.shape());
  const std::size_t blocks = (count + kLabelBlockPatterns - 1) / kLabelBlockPatterns;
  std::vector<SoftLabels> parts(blocks, SoftLabels(fitted_.classes));
  parallel_for(blocks, threads, [&](std::size_t block) {
    const Infer infer = inference();
    std::vector<double> distribution(fitted_.classes);
    const std::size_t end = std::min(count, (block + 1) * kLabelBlockPatterns);
    for (std::size_t number = block * kLabelBlockPatterns; number < end; ++number) {
      const ExampleVotes on = votes.votes(pattern_at(number));
      if (!on.empty()) infer(on, distribution);
      on.empty() ? parts[block].add_pattern(report_.class_prior, kNoClass)
                 : parts[block].add_pattern(distribution, hard_label(distribution, declared_prior_));
    }
  });
  SoftLabels labels(fitted_.classes);
  for (SoftLabels& part : parts) labels.append(std::exchange(part, {}));
  return labels;
}

SoftLabels LabelModel::predict_patterns(const VotePatterns& votes, std::span<const std::uint32_t> patterns) const {
  return label_patterns(votes, patterns.size(), 1, [&](std::size_t number) { return patterns[number]; });
}

SoftLabels LabelModel::predict(const VotePatterns& votes, int threads) const {
  SoftLabels labels = label_patterns(votes, votes.size(), threads, [](std::size_t number) { return number; });
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

std::string_view default_label_model() { return "hone"; }

SoftLabels cross_fitted_labels(std::string_view name, const nlohmann::json& options, const VotePatterns& votes,
                               const LabelEvidence& evidence, const SoftLabels& labels, int folds, int threads, const VisitFold& visit) {
  if (folds < 2) throw Error(ErrorCode::kInvalidArgument, "cross-fitting needs at least 2 folds, not " + std::to_string(folds));
  check_gold(votes.shape(), evidence.gold);
  check_groups(votes.shape(), evidence.groups);
  if (labels.examples() != votes.shape().examples || labels.classes() != votes.shape().classes)
    throw Error(ErrorCode::kInvalidArgument, "the labels to cross-fit are not those of these votes");
  const std::vector<int> fold_by_example = deal_gold(evidence, folds);
  SoftLabels result = labels;
  std::vector<std::uint32_t> pattern_of = patterns_by_example(labels);
  for (int fold = 0; fold < folds; ++fold) {
    const std::vector<std::uint32_t> examples = examples_of_fold(fold_by_example, fold);
    if (examples.empty()) continue;
    const std::unique_ptr<LabelModel> model = make_label_model(name, options);
    model->fit(votes, without_fold(evidence, fold_by_example, fold), threads);
    if (visit) visit(*model, examples);
    const std::vector<std::uint32_t> patterns = patterns_of(votes, examples);
    const SoftLabels unseen = model->predict_patterns(votes, patterns);
    std::vector<std::uint32_t> added;  // The patterns' numbers in the result.
    for (std::size_t place = 0; place < patterns.size(); ++place)
      added.push_back(result.add_pattern(distribution_of(unseen, place), unseen.hard_of_pattern(place)));
    for (const std::uint32_t example : examples) {
      const auto place = std::ranges::lower_bound(patterns, votes.pattern_of()[example]) - patterns.begin();
      pattern_of[example] = added[static_cast<std::size_t>(place)];
    }
  }
  result.set_examples(std::move(pattern_of));
  return result;
}

}  // namespace hone
