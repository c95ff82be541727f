#include "hone/eval/refresh_choice.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

#include "hone/core/hash.h"
#include "hone/core/random.h"
#include "hone/stats/systematic_sample.h"

namespace hone {

std::vector<std::uint32_t> draw_traffic(std::span<const TrafficRow> rows, std::size_t size, std::uint64_t seed) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  if (size >= rows.size()) return order;
  std::vector<std::uint64_t> shuffled;
  for (const TrafficRow& row : rows)
    shuffled.push_back(sha256_prefix("hone/refresh/v1 " + std::to_string(seed) + " " + std::string(row.id)));
  std::ranges::sort(order, {},
                    [&](std::uint32_t row) { return std::tuple(rows[row].stratum, rows[row].difficulty, shuffled[row], rows[row].id); });
  RandomStream random(seed, "benchmark.refresh");
  std::vector<std::uint32_t> drawn;
  for (const std::uint32_t place : systematic_sample(rows.size(), size, random.uniform())) drawn.push_back(order[place]);
  std::ranges::sort(drawn);
  return drawn;
}

std::vector<std::uint32_t> choose_retired(std::span<const RetirableItem> items, std::size_t most) {
  std::vector<std::uint32_t> may_go;
  for (std::uint32_t item = 0; item < items.size(); ++item)
    if (!items[item].anchor && (items[item].exposures > 0 || items[item].is_too_easy())) may_go.push_back(item);
  std::ranges::sort(may_go, [&](std::uint32_t a, std::uint32_t b) {
    const auto key = [&](std::uint32_t place) {
      const RetirableItem& item = items[place];
      return std::tuple(!item.is_too_easy(), ~item.exposures, item.since, item.id);
    };
    return key(a) < key(b);
  });
  may_go.resize(std::min(may_go.size(), most));
  return may_go;
}

}  // namespace hone
