#include "hone/eval/set_f1_internal.h"

#include <string>

#include "hone/core/error.h"

namespace hone {

std::vector<std::uint32_t> rows_with_gold_sets(const JudgedSets& judged, std::span<const std::uint32_t> asked) {
  if (judged.gold.examples() != judged.labels.examples())
    throw Error(ErrorCode::kInvalidArgument, "there are labels for " + std::to_string(judged.labels.examples()) +
                                                 " examples and gold for " + std::to_string(judged.gold.examples()));
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : asked)
    if (judged.gold.known(row)) rows.push_back(row);
  return rows;
}

std::vector<ClassCounts> count_held(const JudgedSets& judged, std::span<const std::uint32_t> rows) {
  std::vector<ClassCounts> counts(judged.labels.classes());
  for (const std::uint32_t row : rows) {
    for (const ClassId id : judged.gold.of(row)) ++counts[id].gold;
    for (const ClassId id : judged.labels.hard(row)) {
      ++counts[id].predicted;
      counts[id].right += judged.gold.holds(row, id);
    }
  }
  return counts;
}

std::vector<double> f1_scores(const LinearF1& f1, const JudgedSets& judged, std::span<const std::uint32_t> rows) {
  std::vector<double> scores;
  for (const std::uint32_t row : rows) scores.push_back(f1.score(judged.gold.of(row), judged.labels.hard(row)));
  return scores;
}

}  // namespace hone
