// Resampling at the sizes at which it is wanted: a million items, 10,000 replicates. Each result is checked before it is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>

#include "hone/core/random.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/macro_f1.h"
#include "hone/stats/sign_flip.h"
#include "hone/stats/swap_test.h"

namespace hone {
namespace {

constexpr std::size_t kItems = 1'000'000;

struct Predicted {
  std::vector<ClassNumber> gold, a, b;
  std::vector<std::uint32_t> cluster_of;
};

Predicted made_up(std::size_t classes, std::size_t per_cluster) {
  RandomStream draw(20260101, "stats.bench");
  Predicted made;
  for (std::size_t item = 0; item < kItems; ++item) {
    made.gold.push_back(static_cast<ClassNumber>(draw.below(classes)));
    made.a.push_back(draw.uniform() < 0.85 ? made.gold.back() : static_cast<ClassNumber>(draw.below(classes)));
    made.b.push_back(draw.uniform() < 0.84 ? made.gold.back() : static_cast<ClassNumber>(draw.below(classes)));
    if (per_cluster > 1) made.cluster_of.push_back(static_cast<std::uint32_t>(item / per_cluster));
  }
  return made;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void accuracy(benchmark::State& state) {
  const Predicted made = made_up(10, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::vector<double> right(kItems);
    for (std::size_t item = 0; item < kItems; ++item) right[item] = made.gold[item] == made.a[item];
    const auto found = resampled_interval(mean_cells(right, made.cluster_of), ratio);
    check(found->interval.high - found->interval.low > 0.001 && found->interval.high - found->interval.low < 0.002);
  }
}
BENCHMARK(accuracy)->ArgName("per_cluster")->Arg(1)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();

void macro_f1_interval(benchmark::State& state) {
  const auto classes = static_cast<std::size_t>(state.range(0));
  const Predicted made = made_up(classes, 1);
  for (auto _ : state) {
    const auto found = resampled_interval(macro_f1_cells(made.gold, made.a, {}, classes), macro_f1);
    check(std::abs(found->estimate - 0.86) < 0.01 + 0.2 / static_cast<double>(classes));
  }
}
BENCHMARK(macro_f1_interval)->ArgName("classes")->Arg(2)->Arg(10)->Arg(77)->Unit(benchmark::kMillisecond)->UseRealTime();

// 10,000 clusters of 100, which all differ.
void macro_f1_clustered(benchmark::State& state) {
  const Predicted made = made_up(10, 100);
  for (auto _ : state) {
    const auto found = resampled_interval(macro_f1_cells(made.gold, made.a, made.cluster_of, 10), macro_f1);
    check(found->undefined == 0);
  }
}
BENCHMARK(macro_f1_clustered)->Unit(benchmark::kMillisecond)->UseRealTime();

void macro_f1_swaps(benchmark::State& state) {
  const Predicted made = made_up(10, 1);
  for (auto _ : state) check(swap_test(macro_f1_cells(made.gold, made.a, made.b, {}, 10), macro_f1)->p < 0.01);
}
BENCHMARK(macro_f1_swaps)->Unit(benchmark::kMillisecond)->UseRealTime();

void sign_flips(benchmark::State& state) {
  RandomStream draw(20260101, "stats.bench");
  std::vector<double> totals;
  for (int cluster = 0; cluster < 10'000; ++cluster) totals.push_back(draw.normal());
  for (auto _ : state) check(sign_flip_test(totals)->p > 0.0);
}
BENCHMARK(sign_flips)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace hone
