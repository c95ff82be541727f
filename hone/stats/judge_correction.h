#pragma once

#include <cstdint>
#include <span>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// What people's labels say of a judge that answers yes or no.
struct JudgeRecord {
  std::uint64_t yes_right = 0;    // The judge said yes,
  std::uint64_t yes_labeled = 0;  // of so many that people say are yes.
  std::uint64_t no_right = 0;     // The judge said no,
  std::uint64_t no_labeled = 0;   // of so many that are no.
};

struct CorrectedRate {
  double rate = 0.0;            // Kept in [0, 1].
  double standard_error = 0.0;  // By the delta method; the interval does not rest on it.
  Interval interval;
};

/// The true rate of yes where a judge says it of `yes` in n, from its error rates alone (Rogan and Gladen 1978), with the interval of Lang
/// and Reiczigel (2014). For calibration items drawn by class or elsewhere; the rates must carry over.
///
/// kNoItems when n is 0, kTooFewLabels with fewer than 10 of either kind, kJudgeNoBetter when the two rates sum to 1.1 or less. Throws
/// kInvalidArgument for a count above what it is of, or alpha not in (0, 1).
Defined<CorrectedRate> rogan_gladen(std::uint64_t yes, std::uint64_t n, const JudgeRecord& judge, double alpha = 0.05);

/// A mean of people's labels made more precise by a judge.
struct CorrectedMean {
  double mean = 0.0;
  double standard_error = 0.0;
  double degrees_of_freedom = 0.0;
  Interval interval;
  double weight = 0.0;        // Lambda: how much of the judge is used, 0..1.
  double labels_mean = 0.0;   // Of the labels alone,
  double labels_error = 0.0;  // and its standard error.
};

/// Items that a person and the judge scored: an even draw from the same population as the others.
struct LabeledScores {
  std::span<const double> truth;  // By people.
  std::span<const double> judge;
  std::span<const std::uint32_t> cluster_of;  // Equal numbers hang together; empty: each stands alone.
};
struct JudgedScores {
  std::span<const double> judge;
  std::span<const std::uint32_t> cluster_of;
};

/// PPI++ (Angelopoulos, Duchi, Zrnic 2023) for a mean: any score, or differences of two systems'. With a judge that says always the same,
/// or without unlabeled items, the labels alone.
///
/// kTooFewLabels with fewer than 2 labeled clusters, kNoSpread when labels and judge differ nowhere or alike: take rogan_gladen() then. O(n
/// + N). Throws kInvalidArgument for scores that are not finite, lengths that differ, or alpha not in (0, 1).
Defined<CorrectedMean> ppi_mean(const LabeledScores& labeled, const JudgedScores& unlabeled, double alpha = 0.05);

/// To how many times the labels a judge comes whose scores correlate with the truth by `correlation`. REQUIRES: correlation^2 < 1.
double labels_worth(double correlation, std::uint64_t labeled, std::uint64_t unlabeled);

}  // namespace hone
