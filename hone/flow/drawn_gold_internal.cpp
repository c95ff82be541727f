#include "hone/flow/drawn_gold_internal.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "hone/core/count.h"
#include "hone/core/json.h"
#include "hone/data/text_column.h"
#include "hone/stats/unequal_draws.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// A number in (0, 1]; 0 for anything else.
double chance_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0.0 && value <= 1.0 ? value : 0.0;
}

std::vector<double> read_chances(const Dataset& dataset, const std::string& column) {
  dataset.require_column(column);
  std::vector<double> chances;
  dataset.for_each_batch(std::vector<std::string>{column}, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn cells(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) chances.push_back(chance_of(cells.at(row).value_or("")));
  });
  return chances;
}

std::string why_too_few(const HajekMean& mean) {
  if (mean.kish < 30.0) return fmt::format("too few: the rows tell as much as {:.0f} evenly drawn ones, 30 needed", mean.kish);
  return "too few: one row has more than a tenth of the weight";
}

Json rate_json(const DrawnSystem& system, Split split, std::span<const std::uint32_t> rows, std::span<const double> chances,
               std::span<const std::uint32_t> clusters) {
  std::vector<double> values, drawn;
  std::vector<std::uint32_t> cluster_of;
  double right = 0.0;
  for (const std::uint32_t row : rows) {
    if (chances[row] == 0.0) continue;
    values.push_back(system.right[row] ? 1.0 : 0.0);
    right += values.back();
    drawn.push_back(chances[row]);
    if (!clusters.empty()) cluster_of.push_back(clusters[row]);
  }
  Json json = {{"system", system.name}, {"split", to_string(split)}, {"raw", nullptr},
               {"accuracy", nullptr},   {"kish", nullptr},           {"note", ""}};
  const auto mean = hajek_mean(values, drawn, cluster_of);
  if (!mean) {
    json["note"] = "no row with gold has a chance";
    return json;
  }
  const auto interval = hajek_rate_interval(*mean);
  json["raw"] = right / static_cast<double>(values.size());
  json["kish"] = mean->kish;
  json["accuracy"] = {{"value", mean->mean},
                      {"low", interval ? Json(interval->low) : Json()},
                      {"high", interval ? Json(interval->high) : Json()},
                      {"n", mean->items}};
  if (!interval) json["note"] = why_too_few(*mean);
  return json;
}

}  // namespace

Json drawn_gold_json(const Project& project, const Dataset& dataset, std::span<const DrawnSystem> systems,
                     std::span<const std::vector<std::uint32_t>> rows, std::span<const std::uint32_t> clusters) {
  if (project.gold.drawn.empty()) return nullptr;
  const std::vector<double> chances = read_chances(dataset, project.gold.drawn);
  std::uint64_t without = 0;
  Json rates = Json::array();
  for (const Split split : {Split::kTest, Split::kValid, Split::kTrain}) {
    const std::vector<std::uint32_t>& known = rows[static_cast<std::size_t>(split)];
    for (const std::uint32_t row : known) without += chances[row] == 0.0;
    if (known.empty()) continue;
    for (const DrawnSystem& system : systems) rates.push_back(rate_json(system, split, known, chances, clusters));
  }
  return {{"column", project.gold.drawn}, {"without_chance", without}, {"rates", rates}};
}

std::vector<std::string> drawn_gold_notes(const Json& drawn) {
  std::vector<std::string> notes;
  if (drawn.is_null()) return notes;
  for (const Json& rate : drawn.at("rates")) {
    if (!rate.at("accuracy").is_object() || !rate.at("accuracy").at("low").is_number()) continue;
    const Json& accuracy = rate.at("accuracy");
    notes.push_back(fmt::format(
        "Gold of {} was drawn unevenly ('{}'): of all its rows the {} is right on {:.1f} % ({:.1f} to {:.1f}), weighted back; on those "
        "drawn on {:.1f} %.",
        rate.at("split").get<std::string>(), drawn.at("column").get<std::string>(),
        rate.at("system") == "model" ? "trained model" : "label model", 100.0 * accuracy.at("value").get<double>(),
        100.0 * accuracy.at("low").get<double>(), 100.0 * accuracy.at("high").get<double>(), 100.0 * rate.at("raw").get<double>()));
  }
  if (const std::uint64_t without = drawn.at("without_chance"); without > 0)
    notes.push_back(with_commas(without) + " rows with gold have no chance in '" + drawn.at("column").get<std::string>() +
                    "' and are not weighted back.");
  return notes;
}

}  // namespace hone
