// How often the intervals of hone/stats hold the truth, and how often its tests give a false alarm, on made-up data whose truth is known:
//   statistics_coverage [REPETITIONS [SEED]]      (2,000 and 1 when not said)
// Prints two Markdown tables: a grid of sizes and clusters, and one line for each figure of docs/statistics.md. Same arguments, same bytes.
// A binary cluster is an urn: each item is right with the share of rights in it so far, beside a start that gives the rate and the
// intraclass correlation (Pólya), which is the beta-binomial.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "hone/core/parallel.h"
#include "hone/core/random.h"
#include "hone/stats/agreement.h"
#include "hone/stats/auroc.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/bradley_terry.h"
#include "hone/stats/calibration.h"
#include "hone/stats/difference.h"
#include "hone/stats/judge_correction.h"
#include "hone/stats/linear_f1.h"
#include "hone/stats/macro_f1.h"
#include "hone/stats/multiple.h"
#include "hone/stats/paired.h"
#include "hone/stats/sequential.h"
#include "hone/stats/shrinkage.h"
#include "hone/stats/sign_flip.h"
#include "hone/stats/unequal_draws.h"

namespace {

using namespace hone;

constexpr double kLeftOut = std::numeric_limits<double>::quiet_NaN();

struct Settings {
  std::size_t repetitions = 2'000;
  std::uint64_t seed = 1;
};
Settings settings;

// The mean of what `once` gives over the repetitions, each with random numbers of its own; those left out do not count.
double mean_over(const std::string& name, std::size_t repetitions, const std::function<double(RandomStream&)>& once) {
  std::vector<double> found(repetitions);
  parallel_for(repetitions, 0, [&](std::size_t repetition) {
    RandomStream draw(settings.seed, "coverage/" + name + "/" + std::to_string(repetition));
    found[repetition] = once(draw);
  });
  double sum = 0.0, counted = 0.0;
  for (const double each : found)
    if (!std::isnan(each)) {
      sum += each;
      counted += 1.0;
    }
  return counted > 0.0 ? sum / counted : kLeftOut;
}

double holds(const Interval& interval, double truth) { return interval.low <= truth && truth <= interval.high ? 1.0 : 0.0; }

template <typename MaybeInterval>
double holds_if_given(const MaybeInterval& interval, double truth) {
  return interval ? holds(*interval, truth) : kLeftOut;
}

std::string shown(double value) {
  if (std::isnan(value)) return "–";
  char text[16];
  std::snprintf(text, sizeof text, "%.3f", value);
  return value < 1.0 ? std::string(text).substr(value < 0.0 ? 0 : 1) : text;
}

void print_row(const std::string& what, const std::string& noted, std::initializer_list<double> found, std::size_t repetitions) {
  std::string values;
  for (const double each : found) values += (values.empty() ? "" : " / ") + shown(each);
  std::printf("| %s | %s | %s | %s |\n", what.c_str(), noted.c_str(), values.c_str(),
              repetitions > 0 ? std::to_string(repetitions).c_str() : "exact");
  std::fflush(stdout);
}

// Data ---------------------------------------------------------------------------------------------------------------------------------

using Sizes = std::vector<std::size_t>;

struct Clustered {
  std::vector<double> scores;
  std::vector<std::uint32_t> cluster_of;
};

std::vector<std::uint32_t> clusters_of(const Sizes& sizes) {
  std::vector<std::uint32_t> cluster_of;
  for (std::uint32_t cluster = 0; cluster < sizes.size(); ++cluster) cluster_of.insert(cluster_of.end(), sizes[cluster], cluster);
  return cluster_of;
}

Clustered binary(RandomStream& draw, const Sizes& sizes, double rate, double correlation) {
  Clustered made{.scores = {}, .cluster_of = clusters_of(sizes)};
  const double start = correlation > 0.0 ? (1.0 - correlation) / correlation : 1e12;
  for (const std::size_t size : sizes) {
    double right = 0.0;
    for (std::size_t item = 0; item < size; ++item) {
      const double score = draw.uniform() < (start * rate + right) / (start + static_cast<double>(item)) ? 1.0 : 0.0;
      made.scores.push_back(score);
      right += score;
    }
  }
  return made;
}

Clustered normal(RandomStream& draw, const Sizes& sizes, double correlation) {
  Clustered made{.scores = {}, .cluster_of = clusters_of(sizes)};
  for (const std::size_t size : sizes) {
    const double shared = std::sqrt(correlation) * draw.normal();
    for (std::size_t item = 0; item < size; ++item) made.scores.push_back(shared + std::sqrt(1.0 - correlation) * draw.normal());
  }
  return made;
}

ClusteredMean mean_of(const Clustered& data) { return *clustered_mean(sum_by_cluster(data.scores, data.cluster_of)); }

Sizes equal_sizes(std::size_t clusters, std::size_t size) { return Sizes(clusters, size); }

// Of the same mean, four of six half as large and one three times.
Sizes unequal_sizes(std::size_t clusters, std::size_t size) {
  const double parts[] = {0.5, 0.5, 3.0, 0.5, 0.5, 1.0};
  Sizes sizes;
  for (std::size_t cluster = 0; cluster < clusters; ++cluster)
    sizes.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(parts[cluster % 6] * static_cast<double>(size)))));
  return sizes;
}

