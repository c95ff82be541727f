// Ten million rows and a hundred sources that each vote on a fifth of them: 200 million votes, some twenty a row.
#include <benchmark/benchmark.h>

#include "hone/core/random.h"
#include "hone/vote/analysis.h"
#include "hone/vote/source_pairs.h"

namespace hone {
namespace {

constexpr std::size_t kRows = 10'000'000, kSources = 100, kClasses = 5;

SourceVotes votes_of(std::size_t source) {
  RandomStream draw(1, "bench.votes." + std::to_string(source));
  SourceVotes votes;
  for (std::uint32_t row = static_cast<std::uint32_t>(draw.below(9)); row < kRows; row += 1 + static_cast<std::uint32_t>(draw.below(9))) {
    votes.examples.push_back(row);
    votes.classes.push_back(static_cast<ClassId>(draw.below(3) == 0 ? draw.below(kClasses) : row % kClasses));
  }
  return votes;
}

const VoteMatrix& votes() {
  static const VoteMatrix votes(kRows, kClasses, kSources, votes_of);
  return votes;
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (std::size_t source = 0; source < kSources; ++source) names.push_back("lf_" + std::to_string(source));
  return names;
}

void count(benchmark::State& state, std::uint64_t rows) {
  state.counters["votes"] = static_cast<double>(votes().size());
  state.counters["rows"] = static_cast<double>(rows);
}

// Half of the rows have gold.
void analysis(benchmark::State& state) {
  const std::vector<std::string> sources = names();
  const std::vector<Split> splits(kRows, Split::kValid);
  std::vector<ClassId> gold(kRows, kNoClass);
  for (std::size_t row = 0; row < kRows; row += 2) gold[row] = static_cast<ClassId>(row % kClasses);
  count(state, kRows);
  for (auto _ : state) benchmark::DoNotOptimize(analyze_votes(votes(), sources, gold, splits, static_cast<int>(state.range(0))));
}

void pairs(benchmark::State& state) {
  SourcePairs found;
  const auto meetings = static_cast<std::uint64_t>(state.range(1)) * 1'000'000;
  for (auto _ : state) found = source_pairs(votes(), {.most_meetings = meetings, .threads = static_cast<int>(state.range(0))});
  count(state, found.rows);
}

// A slice of every tenth row.
void slice(benchmark::State& state) {
  const std::vector<std::string> sources = names();
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < kRows; row += 10) rows.push_back(row);
  count(state, rows.size());
  for (auto _ : state) benchmark::DoNotOptimize(analyze_votes(votes().only(rows), sources, {}, {}, static_cast<int>(state.range(0))));
}

BENCHMARK(analysis)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(pairs)
    ->Args({1, 400})
    ->Args({2, 400})
    ->Args({1, 10000})
    ->Args({2, 10000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(slice)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace hone
