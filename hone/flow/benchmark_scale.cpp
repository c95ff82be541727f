#include "hone/flow/benchmark_scale.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// The answers of some runs on one version, on the items that one of them was asked.
struct AnswerTable {
  std::vector<std::uint32_t> places;
  std::vector<std::int8_t> right;
};

AnswerTable answers_of(const Benchmark& benchmark, std::span<const BenchmarkRun* const> runs) {
  std::vector<std::vector<std::int8_t>> by_run;
  for (const BenchmarkRun* run : runs) by_run.push_back(run->right(benchmark));
  AnswerTable table;
  for (std::uint32_t place = 0; place < benchmark.items().size(); ++place) {
    const auto is_measured = [&](const std::vector<std::int8_t>& right) { return right[place] != BenchmarkRun::kNotMeasured; };
    if (std::ranges::none_of(by_run, is_measured)) continue;
    table.places.push_back(place);
    for (const std::vector<std::int8_t>& right : by_run) table.right.push_back(right[place]);
  }
  return table;
}

std::optional<VersionScale> scale_of(const Benchmark& benchmark, const std::vector<BenchmarkRun>& runs, std::uint32_t version) {
  std::vector<const BenchmarkRun*> here;
  for (const BenchmarkRun& run : runs)
    if (run.version == version) here.push_back(&run);
  if (here.size() < kLeastSystems) return std::nullopt;
  AnswerTable table = answers_of(benchmark, here);
  VersionScale scale{.version = version, .systems = {}, .places = std::move(table.places), .fit = {}, .link = {}};
  for (const BenchmarkRun* run : here) scale.systems.push_back(run->system);
  try {
    scale.fit = fit_item_response({scale.places.size(), here.size(), table.right});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument) throw;
    return std::nullopt;  // All do alike.
  }
  return scale;
}

std::optional<ScaleLink> link_between(const Benchmark& benchmark, const VersionScale& from, const VersionScale& to) {
  std::vector<ItemParameters> here, there;
  for (const std::uint32_t place : from.places) {
    const ItemParameters* other = to.item(place);
    if (!benchmark.items()[place].anchor || !other) continue;
    here.push_back(*from.item(place));
    there.push_back(*other);
  }
  return link_scales(here, there);
}

Json link_json(const VersionScale& scale, std::uint32_t base) {
  if (!scale.link) return nullptr;
  const ScaleLink& link = *scale.link;
  return {{"to", base},
          {"slope", link.slope},
          {"slope_error", link.slope_error},
          {"shift", link.shift},
          {"shift_error", link.shift_error},
          {"anchors", link.anchors}};
}

Json systems_json(const VersionScale& scale) {
  Json systems = Json::array();
  for (std::size_t system = 0; system < scale.systems.size(); ++system) {
    const SystemAbility& ability = scale.fit.systems[system];
    systems.push_back({{"system", scale.systems[system]},
                       {"ability", ability.value},
                       {"standard_error", ability.standard_error},
                       {"linked", scale.link ? Json(scale.link->linked(ability.value)) : Json()}});
  }
  return systems;
}

}  // namespace

const ItemParameters* VersionScale::item(std::uint32_t place) const {
  const auto found = std::ranges::lower_bound(places, place);
  return found == places.end() || *found != place ? nullptr : &fit.items[static_cast<std::size_t>(found - places.begin())];
}

std::vector<VersionScale> read_scales(const Benchmark& benchmark, const std::vector<BenchmarkRun>& runs) {
  std::vector<VersionScale> scales;
  for (std::uint32_t version = 1; version <= benchmark.newest(); ++version) {
    std::optional<VersionScale> scale = scale_of(benchmark, runs, version);
    if (!scale) continue;
    scale->link = scales.empty() ? ScaleLink{} : link_between(benchmark, *scale, scales.front());
    scales.push_back(std::move(*scale));
  }
  return scales;
}

ScaledItem scaled_item(const std::vector<VersionScale>& scales, std::uint32_t place) {
  for (auto scale = scales.rbegin(); scale != scales.rend(); ++scale) {
    const ItemParameters* parameters = scale->item(place);
    if (!parameters) continue;
    ScaledItem item{
        .parameters = parameters, .version = scale->version, .difficulty = parameters->difficulty(), .linked = scale->link.has_value()};
    if (item.difficulty && scale->link) item.difficulty = scale->link->linked(*item.difficulty);
    return item;
  }
  return {};
}

Json scales_json(const std::vector<VersionScale>& scales) {
  Json json = Json::array();
  for (const VersionScale& scale : scales)
    json.push_back({{"version", scale.version},
                    {"systems", systems_json(scale)},
                    {"items", scale.places.size()},
                    {"converged", scale.fit.converged},
                    {"iterations", scale.fit.iterations},
                    {"link", link_json(scale, scales.front().version)}});
  return json;
}

Json suspects_json(const Benchmark& benchmark, const std::vector<VersionScale>& scales, std::uint32_t version) {
  std::vector<std::pair<double, std::uint32_t>> suspects;  // By chance, the highest first.
  for (const std::uint32_t place : benchmark.members(version))
    if (const ScaledItem item = scaled_item(scales, place); item.parameters && item.parameters->slope < 0.0)
      suspects.emplace_back(-item.parameters->chance_negative(), place);
  std::ranges::sort(suspects);
  Json json = Json::array();
  for (const auto& [chance, place] : suspects) {
    const BenchmarkItem& item = benchmark.items()[place];
    const ItemParameters& parameters = *scaled_item(scales, place).parameters;
    json.push_back({{"id", item.id},
                    {"key", item.key.empty() ? Json() : Json(item.key)},
                    {"anchor", item.anchor},
                    {"discrimination", parameters.slope},
                    {"standard_error", parameters.slope_error},
                    {"chance_negative", -chance},
                    {"right", parameters.right},
                    {"asked", parameters.asked}});
  }
  return json;
}

}  // namespace hone
