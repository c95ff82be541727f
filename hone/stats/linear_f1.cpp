#include "hone/stats/linear_f1.h"

namespace hone {
namespace {

// How much an answer on a class counts, where its F1 has this share of the whole.
double weight_of(const ClassCounts& counts, double share, std::size_t items) {
  return counts.named() > 0 ? share * static_cast<double>(items) / static_cast<double>(counts.named()) : 0.0;
}

}  // namespace

std::optional<double> ClassCounts::f1() const {
  if (named() == 0) return std::nullopt;
  return 2.0 * static_cast<double>(right) / static_cast<double>(named());
}

ClassCounts sum_of(std::span<const ClassCounts> counts) {
  ClassCounts all;
  for (const ClassCounts& of : counts) all = {all.gold + of.gold, all.predicted + of.predicted, all.right + of.right};
  return all;
}

LinearF1 linear_micro_f1(std::span<const ClassCounts> counts, std::size_t items) {
  const ClassCounts all = sum_of(counts);
  const double value = all.f1().value_or(0.0);
  return {value, std::vector<double>(counts.size(), value), std::vector<double>(counts.size(), weight_of(all, 1.0, items))};
}

LinearF1 linear_macro_f1(std::span<const ClassCounts> counts, std::size_t items) {
  double sum = 0.0, named = 0.0;
  for (const ClassCounts& of : counts) {
    sum += of.f1().value_or(0.0);
    named += of.f1().has_value();
  }
  LinearF1 macro{named > 0.0 ? sum / named : 0.0, {}, {}};
  for (const ClassCounts& of : counts) {
    macro.f1.push_back(of.f1().value_or(0.0));
    macro.by_class.push_back(weight_of(of, 1.0 / named, items));
  }
  return macro;
}

LinearF1 linear_weighted_f1(std::span<const ClassCounts> counts, std::size_t items) {
  const auto gold = static_cast<double>(sum_of(counts).gold);
  LinearF1 weighted;
  for (const ClassCounts& of : counts) {
    const double share = gold > 0.0 ? static_cast<double>(of.gold) / gold : 0.0;
    weighted.f1.push_back(of.f1().value_or(0.0));
    weighted.by_class.push_back(weight_of(of, share, items));
    weighted.value += share * weighted.f1.back();
  }
  for (const double f1 : weighted.f1)
    weighted.by_gold.push_back(gold > 0.0 ? static_cast<double>(items) / gold * (f1 - weighted.value) : 0.0);
  return weighted;
}

LinearF1 linear_f1_of_class(std::span<const ClassCounts> counts, std::size_t id, std::size_t items) {
  LinearF1 one{counts[id].f1().value_or(0.0), std::vector<double>(counts.size()), std::vector<double>(counts.size())};
  one.f1[id] = one.value;
  one.by_class[id] = weight_of(counts[id], 1.0, items);
  return one;
}

}  // namespace hone
