#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "hone/flow/workspace.h"

namespace hone {

/// The classes of a row: one, or as many as it holds where the task says so. Nothing where that is not known.
using RowClasses = std::optional<std::vector<ClassId>>;

/// What gold says of a row. REQUIRES: the project has gold.
inline RowClasses gold_classes(const Gold& gold, std::size_t row) {
  if (!gold.sets.empty()) {
    const std::span<const ClassId> held = gold.sets.of(row);
    return gold.sets.known(row) ? RowClasses(std::in_place, held.begin(), held.end()) : std::nullopt;
  }
  return gold.classes[row] == kNoClass ? std::nullopt : RowClasses(std::vector{gold.classes[row]});
}

inline void add_row(const RowClasses& classes, ClassSets& to) { classes ? to.add(*classes) : to.add_unknown(); }

/// What a system said of rows: the labels or the predictions of a task of either kind.
class SystemAnswers {
 public:
  explicit SystemAnswers(SoftLabels labels) : said_(std::move(labels)) {}
  explicit SystemAnswers(SoftSets sets) : said_(std::move(sets)) {}

  /// The hard label; nothing where there is none.
  RowClasses of(std::uint32_t row) const {
    if (const auto* sets = std::get_if<SoftSets>(&said_)) return sets->labeled(row) ? RowClasses(sets->hard(row)) : std::nullopt;
    const ClassId hard = std::get<SoftLabels>(said_).hard(row);
    return hard == kNoClass ? std::nullopt : RowClasses(std::vector{hard});
  }

 private:
  std::variant<SoftLabels, SoftSets> said_;
};

}  // namespace hone
