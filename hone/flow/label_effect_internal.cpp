#include "hone/flow/label_effect_internal.h"

#include <algorithm>
#include <string>

#include "hone/core/json.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

constexpr std::uint64_t kMostVotes = 50000;
// Two, as each is a fit: these numbers are for a glance, those of the evaluation for a decision.
constexpr int kFolds = 2;

std::uint64_t stride_of(std::span<const VotingSource> voters) {
  std::uint64_t votes = 0;
  for (const VotingSource& voter : voters) votes += voter.votes->examples.size();
  return std::max<std::uint64_t>(1, (votes + kMostVotes - 1) / kMostVotes);
}

// The votes on every stride-th row, which become rows 0, 1, 2…
SourceVotes sampled(const SourceVotes& votes, std::uint64_t stride) {
  if (stride == 1) return votes;
  SourceVotes some;
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    if (votes.examples[vote] % stride != 0) continue;
    some.examples.push_back(static_cast<std::uint32_t>(votes.examples[vote] / stride));
    some.classes.push_back(votes.classes[vote]);
    if (!votes.confidence.empty()) some.confidence.push_back(votes.confidence[vote]);
  }
  return some;
}

struct Sample {
  std::uint64_t stride = 1, rows = 0;
  std::vector<ClassId> gold = {};  // Empty: none.
};

Sample sample_of(const VotesOfProject& of, std::span<const VotingSource> voters) {
  Sample sample{.stride = stride_of(voters)};
  sample.rows = (of.rows + sample.stride - 1) / sample.stride;
  for (std::size_t row = 0; row < of.gold.size(); row += sample.stride) sample.gold.push_back(of.gold[row]);
  if (std::ranges::all_of(sample.gold, [](ClassId gold) { return gold == kNoClass; })) sample.gold.clear();
  return sample;
}

SoftLabels no_labels(std::uint64_t rows, std::size_t classes) {
  SoftLabels labels(classes);
  labels.add_pattern({}, kNoClass);
  labels.set_examples(std::vector<std::uint32_t>(rows, 0));
  return labels;
}

SoftLabels labels_by(const std::string& model_name, const VotesOfProject& of, const Sample& sample, std::span<const VotingSource> voters,
                     int threads) {
  std::vector<SourceVotes> votes;
  LabelEvidence evidence{.gold = sample.gold, .prior = of.project.task.declared_prior()};
  for (const VotingSource& voter : voters) {
    votes.push_back(sampled(*voter.votes, sample.stride));
    evidence.kinds.push_back(label_kind(*voter.source));
    evidence.names.push_back(voter.source->name);
  }
  if (std::ranges::all_of(votes, [](const SourceVotes& of_source) { return of_source.examples.empty(); }))
    return no_labels(sample.rows, of.project.task.classes.size());
  const VotePatterns patterns(VoteMatrix(sample.rows, of.project.task.answers(), votes));
  const auto model = make_label_model(model_name, of.project.label_model_options);
  const FitReport& fit = model->fit(patterns, evidence, threads);
  const SoftLabels labels = model->predict(patterns);
  if (!fit.used_gold) return labels;
  return cross_fitted_labels(model_name, of.project.label_model_options, patterns, evidence, labels, kFolds, threads);
}

}  // namespace

nlohmann::json label_effect_json(const VotesOfProject& of, std::span<const VotingSource> others, const VotingSource& one, int threads) {
  std::vector<VotingSource> all(others.begin(), others.end());
  all.push_back(one);
  const Sample sample = sample_of(of, all);
  const std::string model = of.project.label_model.empty() ? std::string(default_label_model()) : of.project.label_model;
  const SoftLabels with = labels_by(model, of, sample, all, threads), without = labels_by(model, of, sample, others, threads);
  std::uint64_t rows = 0, flips = 0, first = 0, gold = 0, fixed = 0, broken = 0;
  for (std::size_t row = 0; row < sample.rows; ++row) {
    if (of.counted && !std::ranges::binary_search(*of.counted, static_cast<std::uint32_t>(row * sample.stride))) continue;
    ++rows;
    const ClassId now = with.hard(row), before = without.hard(row);
    flips += before != kNoClass && now != before;
    first += before == kNoClass && now != kNoClass;
    if (sample.gold.empty() || sample.gold[row] == kNoClass) continue;
    ++gold;
    fixed += now == sample.gold[row] && before != sample.gold[row];
    broken += now != sample.gold[row] && before == sample.gold[row];
  }
  return {{"model", model}, {"rows", rows}, {"flips", flips}, {"new", first}, {"gold", gold}, {"fixed", fixed}, {"broken", broken}};
}

}  // namespace hone
