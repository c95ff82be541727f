// Rests on:
//   W. J. Rogan, B. Gladen: Estimating Prevalence from the Results of a Screening Test. American Journal of Epidemiology 107, 1978.
//   Z. Lang, J. Reiczigel: Confidence Limits for Prevalence of Disease Adjusted for Estimated Sensitivity and Specificity. Preventive
//   Veterinary Medicine 113, 2014.
//   A. N. Angelopoulos, J. C. Duchi, T. Zrnic: PPI++: Efficient Prediction-Powered Inference. 2023.
#include "hone/stats/judge_correction.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

constexpr std::uint64_t kLeastLabels = 10;
constexpr double kLeastInformation = 0.1;  // Of a judge: the two rates less 1, as Youden's index.

struct JudgeRates {
  double p, n;             // Share of yes, of so many.
  double yes, yes_labels;  // P(yes | yes), of so many.
  double no, no_labels;    // P(no | no).

  double information() const { return yes + no - 1.0; }
  double rate() const { return (p + no - 1.0) / information(); }
  double yes_variance() const { return yes * (1.0 - yes) / yes_labels; }
  double no_variance() const { return no * (1.0 - no) / no_labels; }
  double error(double rate) const {
    return std::sqrt(p * (1.0 - p) / n + std::pow(1.0 - rate, 2) * no_variance() + rate * rate * yes_variance()) / information();
  }
};

// With the pseudo-counts of Lang and Reiczigel.
JudgeRates padded(const JudgeRates& seen, double z) {
  const double z2 = z * z;
  return {.p = (seen.n * seen.p + z2 / 2.0) / (seen.n + z2),
          .n = seen.n + z2,
          .yes = (seen.yes_labels * seen.yes + 1.0) / (seen.yes_labels + 2.0),
          .yes_labels = seen.yes_labels + 2.0,
          .no = (seen.no_labels * seen.no + 1.0) / (seen.no_labels + 2.0),
          .no_labels = seen.no_labels + 2.0};
}

double share_of(std::uint64_t count, std::uint64_t n) {
  if (count > n) throw Error(ErrorCode::kInvalidArgument, "a count of a judge's answers is above what it is of");
  return n > 0 ? static_cast<double>(count) / static_cast<double>(n) : 0.0;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

ClusteredMean mean_by_cluster(std::span<const double> values, std::span<const std::uint32_t> cluster_of) {
  std::vector<std::uint32_t> alone;
  if (cluster_of.empty()) {
    alone.resize(values.size());
    std::iota(alone.begin(), alone.end(), 0u);
    cluster_of = alone;
  }
  return *clustered_mean(sum_by_cluster(values, cluster_of));
}

// How much of the judge to use: the slope of truth on judge, less for a judge that was not seen on many others.
double judge_weight(const LabeledScores& labeled, const JudgedScores& unlabeled) {
  if (unlabeled.judge.empty() || labeled.truth.size() < 2) return 0.0;
  const double n = static_cast<double>(labeled.truth.size()), others = static_cast<double>(unlabeled.judge.size());
  const double truth_mean = mean_of(labeled.truth), judge_mean = mean_of(labeled.judge);
  const double all_mean = (judge_mean * n + mean_of(unlabeled.judge) * others) / (n + others);
  double covariance = 0.0, variance = 0.0;
  for (std::size_t item = 0; item < labeled.truth.size(); ++item) {
    covariance += (labeled.truth[item] - truth_mean) * (labeled.judge[item] - judge_mean) / (n - 1.0);
    variance += std::pow(labeled.judge[item] - all_mean, 2) / (n + others - 1.0);
  }
  for (const double each : unlabeled.judge) variance += std::pow(each - all_mean, 2) / (n + others - 1.0);
  if (variance <= 1e-24 * std::max(1.0, all_mean * all_mean)) return 0.0;
  return std::clamp(covariance / ((1.0 + n / others) * variance), 0.0, 1.0);
}

}  // namespace

Defined<CorrectedRate> rogan_gladen(std::uint64_t yes, std::uint64_t n, const JudgeRecord& judge, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  const JudgeRates seen{.p = share_of(yes, n),
                        .n = static_cast<double>(n),
                        .yes = share_of(judge.yes_right, judge.yes_labeled),
                        .yes_labels = static_cast<double>(judge.yes_labeled),
                        .no = share_of(judge.no_right, judge.no_labeled),
                        .no_labels = static_cast<double>(judge.no_labeled)};
  if (n == 0) return NotDefined::kNoItems;
  if (std::min(judge.yes_labeled, judge.no_labeled) < kLeastLabels) return NotDefined::kTooFewLabels;
  if (seen.information() <= kLeastInformation + 1e-12) return NotDefined::kJudgeNoBetter;
  const double z = two_sided_z(alpha);
  const JudgeRates pad = padded(seen, z);
  const double rate = pad.rate(), half = z * pad.error(rate);
  const double centre = rate + 2.0 * z * z * (rate * pad.yes_variance() - (1.0 - rate) * pad.no_variance());
  CorrectedRate result;
  result.rate = std::clamp(seen.rate(), 0.0, 1.0);
  result.standard_error = seen.error(seen.rate());
  result.interval = {std::clamp(centre - half, 0.0, 1.0), std::clamp(centre + half, 0.0, 1.0)};
  return result;
}

Defined<CorrectedMean> ppi_mean(const LabeledScores& labeled, const JudgedScores& unlabeled, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  check_same_length(labeled.truth.size(), labeled.judge.size(), "labels and the judge's scores");
  check_finite(labeled.truth, "labels");
  check_finite(labeled.judge, "the judge's scores");
  check_finite(unlabeled.judge, "the judge's scores");
  if (labeled.truth.empty()) return NotDefined::kTooFewLabels;
  CorrectedMean result{.interval = {}, .weight = judge_weight(labeled, unlabeled)};
  std::vector<double> rest;
  for (std::size_t item = 0; item < labeled.truth.size(); ++item) rest.push_back(labeled.truth[item] - result.weight * labeled.judge[item]);
  const ClusteredMean labels = mean_by_cluster(labeled.truth, labeled.cluster_of), left = mean_by_cluster(rest, labeled.cluster_of);
  if (left.clusters < 2) return NotDefined::kTooFewLabels;
  if (left.standard_error == 0.0) return NotDefined::kNoSpread;
  const ClusteredMean judged = result.weight > 0.0 ? mean_by_cluster(unlabeled.judge, unlabeled.cluster_of) : ClusteredMean{};
  result.mean = result.weight * judged.mean + left.mean;
  result.standard_error = std::hypot(result.weight * judged.standard_error, left.standard_error);
  result.degrees_of_freedom = left.degrees_of_freedom;
  result.labels_mean = labels.mean;
  result.labels_error = labels.standard_error;
  const double half = two_sided_t(alpha, result.degrees_of_freedom) * result.standard_error;
  result.interval = {result.mean - half, result.mean + half};
  return result;
}

double labels_worth(double correlation, std::uint64_t labeled, std::uint64_t unlabeled) {
  const double others = static_cast<double>(unlabeled), share = others / (others + static_cast<double>(labeled));
  assert(correlation * correlation < 1.0);
  return 1.0 / (1.0 - correlation * correlation * share);
}

}  // namespace hone
