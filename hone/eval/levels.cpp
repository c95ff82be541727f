#include "hone/eval/levels.h"

#include <algorithm>
#include <iterator>

#include "hone/core/json.h"
#include "hone/eval/judged_internal.h"

namespace hone {
namespace {

bool reaches(const Taxonomy& taxonomy, ClassId answer, int level) {
  return answer != kNoClass && (answer < taxonomy.classes().size() || taxonomy.level_of(answer) >= level);
}

std::vector<std::uint32_t> rows_at(const Judged& judged, std::span<const std::uint32_t> rows, const Taxonomy& taxonomy, int level) {
  std::vector<std::uint32_t> known;
  for (const std::uint32_t row : rows)
    if (reaches(taxonomy, judged.gold[row], level)) known.push_back(row);
  return known;
}

}  // namespace

std::vector<LevelResult> measure_levels(const Judged& judged, std::span<const std::uint32_t> rows, const Taxonomy& taxonomy,
                                        double certainty) {
  check_judged(judged);
  const auto is_right = [&](std::uint32_t row, ClassId answer, int level) {
    return answer != kNoClass && taxonomy.at_level(answer, level) == taxonomy.at_level(judged.gold[row], level);
  };
  const auto certain = [&](std::uint32_t row) { return taxonomy.certain_answer(judged.labels, judged.labels.pattern(row), certainty); };
  std::vector<LevelResult> results;
  for (int level = 1; level <= taxonomy.levels(); ++level) {
    const std::vector<std::uint32_t> known = rows_at(judged, rows, taxonomy, level);
    if (known.empty()) continue;
    LevelResult result{.level = level, .accuracy = {}, .answered = {}, .right = {}};
    result.accuracy = rate(judged, known, [&](std::uint32_t row) { return is_right(row, judged.labels.hard(row), level); });
    result.answered = rate(judged, known, [&](std::uint32_t row) { return reaches(taxonomy, certain(row), level); });
    std::vector<std::uint32_t> answered;
    std::ranges::copy_if(known, std::back_inserter(answered), [&](std::uint32_t row) { return reaches(taxonomy, certain(row), level); });
    if (!answered.empty()) result.right = rate(judged, answered, [&](std::uint32_t row) { return is_right(row, certain(row), level); });
    results.push_back(result);
  }
  return results;
}

void to_json(nlohmann::json& json, const LevelResult& result) {
  json = {{"level", result.level},
          {"accuracy", result.accuracy},
          {"answered", result.answered},
          {"right", result.right ? nlohmann::json(*result.right) : nlohmann::json()}};
}

}  // namespace hone
