// Hashing votes into patterns, fit and labels on 2 threads, as a pipeline does them; the votes are in memory. Peak memory is that of
// the whole process, votes included.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>
#include <utility>

#include "hone/core/random.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/source_worth.h"

namespace hone {
namespace {

// Sources of 60 to 90 %, each of which votes on a share of the rows; wrong votes fall on any other class.
VoteMatrix made_votes(std::size_t examples, std::size_t sources, std::size_t classes, double coverage) {
  std::vector<ClassId> truth;
  RandomStream truths(1, "bench.truth");
  for (std::size_t example = 0; example < examples; ++example) truth.push_back(static_cast<ClassId>(truths.below(classes)));
  return VoteMatrix(examples, classes, sources, [&](std::size_t source) {
    RandomStream random(2, "bench.votes/" + std::to_string(source));
    const double accuracy = 0.6 + 0.3 * static_cast<double>(source % 10) / 9.0;
    SourceVotes votes;
    for (std::uint32_t example = 0; example < examples; ++example) {
      if (random.uniform() >= coverage) continue;
      const std::uint64_t other = (truth[example] + 1 + random.below(classes - 1)) % classes;
      votes.examples.push_back(example);
      votes.classes.push_back(random.uniform() < accuracy ? truth[example] : static_cast<ClassId>(other));
    }
    return votes;
  });
}

// Arguments: rows, sources, classes, coverage in percent.
void label(benchmark::State& state, const char* model) {
  const VoteMatrix matrix = made_votes(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
                                       static_cast<std::size_t>(state.range(2)), static_cast<double>(state.range(3)) / 100.0);
  constexpr int kThreads = 2;
  for (auto pass : state) {
    state.PauseTiming();
    VoteMatrix own = matrix;  // Whoever labels gives its votes away.
    state.ResumeTiming();
    const VotePatterns votes(std::move(own));
    const auto made = make_label_model(model);
    state.counters["iterations"] = made->fit(votes, {}, kThreads).iterations;
    state.counters["patterns"] = static_cast<double>(votes.size());
    benchmark::DoNotOptimize(made->predict(votes, kThreads).patterns());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void hone_model(benchmark::State& state) { label(state, "hone"); }
void dawid_skene(benchmark::State& state) { label(state, "dawid-skene"); }

// What each source is worth to a fitted model, without the fit.
void source_worth(benchmark::State& state) {
  const VotePatterns votes(made_votes(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
                                      static_cast<std::size_t>(state.range(2)), static_cast<double>(state.range(3)) / 100.0));
  constexpr int kThreads = 2;
  const auto model = make_label_model("hone");
  model->fit(votes, {}, kThreads);
  for (auto pass : state) {
    const SourcesWorth worth = worth_of_sources(*model, votes, {.threads = kThreads});
    state.counters["rows"] = static_cast<double>(worth.rows);
  }
}

BENCHMARK(hone_model)
    ->Args({1000000, 100, 5, 20})
    ->Args({1000000, 10, 77, 20})
    ->Args({1000000, 10, 77, 100})
    ->Args({10000, 100, 77, 20})
    ->Args({10000, 100, 77, 100})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(source_worth)
    ->Args({10000000, 100, 5, 20})
    ->Args({1000000, 10, 77, 20})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(dawid_skene)->Args({1000000, 10, 2, 20})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace hone