struct Layout {
  std::string name;
  Sizes sizes;
};

std::vector<Layout> noted_layouts() {
  Sizes falling, three_large{100, 80, 60};
  for (int cluster = 0; cluster < 10; ++cluster)
    falling.push_back(static_cast<std::size_t>(std::lround(100.0 * std::pow(0.02, cluster / 9.0))));
  for (std::size_t cluster = 0; cluster < 27; ++cluster) three_large.push_back(1 + cluster % 10);
  return {{"50 of 10", equal_sizes(50, 10)},
          {"10 of 10", equal_sizes(10, 10)},
          {"5 of 20", equal_sizes(5, 20)},
          {"10 falling from 100 to 2", falling},
          {"30: 100, 80, 60, rest 1 to 10", three_large}};
}

// Predictions of three even classes that are right by an urn: every class has an F1 of `rate`.
struct Predictions {
  std::vector<ClassNumber> gold, predicted;
  std::vector<std::uint32_t> cluster_of;
};

Predictions predictions(RandomStream& draw, const Sizes& sizes, double rate, double correlation) {
  const Clustered right = binary(draw, sizes, rate, correlation);
  Predictions made{.gold = {}, .predicted = {}, .cluster_of = right.cluster_of};
  for (const double each : right.scores) {
    made.gold.push_back(static_cast<ClassNumber>(draw.below(3)));
    made.predicted.push_back(each > 0.0 ? made.gold.back() : (made.gold.back() + 1 + static_cast<ClassNumber>(draw.below(2))) % 3);
  }
  return made;
}

