#include "hone/eval/errors_to_read.h"

#include <algorithm>
#include <map>
#include <utility>

#include "hone/eval/judged_internal.h"

namespace hone {
namespace {

void sort_by_confidence(const SoftLabels& labels, std::vector<std::uint32_t>& rows) {
  std::ranges::sort(rows, {}, [&](std::uint32_t row) { return std::pair(-labels.confidence(row), row); });
}

}  // namespace

std::vector<std::uint32_t> errors_to_read(const Judged& judged, std::span<const std::uint32_t> asked, const ErrorsToReadOptions& options) {
  std::vector<std::uint32_t> wrong = with_gold(judged, asked), chosen, others;
  std::erase_if(wrong, [&](std::uint32_t row) { return judged.labels.hard(row) == judged.gold[row]; });
  sort_by_confidence(judged.labels, wrong);
  std::map<std::pair<ClassId, ClassId>, std::size_t> taken;
  for (const std::uint32_t row : wrong)
    (taken[{judged.gold[row], judged.labels.hard(row)}]++ < options.each ? chosen : others).push_back(row);
  chosen.insert(chosen.end(), others.begin(), others.end());
  if (chosen.size() > options.limit) chosen.resize(options.limit);
  sort_by_confidence(judged.labels, chosen);
  return chosen;
}

}  // namespace hone
