#include "hone/flow/measured_internal.h"

#include <algorithm>
#include <utility>

namespace hone {
namespace {

// A source's votes as labels: certain where it voted for a class, none elsewhere.
SoftLabels labels_of(const VoteMatrix& votes, std::size_t source) {
  const std::size_t examples = votes.shape().examples, classes = votes.shape().classes;
  SoftLabels labels(classes);
  std::vector<double> distribution(classes, 0.0);
  for (std::size_t id = 0; id < classes; ++id) {
    distribution[id] = 1.0;
    labels.add_pattern(distribution, static_cast<ClassId>(id));
    distribution[id] = 0.0;
  }
  const std::uint32_t silent = labels.add_pattern({}, kNoClass);
  std::vector<std::uint32_t> pattern_of(examples, silent);
  for (std::size_t example = 0; example < examples; ++example)
    for (const Vote vote : votes.on(example))
      if (vote.source == source && vote.class_id < classes) pattern_of[example] = vote.class_id;
  labels.set_examples(std::move(pattern_of));
  return labels;
}

// The source that is right on most rows of the valid split, of equal ones the first; nothing when none is right on any.
std::optional<std::size_t> best_on_valid(const Measured& measured) {
  std::vector<std::uint64_t> right(measured.votes.shape().sources);
  for (const std::uint32_t row : measured.rows(Split::kValid))
    for (const Vote vote : measured.votes.on(row)) right[vote.source] += vote.class_id == measured.gold.classes[row];
  const auto best = std::ranges::max_element(right);
  if (best == right.end() || *best == 0) return std::nullopt;
  return static_cast<std::size_t>(best - right.begin());
}

void take_rows(Measured& measured, const std::vector<Split>& splits) {
  for (std::uint32_t row = 0; row < measured.gold.classes.size(); ++row)
    if (measured.gold.classes[row] != kNoClass) measured.split_rows[static_cast<std::size_t>(splits[row])].push_back(row);
}

}  // namespace

Measured gather_measured(const StageContext& context, const std::vector<Split>& splits) {
  Measured measured{context, context.workspace.dataset(context.data()), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  measured.answers = context.project().task.answer_names();
  measured.gold = read_gold(context.project(), measured.dataset, GoldUse::kEvaluation);
  if (measured.gold.classes.empty()) measured.gold.classes.assign(measured.dataset.rows(), kNoClass);
  measured.groups = read_clusters(context, measured.dataset);
  take_rows(measured, splits);
  measured.votes = context.workspace.vote_matrix(context.of("vote"), measured.dataset.rows());
  measured.labels = context.workspace.judged_labels(context.of("label"));
  measured.fit = context.workspace.json(context.of("label").output("fit"));
  measured.prior = context.project().task.declared_prior();
  if (context.project().trains()) measured.predictions = context.workspace.predictions(context.of("train"));
  measured.best_source = best_on_valid(measured);
  if (measured.best_source) measured.best_labels = labels_of(measured.votes, *measured.best_source);
  measured.against_majority = against_majority_json(measured.labels_to_judge());
  return measured;
}

nlohmann::json answer_or_null(const Measured& measured, ClassId id) {
  return id == kNoClass ? nlohmann::json() : nlohmann::json(measured.answers[id]);
}

}  // namespace hone
