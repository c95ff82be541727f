#include "hone/flow/refresh_benchmark.h"

#include <algorithm>
#include <map>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/eval/refresh_choice.h"
#include "hone/flow/benchmark_runs.h"

namespace hone {
namespace {

using Json = nlohmann::json;

void require_anchors(const Benchmark& benchmark) {
  const auto is_anchor = [&](std::uint32_t place) { return benchmark.items()[place].anchor; };
  if (std::ranges::any_of(benchmark.members(benchmark.newest()), is_anchor)) return;
  throw Error(ErrorCode::kInvalidArgument,
              "'" + benchmark.name() + "' has no anchors, so that scores on a refreshed version could not be put beside those before; " +
                  "a benchmark that is to be refreshed is created with --anchor SHARE");
}

std::vector<std::uint32_t> drawn_places(const CandidateItems& candidates, const GatedItems& gated, std::size_t size, std::uint64_t seed) {
  std::vector<TrafficRow> traffic;
  for (const std::uint32_t place : gated.admitted) {
    const CandidateItem& row = candidates.rows[place];
    traffic.push_back({row.item.id, row.item.stratum, row.difficulty});
  }
  std::vector<std::uint32_t> places;
  for (const std::uint32_t row : draw_traffic(traffic, size, seed)) places.push_back(gated.admitted[row]);
  return places;
}

// The newest version's items with what wears them.
std::vector<RetirableItem> worn_items(const Benchmark& benchmark, std::span<const std::uint32_t> members) {
  const std::vector<std::uint32_t> exposures = exposure_counts(benchmark, read_exposures(benchmark));
  std::vector<RetirableItem> items;
  for (const std::uint32_t place : members) {
    const BenchmarkItem& item = benchmark.items()[place];
    items.push_back({.id = item.id, .anchor = item.anchor, .exposures = exposures[place], .since = item.since});
  }
  for (const BenchmarkRun& run : read_runs(benchmark)) {
    const std::vector<std::int8_t> right = run.right(benchmark);
    for (std::size_t item = 0; item < items.size(); ++item) {
      items[item].asked += right[members[item]] != BenchmarkRun::kNotMeasured;
      items[item].right += right[members[item]] > 0;
    }
  }
  return items;
}

std::string why_it_goes(const RetirableItem& item) {
  if (item.is_too_easy()) return "too easy: all of " + counted(item.asked, "run") + " got it right";
  return "exposed " + counted(item.exposures, "time");
}

std::vector<Benchmark::Retirement> retirements(const Benchmark& benchmark, std::size_t most) {
  const std::vector<std::uint32_t> members = benchmark.members(benchmark.newest());
  const std::vector<RetirableItem> items = worn_items(benchmark, members);
  std::vector<Benchmark::Retirement> went;
  for (const std::uint32_t item : choose_retired(items, most)) went.push_back({members[item], why_it_goes(items[item])});
  return went;
}

Json drawn_json(const CandidateItems& candidates, std::span<const std::uint32_t> passed, std::span<const std::uint32_t> drawn) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> strata;
  for (const std::uint32_t place : passed) ++strata[candidates.rows[place].item.stratum].first;
  for (const std::uint32_t place : drawn) ++strata[candidates.rows[place].item.stratum].second;
  Json json = Json::array();
  for (const auto& [stratum, counts] : strata) json.push_back({{"stratum", stratum}, {"passed", counts.first}, {"drawn", counts.second}});
  return json;
}

Json retired_json(const Benchmark& benchmark, std::span<const Benchmark::Retirement> went) {
  Json json = Json::array();
  for (const Benchmark::Retirement& each : went) json.push_back({{"id", benchmark.items()[each.item].id}, {"reason", each.why}});
  return json;
}

}  // namespace

void RefreshOptions::validate() const {
  admit.validate();
  if (size < 1) throw Error(ErrorCode::kInvalidArgument, "size is how many items come: 1 or more");
}

Json refresh_benchmark(const std::filesystem::path& root, const std::string& name, Workspace* workspace, const RefreshOptions& options) {
  options.validate();
  Benchmark::require(root, name);
  const ProjectLock lock = lock_benchmarks(root);
  Benchmark benchmark = Benchmark::open(root, name, options.admit.threads);
  require_anchors(benchmark);
  const CandidateItems candidates = read_candidates(
      options.from, {.of = benchmark.fields(), .answerable = options.admit.answerable, .difficulty = options.admit.difficulty});
  GatedItems gated = gate_items(benchmark, workspace, candidates, options.admit);
  const std::uint64_t seed = options.seed.value_or(benchmark.rules().seed + benchmark.newest());
  const std::vector<std::uint32_t> drawn = drawn_places(candidates, gated, options.size, seed);
  const std::vector<Benchmark::Retirement> went =
      drawn.empty() ? std::vector<Benchmark::Retirement>() : retirements(benchmark, options.retire.value_or(drawn.size()));
  std::vector<BenchmarkItem> came;
  for (const std::uint32_t place : drawn) came.push_back(candidates.rows[place].item);
  gated.json["version"] = nullptr;
  if (!came.empty()) {
    benchmark.add_version(date_or_today(options.admit.date), "refreshed", std::move(came), went);
    gated.json["version"] = version_summary(benchmark, benchmark.newest());
  }
  if (drawn.size() < options.size)
    gated.json["warnings"].push_back("only " + counted(drawn.size(), "row") + " of the new traffic passed the gate, not " +
                                     with_commas(options.size));
  gated.json["benchmark"] = name;
  gated.json["seed"] = seed;
  gated.json["drawn"] = drawn_json(candidates, gated.admitted, drawn);
  gated.json["retired"] = retired_json(benchmark, went);
  return gated.json;
}

}  // namespace hone
