// What a ledger costs on this disk: durable events, a raw sync beside them, bulks, proofs, opening a long log.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>

#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }

void report_times(benchmark::State& state, std::vector<double> milliseconds) {
  std::ranges::sort(milliseconds);
  state.counters["p50_ms"] = milliseconds[milliseconds.size() / 2];
  state.counters["p99_ms"] = milliseconds[milliseconds.size() * 99 / 100];
}

// What the disk itself takes: 800 bytes and a sync, where room was taken ahead.
void RawSync(benchmark::State& state) {
  const LedgerFolder folder(std::filesystem::temp_directory_path());
  const int fd = ::open((folder.path() / "raw").c_str(), O_RDWR | O_CREAT, 0600);
  if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 64 << 20) != 0) state.SkipWithError("no room");
  const std::string bytes(800, 'x');
  std::vector<double> times;
  off_t at = 0;
  for (auto _ : state) {
    const auto begin = Clock::now();
    if (::pwrite(fd, bytes.data(), bytes.size(), at) < 0 || ::fdatasync(fd) != 0) state.SkipWithError("sync failed");
    at += static_cast<off_t>(bytes.size());
    times.push_back(milliseconds_since(begin));
  }
  ::close(fd);
  report_times(state, std::move(times));
}
BENCHMARK(RawSync)->UseRealTime()->Iterations(300)->Unit(benchmark::kMillisecond);

// One event, acknowledged before the next is given: two syncs.
void SingleEvent(benchmark::State& state) {
  const LedgerFolder folder(std::filesystem::temp_directory_path());
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  std::vector<double> times;
  for (auto _ : state) {
    const auto begin = Clock::now();
    writer.append(full_vote(1)).get();
    times.push_back(milliseconds_since(begin));
  }
  report_times(state, std::move(times));
}
BENCHMARK(SingleEvent)->UseRealTime()->Iterations(300)->Unit(benchmark::kMillisecond);

// So many callers, each of which waits for its answer before it asks again.
void DurableEvents(benchmark::State& state) {
  const LedgerFolder folder(std::filesystem::temp_directory_path());
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  const auto callers = static_cast<std::size_t>(state.range(0));
  std::deque<std::pair<Clock::time_point, std::future<LedgerReceipt>>> waiting;
  std::vector<double> times;
  std::uint64_t number = 0;
  const auto answer = [&] {
    waiting.front().second.get();
    times.push_back(milliseconds_since(waiting.front().first));
    waiting.pop_front();
  };
  for (auto _ : state) {
    NewEvent vote = full_vote(1);
    vote.token = numbered_token(number++);
    if (waiting.size() == callers) answer();
    waiting.emplace_back(Clock::now(), writer.append(std::move(vote)));
  }
  while (!waiting.empty()) answer();
  state.SetItemsProcessed(state.iterations());
  report_times(state, std::move(times));
}
BENCHMARK(DurableEvents)->Arg(50)->Arg(500)->Arg(4000)->UseRealTime()->Iterations(40000)->Unit(benchmark::kMicrosecond);

// Old records, given as fast as they are taken; ready-made, so that the ledger alone is measured.
void Bulk(benchmark::State& state, NewEvent (*make)(std::uint64_t)) {
  const auto events = static_cast<std::uint64_t>(state.range(0));
  const LedgerFolder folder(std::filesystem::temp_directory_path());
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  std::uint64_t token = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<NewEvent> ready;
    for (std::uint64_t event = 0; event < events; ++event) {
      ready.push_back(make(1));
      ready.back().token = numbered_token(token++);
    }
    state.ResumeTiming();
    std::size_t given = 0;
    writer.append_all(
        [&]() -> std::optional<NewEvent> { return given == ready.size() ? std::nullopt : std::optional(std::move(ready[given++])); });
    state.PauseTiming();
    ready.clear();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.ledger() / "segments")) bytes += file.file_size();
  state.counters["bytes_each"] = static_cast<double>(bytes) / static_cast<double>(token);
}
NewEvent short_vote(std::uint64_t dataset) { return some_vote(dataset); }
BENCHMARK_CAPTURE(Bulk, short_votes, short_vote)->Arg(300'000)->UseRealTime()->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Bulk, full_votes, full_vote)->Arg(100'000)->UseRealTime()->Iterations(3)->Unit(benchmark::kMillisecond);

// A log of so many events, kept for all that read it: HONE_BENCH_EVENTS of them, 10 million by default.
const LedgerFolder& long_ledger() {
  static const LedgerFolder folder(std::filesystem::temp_directory_path());
  static const bool made = [] {
    const char* const wanted = std::getenv("HONE_BENCH_EVENTS");
    folder.create_with_votes(wanted ? std::strtoull(wanted, nullptr, 10) : 10'000'000);
    return true;
  }();
  benchmark::DoNotOptimize(made);
  return folder;
}

void OpenToRead(benchmark::State& state) {
  const LedgerFolder& folder = long_ledger();
  for (auto _ : state) state.counters["events"] = static_cast<double>(folder.read().size());
}
BENCHMARK(OpenToRead)->UseRealTime()->Unit(benchmark::kMillisecond);

void OpenToWrite(benchmark::State& state) {
  const LedgerFolder& folder = long_ledger();
  for (auto _ : state) {
    auto writer = std::make_unique<LedgerWriter>(folder.ledger(), ledger_test_key(), folder.options);
    state.PauseTiming();
    writer.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(OpenToWrite)->UseRealTime()->Unit(benchmark::kMillisecond);

void InclusionProof(benchmark::State& state) {
  LedgerReader ledger = long_ledger().read();
  std::uint64_t seq = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ledger.inclusion(seq = (seq + 7'654'321) % ledger.size(), ledger.size()));
}
BENCHMARK(InclusionProof)->UseRealTime()->Unit(benchmark::kMicrosecond);

void ReadEvent(benchmark::State& state) {
  LedgerReader ledger = long_ledger().read();
  std::uint64_t seq = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ledger.event(seq = (seq + 7'654'321) % ledger.size()));
}
BENCHMARK(ReadEvent)->UseRealTime()->Unit(benchmark::kMicrosecond);

void FindToken(benchmark::State& state) {
  LedgerReader ledger = long_ledger().read();
  std::uint64_t token = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ledger.find_token(numbered_token(token = (token + 7'654'321) % (ledger.size() - 2))));
}
BENCHMARK(FindToken)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hone
