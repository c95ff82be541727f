#include "hone/stats/macro_f1.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/cluster_rows_internal.h"

namespace hone {
namespace {

constexpr std::uint64_t kLittleGold = 5;

using Predictions = std::span<const std::span<const ClassNumber>>;

void check_classes(std::span<const ClassNumber> gold, Predictions sides, std::size_t classes) {
  const auto check = [classes](std::span<const ClassNumber> numbers) {
    for (const ClassNumber number : numbers)
      if (number >= classes)
        throw Error(ErrorCode::kInvalidArgument, "class " + std::to_string(number) + " is none of " + std::to_string(classes));
  };
  check(gold);
  for (const auto& predicted : sides) {
    check_same_length(gold.size(), predicted.size(), "gold and predictions");
    check(predicted);
  }
}

// Of one item: its classes under each system.
void add_item(ClassNumber gold, ClassNumber predicted, std::uint32_t first, std::uint32_t classes, std::map<std::uint32_t, double>& sums) {
  if (gold == predicted) sums[first + gold] += 1.0;
  sums[first + classes + gold] += 1.0;
  sums[first + classes + predicted] += 1.0;
}

ClusterCell cell_of_sums(const std::map<std::uint32_t, double>& sums, std::uint64_t clusters) {
  ClusterCell cell{.entries = {}, .clusters = clusters};
  for (const auto& [statistic, value] : sums) cell.entries.push_back({statistic, value});
  return cell;
}

// Items that stand alone differ only in their classes, so they are counted by these.
std::vector<ClusterCell> cells_of_items(std::span<const ClassNumber> gold, Predictions sides, std::uint32_t classes) {
  std::vector<std::uint64_t> keys(gold.size());
  for (std::size_t item = 0; item < gold.size(); ++item) {
    keys[item] = gold[item];
    for (const auto& predicted : sides) keys[item] = keys[item] * classes + predicted[item];
  }
  std::ranges::sort(keys);
  std::vector<ClusterCell> cells;
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end] == keys[begin]) ++end;
    std::map<std::uint32_t, double> sums;
    std::uint64_t key = keys[begin];
    std::uint64_t scale = 1;
    for (std::size_t side = 0; side < sides.size(); ++side) scale *= classes;
    const auto of_gold = static_cast<ClassNumber>(key / scale);
    for (std::size_t side = sides.size(); side-- > 0; key /= classes)
      add_item(of_gold, static_cast<ClassNumber>(key % classes), static_cast<std::uint32_t>(side) * 2 * classes, classes, sums);
    cells.push_back(cell_of_sums(sums, end - begin));
  }
  return cells;
}

std::vector<ClusterCell> cells_of_clusters(std::span<const ClassNumber> gold, Predictions sides, std::span<const std::uint32_t> cluster_of,
                                           std::uint32_t classes) {
  std::vector<ClusterCell> cells;
  for_each_cluster(gold.size(), cluster_of, [&](std::span<const std::size_t> rows) {
    std::map<std::uint32_t, double> sums;
    for (std::size_t side = 0; side < sides.size(); ++side)
      for (const std::size_t row : rows)
        add_item(gold[row], sides[side][row], static_cast<std::uint32_t>(side) * 2 * classes, classes, sums);
    cells.push_back(cell_of_sums(sums, 1));
  });
  return cells;
}

ClusterCells f1_cells(std::span<const ClassNumber> gold, Predictions sides, std::span<const std::uint32_t> cluster_of,
                      std::size_t classes) {
  check_classes(gold, sides, classes);
  if (classes > 1u << 20) throw Error(ErrorCode::kInvalidArgument, "F1 is measured over at most 1,048,576 classes");
  const auto count = static_cast<std::uint32_t>(classes);
  return {2 * classes * sides.size(),
          cluster_of.empty() ? cells_of_items(gold, sides, count) : cells_of_clusters(gold, sides, cluster_of, count)};
}

}  // namespace

std::vector<ClassF1> f1_by_class(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted, std::size_t classes) {
  const ClusterCells cells = f1_cells(gold, std::array{predicted}, {}, classes);
  std::vector<ClassF1> found(classes);
  for (const ClassNumber each : gold) ++found[each].gold;
  for (std::size_t each = 0; each < classes; ++each)
    if (const double counted = cells.totals()[classes + each]; counted > 0.0) found[each].f1 = 2.0 * cells.totals()[each] / counted;
  return found;
}

std::vector<ClassNumber> classes_with_little_gold(std::span<const ClassF1> found) {
  std::vector<ClassNumber> little;
  for (ClassNumber each = 0; each < found.size(); ++each)
    if (found[each].gold > 0 && found[each].gold < kLittleGold) little.push_back(each);
  return little;
}

double macro_f1(std::span<const double> totals) {
  const std::size_t classes = totals.size() / 2;
  double sum = 0.0, occurring = 0.0;
  for (std::size_t each = 0; each < classes; ++each) {
    if (totals[classes + each] <= 0.0) continue;
    sum += 2.0 * totals[each] / totals[classes + each];
    occurring += 1.0;
  }
  return occurring > 0.0 ? sum / occurring : std::numeric_limits<double>::quiet_NaN();
}

ClusterCells macro_f1_cells(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted,
                            std::span<const std::uint32_t> cluster_of, std::size_t classes) {
  return f1_cells(gold, std::array{predicted}, cluster_of, classes);
}

ClusterCells macro_f1_cells(std::span<const ClassNumber> gold, std::span<const ClassNumber> predicted_a,
                            std::span<const ClassNumber> predicted_b, std::span<const std::uint32_t> cluster_of, std::size_t classes) {
  return f1_cells(gold, std::array{predicted_a, predicted_b}, cluster_of, classes);
}

}  // namespace hone
