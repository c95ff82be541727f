#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/label_evaluation_internal.h"
#include "hone/flow/stages_internal.h"

namespace hone {

/// Everything that the measures of a task whose rows have one class each look at, held once.
struct Measured {
  const StageContext& context;
  Dataset dataset;
  Gold gold;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint32_t> split_rows[kSplits];  // Rows with gold.
  VoteMatrix votes;
  SoftLabels labels;  // Cross-fitted where the label model used gold.
  std::optional<SoftLabels> predictions;
  std::optional<std::size_t> best_source;
  SoftLabels best_labels;
  nlohmann::json fit;         // What the label stage says of the label model.
  std::vector<double> prior;  // Declared class shares.
  nlohmann::json against_majority;
  std::vector<std::string> answers;  // Names.

  const Project& project() const { return context.project(); }
  // The split that comparisons, slices and errors are about: test, else valid, else train.
  std::optional<Split> judged_split() const {
    for (const Split split : {Split::kTest, Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  // The split whose rows may be read while sources are written: never test.
  std::optional<Split> readable_split() const {
    for (const Split split : {Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  const std::vector<std::uint32_t>& rows(Split split) const { return split_rows[static_cast<std::size_t>(split)]; }
  Judged judged(const SoftLabels& of) const { return {of, gold.classes, groups}; }
  LabelsToJudge labels_to_judge() const { return {votes, labels, gold.classes, groups, split_rows, prior, fit}; }
  // What is read first where there is a trained model: that, else the label model.
  const SoftLabels& main_system() const { return predictions ? *predictions : labels; }
};

/// Reads it from what the stages before left; `splits` by row. Also finds the source that is right on most valid rows, and sets the labels
/// beside majority vote.
Measured gather_measured(const StageContext& context, const std::vector<Split>& splits);

/// The class's name, or null.
nlohmann::json answer_or_null(const Measured& measured, ClassId id);

}  // namespace hone
