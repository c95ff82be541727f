#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// What a label model made of the votes, and what it is judged by.
struct LabelsToJudge {
  const VoteMatrix& votes;
  const SoftLabels& labels;  // Cross-fitted where the model used gold.
  std::span<const ClassId> gold;
  std::span<const std::uint32_t> groups;
  const std::vector<std::uint32_t> (&rows)[kSplits];  // With gold, by split.
  const std::vector<double>& prior;                   // Declared class shares, by which majority vote breaks ties; empty: none.
  const nlohmann::json& fit;                          // As the label stage left it.
};

/// The labels beside majority vote on the same rows: {"splits": {split: comparison or null}, "decided_on", "comparison", "recommend",
/// "text", "gold_needed"}. What to recommend is decided on train and valid gold, since test gold measures what was decided; on test only
/// where the others are too few.
nlohmann::json against_majority_json(const LabelsToJudge& judged);

/// A row whose votes contradict each other, for all rows with these votes.
struct ContestedRow {
  std::uint32_t row = 0;
  std::uint32_t rows = 0;       // That have the same votes and label, of train and valid.
  ClassId majority = kNoClass;  // What majority vote says.
  bool overruled = false;       // Shown because the label is another than that; else because it is unsure.
};

/// At most `most` of the least sure labels among rows in conflict, then at most as many where the label differs from majority vote, those
/// that stand for most rows first. Of train and valid alone: they may be read while sources are written.
std::vector<ContestedRow> contested_rows(const LabelsToJudge& judged, std::span<const Split> splits, std::size_t most);

}  // namespace hone
