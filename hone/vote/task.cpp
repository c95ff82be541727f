#include "hone/vote/task.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/suggest.h"

namespace hone {

ClassId Task::find(std::string_view name) const {
  const auto found = std::ranges::find(classes, name);
  return found == classes.end() ? kNoClass : static_cast<ClassId>(found - classes.begin());
}

ClassId Task::id_of(std::string_view name) const {
  const ClassId id = find(name);
  if (id == kNoClass) throw Error(ErrorCode::kInvalidProject, "no class named '" + std::string(name) + "'" + suggestion(name, classes));
  return id;
}

std::vector<double> Task::declared_prior() const {
  if (class_balance.empty()) return {};
  double declared = 0.0;
  for (const auto& [name, share] : class_balance) declared += share;
  const std::size_t others = classes.size() - class_balance.size();
  std::vector<double> prior(classes.size(), others > 0 ? std::max(0.0, 1.0 - declared) / static_cast<double>(others) : 0.0);
  for (const auto& [name, share] : class_balance) prior[id_of(name)] = share;
  return prior;
}

}  // namespace hone
