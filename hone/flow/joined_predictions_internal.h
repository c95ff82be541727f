#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hone/flow/compare_predictions.h"
#include "hone/flow/prediction_file.h"

namespace hone {

enum class MetricKind { kAccuracy, kMacroF1, kLogLoss, kBrier, kAuroc, kField };

/// What two files are compared by.
struct ChosenMetric {
  MetricKind kind = MetricKind::kField;
  std::string name;
  bool needs_gold() const { return kind != MetricKind::kField; }
  bool needs_predictions() const { return kind == MetricKind::kAccuracy || kind == MetricKind::kMacroF1; }
  bool needs_probabilities() const { return kind == MetricKind::kLogLoss || kind == MetricKind::kBrier || kind == MetricKind::kAuroc; }
};

/// Ids that are in one place and not in another: how many, and the first of them.
struct LeftOut {
  std::uint64_t count = 0;
  std::vector<std::string> first;
  void add(std::string_view id);
};

/// Items that are in both files, in the order of A, and have gold where the metric needs it.
struct JoinedItems {
  std::vector<std::uint32_t> in_a, in_b;  // By item: its number there.
  std::vector<std::uint32_t> of_a, of_b;  // By number there: the item, kNoName.
  std::vector<std::uint32_t> gold;        // By item: a number of `classes`; empty where no gold is read.
  std::vector<std::uint32_t> clusters;    // By item; empty where items stand alone.
  NameTable classes;                      // Of gold, then those that are predicted alone.
  LeftOut only_in_a, only_in_b, without_gold;
  std::uint64_t without_cluster = 0;                // Each stands alone.
  std::uint64_t other_gold = 0, other_version = 0;  // Items whose gold, or what lm-eval asked, differs between the files,
  std::string first_other;                          // the first of them, with both.

  std::size_t size() const { return in_a.size(); }
};

struct NamedSlice {
  std::string name;
  std::vector<std::uint32_t> items;  // Of JoinedItems, ascending.
};

/// All that is read for a comparison.
struct JoinedPredictions {
  ChosenMetric metric;
  PredictionLayout layout_a, layout_b;
  PredictionTable a, b;
  JoinedItems items;
  std::vector<NamedSlice> slices;  // Of a field the largest first.
  std::vector<std::string> warnings;
};

/// Chooses the metric, reads the files side by side and joins them by id.
JoinedPredictions join_predictions(const std::filesystem::path& a, const std::filesystem::path& b,
                                   const ComparePredictionsOptions& options);

}  // namespace hone
