#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace hone {

/// How the classifier `text-linear` reads texts and learns. The names are those of hone.yaml's `model:`.
struct TextLinearOptions {
  /// Word n-grams of 1 to so many words, 1 to 5.
  int word_ngrams = 2;

  /// Character n-grams inside runs without spaces, from so many to so many code points, each end counted as one (1 to 8);
  /// max_characters 0 leaves them out. They see through typos, inflections and compounds.
  int min_characters = 2;
  int max_characters = 5;

  /// Places of the hash table, a power of two from 2^10 to 2^24. Only places that the training rows use cost memory.
  std::int64_t buckets = std::int64_t{1} << 20;

  /// Passes over the training rows at most, from 1.
  int epochs = 30;

  /// Ends after so many epochs without a better loss on the valid split, from 1; the best epoch is kept.
  int patience = 4;

  /// Rows of a mini-batch, from 1 to 65,536.
  int batch = 64;

  /// Step of Adagrad after the warm-up, above 0. It decays linearly to a hundredth over `epochs`.
  double learning_rate = 1.0;

  /// Where Adagrad's sums of squared gradients begin, above 0: the larger, the less a rare n-gram counts for.
  double initial_accumulator = 1.0;

  /// Share of all steps over which the learning rate rises from 0, in [0, 1).
  double warm_up = 0.03;

  /// Logit adjustment: how far rare classes are helped, from 0 (as likely as among the training rows) to 1 (every class alike:
  /// best mean recall, worse probabilities); see text_linear_training.cpp. A learner that stops early underrates rare classes: a
  /// quarter gave at least the log loss of 0 on the valid splits of three sets, with more macro F1 where classes are rare.
  double balance = 0.25;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

void to_json(nlohmann::json& json, const TextLinearOptions& options);

/// Takes `name` beside the options. Throws kInvalidArgument for an unknown option (naming the nearest), a value of the
/// wrong type, or one out of range.
void from_json(const nlohmann::json& json, TextLinearOptions& options);

}  // namespace hone
