#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hone/stats/missing.h"

namespace hone {

/// The names of the metrics that are no field of the files: accuracy, macro-f1, log-loss, brier and auroc.
std::vector<std::string> built_in_metrics();

struct ComparePredictionsOptions {
  std::filesystem::path gold = {};       // Known answers by id; empty: those in the files of predictions.
  std::string cluster = {};              // A field whose equal values hang together; empty: items stand alone.
  std::vector<std::string> slices = {};  // Fields, each value a slice, or conditions as hone.yaml has them: {where: {field: …, …}}.

  /// accuracy, macro-f1, log-loss, brier, auroc, or a field of numbers; empty: the files' own score, else accuracy where there is gold,
  /// else the field `score`, else the only field of numbers.
  std::string metric = {};
  std::optional<double> margin = {};  // Points: hundredths of the score's range; of log-loss nats. Above 0, at most 100.

  // Names of fields; empty: those that the kind of file has, for a table id, prediction, gold and probabilities.
  std::string id = {}, prediction = {}, gold_field = {}, probabilities = {};
  std::string filter = {};               // Of files of lm-eval that have several.
  std::string positive = {};             // auroc: the class that a high score means; empty: of the two the later one in byte order.
  bool lower_is_better = false;          // Of a field of numbers: a loss, a latency.
  std::optional<ScoreRange> range = {};  // Of a field of numbers; nothing: 0 to 1 where all lie there, else what there is.

  std::uint64_t least_items = 30, least_clusters = 10;  // Fewer get no verdict.
  std::uint64_t seed = 0;                               // Of resampling.
  int threads = 0;                                      // 0: as many as the machine has. No result depends on it.

  /// What is wrong in itself, whatever the files hold. Throws kInvalidArgument, naming the option.
  void validate() const;
};

/// A less B on the items that both have, as plain data (docs/json.md: compare): the difference with its interval, the test and why it is
/// that, a verdict in the order of checks of the manual (docs/evaluation.md), what was left out or missing, by slice with p corrected for
/// how many there are. Memory grows with items, about 150 bytes each, not with texts.
///
/// Throws what read_predictions() throws; kNotFound for a metric or field that is not there, naming the nearest; kInvalidArgument for files
/// that share no id, and for a metric that the files do not have what it takes for.
nlohmann::json compare_predictions(const std::filesystem::path& a, const std::filesystem::path& b,
                                   const ComparePredictionsOptions& options = {});

}  // namespace hone