double macro_f1_holds(RandomStream& draw, const Sizes& sizes, double correlation) {
  const Predictions made = predictions(draw, sizes, 0.75, correlation);
  const auto found = resampled_interval(macro_f1_cells(made.gold, made.predicted, made.cluster_of, 3), macro_f1,
                                        {.replicates = 1'000, .seed = draw.next(), .threads = 1});
  return found ? holds(found->interval, 0.75) : kLeftOut;
}

// The same by what each item does to it, as reports have it.
double linear_f1_holds(RandomStream& draw, const Sizes& sizes, double correlation) {
  const Predictions made = predictions(draw, sizes, 0.75, correlation);
  std::vector<ClassCounts> counts(3);
  for (std::size_t item = 0; item < made.gold.size(); ++item) {
    ++counts[made.gold[item]].gold;
    ++counts[made.predicted[item]].predicted;
    counts[made.gold[item]].right += made.gold[item] == made.predicted[item];
  }
  const LinearF1 f1 = linear_macro_f1(counts, made.gold.size());
  std::vector<double> scores;
  for (std::size_t item = 0; item < made.gold.size(); ++item)
    scores.push_back(f1.score(std::span(made.gold).subspan(item, 1), std::span(made.predicted).subspan(item, 1)));
  return holds_if_given(rate_interval(*clustered_mean(sum_by_cluster(scores, made.cluster_of))), 0.75);
}

// The grid -----------------------------------------------------------------------------------------------------------------------------

Interval paired_interval(const Clustered& a, const Clustered& b, bool alone) {
  PairedCounts counts;
  if (!alone) return *paired_difference(a.scores, b.scores, a.cluster_of).interval;
  for (std::size_t item = 0; item < a.scores.size(); ++item)
    ++(a.scores[item] > 0.0 ? (b.scores[item] > 0.0 ? counts.both : counts.only_a) : b.scores[item] > 0.0 ? counts.only_b : counts.neither);
  return *tango(counts);
}

void print_grid_row(std::size_t n, std::size_t size, bool unequal) {
  const Sizes sizes = unequal ? unequal_sizes(n / size, size) : equal_sizes(n / size, size);
  const std::string name = std::to_string(n) + "/" + std::to_string(size) + (unequal ? "/unequal" : "");
  const std::size_t repetitions = settings.repetitions;
  const double mean = mean_over("mean/" + name, repetitions,
                                [&](RandomStream& draw) { return holds_if_given(interval_of(mean_of(normal(draw, sizes, 0.3))), 0.0); });
  const double rate = mean_over("rate/" + name, repetitions,
                                [&](RandomStream& draw) { return holds(*rate_interval(mean_of(binary(draw, sizes, 0.8, 0.2))), 0.8); });
  const double paired = mean_over("paired/" + name, repetitions, [&](RandomStream& draw) {
    const Clustered a = binary(draw, sizes, 0.85, 0.2), b = binary(draw, sizes, 0.75, 0.2);
    if (size > 1 && !paired_difference(a.scores, b.scores, a.cluster_of).interval) return kLeftOut;
    return holds(paired_interval(a, b, size == 1), 0.1);
  });
  const double flips = mean_over("flips/" + name, repetitions / 2, [&](RandomStream& draw) {
    const Clustered a = normal(draw, sizes, 0.3);
    std::vector<double> totals(sizes.size(), 0.0);
    for (std::size_t item = 0; item < a.scores.size(); ++item) totals[a.cluster_of[item]] += a.scores[item];
    return sign_flip_test(totals, {.seed = draw.next(), .draws = 999, .exact_clusters = 10, .threads = 1})->p <= 0.05 ? 1.0 : 0.0;
  });
  const double f1 = mean_over("f1/" + name, repetitions / 4, [&](RandomStream& draw) { return macro_f1_holds(draw, sizes, 0.2); });
  const double linear = mean_over("f1/linear/" + name, repetitions, [&](RandomStream& draw) { return linear_f1_holds(draw, sizes, 0.2); });
  std::printf("| %zu | %zu | %s | %zu | %s | %s | %s | %s | %s | %s |\n", n, size, unequal ? "unequal" : "equal", sizes.size(),
              shown(mean).c_str(), shown(rate).c_str(), shown(paired).c_str(), shown(f1).c_str(), shown(linear).c_str(),
              shown(flips).c_str());
  std::fflush(stdout);
}

void print_grid() {
  std::puts(
      "| items | a cluster | sizes | clusters | mean | rate .8 | paired difference .1 | macro-F1 .75, bootstrap | the same, linearized | "
      "false alarms of sign flips |");
  std::puts("|---|---|---|---|---|---|---|---|---|---|");
  for (const std::size_t n : {30, 100, 1000})
    for (const std::size_t size : {1, 5, 20})
      for (const bool unequal : {false, true})
        if (n / size >= 5 && !(unequal && size == 1)) print_grid_row(n, size, unequal);
}

// The figures, one by one --------------------------------------------------------------------------------------------------------------

double binomial_share(double n, double p, double k) {
  if (p == 0.0 || p == 1.0) return (p == 0.0 ? k == 0.0 : k == n) ? 1.0 : 0.0;
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) + (n - k) * std::log1p(-p));
}

void print_proportions() {
  for (const std::uint64_t n : {10u, 100u}) {
    double sums[2] = {0.0, 0.0}, least[2] = {1.0, 1.0};
    for (int step = 1; step < 1000; ++step) {
      const double p = step / 1000.0;
      double covered[2] = {0.0, 0.0};
      for (std::uint64_t count = 0; count <= n; ++count) {
        const double share = binomial_share(static_cast<double>(n), p, static_cast<double>(count));
        covered[0] += share * holds(*wilson(count, n), p);
        covered[1] += share * holds(*clopper_pearson(count, n), p);
      }
      for (int method = 0; method < 2; ++method) {
        sums[method] += covered[method] / 999.0;
        least[method] = std::min(least[method], covered[method]);
      }
    }
    print_row("Wilson, n " + std::to_string(n) + ": mean / least over rates", n == 10 ? ".954 / .860" : ".950 / .910", {sums[0], least[0]},
              0);
    print_row("Clopper-Pearson, n " + std::to_string(n), n == 10 ? ".984 / .961" : ".965 / .954", {sums[1], least[1]}, 0);
  }
}

void print_means() {
  const char* noted_mean[] = {".954", ".956", ".949", ".940", ".922"};
  const char* noted_binary[] = {".940", ".913", ".879", ".877", ".868"};
  const char* noted_rate[] = {".954", ".948", ".946", ".948", ".920"};
  const char* noted_high[] = {".936", ".980", ".991", ".983", ".903"};
  int place = 0;
  for (const Layout& layout : noted_layouts()) {
    const std::size_t r = 2 * settings.repetitions;
    const auto plain = [&](const char* what, double rate, double correlation) {
      return mean_over(what + layout.name, r, [&, rate, correlation](RandomStream& draw) {
        const auto interval =
            interval_of(mean_of(rate > 0.0 ? binary(draw, layout.sizes, rate, correlation) : normal(draw, layout.sizes, correlation)));
        return interval ? holds(*interval, rate) : 0.0;
      });
    };
    const auto wilson_by_cluster = [&](const char* what, double rate) {
      return mean_over(what + layout.name, r, [&, rate](RandomStream& draw) {
        return holds(*rate_interval(mean_of(binary(draw, layout.sizes, rate, 0.2))), rate);
      });
    };
    print_row("CR2 mean, " + layout.name + ": normal / binary .8, correlation .3",
              std::string(noted_mean[place]) + " / " + noted_binary[place], {plain("m/", 0.0, 0.3), plain("b/", 0.8, 0.3)}, r);
    print_row("rate, " + layout.name + ": .8 / .95, correlation .2", std::string(noted_rate[place]) + " / " + noted_high[place],
              {wilson_by_cluster("r8/", 0.8), wilson_by_cluster("r95/", 0.95)}, r);
    ++place;
  }
}

