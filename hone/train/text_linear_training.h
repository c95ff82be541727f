#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/train/text_linear.h"
#include "hone/vote/soft_labels.h"

namespace hone {

/// Rows to learn from or to measure on: n-gram counts by bucket, and for row r the label of labels->…(examples[r]), which has one.
struct LabeledRows {
  PackedRows counts;
  std::vector<std::uint32_t> examples{};
  const SoftLabels* labels = nullptr;  // Borrowed.

  std::size_t size() const { return examples.size(); }
};

/// One pass over the training rows.
struct Epoch {
  int epoch = 0;  // From 1.
  double train_loss = 0.0;
  std::optional<double> valid_loss;      // Before `balance`.
  std::optional<double> valid_accuracy;  // With it.
  double learning_rate = 0.0;            // At its end.
};

struct TrainingCourse {
  std::vector<Epoch> curve;
  int best_epoch = 0;   // Whose weights the model has.
  std::string stopped;  // Why it ended, in words.
};

/// The probabilities of a row's label by class: what a pattern does not list shares the rest evenly.
void fill_target(const SoftLabels& labels, std::size_t example, std::span<float> target);

/// Replaces each row of logits by the gradient of its soft cross entropy -sum of q log p, which is p - q, and returns the summed
/// loss. `targets` is shaped like the logits, row-major, rows x classes.
double soft_cross_entropy(std::span<float> logits, std::span<const float> targets, std::size_t classes);

/// Learns `model`'s weights by soft cross entropy (the noise-aware loss: -sum of q log p) with mini-batches and LazyAdagrad,
/// and leaves those of the epoch with the least loss on `valid`; with an empty `valid`, of the last epoch. Counts are weighed batch by
/// batch, so that beside them memory holds the table three times, and nothing that grows with the rows but twenty bytes of each.
/// Same arguments, same weights, whatever the number of threads. `progress` is called after every batch.
/// Throws kInvalidArgument without rows, or when all labels are one class.
TrainingCourse train_text_linear(TextLinear& model, const LabeledRows& train, const LabeledRows& valid, std::uint64_t seed,
                                 const Progress& progress);

}  // namespace hone
