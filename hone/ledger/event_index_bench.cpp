// What an index of a ledger's events costs, and what a question does. HONE_BENCH_EVENTS: how many events; a million by default.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "hone/ledger/event_index.h"
#include "hone/ledger/event_index_testing.h"

namespace hone {
namespace {

std::uint64_t events_wanted() {
  const char* const wanted = std::getenv("HONE_BENCH_EVENTS");
  return wanted ? std::strtoull(wanted, nullptr, 10) : 1'000'000;
}

// A story's events of all kinds, and votes on a tenth as many examples.
struct IndexedLedger {
  LedgerFolder folder{std::filesystem::temp_directory_path()};

  explicit IndexedLedger(NewEvent (*vote)(std::uint64_t)) {
    create_with_story(folder, 2000);
    std::uint64_t given = 0;
    const std::uint64_t all = events_wanted();
    folder.open().append_all([&]() -> std::optional<NewEvent> {
      if (given == all) return std::nullopt;
      NewEvent event = vote(1);
      event.actor = given % 7 == 0 ? kBob : kAda;
      event.body["example"] = story_example(given % (all / 10 + 1));
      event.token = numbered_token(given++);
      return event;
    });
  }
  std::filesystem::path file() const { return folder.path() / "index.db"; }
};

NewEvent brief_vote(std::uint64_t dataset) { return some_vote(dataset); }
const IndexedLedger& brief_votes() {
  static const IndexedLedger ledger(brief_vote);
  return ledger;
}
const IndexedLedger& whole_votes() {
  static const IndexedLedger ledger(full_vote);
  return ledger;
}

void Rebuild(benchmark::State& state, const IndexedLedger& (*ledger)()) {
  LedgerReader reader = ledger().folder.read();
  for (auto _ : state) benchmark::DoNotOptimize(EventIndex::rebuilt(ledger().file(), reader));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(reader.size()));
  state.counters["bytes_each"] = static_cast<double>(std::filesystem::file_size(ledger().file())) / static_cast<double>(reader.size());
}
BENCHMARK_CAPTURE(Rebuild, short_votes, brief_votes)->MeasureProcessCPUTime()->UseRealTime()->Iterations(3)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Rebuild, full_votes, whole_votes)->MeasureProcessCPUTime()->UseRealTime()->Iterations(3)->Unit(benchmark::kMillisecond);

// Of a file that is up to date: what every command pays.
void Open(benchmark::State& state) {
  LedgerReader reader = brief_votes().folder.read();
  for (auto _ : state) EventIndex(brief_votes().file(), reader);
}
BENCHMARK(Open)->UseRealTime()->Unit(benchmark::kMillisecond);

void Ask(benchmark::State& state, const EventFilter& filter) {
  LedgerReader reader = brief_votes().folder.read();
  EventIndex index(brief_votes().file(), reader);
  std::size_t found = 0;
  for (auto _ : state) found = index.find(filter).size();
  state.counters["found"] = static_cast<double>(found);
}
constexpr auto kNewest = EventFilter::Order::kNewestFirst;
BENCHMARK_CAPTURE(Ask, newest, EventFilter{.order = kNewest, .limit = 50})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, newest_of_a_common_kind, EventFilter{.kinds = {"vote."}, .order = kNewest, .limit = 50})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, newest_of_a_rare_kind, EventFilter{.kinds = {"stage.run"}, .order = kNewest, .limit = 50})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, rare_kind_of_a_common_actor, EventFilter{.kinds = {"admin."}, .actor = kAda, .limit = 50})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, newest_of_an_actor, EventFilter{.actor = kBob, .order = kNewest, .limit = 50})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, example, EventFilter{.kinds = {"vote."}, .example = story_example(77)})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, object_by_seven_digits, EventFilter{.object = sha256_hex("import 0").substr(0, 7)})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, source, EventFilter{.kinds = {"source.define"}, .name = "source 1", .order = kNewest})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, nothing_in_a_time,
                  EventFilter{.actor = kAda, .from = "2025-01-01T00:00:00.000000Z", .to = "2025-12-01T00:00:00.000000Z"})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Ask, all_of_an_actor, EventFilter{.actor = kBob})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hone
