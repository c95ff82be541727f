#include "hone/eval/class_difference.h"

#include <algorithm>
#include <vector>

#include "hone/stats/bootstrap.h"
#include "hone/stats/clustered.h"
#include "hone/stats/difference.h"
#include "hone/stats/swap_test.h"

namespace hone {
namespace {

// Items that count, by row.
struct GatheredClasses {
  std::vector<ClassNumber> gold, a, b;
  std::vector<std::uint32_t> clusters;  // Empty where items stand alone.
};

class MacroF1Difference {
 public:
  MacroF1Difference(const PairedClasses& classes, std::span<const std::uint32_t> rows, const ClassDifferenceOptions& options)
      : classes_(classes), rows_(rows), options_(options) {}

  ScoreDifference make() {
    const GatheredClasses both = gathered([](ClassNumber answer, ClassNumber) { return answer; });
    result_.items = both.gold.size();
    if (result_.items > 0) {
      result_.test = DifferenceTest::kSwap;
      take(both);
    }
    result_.verdict = verdict_of(result_.seen, too_few_);
    result_.best = result_.worst = result_.seen;
    if (result_.missing_a + result_.missing_b > 0) fill_missing();
    return std::move(result_);
  }

 private:
  // Rows with both answers, once `fill` has given those that are missing.
  template <typename Fill>
  GatheredClasses gathered(const Fill& fill) {
    GatheredClasses items;
    result_.missing_a = result_.missing_b = 0;
    for (const std::uint32_t row : rows_) {
      const ClassNumber gold = classes_.gold[row];
      result_.missing_a += classes_.a[row] == kNoAnswer;
      result_.missing_b += classes_.b[row] == kNoAnswer;
      const ClassNumber a = classes_.a[row] == kNoAnswer ? fill(kNoAnswer, gold) : classes_.a[row];
      const ClassNumber b = classes_.b[row] == kNoAnswer ? fill(kNoAnswer - 1, gold) : classes_.b[row];
      if (a >= classes_.classes || b >= classes_.classes) continue;
      items.gold.push_back(gold);
      items.a.push_back(a);
      items.b.push_back(b);
      if (!classes_.clusters.empty()) items.clusters.push_back(classes_.clusters[row]);
    }
    return items;
  }

  BootstrapOptions bootstrap_options() const {
    return {.replicates = options_.replicates, .seed = options_.seed, .alpha = options_.verdict.alpha, .threads = options_.threads};
  }

  static std::uint64_t differing(const GatheredClasses& items) {
    std::uint64_t differing = 0;
    for (std::size_t item = 0; item < items.a.size(); ++item) differing += items.a[item] != items.b[item];
    return differing;
  }

  ClusterCells cells_of(const GatheredClasses& items) const {
    return macro_f1_cells(items.gold, items.a, items.b, items.clusters, classes_.classes);
  }

  // What is known of a difference; `too_few` where there are too few clusters for any interval.
  DifferenceSeen seen_of(const GatheredClasses& items, const ClusterCells& cells, bool& too_few, double& standard_error) const {
    DifferenceSeen seen{.differ = differing(items) > 0, .items = static_cast<double>(items.gold.size())};
    if (!items.clusters.empty()) {
      seen.clusters = static_cast<double>(cells.clusters());
      seen.largest_share = largest_share(items.clusters);
    }
    if (!seen.differ) {  // The rate at which they could.
      const std::vector<double> none(items.gold.size(), 0.0);
      std::vector<std::uint32_t> clusters = items.clusters;
      for (std::uint32_t item = 0; items.clusters.empty() && item < items.gold.size(); ++item) clusters.push_back(item);
      if (const auto never = paired_difference(none, none, clusters, {.alpha = options_.verdict.alpha}).interval) seen.interval = *never;
      return seen;
    }
    const auto interval = resampled_interval(cells, difference_of(macro_f1), bootstrap_options());
    too_few = !interval && (interval.why() == NotDefined::kTooFewClusters || interval.why() == NotDefined::kOneCluster);
    if (!interval) return seen;
    seen.interval = interval->interval;
    standard_error = interval->standard_error;
    if (const auto test = swap_test(cells, macro_f1, {.seed = options_.seed, .draws = options_.swaps, .threads = options_.threads}))
      seen.p = test->p;
    return seen;
  }

  static double largest_share(std::vector<std::uint32_t> clusters) {
    const std::size_t items = clusters.size();
    std::ranges::sort(clusters);
    std::size_t largest = 0, begin = 0;
    for (std::size_t item = 0; item < items; ++item) {
      if (clusters[item] != clusters[begin]) begin = item;
      largest = std::max(largest, item - begin + 1);
    }
    return items == 0 ? 0.0 : static_cast<double>(largest) / static_cast<double>(items);
  }

  void take(const GatheredClasses& items) {
    const ClusterCells cells = cells_of(items);
    result_.clusters = cells.clusters();
    result_.differing = differing(items);
    double standard_error = 0.0;
    result_.seen = seen_of(items, cells, too_few_, standard_error);
    result_.interval = result_.seen.interval;
    result_.p = result_.seen.p;
    measure(items, items.a, result_.a);
    measure(items, items.b, result_.b);
    result_.difference = result_.a.value - result_.b.value;
    if (standard_error > 0.0)
      result_.smallest_detectable = smallest_detectable(ClusteredMean{.standard_error = standard_error,
                                                                      .degrees_of_freedom = static_cast<double>(cells.clusters() - 1),
                                                                      .clusters = cells.clusters()},
                                                        options_.verdict.alpha);
    if (!items.clusters.empty() && cells.clusters() < items.gold.size())
      result_.clustering = ClusteringEffect{.largest_share = result_.seen.largest_share};
  }

  void measure(const GatheredClasses& items, std::span<const ClassNumber> answers, MeasuredScore& measured) const {
    const ClusterCells cells = macro_f1_cells(items.gold, answers, items.clusters, classes_.classes);
    measured.value = macro_f1(cells.totals());
    if (const auto interval = resampled_interval(cells, macro_f1, bootstrap_options())) measured.interval = interval->interval;
  }

  ReportVerdict verdict_of(const DifferenceSeen& seen, bool too_few) const {
    const ReportVerdict verdict = decide(seen, options_.verdict);
    return verdict == ReportVerdict::kNotDefined && too_few ? ReportVerdict::kTooFewClusters : verdict;
  }

  void fill_missing() {
    const auto wrong = [&](ClassNumber gold) { return static_cast<ClassNumber>((gold + 1) % classes_.classes); };
    const auto filled = [&](bool best_for_a) {
      const GatheredClasses items =
          gathered([&](ClassNumber side, ClassNumber gold) { return (side == kNoAnswer) == best_for_a ? gold : wrong(gold); });
      bool too_few = false;
      double standard_error = 0.0;
      return items.gold.empty() ? DifferenceSeen{} : seen_of(items, cells_of(items), too_few, standard_error);
    };
    result_.best = filled(true);
    result_.worst = filled(false);
    result_.verdict = as_filled(result_.verdict, decide(result_.best, options_.verdict), decide(result_.worst, options_.verdict));
  }

  const PairedClasses& classes_;
  std::span<const std::uint32_t> rows_;
  const ClassDifferenceOptions& options_;
  ScoreDifference result_;
  bool too_few_ = false;
};

}  // namespace

ScoreDifference macro_f1_difference(const PairedClasses& classes, std::span<const std::uint32_t> rows,
                                    const ClassDifferenceOptions& options) {
  return MacroF1Difference(classes, rows, options).make();
}

}  // namespace hone