void print_mcnemar() {
  const char* noted_exact[] = {".005", ".022", ".035"};
  const char* noted_mid[] = {".017", ".041", ".048"};
  int place = 0;
  for (const double n : {20.0, 50.0, 200.0}) {
    double exact = 0.0, mid = 0.0;
    for (double m = 0.0; m <= n; ++m)
      for (double b = 0.0; b <= m; ++b) {
        const double share = binomial_share(n, 0.2, m) * binomial_share(m, 0.5, b);
        const auto only_a = static_cast<std::uint64_t>(b), only_b = static_cast<std::uint64_t>(m - b);
        exact += mcnemar_exact(only_a, only_b) <= 0.05 ? share : 0.0;
        mid += mcnemar_mid(only_a, only_b) <= 0.05 ? share : 0.0;
      }
    print_row("McNemar's false alarms, 20 % differ, n " + std::to_string(static_cast<int>(n)) + ": exact / mid-p",
              std::string(noted_exact[place]) + " / " + noted_mid[place], {exact, mid}, 0);
    ++place;
  }
  const std::size_t r = settings.repetitions;
  for (const int n : {20, 100}) {
    double sums[2] = {0.0, 0.0}, least[2] = {1.0, 1.0};
    for (int table = 0; table < 60; ++table) {
      RandomStream shares(settings.seed, "coverage/table/" + std::to_string(table));
      double cuts[3] = {shares.uniform(), shares.uniform(), shares.uniform()};
      std::ranges::sort(cuts);
      for (const int method : {0, 1}) {
        const double covered = mean_over("tango/" + std::to_string(n) + "/" + std::to_string(table), r / 4, [&](RandomStream& draw) {
          PairedCounts counts;
          for (int item = 0; item < n; ++item) {
            const double at = draw.uniform();
            ++(at < cuts[0] ? counts.both : at < cuts[1] ? counts.only_a : at < cuts[2] ? counts.only_b : counts.neither);
          }
          return holds(method == 0 ? *tango(counts) : *newcombe_paired(counts), (cuts[1] - cuts[0]) - (cuts[2] - cuts[1]));
        });
        sums[method] += covered / 60.0;
        least[method] = std::min(least[method], covered);
      }
    }
    print_row("60 random tables, n " + std::to_string(n) + ": Tango mean / least, Newcombe mean / least",
              n == 20 ? ".975 / .930 / .971 / .933" : ".954 / .925 / .956 / .930", {sums[0], least[0], sums[1], least[1]}, r / 4);
  }
}

void print_power() {
  struct Case {
    int n;
    double difference, differing;
    const char* noted;
  };
  for (const Case& each :
       {Case{626, .05, .2, ".799"}, Case{1306, .03, .15, ".802"}, Case{200, .07627, .15, ".820"}, Case{50, .17304, .2, ".860"}}) {
    const std::size_t r = 2 * settings.repetitions;
    const double power = mean_over("power/" + std::to_string(each.n), r, [&](RandomStream& draw) {
      std::uint64_t b = 0, c = 0;
      for (int item = 0; item < each.n; ++item) {
        const double at = draw.uniform();
        b += at < (each.differing + each.difference) / 2.0;
        c += at >= (each.differing + each.difference) / 2.0 && at < each.differing;
      }
      return mcnemar_mid(b, c) <= 0.05 ? 1.0 : 0.0;
    });
    print_row("power of mid-p at the smallest detectable effect, n " + std::to_string(each.n), each.noted, {power}, r);
  }
}

