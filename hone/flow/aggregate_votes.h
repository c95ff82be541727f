#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_table.h"

namespace hone {

struct AggregateOptions {
  /// Known answers that measure the model and teach it nothing, as VoteTableOptions has them; empty: those of the votes, if any.
  std::filesystem::path gold;
  /// Known answers that the model may learn from, in the same form; rows that have one are not measured. Empty: none.
  std::filesystem::path known = {};
  std::map<std::string, double> class_balance = {};  // What is known of the shares of classes, as task.class_balance.
  std::string model{default_label_model()};          // One of label_models(), with its own defaults.
  int threads = 0;                                   // 0: as many as the machine has. No result depends on it.
};

/// A table of votes with what a label model makes of it.
struct AggregatedVotes {
  std::string model;
  VoteTable table;
  FitReport fit;
  SoftLabels labels;         // By example of the table.
  double seconds = 0.0;      // Reading, fit and labels.
  double fit_seconds = 0.0;  // Fit and labels, from votes in memory.
};

/// Throws kNotFound for an unknown model or a missing file, and what read_vote_table() throws.
AggregatedVotes aggregate_votes(const std::filesystem::path& votes, const AggregateOptions& options = {});

/// As docs/json.md has it (hone aggregate), measures on covered rows with gold included.
void to_json(nlohmann::json& json, const AggregatedVotes& done);

/// Writes id, label, probability and probabilities by class, a row per example; the format is that of the file's ending.
void write_labels(const AggregatedVotes& done, const std::filesystem::path& file);

}  // namespace hone
