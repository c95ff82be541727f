#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hone/eval/score_difference.h"

namespace hone {

/// In what a difference is told: points are hundredths of the score's range, of log loss there are nats.
struct ScoreUnit {
  std::string name = "points";
  double size = 0.01;  // Of one, in the score.
  int digits = 1;
};

/// What words about a difference need besides it.
struct ComparisonWords {
  std::string metric;
  ScoreUnit unit;
  std::string cluster;  // The field; empty: items stand alone.
  VerdictOptions verdict = {};
  bool lower_is_better = false;
  double worth_seeing = 0.02;  // A difference, in the score, that more items would be asked for.
  std::string not_defined;     // Why the metric has no value, where it has none.
  std::string not_comparable;  // What differs.
};

/// "3.2 points", "1 point"; of an amount in the score.
std::string in_units(double amount, const ScoreUnit& unit);

/// How many more items would show a difference that is worth seeing, or would be enough for a verdict; 0 where these are, nothing where it
/// cannot be told or there is a verdict.
std::optional<std::uint64_t> more_items(const ScoreDifference& difference, const ComparisonWords& words);

/// "better by 3.2 points (0.4 to 6.1)": the verdict and its numbers.
std::string verdict_text(const ScoreDifference& difference, const ComparisonWords& words);

/// The same for somebody who does not know statistics, in whole sentences.
std::string sentence_about(const ScoreDifference& difference, const ComparisonWords& words);

/// Why this test, in a sentence.
std::string why_this_test(const ScoreDifference& difference, const ComparisonWords& words);

}  // namespace hone