void print_resampling() {
  const char* noted[] = {".877 / .902 / .917", ".908 / .918 / .922", ".948 / .947 / .950"};
  int place = 0;
  const std::size_t r = settings.repetitions;
  for (const std::size_t n : {10, 20, 50}) {
    double covered[3];
    for (int method = 0; method < 3; ++method)
      covered[method] = mean_over("exponential/" + std::to_string(n), r, [&](RandomStream& draw) {
        std::vector<double> scores;
        std::vector<ClusterSum> items;
        for (std::size_t item = 0; item < n; ++item) scores.push_back(-std::log(1.0 - draw.uniform()));
        for (const double score : scores) items.push_back({1, score});
        if (method == 2) return holds(*interval_of(*clustered_mean(items)), 1.0);
        const ClusterCells cells = mean_cells(scores, {});
        const BootstrapValues drawn = bootstrap(cells, ratio, {.replicates = 1'000, .seed = draw.next(), .threads = 1});
        return holds(method == 0 ? percentile_interval(drawn.values, 0.05)
                                 : bca_interval(drawn.values, drawn.estimate, jackknife(cells, ratio)->acceleration, 0.05),
                     1.0);
      });
    print_row("mean of exponential data, n " + std::to_string(n) + ": percentile / BCa / t", noted[place++],
              {covered[0], covered[1], covered[2]}, r);
  }
  for (const std::size_t clusters : {15, 50})
    print_row("macro-F1, " + std::to_string(clusters) + " clusters of 10, " + (clusters < 20 ? "jackknife" : "BCa"),
              clusters < 20 ? ".926" : ".944",
              {mean_over("macro-f1/" + std::to_string(clusters), r / 2,
                         [&](RandomStream& draw) { return macro_f1_holds(draw, equal_sizes(clusters, 10), 0.2); })},
              r / 2);
  // Positive scores normal around 1, negative ones around 0: the area is Phi(1/sqrt 2).
  print_row("AUROC, 80 items, 30 % positive, logit", ".968",
            {mean_over("auroc", r,
                       [](RandomStream& draw) {
                         std::vector<double> scores;
                         std::vector<std::uint8_t> positive;
                         for (int item = 0; item < 80; ++item) {
                           positive.push_back(item < 24);
                           scores.push_back(draw.normal() + (item < 24 ? 1.0 : 0.0));
                         }
                         return holds_if_given(auroc(scores, positive)->interval, 0.5 * std::erfc(-0.5));
                       })},
            r);
}

void print_slices() {
  const std::size_t r = settings.repetitions;
  const auto alarms = [&](bool any) {
    return mean_over("many", r, [any](RandomStream& draw) {
      std::vector<double> p;
      for (int test = 0; test < 40; ++test) p.push_back(std::erfc(std::abs(draw.normal() + (test < 10 ? 3.0 : 0.0)) / std::sqrt(2.0)));
      const std::vector<double> adjusted = any ? holm(p) : benjamini_hochberg(p);
      double found = 0.0, wrong = 0.0;
      for (int test = 0; test < 40; ++test) {
        found += adjusted[test] <= 0.05;
        wrong += test >= 10 && adjusted[test] <= 0.05;
      }
      return any ? (wrong > 0.0 ? 1.0 : 0.0) : found > 0.0 ? wrong / found : 0.0;
    });
  };
  print_row("40 tests, 10 real: BH's false share / Holm's any false", ".036 / .037", {alarms(false), alarms(true)}, r);
  const char* noted[] = {".903", ".941", ".944"};
  int place = 0;
  for (const std::size_t slices : {10, 30, 100})
    // True rates Beta(8, 2), the eighth smallest of nine even numbers; 20 to 60 items.
    print_row("shrunk rates, " + std::to_string(slices) + " slices", noted[place++],
              {mean_over("slices/" + std::to_string(slices), r / 4,
                         [slices](RandomStream& draw) {
                           std::vector<double> truths;
                           std::vector<SliceCount> counts;
                           for (std::size_t slice = 0; slice < slices; ++slice) {
                             std::vector<double> even(9);
                             for (double& each : even) each = draw.uniform();
                             std::ranges::sort(even);
                             truths.push_back(even[7]);
                             counts.push_back({0, 20 + draw.below(41)});
                             for (std::uint64_t item = 0; item < counts.back().n; ++item)
                               counts.back().count += draw.uniform() < truths.back();
                           }
                           const auto found = shrink_rates(counts);
                           double covered = 0.0;
                           for (std::size_t slice = 0; slice < slices; ++slice)
                             covered += holds(found->slices[slice].interval, truths[slice]) / static_cast<double>(slices);
                           return covered;
                         })},
              r / 4);
}

void print_sequences() {
  const std::size_t r = settings.repetitions;
  print_row("E of discordant items, false alarms in 5,000 looks", ".035",
            {mean_over("e", r,
                       [](RandomStream& draw) {
                         std::uint64_t b = 0, c = 0;
                         for (int look = 0; look < 5'000; ++look) {
                           ++(draw.uniform() < 0.5 ? b : c);
                           if (e_of_discordant(b, c) >= 20.0) return 1.0;
                         }
                         return 0.0;
                       })},
            r);
  print_row("betting on clusters of 5, correlation .5, false alarms in 1,000 looks", ".023",
            {mean_over("betting", r,
                       [](RandomStream& draw) {
                         BettingTest test;
                         for (int look = 0; look < 1'000; ++look) {
                           const Clustered cluster = binary(draw, {5}, 0.5, 0.5);
                           double sum = 0.0;
                           for (const double each : cluster.scores) sum += 0.4 * (2.0 * each - 1.0);
                           test.add(sum / 5.0);
                           if (test.e_value() >= 20.0) return 1.0;
                         }
                         return 0.0;
                       })},
            r);
  print_row("interval at each of 2,000 looks from the 50th", ".973",
            {mean_over("looks", r,
                       [](RandomStream& draw) {
                         double sum = 0.0, squares = 0.0;
                         for (std::uint64_t look = 1; look <= 2'000; ++look) {
                           const double at = draw.uniform(), value = at < 0.1 ? 1.0 : at < 0.2 ? -1.0 : 0.0, t = static_cast<double>(look);
                           sum += value;
                           squares += value * value;
                           if (look < 50) continue;
                           const double deviation = std::sqrt(std::max(0.0, (squares - sum * sum / t) / (t - 1.0)));
                           const auto interval = sequence_of_mean(sum / t, deviation, look);
                           if (interval && holds(*interval, 0.0) == 0.0) return 0.0;
                         }
                         return 1.0;
                       })},
            r);
}

// Two raters who each give the true one of three classes (.5, .3, .2) with .85, else another: kappa, AC1 and alpha from their true table.
void print_agreement() {
  const double shares[] = {0.5, 0.3, 0.2};
  const auto rate = [](double at, ClassNumber truth) { return at < 0.85 ? truth : (truth + (at < 0.925 ? 1u : 2u)) % 3; };
  std::vector<double> table(9, 0.0);
  for (std::size_t truth = 0; truth < 3; ++truth)
    for (std::size_t one = 0; one < 3; ++one)
      for (std::size_t other = 0; other < 3; ++other)
        table[3 * one + other] += shares[truth] * (one == truth ? 0.85 : 0.075) * (other == truth ? 0.85 : 0.075);
  const double kappa = cohen_kappa(table)->value;
  double agreeing = 0.0, by_chance = 0.0;
  for (std::size_t each = 0; each < 3; ++each) {
    const double share = table[3 * each] + table[3 * each + 1] + table[3 * each + 2];
    agreeing += table[4 * each];
    by_chance += share * (1.0 - share) / 2.0;
  }
  const double ac1 = (agreeing - by_chance) / (1.0 - by_chance);
  for (const std::uint32_t n : {30u, 100u}) {
    const std::size_t r = settings.repetitions / 2;
    const auto covered = [&](int method) {
      return mean_over("agreement/" + std::to_string(n), r, [&, method](RandomStream& draw) {
        std::vector<ClassNumber> first, second, given;
        std::vector<std::uint32_t> unit_of;
        for (std::uint32_t unit = 0; unit < n; ++unit) {
          const double at = draw.uniform();
          const ClassNumber truth = at < 0.5 ? 0 : at < 0.8 ? 1 : 2;
          first.push_back(rate(draw.uniform(), truth));
          second.push_back(rate(draw.uniform(), truth));
          given.insert(given.end(), {first.back(), second.back()});
          unit_of.insert(unit_of.end(), {unit, unit});
        }
        const BootstrapOptions options{.replicates = 1'000, .seed = draw.next(), .threads = 1};
        if (method == 0) {
          const auto found = cohen_kappa(rater_table(first, second, 3));
          if (!found) return kLeftOut;
          return holds({found->value - kZ95 * found->standard_error, found->value + kZ95 * found->standard_error}, kappa);
        }
        if (method == 1)
          return holds_if_given(agreement_interval(table_cells(first, second, 3), kappa_metric(Distance::kNominal), options), kappa);
        const ClusterCells cells = rating_cells({unit_of, given, 3});
        if (method == 2) return holds_if_given(agreement_interval(cells, ac1_metric(3), options), ac1);
        return holds_if_given(agreement_interval(cells, alpha_metric(3, Distance::kNominal), options), kappa);
      });
    };
    print_row("agreement, " + std::to_string(n) + " units: kappa by its error / by bootstrap / AC1 / alpha",
              n == 30 ? ".933 / .931 / .937 / .931" : ".937 / .940 / .941 / .941", {covered(0), covered(1), covered(2), covered(3)}, r);
  }
}

std::uint64_t count_of(RandomStream& draw, std::uint64_t n, double p) {
  std::uint64_t count = 0;
  for (std::uint64_t item = 0; item < n; ++item) count += draw.uniform() < p;
  return count;
}

void print_judges() {
  struct Case {
    double rate;
    std::uint64_t yes, no;
    double quality;
    const char* noted;
  };
  const std::size_t r = 2 * settings.repetitions;
  for (const Case& each : {Case{.7, 100, 100, .9, ".951"}, Case{.05, 100, 100, .9, ".959"}, Case{.95, 30, 30, .9, ".956"},
                           Case{.02, 40, 200, .9, ".984"}, Case{.5, 20, 20, .7, ".987"}}) {
    const std::string name =
        shown(each.rate) + ", labels " + std::to_string(each.yes) + " + " + std::to_string(each.no) + ", judge " + shown(each.quality);
    print_row(
        "Lang-Reiczigel, rate " + name, each.noted,
        {mean_over("judge/" + name, r,
                   [&](RandomStream& draw) {
                     const std::uint64_t yes = count_of(draw, 1'000, each.rate * each.quality + (1.0 - each.rate) * (1.0 - each.quality));
                     const auto found = rogan_gladen(
                         yes, 1'000, {count_of(draw, each.yes, each.quality), each.yes, count_of(draw, each.no, each.quality), each.no});
                     return found ? holds(found->interval, each.rate) : kLeftOut;
                   })},
        r);
  }
  struct Labels {
    std::size_t n;
    double rate;
    const char* noted;
  };
  for (const Labels& each : {Labels{30, .7, ".940"}, Labels{100, .7, ".944"}, Labels{200, .7, ".946"}, Labels{50, .95, ".903"}})
    print_row("PPI++, " + std::to_string(each.n) + " labels of 2,000, rate " + shown(each.rate) + ", judge .9", each.noted,
              {mean_over("ppi/" + std::to_string(each.n), r,
                         [&](RandomStream& draw) {
                           std::vector<double> truth, judge, others;
                           for (std::size_t item = 0; item < 2'000; ++item) {
                             const double label = draw.uniform() < each.rate ? 1.0 : 0.0, said = draw.uniform() < 0.9 ? label : 1.0 - label;
                             if (item < each.n) truth.push_back(label);
                             (item < each.n ? judge : others).push_back(said);
                           }
                           const auto found = ppi_mean({truth, judge, {}}, {others, {}});
                           return found ? holds(found->interval, each.rate) : kLeftOut;
                         })},
              r);
}

void print_calibration() {
  const std::size_t r = settings.repetitions / 4;
  for (const double off : {0.0, 0.02, 0.05})
    for (const std::size_t n : {200, 1'000, 5'000}) {
      const auto made = [&](RandomStream& draw, std::vector<double>& p, std::vector<std::uint8_t>& y) {
        for (std::size_t item = 0; item < n; ++item) {
          p.push_back(0.5 + 0.5 * draw.uniform());
          y.push_back(draw.uniform() < p.back() - off);
        }
      };
      const auto error = [&](bool debiased) {
        return mean_over("ece/" + std::to_string(n) + shown(off), r, [&, debiased](RandomStream& draw) {
          std::vector<double> p;
          std::vector<std::uint8_t> y;
          made(draw, p, y);
          const auto found = calibrate(p, y);
          return debiased ? found->debiased_ece : found->ece;
        });
      };
      const char* noted = off == 0.0 ? (n == 200     ? ".058 / .037"
                                        : n == 1'000 ? ".027 / .016"
                                                     : ".012 / .007")
                                     : (n == 200     ? ".081 / .056"
                                        : n == 1'000 ? ".055 / .047"
                                                     : ".050 / .050");
      if (off != 0.02)
        print_row("ECE of " + std::to_string(n) + ", truth " + shown(off) + ": plain / debiased, mean", noted, {error(false), error(true)},
                  r);
      print_row("interval of the ECE of " + std::to_string(n) + ", truth " + shown(off), n == 1'000 && off == 0.05 ? ".967" : "–",
                {mean_over("ece/i" + std::to_string(n) + shown(off), 4 * r,
                           [&](RandomStream& draw) {
                             std::vector<double> p;
                             std::vector<std::uint8_t> y;
                             made(draw, p, y);
                             return holds(check_calibration(p, y)->interval, off);
                           })},
                4 * r);
    }
}

// What Bradley-Terry makes of the first and last of three models where each win is as likely as in the mean over prompts whose answers are
// easier or harder by normal amounts of spread 1: from 10,000 judgements a pair in these shares.
double apart_in_the_mean(std::span<const double> strengths) {
  std::vector<PairJudgement> judgements;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::uint32_t j = (i + 1) % 3;
    double win = 0.0, weights = 0.0;
    for (int step = -600; step <= 600; ++step) {
      const double z = step / 100.0, weight = std::exp(-z * z / 2.0);
      win += weight / (1.0 + std::exp(strengths[j] - strengths[i] - std::sqrt(2.0) * z));
      weights += weight;
    }
    for (int each = 0; each < 10'000; ++each)
      judgements.push_back({i, j, each < 10'000 * win / weights ? PairOutcome::kWin : PairOutcome::kLoss, i});
  }
  const PairwiseFit fit = fit_bradley_terry({3, judgements});
  return fit.strengths[0] - fit.strengths[2];
}

// Three models of strengths .5, 0 and -.5; each prompt has an easy side of its own (spread 1), and each pair both orders of it.
void print_pairs() {
  const double strengths[] = {0.5, 0.0, -0.5};
  const std::size_t r = settings.repetitions / 4;
  const auto made = [&](RandomStream& draw, std::uint32_t prompts, bool by_row) {
    std::vector<PairJudgement> judgements;
    for (std::uint32_t prompt = 0; prompt < prompts; ++prompt) {
      double lean[3];
      for (double& each : lean) each = draw.normal();
      for (std::uint32_t i = 0; i < 3; ++i)
        for (int order = 0; order < 2; ++order) {
          const std::uint32_t j = (i + 1) % 3;
          const double p = 1.0 / (1.0 + std::exp(strengths[j] + lean[j] - strengths[i] - lean[i]));
          judgements.push_back({i, j, draw.uniform() < p ? PairOutcome::kWin : PairOutcome::kLoss,
                                by_row ? static_cast<std::uint32_t>(judgements.size()) : prompt});
        }
    }
    return fit_bradley_terry({3, judgements});
  };
  const double truth = apart_in_the_mean(strengths);
  const auto covered = [&](bool by_row) {
    return mean_over("pairs", r, [&, by_row](RandomStream& draw) {
      const PairwiseFit fit = made(draw, 150, by_row);
      const double half = 1.976 * fit.standard_error(0, 2), apart = fit.strengths[0] - fit.strengths[2];
      return holds({apart - half, apart + half}, truth);
    });
  };
  print_row("Bradley-Terry, 150 prompts, 3 pairs, both orders: rows as units / prompts", ".91 / .957", {covered(true), covered(false)}, r);
}

// 20,000 items, .894 right; a tenth is hard, with .5 right, and preferred. 300 answers, a share of them by the even draw.
void print_queue() {
  for (const double random : {0.003, 0.0075}) {
    const std::size_t r = settings.repetitions;
    const double hard = (0.015 - random) / (0.1 * (1.0 - random));
    const auto answered = [&](RandomStream& draw, std::vector<double>& values, std::vector<double>& chances) {
      for (int item = 0; item < 20'000; ++item) {
        const bool is_hard = item % 10 == 0;
        const double chance = is_hard ? inclusion_probability(random, hard) : random;
        if (draw.uniform() >= chance) continue;
        values.push_back(draw.uniform() < (is_hard ? 0.5 : 0.937778) ? 1.0 : 0.0);
        chances.push_back(chance);
      }
    };
    const auto measured = [&](int what) {
      return mean_over("queue/" + shown(random), r, [&, what](RandomStream& draw) {
        std::vector<double> values, chances;
        answered(draw, values, chances);
        const HajekMean mean = *hajek_mean(values, chances);
        double raw = 0.0;
        for (const double each : values) raw += each / static_cast<double>(values.size());
        if (what == 0) return raw;
        if (what == 1) return mean.mean;
        const auto interval = hajek_rate_interval(mean);
        return interval ? holds(*interval, 0.894) : kLeftOut;
      });
    };
    print_row(std::string("queue, even draw of ") + (random < 0.005 ? ".003" : ".0075") + ": raw mean / Hajek / coverage of its interval",
              random < 0.005 ? ".755 to .799 / .894 / .928" : ".755 to .799 / .894 / .947", {measured(0), measured(1), measured(2)}, r);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) settings.repetitions = static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10));
  if (argc > 2) settings.seed = std::strtoull(argv[2], nullptr, 10);
  if (settings.repetitions < 8 || argc > 3) return std::fputs("usage: statistics_coverage [REPETITIONS [SEED]], at least 8\n", stderr), 2;
  print_grid();
  std::puts("\n| what | noted | found | repetitions |\n|---|---|---|---|");
  print_proportions();
  print_means();
  print_mcnemar();
  print_power();
  print_resampling();
  print_slices();
  print_sequences();
  print_agreement();
  print_judges();
  print_calibration();
  print_pairs();
  print_queue();
}
