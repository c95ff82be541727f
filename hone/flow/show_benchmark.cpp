#include "hone/flow/show_benchmark.h"

#include <map>

#include "hone/core/json.h"
#include "hone/flow/admit_items.h"
#include "hone/flow/benchmark_scale.h"
#include "hone/stats/proportion.h"

namespace hone {
namespace {

using Json = nlohmann::json;

Json strata_json(const Benchmark& benchmark, std::span<const std::uint32_t> members) {
  struct Counts {
    std::uint64_t items = 0, anchors = 0, sealed = 0;
  };
  std::map<std::string, Counts> strata;
  for (const std::uint32_t place : members) {
    const BenchmarkItem& item = benchmark.items()[place];
    Counts& counts = strata[item.stratum];
    ++counts.items;
    counts.anchors += item.anchor;
    counts.sealed += item.sealed;
  }
  Json json = Json::array();
  for (const auto& [stratum, counts] : strata)
    json.push_back({{"stratum", stratum}, {"items", counts.items}, {"anchors", counts.anchors}, {"sealed", counts.sealed}});
  return json;
}

// What is shown of items beside what they are.
struct KnownOfItems {
  std::vector<std::uint32_t> exposures;  // By place.
  std::vector<VersionScale> scales;
};

Json difficulty_json(const ScaledItem& of) {
  if (!of.parameters) return nullptr;
  return {{"version", of.version},
          {"difficulty", of.difficulty ? Json(*of.difficulty) : Json()},
          {"difficulty_error", of.difficulty ? Json(of.parameters->difficulty_error) : Json()},
          {"linked", of.linked},
          {"discrimination", of.parameters->slope},
          {"discrimination_error", of.parameters->slope_error},
          {"right", of.parameters->right},
          {"asked", of.parameters->asked}};
}

Json items_json(const Benchmark& benchmark, std::span<const std::uint32_t> members, const KnownOfItems& known) {
  Json items = Json::array();
  for (const std::uint32_t place : members) {
    const BenchmarkItem& item = benchmark.items()[place];
    items.push_back({{"id", item.id},
                     {"key", item.key.empty() ? Json() : Json(item.key)},
                     {"stratum", item.stratum},
                     {"anchor", item.anchor},
                     {"sealed", item.sealed},
                     {"since", item.since},
                     {"exposures", known.exposures[place]},
                     {"response", difficulty_json(scaled_item(known.scales, place))}});
  }
  return items;
}

Json runs_json(const Benchmark& benchmark, const std::vector<BenchmarkRun>& runs, std::uint32_t version) {
  Json json = Json::array();
  for (const BenchmarkRun& run : runs) {
    if (run.version != version) continue;
    std::uint64_t measured = 0, right = 0;
    for (const std::int8_t each : run.right(benchmark)) measured += each != BenchmarkRun::kNotMeasured, right += each > 0;
    const auto interval = wilson(right, measured);
    json.push_back({{"system", run.system},
                    {"date", run.date},
                    {"opened", run.opened},
                    {"n", measured},
                    {"value", measured > 0 ? Json(static_cast<double>(right) / static_cast<double>(measured)) : Json()},
                    {"low", interval ? Json(interval->low) : Json()},
                    {"high", interval ? Json(interval->high) : Json()}});
  }
  return json;
}

Json openings_json(const std::vector<Exposure>& exposures) {
  Json json = Json::array();
  for (const Exposure& exposure : exposures)
    if (exposure.opened)
      json.push_back({{"time", exposure.time},
                      {"system", exposure.system},
                      {"version", exposure.version},
                      {"reason", exposure.reason},
                      {"event", exposure.event ? Json(*exposure.event) : Json()}});
  return json;
}

// Items by how often they were exposed.
Json exposed_json(std::span<const std::uint32_t> members, const std::vector<std::uint32_t>& exposures) {
  std::map<std::uint32_t, std::uint64_t> items;
  for (const std::uint32_t place : members) ++items[exposures[place]];
  Json json = Json::array();
  for (const auto& [times, count] : items) json.push_back({{"times", times}, {"items", count}});
  return json;
}

}  // namespace

Json show_benchmark(const Benchmark& benchmark, const ShowBenchmarkOptions& options) {
  const std::uint32_t version = options.version == 0 ? benchmark.newest() : options.version;
  benchmark.require_version(version);
  const std::vector<std::uint32_t> members = benchmark.members(version);
  const std::vector<BenchmarkRun> runs = read_runs(benchmark);
  const std::vector<Exposure> exposures = read_exposures(benchmark);
  const KnownOfItems known{exposure_counts(benchmark, exposures), read_scales(benchmark, runs)};
  Json versions = Json::array();
  for (const BenchmarkVersion& each : benchmark.versions()) versions.push_back(version_summary(benchmark, each.number));
  return {{"benchmark", benchmark.name()},
          {"version", version_summary(benchmark, version)},
          {"versions", versions},
          {"strata", strata_json(benchmark, members)},
          {"runs", runs_json(benchmark, runs, version)},
          {"exposed", exposed_json(members, known.exposures)},
          {"openings", openings_json(exposures)},
          {"scales", scales_json(known.scales)},
          {"suspects", suspects_json(benchmark, known.scales, version)},
          {"items", options.items ? items_json(benchmark, members, known) : Json()}};
}

}  // namespace hone
